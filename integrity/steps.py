"""What every act on a notice does: lock it, let the clock catch up, move it along an edge of S5."""

from datetime import datetime

from audit.services import record
from integrity.errors import NotNow
from integrity.models import NoticeEvent, NoticeReading, SupervisionNotice
from integrity.rules import Act, NotInS5, State, standing, step
from integrity.telling import tell_sides
from integrity.wording import STATES
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce

# Announced when a notice comes to be in a state; receivers (the report on lapse) attach to these.
EVENTS = {
    State.ISSUED: "integrity.notice_issued.v1",
    State.DELIVERED: "integrity.notice_delivered.v1",
    State.REPLIED: "integrity.notice_replied.v1",
    State.UNDER_REVIEW: "integrity.notice_under_review.v1",
    State.RETURNED: "integrity.notice_returned.v1",
    State.EXTENDED: "integrity.notice_extended.v1",
    State.OVERDUE: "integrity.notice_overdue.v1",
    State.CLOSED: "integrity.notice_closed.v1",
}
_REMEDIES = {
    Act.ISSUE: "不能再签发；如有新的问题，请回缺口页另发一份。",
    Act.REPLY: "不能回复。请等对方处理，或刷新后再看。",
    Act.REVIEW: "没有待复查的回复。请等施工单位回复后再处理。",
    Act.ACCEPT: "没有待接受的回复。请等施工单位回复后再处理。",
    Act.GIVE_BACK: "没有可退回的回复。请等施工单位回复后再处理。",
    Act.EXTEND: "不能延期；只有待回复、未逾期的通知单可以延期一次。",
}


def locked(actor: Actor, permission: str, notice: SupervisionNotice, now: datetime) -> SupervisionNotice:
    """The notice, permitted, locked, and as it truly stands at `now`. Raises NotPermitted, NotFound."""
    require(actor, permission, on=notice)
    rows = SupervisionNotice.objects.visible_to(actor, permission).select_related("project__region")
    held = rows.select_for_update(of=("self",)).get(pk=notice.pk)
    catch_up(held, now)
    return held


def catch_up(notice: SupervisionNotice, now: datetime) -> bool:
    """Write down what the clock has done: delivery by rule, and the lapse of a deadline."""
    before, due, deadline = State(notice.state), notice.delivery_due_at, notice.deadline_at
    truly = standing(before, due, deadline, now)
    if truly is before:
        return False
    if before is State.ISSUED and due is not None:
        notice.delivered_at, notice.delivered_by_rule = due, True
        move(None, notice, Act.DELIVER, due)
    if truly is State.OVERDUE and deadline is not None:
        notice.overdue_at = deadline
        move(None, notice, Act.LAPSE, deadline)
        tell_sides(notice, "overdue", None)
    return True


def require_edge(notice: SupervisionNotice, act: Act) -> State:
    """Where `act` would lead. Raises NotNow, naming the state and what to do."""
    try:
        return step(State(notice.state), act)
    except NotInS5:
        raise NotNow(STATES[notice.state][1], _REMEDIES[act]) from None


def move(
    actor: Actor | None,
    notice: SupervisionNotice,
    act: Act,
    at: datetime,
    *,
    reason: str = "",
    is_announced: bool = True,
) -> None:
    """Take one edge of S5: the step, the audit record and the announcement. Raises NotNow."""
    before, after = notice.state, require_edge(notice, act)
    notice.state, notice.moved_at = after, at
    notice.version += 1
    notice.save()
    NoticeEvent.objects.create(
        notice=notice,
        at=at,
        act=act,
        from_state=before,
        to_state=after,
        by=actor.label if actor else "平台按规则",
        by_key=actor.key if actor else "system",
        reason=reason,
    )
    record(actor, f"integrity.notice_{act}", notice, reason=reason[:200], number=notice.number)
    if is_announced:
        event = EVENTS[after] if after != before else f"integrity.notice_{act}_late.v1"
        announce(event, key=notice.public_id, version=notice.version)


def looked(notice: SupervisionNotice, side: str, actor: Actor, now: datetime) -> None:
    """The side has seen the notice as it stands."""
    reading, is_new = NoticeReading.objects.visible_to(actor).get_or_create(
        notice=notice, side=side, defaults={"at": now, "by": actor.label, "last_at": now}
    )
    if not is_new and (notice.moved_at is None or reading.last_at < notice.moved_at):
        reading.last_at = now
        reading.save(update_fields=["last_at"])
