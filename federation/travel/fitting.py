"""Whether what a message says can be read at all, before anything of it is looked up.

Every record passes here, so only what resolving and writing rely upon is looked at: names that are UUIDs,
lists that are lists, values that are single, no NUL. What a value may be its column decides when it is
written.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import GenericAlias
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from federation.travel.catalogue import KINDS
from federation.travel.kinds import Column, Kind, Part
from federation.travel.messages import Message
from federation.travel.punches import KIND as PUNCHES
from federation.travel.punches import LISTED, MOST_A_MESSAGE, ROW
from federation.travel.sightings import KIND as SIGHTING
from workers.models import Person

MOST_VERSIONS: Final = 2**31 - 1
_MOST_MICROSECONDS: Final = 2**53
_NUL: Final = "\x00"
_NUL_ESCAPED: Final = b"\\u0000"
# The values of a punch that are places in a list, and which list.
_LISTS: Final = {
    "project": "projects", "source": "sources", "person": "people", "team": "teams", "channel": "channels",
    "method": "methods", "origin": "origins",
}  # fmt: skip
_Instant = Annotated[int, msgspec.Meta(ge=-_MOST_MICROSECONDS, le=_MOST_MICROSECONDS)]
_Place = Annotated[int, msgspec.Meta(ge=0)]
_TYPES: Final[Mapping[str, Any]] = {
    "public_id": UUID, "at": _Instant, "received": _Instant, **dict.fromkeys(_LISTS, _Place),
}  # fmt: skip
_Punch: Any = GenericAlias(tuple, tuple(_TYPES.get(name, str) for name, _said in ROW))


def misfit(message: Message) -> str:
    """The first field by which a message cannot be read, "" where it can."""
    if wrong := _of_head(message):
        return wrong
    if message.op == "tombstone":
        return ""
    if _NUL_ESCAPED in msgspec.json.encode(message.row) and (wrong := _with_nul(message.row)):
        return wrong
    if message.kind == PUNCHES:
        return next((name for name, _sentence in punch_faults(message.row)), "")
    if message.kind == SIGHTING:
        return next(sighting_faults(message.row), "")
    kind = KINDS.get(message.kind)
    return next(unreadable(kind, message.row, ""), "") if kind else ""


def _of_head(message: Message) -> str:
    if _NUL in message.kind:
        return "kind"
    if _NUL in message.origin or not 0 < len(message.origin) <= 32:
        return "origin"
    if not 0 <= message.version <= MOST_VERSIONS:
        return "version"
    try:
        return "" if datetime.fromisoformat(message.at).tzinfo else "at"
    except ValueError:
        return "at"


def _with_nul(value: Any, name: str = "row") -> str:
    """The name under which a NUL stands: no text here can hold one."""
    if isinstance(value, str):
        return name if _NUL in value else ""
    if isinstance(value, Mapping):
        if any(_NUL in key for key in value):
            return name
        return next((found for key, one in value.items() if (found := _with_nul(one, key))), "")
    if isinstance(value, list):
        return next((found for one in value if (found := _with_nul(one, name))), "")
    return ""


def unreadable(of: Kind | Part, row: Mapping[str, Any], path: str) -> Iterator[str]:
    """The columns of a row and of its parts that cannot be read."""
    for column in of.columns:
        if row.get(column.name) is not None and not is_readable(of, column, row[column.name]):
            yield f"{path}{column.name}"
    yield from _unnamed(of, row, path)
    for part in of.parts:
        entries = row.get(part.name) or ()
        if not isinstance(entries, list | tuple) or not all(isinstance(one, Mapping) for one in entries):
            yield f"{path}{part.name}"
            continue
        for entry in entries:
            yield from unreadable(part, entry, f"{path}{part.name}.")


def is_readable(of: Kind | Part, column: Column, value: Any) -> bool:
    """Whether a value that is said can be looked up, or be handed to its column."""
    if column.sort == "sealed":
        return True
    if column.sort == "reference":
        return is_name(value)
    if column.sort == "region" or column.name in of.files:
        return isinstance(value, str)
    return not isinstance(value, dict | list) or column.field.get_internal_type() == "JSONField"


def is_name(value: Any) -> bool:
    """Whether this is the public id of a row."""
    if not isinstance(value, str):
        return False
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _unnamed(of: Kind | Part, row: Mapping[str, Any], path: str) -> Iterator[str]:
    """Columns without which nobody could tell which row it is."""
    if isinstance(of, Part):
        yield from (f"{path}{name}" for name in of.by if name not in row)
        if "public_id" in row and not is_name(row["public_id"]):
            yield f"{path}public_id"
        return
    if of.model is Person and not isinstance(row.get("id_type"), str):
        yield f"{path}id_type"
    if of.pointer is not None and row.get(of.pointer[1]) and not is_name(row[of.pointer[1]]):
        yield f"{path}{of.pointer[1]}"


def sighting_faults(row: Mapping[str, Any]) -> Iterator[str]:
    """What a sighting lacks: the name that was used, and whose it is."""
    if not row.get("name") or not isinstance(row["name"], str):
        yield "name"
    if not is_name(row.get("person")):
        yield "person"


def punch_faults(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a list of punches: where, and a sentence about it."""
    missing = [name for name in (*LISTED, "rows") if not isinstance(row.get(name), list)]
    if missing:
        yield missing[0], f"punches 缺少 {'、'.join(missing)}，或不是列表。"
        return
    for name in LISTED:
        if not all(isinstance(one, str) for one in row[name]):
            yield name, f"punches 的 {name} 里每一项应是文字。"
            return
    if not all(is_name(name) for name in row["projects"]):
        yield "projects", "punches 的 projects 应为项目编号（UUID）。"
    if len(row["rows"]) > MOST_A_MESSAGE:
        yield "rows", f"punches 一条最多 {MOST_A_MESSAGE} 次打卡。"
    if any(not isinstance(line, list) or len(line) != len(ROW) for line in row["rows"]):
        yield "rows", f"punches.rows 的每一项应有 {len(ROW)} 个值。"
        return
    try:
        lines = msgspec.convert(row["rows"], list[_Punch])
    except msgspec.ValidationError:
        yield "rows", "punches.rows 的值不合类型：请对照各值的说明。"
        return
    for place, (name, _said) in enumerate(ROW):
        if name in _LISTS and any(line[place] >= len(row[_LISTS[name]]) for line in lines):
            yield name, f"punches.rows 的 {name} 应为列表里的位置。"
