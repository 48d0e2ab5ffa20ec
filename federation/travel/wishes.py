"""Wishes about rows of other nodes: what their owner answered, and that a wish has come true.

A wish is its asker's row; the answer is a row of the owner's. Here both meet, at every node that holds them.
Source: product 5.7 (ChangeProposal upward, correction requests downward); I-25.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from federation.models import ChangeProposal, ProposalAnswer
from federation.travel.kinds import rows_of
from kernel.models import this_node
from web.messages import Audience, tell

State = ChangeProposal.State
_OPEN = (State.ASKED, State.ACCEPTED)
_ANSWERED = ("state", "answer", "answered_at", "answered_by", "answered_by_key", "done_at")


def settle(answers: Iterable[UUID]) -> None:
    """Bring wishes to what their owners answered; who asked is told, at the node where they asked.

    A wish that was taken back, or has come true already, stays so.
    """
    rows = rows_of(ProposalAnswer).filter(public_id__in=list(answers), proposal__state__in=_OPEN)
    for one in rows.select_related("proposal"):
        wish, before = one.proposal, one.proposal.state
        wish.state = State.ACCEPTED if one.accepts else State.REFUSED
        if one.accepts and one.done_at:
            wish.state, wish.done_at = State.DONE, one.done_at
        if wish.state == before:
            continue
        wish.answer, wish.answered_at = one.answer, one.answered_at
        wish.answered_by, wish.answered_by_key = one.answered_by, one.answered_by_key
        if wish.origin != this_node():
            # The asker's node says it to everybody in a new version; until then it is known here.
            values = {name: getattr(wish, name) for name in _ANSWERED}
            rows_of(ChangeProposal).filter(pk=wish.pk).update(**values)
            continue
        wish.version += 1
        wish.save(update_fields=[*_ANSWERED, "version", "updated_at"])
        _tell(wish)


def follow(kind: str, rows: Mapping[UUID, Mapping[str, Any]], origins: Mapping[UUID, str]) -> None:
    """Wishes asked here, as copies come: they end where a field says what was wished for.

    And they go to whose the row is now, where that is another node than before; `origins` is empty for rows
    without an owner.
    """
    waiting = rows_of(ChangeProposal).filter(
        object=kind, row__in=list(rows), origin=this_node(), state__in=_OPEN
    )
    for wish in waiting.select_for_update():
        changed: list[str] = []
        owner = origins.get(wish.row, wish.owner)
        if wish.owner and owner != wish.owner:
            wish.owner = owner
            changed.append("owner")
        if wish.field and says(rows[wish.row].get(wish.field), wish.wish):
            wish.state, wish.done_at = State.DONE, timezone.now()
            changed += ["state", "done_at"]
        if changed:
            wish.version += 1
            wish.save(update_fields=[*changed, "version", "updated_at"])


def hand_over(kind: str, rows: Iterable[UUID], to: str) -> list[int]:
    """Requests about rows that change hands are the new owner's to answer and to carry out; which they are.

    Both sides of a move write this alike, in the same version, as they do with the rows. Of requests that
    came from elsewhere their asker says it to everybody once it is told whose the rows are (`follow`).
    """
    wishes = rows_of(ChangeProposal).filter(object=kind, row__in=list(rows), state__in=_OPEN)
    found = list(wishes.exclude(owner="").values_list("pk", flat=True))
    rows_of(ChangeProposal).filter(pk__in=found).update(owner=to)
    return found


def finish(wish: ChangeProposal, now: datetime) -> None:
    """A request that this node has carried out, where the answer to it is not this node's."""
    wish.state, wish.done_at = State.DONE, now
    if wish.origin != this_node():
        rows_of(ChangeProposal).filter(pk=wish.pk).update(state=wish.state, done_at=now)
        return
    wish.version += 1
    wish.save(update_fields=["state", "done_at", "version", "updated_at"])


def says(value: Any, wish: str) -> bool:
    """Whether a value is what was wished for; a number is the same with other zeros behind its point."""
    if value is None:
        return False
    said = str(value)
    if said == wish:
        return True
    try:
        return not isinstance(value, bool) and Decimal(said) == Decimal(wish.strip())
    except InvalidOperation:
        return False


def _tell(wish: ChangeProposal) -> None:
    asker = User.objects.filter(public_id=UUID(wish.asked_by_key)).first()
    if asker is None:
        return
    said = {State.ACCEPTED: _("已采纳"), State.DONE: _("已更正")}.get(State(wish.state), _("不予采纳"))
    tell(
        Audience(users=[asker]),
        kind="correction",
        text=_("“{label}”的更正申请：{said}。{answer}").format(
            label=wish.label, said=said, answer=wish.answer
        ),
        url=reverse("change_proposal", args=[wish.public_id]),
        about=str(wish.public_id),
    )
