"""Opening a notice: who opened it first for a side is on record; the addressee's opening delivers it."""

from datetime import datetime

from django.db import transaction

from integrity.models import SupervisionNotice
from integrity.rules import Act, State
from integrity.selectors.notices import ADDRESSEE, SUPERVISOR, side_of
from integrity.steps import locked, looked, move
from integrity.telling import tell_sides
from kernel.scoping import Actor


@transaction.atomic
def mark_read(*, actor: Actor, notice: SupervisionNotice, now: datetime) -> SupervisionNotice:
    """Note that the actor's side has opened the notice.

    The addressee's first opening delivers it; the supervisor's opening of an answer begins the review.
    Opening it again changes nothing but when the side last looked. Raises NotPermitted, NotFound.
    """
    held = locked(actor, "integrity.view", notice, now)
    if held.state == State.DRAFT:
        return held
    side = side_of(actor, held)
    if side == ADDRESSEE and held.state == State.ISSUED:
        held.delivered_at = now
        move(actor, held, Act.DELIVER, now)
        tell_sides(held, "delivered", ADDRESSEE)
    elif side == SUPERVISOR and held.state == State.REPLIED:
        move(actor, held, Act.REVIEW, now)
    looked(held, side, actor, now)
    return held
