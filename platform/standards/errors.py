"""Why a parameter is not set or withdrawn, as sentences."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from kernel.errors import DomainError


class UnknownParameter(DomainError):
    """No such key."""

    code = "unknown_parameter"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("没有这个参数。请从参数目录中选择。"))


class BadValue(DomainError):
    """The value is not of the parameter's kind."""

    code = "bad_value"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="value")


class NoDocument(DomainError):
    """Every value names the document that sets it."""

    code = "no_document"

    def __init__(self) -> None:
        super().__init__(
            _("请填写依据的文号，例如“鄂建办〔2026〕15号”。没有文件依据的值不能生效。"), field="document"
        )


class BeginsInThePast(DomainError):
    """Days that are over are not judged anew by another value."""

    code = "past_date"

    def __init__(self, today: date) -> None:
        super().__init__(
            _("生效日期不能早于今天（{today}），已经过去的日子不改判。请填今天或以后的日期。").format(
                today=today.isoformat()
            ),
            field="valid_from",
        )


class EndsBeforeItBegins(DomainError):
    """The last day lies before the first."""

    code = "wrong_order"

    def __init__(self) -> None:
        super().__init__(_("截止日期早于生效日期。请核对两个日期。"), field="valid_to")


class Overlaps(DomainError):
    """A value of the same place begins within these days and would cut this one short."""

    code = "overlaps"

    def __init__(self, *, place: str, begins: date, first: date) -> None:
        remedy = (
            _("请把截止日期改为 {last} 或更早，或先撤回那一条。").format(last=begins - timedelta(days=1))
            if begins > first
            else _("同一天不能有两个值，请换一个生效日期；那一条尚未生效的，可先撤回。")
        )
        super().__init__(
            _("{place}已有自 {begins} 起的值，与所填期间重叠。").format(place=place, begins=begins) + remedy,
            field="valid_from" if begins == first else "valid_to",
        )


class InForce(DomainError):
    """A value that was in force for a day is history."""

    code = "in_force"

    def __init__(self) -> None:
        super().__init__(_("这个值已经生效，不能撤回。如需改变，请设一个新值，从今天或以后的日期起生效。"))
