"""Moves of the roster, for one person and for many at once: judged first, carried out in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from audit.services import record
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.ids import new_id
from kernel.scoping import Actor
from outbox.services import announce
from standards.selectors import parameter
from workers.errors import DebtIsPersonal, TooManyAtOnce
from workers.models import Engagement, EngagementEvent
from workers.services.leaving import Exit, Settle
from workers.services.moves import Move, Trace
from workers.services.notices import tell_of_review
from workers.services.standing import Standing, lock_people, standings


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody who cannot be moved, and why."""

    engagement: Engagement
    refusal: DomainError


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who was moved, or could be, and who cannot. `batch` names what was done together."""

    batch: UUID
    done: list[Standing] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def judge_moves(*, actor: Actor, move: Move, engagements: Sequence[Engagement]) -> Outcome:
    """Who of these can be moved and who cannot, without moving anybody.

    Raises NotPermitted, NotFound, TooManyAtOnce.
    """
    _require_all(actor, move.permission, engagements)
    return _judged(actor, move, engagements)


@transaction.atomic
def move_people(*, actor: Actor, move: Move, engagements: Sequence[Engagement]) -> Outcome:
    """Move those who can be moved, all in one transaction; the others are named and untouched.

    Raises NotPermitted, NotFound, TooManyAtOnce, DebtIsPersonal.
    Source: product 4.2 K3.
    """
    _require_all(actor, move.permission, engagements)
    if len(engagements) > 1 and _is_debt(move):
        raise DebtIsPersonal
    lock_people(engagements)
    outcome = _judged(actor, move, engagements)
    traces = [(standing, move.write(standing, actor)) for standing in outcome.done]
    EngagementEvent.objects.bulk_create(
        _event(actor, move, outcome.batch, standing, trace) for standing, trace in traces
    )
    for standing, trace in traces:
        _tell(actor, move, outcome.batch, standing.engagement, trace)
    tell_of_review(move, [standing.engagement for standing in outcome.done])
    return outcome


def move_one(*, actor: Actor, move: Move, engagement: Engagement) -> Standing:
    """The same for one person, who is moved or whose refusal is raised.

    Raises NotPermitted, NotFound and whatever the move refuses.
    """
    with transaction.atomic():
        outcome = move_people(actor=actor, move=move, engagements=[engagement])
        for refused in outcome.refused:
            raise refused.refusal
    return outcome.done[0]


def _require_all(actor: Actor, permission: str, engagements: Sequence[Engagement]) -> None:
    """Let `actor` act on all of these, or on none of them.

    Raises NotPermitted, NotFound where one lies outside the posts that carry `permission`, TooManyAtOnce.
    """
    if not actor.may(permission):
        raise NotPermitted
    wanted = {engagement.pk for engagement in engagements}
    most = parameter("roster.most_at_once")
    if len(wanted) > most:
        raise TooManyAtOnce(most)
    if Engagement.objects.visible_to(actor, permission).filter(pk__in=wanted).count() != len(wanted):
        raise NotFound


def _judged(actor: Actor, move: Move, engagements: Sequence[Engagement]) -> Outcome:
    outcome = Outcome(new_id())
    for standing in standings(engagements, move.today):
        try:
            move.judge(standing, actor)
        except DomainError as refusal:
            outcome.refused.append(Refused(standing.engagement, refusal))
        else:
            outcome.done.append(standing)
    return outcome


def _is_debt(move: Move) -> bool:
    facts = move.settlement if isinstance(move, (Exit, Settle)) else None
    return facts is not None and facts.amount is not None


def _event(actor: Actor, move: Move, batch: UUID, standing: Standing, trace: Trace) -> EngagementEvent:
    return EngagementEvent(
        engagement=standing.engagement,
        act=str(move.act),
        happened_on=move.on,
        actor_key=actor.key,
        actor_label=actor.label,
        reason=move.reason.strip(),
        batch=batch,
        facts=trace.facts,
    )


def _tell(actor: Actor, move: Move, batch: UUID, engagement: Engagement, trace: Trace) -> None:
    record(
        actor, move.action, engagement, reason=move.reason.strip(), on=move.on.isoformat(), batch=str(batch)
    )
    since = {"since": trace.since.isoformat()} if trace.since else {}
    announce(move.event, key=engagement.public_id, version=engagement.version, **since)
