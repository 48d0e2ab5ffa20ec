"""The quiet line on the page of a copy: told to the pages of the storeys below."""

from typing import Any

from django.urls import reverse

from federation.corrections import CORRECTABLE
from federation.models import ChangeProposal
from federation.selectors.corrections import held_copy, last_wish, may_ask, platform_name
from federation.travel.names import KIND_OF
from federation.words import proposal_state
from kernel.scoping import Actor
from projects.models import Source
from web.copies import Asked, Copy


def copy_told(actor: Actor, row: Any) -> Copy | None:
    """Where a copy comes from; None for a row that came otherwise. A fixed number of questions."""
    kind = KIND_OF.get(type(row))
    held = held_copy(kind, row) if kind else None
    if kind is None or held is None:
        return None
    name = platform_name(held.origin)
    is_masters = getattr(row, "source", "") == Source.MASTER
    last = last_wish(actor, kind, row)
    return Copy(
        source=f"四库一平台，经{name}下发" if is_masters else f"{name}（{held.origin}）",
        owner="四库一平台" if is_masters else name,
        version=held.version,
        received_at=held.received_at,
        ask=_ask(actor, kind, row, is_masters=is_masters),
        asked=_asked(last) if last else None,
    )


def _asked(wish: ChangeProposal) -> Asked:
    return Asked(reverse("change_proposal", args=[wish.public_id]), *proposal_state(wish))


def _ask(actor: Actor, kind: str, row: Any, *, is_masters: bool) -> str:
    if kind not in CORRECTABLE or not may_ask(actor, row):
        return ""
    name = "change_proposal_new" if is_masters else "copy_correction_new"
    return reverse(name, args=[kind, row.public_id])
