"""Why a call of a node is turned away, in a code for programs and words for both operators."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from federation.models import Node, RefusedEnvelope
from federation.selectors.nodes import MANAGE_NODES, own_region
from kernel.errors import DomainError
from web.messages import Audience, tell

log = structlog.get_logger(__name__)
# A stranger's claim is no name: all of them are counted under this one.
STRANGER = "?"
# Of these the operators are told at once; a gap closes by itself, a clock is seen on the page.
_TOLD = {"tampered", "fork", "replay", "old_protocol", "unknown_key"}
_TOLD_AGAIN = timedelta(hours=1)


class CallRefused(DomainError):
    """A call of a node that is turned away; nothing of it was stored."""

    def __init__(
        self,
        code: str,
        status: int,
        sentence: str,
        *,
        node: Node | None = None,
        stream: str = "",
        seq: int | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(sentence, code=code)
        self.status = status
        self.node, self.stream, self.seq = node, stream, seq
        self.facts = dict(facts or {})

    @property
    def details(self) -> dict[str, Any]:
        return self.facts


@transaction.atomic
def note_refused_envelope(refused: CallRefused, *, address: str, now: datetime) -> RefusedEnvelope:
    """Keep a refusal for the operators of this node; refusals alike of one minute are counted."""
    claimed = refused.node.code if refused.node else STRANGER
    log.warning("federation.refused", code=refused.code, node=claimed, stream=refused.stream, seq=refused.seq)
    is_news = _is_news(refused, claimed, now)
    row, is_new = RefusedEnvelope.objects.get_or_create(
        claimed=claimed,
        minute=now.replace(second=0, microsecond=0),
        code=refused.code,
        stream=refused.stream,
        defaults={
            "node": refused.node,
            "seq": refused.seq,
            "sentence": kept_words(refused),
            "address": address[:45],
            "last_at": now,
        },
    )
    if not is_new:
        RefusedEnvelope.objects.filter(pk=row.pk).update(number=F("number") + 1, last_at=now, seq=refused.seq)
    if is_news:
        _tell(refused, claimed)
    return row


def kept_words(refused: CallRefused) -> str:
    """The sentence as it is kept: a neighbour's own words may stand in it, and no table keeps a NUL."""
    return refused.message[:300].replace("\0", "")


def _is_news(refused: CallRefused, claimed: str, now: datetime) -> bool:
    same = RefusedEnvelope.objects.filter(claimed=claimed, code=refused.code, last_at__gt=now - _TOLD_AGAIN)
    return refused.node is not None and refused.code in _TOLD and not same.exists()


def _tell(refused: CallRefused, claimed: str) -> None:
    name = refused.node.name if refused.node else claimed
    tell(
        Audience(permission=MANAGE_NODES, region_path=own_region().path),
        kind="federation",
        text=_("拒收了“{name}”的报文：{why}").format(name=name, why=refused.message),
        url=reverse("refused_envelopes"),
        about=claimed,
    )
