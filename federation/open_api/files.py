"""Pictures and scans of a write: put into the file store before the call is entered in its table."""

from collections.abc import Mapping
from typing import Any

from federation.open_api import values
from federation.open_api.schema import Context, Field, file_content
from federation.open_api.values import IMAGE_TYPES, Unreadable, is_empty
from kernel.store import keep
from web.uploads import BadFile, check_file

ATTACHMENT_TYPES = "格式无效,目前仅支持:jpg,jpeg,png,pdf"


def lifted(fields: tuple[Field, ...], data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """`data` with every file replaced by its address in the store, or by what is wrong with it."""
    slim = dict(data)
    for item in fields:
        given = slim.get(item.name)
        if is_empty(given):
            continue
        if item.holds_a_file:
            slim[item.name] = _kept(item, given, context)
        elif item.rows and isinstance(given, list):
            slim[item.name] = _lifted_rows(item, given, context)
    return slim


def _lifted_rows(item: Field, rows: list[Any], context: Context) -> list[Any]:
    most = context.limit(item.most)
    if most is not None and len(rows) > most:
        return [None] * len(rows)  # too long a list is refused whole; its files are not worth keeping
    return [lifted(item.rows, row, context) if isinstance(row, dict) else row for row in rows]


def _kept(item: Field, given: Any, context: Context) -> dict[str, str]:
    try:
        return {"file": keep(_clean(item, file_content(item, given, context)))}
    except Unreadable as error:
        return {"fault": str(error)}


def _clean(item: Field, content: bytes) -> bytes:
    """A picture written anew, upright and without metadata; a PDF that opens. Raises Unreadable."""
    is_image = item.kind is values.image
    try:
        return check_file(
            content, name=item.label, kinds=("image",) if is_image else ("image", "pdf")
        ).content
    except BadFile as bad:
        if bad.code == "too_many_dots":
            raise Unreadable("像素过多,打不开!请缩小图片,或改用JPG格式后重新上传") from bad
        raise Unreadable(IMAGE_TYPES if is_image else ATTACHMENT_TYPES) from bad
