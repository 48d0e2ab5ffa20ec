"""The words of a move's call: what the child asks of its parent step by step, and what it is answered."""

import gzip
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import httpx
import msgspec
from django.utils.translation import gettext as _

from federation.models import Node
from federation.services.receiving import most_unzipped
from federation.services.transport import ENVELOPE, Unreachable, call
from federation.travel.messages import Message
from federation.wire import envelopes

MOVE: Final = "move"
Sums = dict[str, tuple[int, str]]


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """One call of the child: `step` is look, page, count, switch or abort; how far it is itself."""

    move: UUID
    step: str
    state: str = ""
    kind: str = ""
    after: str = ""
    round: int = 0
    sums: Mapping[str, tuple[int, str]] = {}
    taken: int = 0
    trouble: str = ""


class Answered(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the parent stands, and what was asked for.

    `dispatch`: epoch and number of the envelope up to which what is dispatched must have been taken before
    anything else is. `busy`: it still counts.
    """

    state: str
    dispatch: tuple[int, int] = (0, 0)
    rows: Sequence[Message] = []
    after: str = ""
    is_last: bool = False
    names: Sequence[tuple[UUID, UUID]] = []
    sums: Mapping[str, tuple[int, str]] = {}
    busy: bool = False


def packed(said: Asked | Answered) -> bytes:
    """A body as it is sent."""
    return gzip.compress(msgspec.json.encode(said), mtime=0)


def asked_in(content: bytes) -> Asked:
    """A child's call. Raises envelopes.Malformed, TooLarge, msgspec.MsgspecError."""
    return msgspec.json.decode(envelopes.unzipped(content, most_unzipped()), type=Asked)


def ask_parent(http: httpx.Client, node: Node, asked: Asked, now: datetime) -> Answered:
    """Ask the parent. Raises Unreachable, also where it refuses."""
    answer = call(http, node, MOVE, packed(asked), now, content_type=ENVELOPE)
    if answer.status != 200:
        raise Unreachable(answer.sentence)
    try:
        return msgspec.json.decode(envelopes.unzipped(answer.content, most_unzipped()), type=Answered)
    except (envelopes.Malformed, envelopes.TooLarge, msgspec.MsgspecError) as wrong:
        raise Unreachable(_("“{name}”对迁移的回答格式不对。").format(name=node.name)) from wrong
