"""The ledger as text and arithmetic: its canonical bytes, their hash, when it is due, what has changed.

No Django, no clock of ours, no I/O.
Source: 鄂建文〔2019〕27号 一(五).
"""

import json
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final

FORMAT: Final = "hubei-ledger-1"
Person = Mapping[str, Any]

# What a row may lack, in the order in which it is named. Nothing of it keeps a ledger from being filed.
MISSING: Final = {
    "identity": "身份没有核验",
    "contract": "没有在有效期内的合同",
    "training": "没有有效的安全培训",
    "attendance": "当月没有考勤",
}
# The same in a cell of a table.
BRIEFLY: Final = {"identity": "身份核验", "contract": "合同", "training": "安全培训", "attendance": "考勤"}
# What of a person counts as a change from one month to the next, and its name.
COMPARED: Final = {
    "name": "姓名",
    "number": "证件号",
    "trade": "工种",
    "team": "班组",
    "is_team_leader": "班组长",
    "posts": "关键岗位",
    "contract": "合同",
    "training": "培训",
}


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one way to write a ledger: UTF-8, keys in order, no blanks (RFC 8785 for what a ledger holds)."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    """SHA-256 of the canonical bytes, in 64 hexadecimal signs."""
    return sha256(content).hexdigest()


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_before(day: date) -> date:
    """The first day of the month before."""
    return month_of(month_of(day) - timedelta(days=1))


def last_day(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def due_on(month: date, due_day: int) -> date:
    """The day of the following month by which a month's ledger is due; its last, where it is shorter."""
    following = last_day(month) + timedelta(days=1)
    return following.replace(day=min(max(due_day, 1), last_day(following).day))


def has_left(person: Person) -> bool:
    """Whether the last stay of a row has ended."""
    stays = person.get("presences") or []
    return bool(stays) and stays[-1][1] is not None


@dataclass(frozen=True, slots=True)
class Difference:
    """What has changed since the ledger before: who joined, who left, and what of whom changed."""

    joined: Sequence[Person]
    left: Sequence[Person]
    changed: Sequence[tuple[Person, Sequence[str]]]

    def __bool__(self) -> bool:
        return bool(self.joined or self.left or self.changed)


def compared(before: Iterable[Person], after: Iterable[Person]) -> Difference:
    """Set two ledgers beside each other, row by row of the same engagement."""
    old = {row["engagement"]: row for row in before}
    new = {row["engagement"]: row for row in after}
    joined = [row for key, row in new.items() if key not in old]
    gone = [row for key, row in old.items() if key not in new and not has_left(row)]
    left = [row for key, row in new.items() if has_left(row) and not (key in old and has_left(old[key]))]
    changed = [
        (row, names)
        for key, row in new.items()
        if key in old
        and (names := [COMPARED[name] for name in COMPARED if row.get(name) != old[key].get(name)])
    ]
    return Difference(joined, [*gone, *left], changed)


def lacking(people: Iterable[Person]) -> dict[str, int]:
    """How many rows lack each thing, of those that any row lacks."""
    found: dict[str, int] = {}
    for person in people:
        for key in person.get("missing", ()):
            found[key] = found.get(key, 0) + 1
    return {key: found[key] for key in MISSING if key in found}
