"""One thing to be told: what it says, what it builds on, and a keyed digest of it all."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from federation.open_api.common import as_instant
from kernel.cipher import keyring

DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a team at the other side, put in when the call is written."""

    team: str

    def __str__(self) -> str:
        return self.team


@dataclass(frozen=True)
class Item:
    """A record as the interface names its facts; what is empty is absent.

    `outer` is what a call says once, `row` what it says of this one in its list; files are addresses of the
    store. `needs` names the records without which it cannot be told. `is_framed`: what is said once belongs
    to the record; not so with an entry, which stays the same when its person changes the team.
    """

    kind: str
    key: UUID
    outer: Mapping[str, Any]
    row: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    label: str = ""
    is_framed: bool = True

    @property
    def name(self) -> str:
        return name_of(self.kind, self.key)

    @cached_property
    def frame(self) -> str:
        """What records must share to travel in one call."""
        return _written(self.outer)

    @cached_property
    def digest(self) -> bytes:
        """Equal ones say the same; nobody without this node's key can guess at the content."""
        content = (self.frame if self.is_framed else "") + _written(self.row)
        return keyring().blind_index("upstream", content)[-DIGEST_BYTES:]

    def __repr__(self) -> str:
        # Only the key: a name or number in a traceback is a leak.
        return f"<Item {self.name}>"


def name_of(kind: str, key: UUID) -> str:
    """kind:key."""
    return f"{kind}:{key}"


def said(**facts: Any) -> dict[str, Any]:
    """Facts without the empty ones, days and yes-or-no as the interface writes them."""
    return {name: _plain(value) for name, value in facts.items() if value not in (None, "", [], ())}


def at_midnight(day: date | None) -> str:
    """A day where the interface asks for an instant."""
    return as_instant(day)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return as_instant(value)
    return value.isoformat() if isinstance(value, date) else value


def _written(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)
