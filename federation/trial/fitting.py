"""Whether a message is what docs/federation-kinds.md says of its kind: fields, types, files, boxes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from federation.compare_words import kind_said
from federation.travel.catalogue import KINDS
from federation.travel.files import named_in
from federation.travel.kinds import Column, Kind, Part
from federation.travel.messages import Message
from federation.travel.outgoing import place_of
from federation.travel.punches import KIND as PUNCHES
from federation.travel.punches import LISTED, MOST_A_MESSAGE, ROW
from federation.travel.sightings import KIND as SIGHTING
from federation.wire.boxes import Closed

# The values of a punch that are places in a list, and which list.
_LISTS = {
    "project": "projects", "source": "sources", "person": "people", "team": "teams", "channel": "channels",
    "method": "methods", "origin": "origins",
}  # fmt: skip
_ENDLESS = 1 << 30
Open = Callable[[str, str], bytes]


def faults(message: Message, opened: Open) -> Iterator[str]:
    """What is wrong with a message, in sentences; `opened` opens a box for a place, or raises Closed."""
    if message.kind == PUNCHES:
        yield from _of_punches(message.row)
    elif message.kind == SIGHTING:
        yield from (f"sighting 缺少 {name}。" for name in ("name", "person") if not message.row.get(name))
    elif message.kind not in KINDS:
        yield f"没有“{message.kind}”这类记录。"
    elif not KINDS[message.kind].goes_up:
        yield f"{kind_said(message.kind)}不上行。"
    elif message.op == "put":
        kind = KINDS[message.kind]
        yield from _of_row(kind, message.row, message.kind)
        yield from _of_files(kind, message)
        yield from _of_boxes(message, opened)


def _of_row(of: Kind | Part, row: Mapping[str, Any], path: str) -> Iterator[str]:
    known = {column.name for column in of.columns if column.sort != "sealed"} | {
        part.name for part in of.parts
    }
    if isinstance(of, Part):
        known.add("public_id")
    for name in sorted(set(row) - known):
        yield f"{path}.{name} 不是这类记录的字段。"
    for column in of.columns:
        if column.sort != "sealed":
            yield from _of_column(column, row, f"{path}.{column.name}")
    for part in of.parts:
        for entry in row.get(part.name) or ():
            yield from _of_row(part, entry, f"{path}.{part.name}")


def _of_column(column: Column, row: Mapping[str, Any], path: str) -> Iterator[str]:
    if column.name not in row:
        yield f"{path} 没有写。"
        return
    value, field = row[column.name], column.field
    if value is None:
        if not field.null:
            yield f"{path} 不能为空（null）。"
    elif column.sort == "reference":
        yield from () if isinstance(value, str) and len(value) == 36 else (f"{path} 应为一个编号（UUID）。",)
    elif column.sort == "plain" and not isinstance(field, models.JSONField):
        try:
            field.to_python(value)
        except ValidationError:
            yield f"{path} 的值不合类型。"
            return
        if isinstance(field, models.CharField) and len(str(value)) > (field.max_length or _ENDLESS):
            yield f"{path} 超过 {field.max_length} 个字。"


def _of_files(kind: Kind, message: Message) -> Iterator[str]:
    told = {card.digest for card in message.files}
    for digest in named_in(kind, message.row):
        if digest not in told:
            yield f"{message.kind} 的附件没有列在 files 里。"


def _of_boxes(message: Message, opened: Open) -> Iterator[str]:
    for name, box in message.sealed.items():
        try:
            opened(box, place_of(message.kind, message.key, name))
        except Closed:
            yield f"{message.kind}.{name} 的封装打不开：应以本平台的封装密钥、info 为 类别/记录编号/字段。"


def _of_punches(row: Mapping[str, Any]) -> Iterator[str]:
    missing = [name for name in (*LISTED, "rows") if not isinstance(row.get(name), list)]
    if missing:
        yield f"punches 缺少 {'、'.join(missing)}。"
        return
    if len(row["rows"]) > MOST_A_MESSAGE:
        yield f"punches 一条最多 {MOST_A_MESSAGE} 次打卡。"
    if any(not isinstance(line, list) or len(line) != len(ROW) for line in row["rows"]):
        yield f"punches.rows 的每一项应有 {len(ROW)} 个值。"
        return
    for place, (name, _said) in enumerate(ROW):
        if name in _LISTS and any(line[place] not in range(len(row[_LISTS[name]])) for line in row["rows"]):
            yield f"punches.rows 的 {name} 应为列表里的位置。"
