"""Refusals of the workers' acts, as sentences. None of them repeats a number."""

from datetime import date

from django.utils.translation import gettext as _

from kernel.errors import DomainError


class BadIdentity(DomainError):
    """The identity number fails GB 11643, or contradicts the sex or birth date beside it."""

    code = "bad_identity_number"


class IdentityNameDiffers(DomainError):
    """The number is known under another name; which name is not said to someone who may not see it."""

    code = "identity_name_differs"

    def __init__(self) -> None:
        super().__init__(
            _(
                "该证件号码已以另一姓名登记，不能用所填姓名登记。请对照证件核对姓名；确系登记有误的，请报主管部门更正。"
            ),
            field="name",
        )


class AlreadyEngaged(DomainError):
    """The person already has an active engagement on this project (I-05)."""

    code = "already_engaged"

    def __init__(self, masked_number: str) -> None:
        super().__init__(
            _("该工人（{number}）已在本项目登记，无需重复登记；如换班组或单位，请修改原登记。").format(
                number=masked_number
            )
        )
        self.masked_number = masked_number


class BadDate(DomainError):
    """A date of entry or exit that cannot be: in the future, or before one already recorded."""

    code = "bad_date"


class NotOnSite(DomainError):
    """An exit without an open entry."""

    code = "not_on_site"

    def __init__(self) -> None:
        super().__init__(_("该人员目前不在场，不能办理退场。请先核对进场记录。"), field="date")


class AlreadyOnSite(DomainError):
    """An entry while the person is on site; carries the day of the open entry."""

    code = "already_on_site"

    def __init__(self, since: date) -> None:
        super().__init__(
            _("该人员已于 {day} 进场，尚未退场，无需重复办理进场。").format(day=since.isoformat()),
            field="date",
        )
        self.since = since


class ReasonMissing(DomainError):
    """A reading of personal data that needs a reason came without one (I-30)."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("请写明查看完整号码的理由（至少 4 个字），例如“核对工资卡户名”。"), field="reason")


class TooManySearches(DomainError):
    """One account has searched for more numbers within the hour than the parameter allows."""

    code = "too_many_searches"
    status = 429

    def __init__(self, most: int) -> None:
        super().__init__(
            _("一小时内按证件号查找已达上限 {most} 次，请稍后再查；可先按姓名查找。").format(most=most)
        )
