"""Why a parameter, a version of the standard or a grant is not set, as sentences."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kernel.errors import DomainError
from standards.judging import Finding


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


class NoGrant(DomainError):
    """A city extends the standard only by a grant of the province."""

    code = "no_grant"
    status = 403

    def __init__(self, place: str) -> None:
        super().__init__(
            _(
                "{place}没有扩展数据标准的授权，不能起草或发布本地标准。请向省级数据标准管理员申请授权，"
                "写明要扩展的对象、代码表和依据文号。"
            ).format(place=place)
        )


class NotACity(DomainError):
    """Only second-level units have a layer of their own."""

    code = "not_a_city"

    def __init__(self, place: str) -> None:
        super().__init__(
            _("{place}不是市州一级，不能有自己的标准。市州标准由市、州、直管市和林区制定。").format(
                place=place
            ),
            field="region",
        )


class DraftExists(DomainError):
    """A layer has one version in the making at a time."""

    code = "draft_exists"

    def __init__(self, number: str) -> None:
        super().__init__(_("已有一个正在制定的版本 {number}。请先发布或作废它。").format(number=number))


class NumberTaken(DomainError):
    """A version's number stands for it for ever."""

    code = "number_taken"

    def __init__(self) -> None:
        super().__init__(_("版本号已用过，请换一个，例如在后面加序号。"), field="number")


class NotNow(DomainError):
    """The state of a version does not allow this act (S10)."""

    code = "not_now"
    status = 409

    def __init__(self, act: str, state: str) -> None:
        super().__init__(
            _("版本处于“{state}”，现在不能{act}。请刷新页面看它的进度。").format(act=act, state=state)
        )


class OwnDraft(DomainError):
    """Whoever drafts does not review, and whoever reviews does not publish (I-12)."""

    code = "own_draft"
    status = 403


class HasFaults(DomainError):
    """A version contradicts the layers below it, its grant or what was published before."""

    code = "has_faults"

    def __init__(self, faults: Sequence[Any]) -> None:
        shown = "".join(fault.sentence for fault in faults[:3])
        more = _("另有 {n} 处。").format(n=len(faults) - 3) if len(faults) > 3 else ""
        super().__init__(_("检查没有通过：{shown}{more}").format(shown=shown, more=more))
        self.faults = list(faults)


class NothingSaid(DomainError):
    """A version that changes nothing is not published."""

    code = "nothing_said"

    def __init__(self) -> None:
        super().__init__(_("这个版本与上一版没有区别，不必发布。请先修改，或作废它。"))


class BeginsOnTheSameDay(DomainError):
    """Two versions of a layer do not begin on one day."""

    code = "same_day"

    def __init__(self, day: date) -> None:
        super().__init__(
            _("已有一个版本从 {day} 起生效，请换一个生效日期。").format(day=day.isoformat()),
            field="effective_from",
        )


class BadCutoff(DomainError):
    """What the former version allowed is accepted until a day that is not before the new one begins."""

    code = "bad_cutoff"

    def __init__(self) -> None:
        super().__init__(_("旧版截止日期不能早于生效日期。请留出厂商改程序的时间。"), field="cutoff")


class UnknownPart(DomainError):
    """No such element, rule or item in the draft."""

    code = "unknown_part"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("这个版本里没有这一项，可能已被他人删除。请刷新页面。"))


class PublishedBefore(DomainError):
    """What was published is retired, not deleted."""

    code = "published_before"

    def __init__(self, name: str) -> None:
        super().__init__(_("“{name}”已发布过，不能删除，请改为停用。").format(name=name))


class NoReason(DomainError):
    """Whoever returns a version says why."""

    code = "no_reason"

    def __init__(self) -> None:
        super().__init__(_("请写明退回的理由，至少 4 个字，例如“与省标准第 12 项重复”。"), field="note")


class BreaksStandard(DomainError):
    """A record does not keep to the data standard of its place and day.

    It bears every refusing finding; each is named by the code of its element until an edge, which knows its
    own fields, names them (`name_fields`).
    """

    code = "breaks_standard"

    def __init__(self, findings: Sequence[Finding], values: Mapping[str, str] | None = None) -> None:
        first = findings[0]
        super().__init__(first.sentence, field=first.element or None)
        self.findings = list(findings)
        # What was said, masked, by element: kept with the refusal for whoever asks why.
        self.values = dict(values or {})
        self._named: Callable[[str], str] = str

    def name_fields(self, named: Callable[[str], str]) -> None:
        """Call the fields as the form or body calls them."""
        self._named = named
        self.field = named(self.findings[0].element) or None

    @property
    def errors(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in self.findings:
            found.setdefault(self._named(one.element), []).append(one.sentence)
        return found

    @property
    def details(self) -> dict[str, Any]:
        return {"findings": [one.as_data() for one in self.findings]}
