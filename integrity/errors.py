"""Refusals of the notices' acts, as sentences."""

from datetime import date

from django.utils.translation import gettext as _

from kernel.errors import DomainError


class NothingPicked(DomainError):
    """A notice needs at least one gap that exists now."""

    code = "nothing_picked"

    def __init__(self) -> None:
        super().__init__(_("还没有选中缺口。请至少勾选一项，再发通知单。"), field="gaps")


class GapGone(DomainError):
    """A gap that was picked is no gap any more."""

    code = "gap_gone"

    def __init__(self) -> None:
        super().__init__(
            _("选中的缺口里有已经不存在的（可能刚刚补齐）。请刷新缺口页，按现在的情况重新勾选。"),
            field="gaps",
        )


class NotTheirs(DomainError):
    """What is the whole site's cannot be asked of one subcontractor."""

    code = "not_the_addressees"

    def __init__(self, names: str) -> None:
        super().__init__(
            _("“{names}”不属于所选分包单位，不能发给它。请改发总承包单位，或去掉这几项。").format(
                names=names
            ),
            field="addressee",
        )


class NotABuilder(DomainError):
    """Only contractors and subcontractors are told to cure anything."""

    code = "not_a_builder"

    def __init__(self) -> None:
        super().__init__(
            _("监理通知单只能发给本项目的总承包或分包单位。请重新选择收件单位。"), field="addressee"
        )


class DraftTooOld(DomainError):
    """A draft speaks of the day it was checked on, and of no other."""

    code = "draft_too_old"

    def __init__(self, found_on: date) -> None:
        super().__init__(
            _("这份草稿是 {day} 核查的，今天的情况可能已变。请回到缺口页，按今天的缺口重新勾选。").format(
                day=found_on
            )
        )


class BadDeadline(DomainError):
    """A deadline in the past, or longer than the rule allows."""

    code = "bad_deadline"

    def __init__(self, *, first: date, last: date, why: str) -> None:
        super().__init__(
            _("整改期限须在 {first} 至 {last} 之间：{why}。请另选一天。").format(
                first=first, last=last, why=why
            ),
            field="deadline_on",
        )


class NotNow(DomainError):
    """The notice is in a state in which this act has no place."""

    code = "not_in_this_state"

    def __init__(self, state: str, remedy: str) -> None:
        super().__init__(_("通知单现在是“{state}”，{remedy}").format(state=state, remedy=remedy))


class ReasonMissing(DomainError):
    """Giving back and extending need a reason that the others can read."""

    code = "reason_missing"

    def __init__(self, act: str) -> None:
        super().__init__(_("请写明{act}的理由（至少 4 个字），对方会看到。").format(act=act), field="reason")


class NoteTooLong(DomainError):
    """A note that would have to be cut; nothing is cut in silence."""

    code = "note_too_long"

    def __init__(self, most: int) -> None:
        super().__init__(_("说明最多 {most} 个字，请缩短后再提交。").format(most=most), field="note")


class NoteMissing(DomainError):
    """What still stands today is accepted only with a word why."""

    code = "note_missing"

    def __init__(self, titles: list[str]) -> None:
        super().__init__(
            _("今天核对，“{titles}”仍未补齐。仍要接受的，请写明理由（至少 4 个字）；否则请退回。").format(
                titles="”“".join(titles)
            ),
            field="note",
        )


class ExtendedAlready(DomainError):
    """A notice is extended once."""

    code = "extended_already"

    def __init__(self) -> None:
        super().__init__(
            _("这份通知单已经延期过一次，不能再延。到期未改的按逾期处理；确需更多时间的，请另发通知单。")
        )


class AnswerMissing(DomainError):
    """Every item of a notice is answered."""

    code = "answer_missing"

    def __init__(self, position: int) -> None:
        super().__init__(
            _("第 {position} 项还没有写整改情况。请逐项写明做了什么，再提交。").format(position=position),
            field=f"answer_{position}",
        )


class TooManyFiles(DomainError):
    """More photographs than one item may carry."""

    code = "too_many_files"

    def __init__(self, position: int, most: int) -> None:
        super().__init__(
            _("第 {position} 项的照片超过 {most} 张。请留下最能说明整改结果的几张。").format(
                position=position, most=most
            ),
            field=f"files_{position}",
        )


class BadPersonCredit(DomainError):
    """A record of a person that cannot be: an unknown behaviour, crossed dates, no end, entered before."""

    code = "bad_person_credit"


class BadCredit(DomainError):
    """A credit record that cannot be as it was stated."""

    code = "bad_credit"

    def __init__(self, told: str, field: str) -> None:
        super().__init__(told, field=field)


class CreditKnown(DomainError):
    """The same decision on the same behaviour of this enterprise is on record."""

    code = "credit_known"

    def __init__(self) -> None:
        super().__init__(
            _("该企业的这份决定已经登记，不必重复登记。需要改正的，请先撤回原记录。"), field="document"
        )


class CreditWithdrawn(DomainError):
    """The record was taken back before."""

    code = "credit_withdrawn"

    def __init__(self) -> None:
        super().__init__(_("这条记录已经撤回，不必重复办理。"))
