"""Whether a message is what docs/federation-kinds.md says of its kind: fields, types, files, boxes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from federation.compare_words import kind_said
from federation.travel.catalogue import KINDS
from federation.travel.files import named_in
from federation.travel.fitting import is_readable, punch_faults, sighting_faults
from federation.travel.kinds import Column, Kind, Part
from federation.travel.messages import Message
from federation.travel.outgoing import place_of
from federation.travel.punches import KIND as PUNCHES
from federation.travel.sightings import KIND as SIGHTING
from federation.wire.boxes import Closed

_ENDLESS = 1 << 30
Open = Callable[[str, str], bytes]


def faults(message: Message, opened: Open) -> Iterator[str]:
    """What is wrong with a message, in sentences; `opened` opens a box for a place, or raises Closed."""
    if message.kind == PUNCHES:
        yield from (sentence for _name, sentence in punch_faults(message.row))
    elif message.kind == SIGHTING:
        yield from (f"sighting 缺少 {name}，或不合类型。" for name in sighting_faults(message.row))
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
            yield from _of_column(of, column, row, f"{path}.{column.name}")
    for part in of.parts:
        for entry in row.get(part.name) or ():
            yield from _of_row(part, entry, f"{path}.{part.name}")


def _of_column(of: Kind | Part, column: Column, row: Mapping[str, Any], path: str) -> Iterator[str]:
    if column.name not in row:
        yield f"{path} 没有写。"
        return
    value, field = row[column.name], column.field
    if value is None:
        if not field.null:
            yield f"{path} 不能为空（null）。"
    elif not is_readable(of, column, value):
        yield f"{path} 应为一个编号（UUID）。" if column.sort == "reference" else f"{path} 的值不合类型。"
    elif column.sort == "plain" and not isinstance(field, models.JSONField):
        try:
            field.to_python(value)
        except (ValidationError, TypeError):
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
