"""Refusals of attendance's acts, as sentences. None of them repeats a number."""

from datetime import date

from django.utils.translation import gettext as _

from kernel.errors import DomainError


class TooLate(DomainError):
    """A correction was asked for after its window, or for a day that has not come."""

    code = "correction_too_late"

    def __init__(self, day: date, window: int) -> None:
        super().__init__(
            _(
                "{day} 不在可以更正的日子里：只能更正今天和前 {window} 天的考勤。更早的请找劳资专管员。"
            ).format(day=day.isoformat(), window=window),
            field="day",
        )


class NotPresentThen(DomainError):
    """The engagement was not on the site on that day: there is no day to correct (I-07)."""

    code = "not_present"

    def __init__(self, day: date) -> None:
        super().__init__(
            _("{day} 没有在本项目的进场记录，不能补考勤。请先由劳资专管员补报进场。").format(
                day=day.isoformat()
            ),
            field="day",
        )


class NothingWrong(DomainError):
    """The day already has what the correction would add, or has nothing that it could strike."""

    code = "nothing_to_correct"


class TimeWrong(DomainError):
    """A time is missing, lies in the future, or contradicts the other time of the day."""

    code = "bad_time"


class WordsMissing(DomainError):
    """What is wrong, or why it is answered so, must be said in words."""

    code = "words_missing"


class AlreadyAsked(DomainError):
    """One request for this day waits already."""

    code = "already_asked"

    def __init__(self) -> None:
        super().__init__(_("这一天已经报过，正在等总承包单位处理，不用再报。可在“我报的”里看进度。"))


class OwnRequest(DomainError):
    """Whoever asked does not answer (S3)."""

    code = "own_request"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("自己提的更正不能自己审。请由本项目另一位有审核权限的人处理。"))


class AlreadyAnswered(DomainError):
    """The request has left the state in which it can be answered."""

    code = "already_answered"
    status = 409

    def __init__(self, by: str) -> None:
        super().__init__(_("这条更正已由{by}处理，不能再审。刷新后可看到结果。").format(by=by or _("他人")))
