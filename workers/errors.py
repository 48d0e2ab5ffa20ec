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
            ),
            field="id_number",
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


class BadContactFact(DomainError):
    """A phone or bank card that cannot be one; the field says which."""

    code = "bad_contact"


class UnderAge(DomainError):
    """The person is younger than the law lets anybody be employed. Source: 劳动法 第十五条."""

    code = "under_age"

    def __init__(self, minimum: int) -> None:
        super().__init__(
            _(
                "该人员未满 {minimum} 周岁，依法不得招用，不能登记。请核对身份证号码；"
                "号码无误的，不得安排上岗。"
            ).format(minimum=minimum),
            field="id_number",
        )


class TooManyLookUps(DomainError):
    """One account has asked for more people within the hour than the parameter allows."""

    code = "too_many_look_ups"
    status = 429

    def __init__(self, limit: int, minutes: int) -> None:
        super().__init__(
            _(
                "一小时内查询的人员已达上限 {limit} 人，请 {minutes} 分钟后再登记；"
                "确需集中登记的，请使用批量导入或联系平台管理员。"
            ).format(limit=limit, minutes=minutes),
            field="id_number",
        )


class BadPaper(DomainError):
    """A contract or training record that cannot be: dates crossed, unknown kind, no hours."""

    code = "bad_paper"


class PaperEnded(DomainError):
    """The contract or training no longer holds: it was ended, replaced or withdrawn before."""

    code = "paper_ended"

    def __init__(self, what: str) -> None:
        super().__init__(
            _("这条{what}已经终止或更正，不能再改。请刷新页面，在现行的记录上办理。").format(what=what)
        )


class WhyMissing(DomainError):
    """An act that changes what was recorded needs a reason, and came without one."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("请写明更改的理由（至少 4 个字），例如“录入时看错一位”。"), field="reason")


class WhyHoldsNumber(DomainError):
    """A reason repeats a document number, a phone or a card; reasons are shown and kept in the trail."""

    code = "reason_holds_number"

    def __init__(self) -> None:
        super().__init__(
            _("理由里不要写证件号码、手机号或银行卡号：理由会显示并长期留存。请改用文字说明。"),
            field="reason",
        )


class NothingToCorrect(DomainError):
    """The correction says what is recorded already."""

    code = "nothing_to_correct"

    def __init__(self) -> None:
        super().__init__(_("姓名和证件号码与现有登记相同，没有需要更正的内容。"), field="id_number")


class BeyondOwnReach(DomainError):
    """The person's record does not belong to this account alone; a wider one must correct it."""

    code = "beyond_own_reach"

    def __init__(self) -> None:
        super().__init__(
            _(
                "这项更正超出您的管理范围，不能在此办理。请持本人证件报项目所在地住建主管部门，"
                "由其在平台上更正。"
            )
        )


class BadCode(DomainError):
    """A code that its list of the standard does not hold."""

    code = "bad_code"

    def __init__(self, field: str) -> None:
        super().__init__(_("没有这个选项，请从列表中选择。"), field=field)
