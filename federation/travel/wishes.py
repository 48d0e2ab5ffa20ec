"""Wishes about rows of other nodes: what their owner answered, and that a wish has come true.

A wish is its asker's row; the answer is a row of the owner's. Here both meet, at every node that holds them.
Source: product 5.7 (ChangeProposal upward, correction requests downward); I-25.
"""

from collections.abc import Iterable, Mapping
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
_ANSWERED = ("state", "answer", "answered_at", "answered_by", "answered_by_key")


def settle(answers: Iterable[UUID]) -> None:
    """Bring wishes to what their owners answered; who asked is told, at the node where they asked.

    A wish that was taken back, or has come true already, stays so.
    """
    rows = rows_of(ProposalAnswer).filter(public_id__in=list(answers), proposal__state=State.ASKED)
    for one in rows.select_related("proposal"):
        wish = one.proposal
        wish.state = State.ACCEPTED if one.accepts else State.REFUSED
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


def fulfil(kind: str, rows: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Wishes asked here that a copy fulfils: its field says what was wished for."""
    waiting = rows_of(ChangeProposal).filter(
        object=kind, row__in=list(rows), origin=this_node(), state__in=(State.ASKED, State.ACCEPTED)
    )
    for wish in waiting.exclude(field="").select_for_update():
        if str(rows[wish.row].get(wish.field) or "") != wish.wish:
            continue
        wish.state, wish.done_at = State.DONE, timezone.now()
        wish.version += 1
        wish.save(update_fields=["state", "done_at", "version", "updated_at"])


def _tell(wish: ChangeProposal) -> None:
    asker = User.objects.filter(public_id=UUID(wish.asked_by_key)).first()
    if asker is None:
        return
    said = _("已采纳") if wish.state == State.ACCEPTED else _("不予采纳")
    tell(
        Audience(users=[asker]),
        kind="correction",
        text=_("“{label}”的更正申请：{said}。{answer}").format(
            label=wish.label, said=said, answer=wish.answer
        ),
        url=reverse("change_proposal", args=[wish.public_id]),
        about=str(wish.public_id),
    )
