"""The supervisor's verdict on an answer, and the one extension."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from integrity.errors import BadDeadline, ExtendedAlready, NoteMissing, NoteTooLong, NotNow, ReasonMissing
from integrity.models import NoticeReply, SupervisionNotice
from integrity.rules import LATE, Act, State, day_ended_by, end_of, latest_new_deadline, site_date
from integrity.selectors.notices import ISSUE, SUPERVISOR
from integrity.selectors.standing import standing_items
from integrity.steps import locked, looked, move, require_edge
from integrity.telling import tell_sides
from integrity.wording import STATES
from kernel.scoping import Actor

SHORTEST_REASON = 4
# What a step of the notice's life has room for.
LONGEST_NOTE = 400


@transaction.atomic
def accept_reply(
    *, actor: Actor, notice: SupervisionNotice, now: datetime, note: str = ""
) -> SupervisionNotice:
    """Take the answer as the cure: the notice is closed; that it was late stays on record.

    `note` says why an answer is accepted although something still stands; it is kept with the step.

    Raises NotPermitted, NotFound, NotNow, NoteMissing, NoteTooLong.
    """
    held = locked(actor, ISSUE, notice, now)
    reply = _waiting(actor, held, Act.ACCEPT, now)
    _require_note(actor, held, note.strip(), now)
    held.closed_at = now
    move(actor, held, Act.ACCEPT, now, reason=note.strip())
    _judge(actor, reply, NoticeReply.Verdict.ACCEPTED, "", now)
    looked(held, SUPERVISOR, actor, now)
    tell_sides(held, "closed", SUPERVISOR)
    return held


@transaction.atomic
def return_reply(
    *, actor: Actor, notice: SupervisionNotice, reason: str, deadline_on: date | None = None, now: datetime
) -> SupervisionNotice:
    """Give the answer back with a reason and a new deadline, not longer from today than the first one ran.

    A late answer is given back without a deadline: the notice stays overdue.
    Raises NotPermitted, NotFound, NotNow, ReasonMissing, BadDeadline.
    """
    held = locked(actor, ISSUE, notice, now)
    reply = _waiting(actor, held, Act.GIVE_BACK, now)
    why = _reason(reason, _("退回"))
    if State(held.state) not in LATE:
        held.deadline_at = end_of(_new_deadline(held, deadline_on, now))
    move(actor, held, Act.GIVE_BACK, now, reason=why)
    _judge(actor, reply, NoticeReply.Verdict.RETURNED, why, now)
    looked(held, SUPERVISOR, actor, now)
    tell_sides(held, "returned", SUPERVISOR)
    return held


@transaction.atomic
def extend_deadline(
    *, actor: Actor, notice: SupervisionNotice, reason: str, deadline_on: date, now: datetime
) -> SupervisionNotice:
    """Give more time, once in the life of a notice, and not more than it had at first.

    Raises NotPermitted, NotFound, NotNow, ExtendedAlready, ReasonMissing, BadDeadline.
    """
    held = locked(actor, ISSUE, notice, now)
    if held.extended_at is not None and State(held.state) not in LATE:
        raise ExtendedAlready
    if held.state == State.ISSUED:
        # Nobody has opened it: extending is no reason to call it delivered.
        raise NotNow(STATES[held.state][1], _("对方还没有签收。等对方打开后再决定是否延期。"))
    require_edge(held, Act.EXTEND)
    why = _reason(reason, _("延期"))
    assert held.deadline_at is not None  # noqa: S101  # the database says so of every issued notice
    present = day_ended_by(held.deadline_at)
    first, last = present + timedelta(days=1), present + timedelta(days=held.length_days)
    if not first <= deadline_on <= last:
        raise BadDeadline(
            first=first,
            last=last,
            why=_("晚于原期限，延长不超过原定的 {days} 天").format(days=held.length_days),
        )
    held.deadline_at, held.extended_at = end_of(deadline_on), now
    move(actor, held, Act.EXTEND, now, reason=why)
    looked(held, SUPERVISOR, actor, now)
    tell_sides(held, "extended", SUPERVISOR)
    return held


def _waiting(actor: Actor, held: SupervisionNotice, act: Act, now: datetime) -> NoticeReply:
    """The answer that waits; judging one that nobody has opened begins its review. Raises NotNow."""
    if held.state == State.REPLIED:
        move(actor, held, Act.REVIEW, now, is_announced=False)
    require_edge(held, act)
    reply = held.replies.filter(verdict=NoticeReply.Verdict.WAITING).first()
    if reply is None:
        raise NotNow(STATES[held.state][1], _("没有待复查的回复。请等施工单位回复后再处理。"))
    return reply


def _require_note(actor: Actor, held: SupervisionNotice, note: str, now: datetime) -> None:
    """Raises NoteTooLong, and NoteMissing where items stand today as they were found and nothing says why."""
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong(LONGEST_NOTE)
    if len(note) < SHORTEST_REASON and (standing := standing_items(actor, held, now)):
        raise NoteMissing([item.title for item, _said in standing])


def _judge(actor: Actor, reply: NoticeReply, verdict: str, reason: str, now: datetime) -> None:
    reply.verdict, reply.reason, reply.judged_at, reply.judged_by = verdict, reason, now, actor.label
    reply.save(update_fields=["verdict", "reason", "judged_at", "judged_by"])


def _reason(text: str, act: str) -> str:
    if len(text.strip()) < SHORTEST_REASON:
        raise ReasonMissing(act)
    return text.strip()[:400]


def _new_deadline(held: SupervisionNotice, asked: date | None, now: datetime) -> date:
    today = site_date(now)
    last = latest_new_deadline(today, held.length_days)
    if asked is None or not today < asked <= last:
        raise BadDeadline(
            first=today + timedelta(days=1),
            last=last,
            why=_("新期限不长于原定的 {days} 天").format(days=held.length_days),
        )
    return asked
