"""Taking back the latest move of a person's presence. What was taken back stays in the history.

Punches are never touched: days of attendance are concluded anew from them and the presence that remains.
"""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from kernel.scoping import Actor
from workers import states
from workers.errors import NothingToReverse, ReasonMissing
from workers.models import Engagement, EngagementEvent, EntryReview, Presence
from workers.services.moves import SHORTEST_REASON, Move, Trace, is_elsewhere
from workers.services.posts import resume
from workers.services.standing import Standing, site_day, standings

# Each presence tells by itself which move was its latest.
WORDS: dict[str, str] = {
    states.Act.ENTER: "进场",
    states.Act.LEAVE_TEMPORARILY: "暂退场",
    states.Act.RETURN: "返场",
    states.Act.EXIT: "退场",
}


def latest_move(standing: Standing) -> states.Act | None:
    """The move that a reversal would take back, or None where nobody has come yet."""
    if standing.presence is None:
        return None
    if standing.open_presence is None:
        return states.Act.EXIT
    if standing.leave is None:
        return states.Act.ENTER
    return states.Act.RETURN if standing.leave.returned_on else states.Act.LEAVE_TEMPORARILY


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Move):
    """撤销: the latest entry, leave, return or exit was a mistake; with a reason, and only the latest.

    `expected` is the move, `of_batch` what was done together, that the person who reverses has seen; if
    another move came since, it is refused.
    """

    act = states.Act.REVERSE
    action = "workers.move_reversed"

    expected: str = ""
    of_batch: UUID | None = None

    def judge(self, standing: Standing, actor: Actor) -> None:
        latest = latest_move(standing)
        if latest is None:
            raise NothingToReverse(_("该人员没有进退场记录，没有可以撤销的办理。"))
        if self.of_batch and _last_batch(standing.engagement) != self.of_batch:
            raise NothingToReverse(_("之后又办理过进退场，不能再撤销这次办理。请到该人员的档案里核对。"))
        if self.expected and latest != self.expected:
            # What a client says it has seen need not be a move at all.
            seen = next((words for act, words in WORDS.items() if act == self.expected), _("记录"))
            raise NothingToReverse(
                _("该人员最近一次办理已是{latest}，不能再撤销之前的{expected}。请刷新后核对。").format(
                    latest=WORDS[latest], expected=seen
                )
            )
        if len(self.reason.strip()) < SHORTEST_REASON:
            raise ReasonMissing(_("请写明撤销的理由（至少 4 个字），例如“选错了人”。"))
        if standing.engagement.ended_at is not None and _has_successor(standing.engagement):
            raise NothingToReverse(_("该人员已由本项目另一条用工登记，不能撤销这次退场。"))

    def write(self, standing: Standing, actor: Actor) -> Trace:
        match latest_move(standing):
            case states.Act.EXIT:
                return self._reopened(standing, actor)
            case states.Act.ENTER:
                return self._removed(standing)
            case states.Act.RETURN:
                return self._away_again(standing)
        return self._never_left(standing)

    def _reopened(self, standing: Standing, actor: Actor) -> Trace:
        presence = standing.presence
        assert presence is not None and presence.exited_on is not None  # noqa: S101  # judged before
        since, facts = presence.exited_on, {"reversed": "exit", "exited_on": presence.exited_on.isoformat()}
        if standing.settlement:
            facts["settlement"] = standing.settlement.outcome
            standing.settlement.delete()
            standing.settlement = None
        facts["exited_by"] = presence.exited_by
        presence.exited_on, presence.exit_voucher, presence.exited_by = None, "", ""
        presence.is_conflict = is_elsewhere(presence.person_id, presence.entered_on, but=presence.pk)
        presence.version += 1
        presence.save()
        _go_on(standing.engagement)
        _permit_again(standing)
        if (left := _last_exit(standing.engagement)) is not None:
            resume(actor, left.facts.get("posts", ()))
        return Trace(facts, since)

    def _removed(self, standing: Standing) -> Trace:
        presence = standing.presence
        assert presence is not None  # noqa: S101  # judged before
        since, person = presence.entered_on, presence.person_id
        facts = {"reversed": "enter", "entered_on": since.isoformat(), "entered_by": presence.entered_by}
        presence.delete()
        standing.presence = None
        _clear_conflicts(person)
        return Trace(facts, since)

    def _away_again(self, standing: Standing) -> Trace:
        leave = standing.leave
        assert leave is not None and leave.returned_on is not None  # noqa: S101  # judged before
        since = leave.returned_on
        leave.returned_on = None
        leave.version += 1
        leave.save(update_fields=["returned_on", "version", "updated_at"])
        return Trace({"reversed": "return", "returned_on": since.isoformat()}, since)

    def _never_left(self, standing: Standing) -> Trace:
        leave = standing.leave
        assert leave is not None  # noqa: S101  # judged before
        since = leave.left_on
        leave.delete()
        standing.leave = None
        return Trace({"reversed": "leave_temporarily", "left_on": since.isoformat()}, since)


def latest_of(engagement: Engagement) -> states.Act | None:
    """The move of this engagement that could be taken back; the caller has judged the engagement."""
    return latest_move(standings([engagement], site_day(engagement.project))[0])


def _last_batch(engagement: Engagement) -> UUID | None:
    moves = [*(str(act) for act in WORDS), str(states.Act.REVERSE)]
    events = EngagementEvent.all_rows.filter(engagement=engagement, act__in=moves)
    return events.order_by("-pk").values_list("batch", flat=True).first()


def _has_successor(engagement: Engagement) -> bool:
    rows = Engagement.all_rows.filter(
        person_id=engagement.person_id, project_id=engagement.project_id, ended_at=None
    )
    return rows.exists()


def _go_on(engagement: Engagement) -> None:
    """An engagement that ended after its exit goes on when the exit was a mistake."""
    if engagement.ended_at is not None:
        engagement.ended_at = None
        engagement.version += 1
        engagement.save(update_fields=["ended_at", "version", "updated_at"])


def _permit_again(standing: Standing) -> None:
    """The permission that ended with a mistaken exit is in force again, unless another was asked for."""
    last = _last_exit(standing.engagement)
    if last is None or standing.review is not None or "review" not in last.facts:
        return
    review = EntryReview.all_rows.get(public_id=last.facts["review"])
    review.ended_at = None
    review.version += 1
    review.save(update_fields=["ended_at", "version", "updated_at"])
    standing.review = review


def _last_exit(engagement: Engagement) -> EngagementEvent | None:
    rows = EngagementEvent.all_rows.filter(engagement=engagement, act=states.Act.EXIT)
    return rows.order_by("-pk").first()


def _clear_conflicts(person: int) -> None:
    """Presences that overlapped only what has gone are clean again here, copies as well (I-04)."""
    marked = Presence.all_rows.filter(person_id=person, is_conflict=True).order_by("entered_on", "pk")
    for presence in marked:
        if not is_elsewhere(person, presence.entered_on, presence.exited_on, but=presence.pk):
            presence.is_conflict = False
            # Nothing that travels has changed: its version stays.
            presence.save(update_fields=["is_conflict"])
