"""Answers: one envelope for all, and pages of rows inside it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from federation.open_api.errors import Code, Refusal

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
# A line feed before "ull" is written \null, which a client replacing the word null would tear apart as well.
_NULL = re.compile(r"\\null|\\.|null")
_ESCAPED = {"null": r"\u006eull", r"\null": r"\u000aull"}


DONE = "成功"


def answer(data: Mapping[str, Any] | None = None, reminder: str = "") -> dict[str, Any]:
    """The envelope of a call that succeeded; a reminder follows the word that says so."""
    message = f"{DONE};提醒:{reminder}" if reminder else DONE
    return {"code": int(Code.DONE), "message": message, "data": data}


def refusal(error: Refusal) -> dict[str, Any]:
    """The envelope of a call turned away."""
    return {"code": int(error.code), "message": error.message, "data": None}


def page(rows: Sequence[Mapping[str, Any]], *, index: int, size: int, total: int) -> dict[str, Any]:
    """One page of a query; pages count from 0, empty fields are left out."""
    return {
        "pageIndex": index,
        "pageSize": size,
        "pageCount": -(-total // size),
        "totalCount": total,
        "rows": [{name: value for name, value in row.items() if value not in (None, "")} for row in rows],
    }


def as_json(envelope: Mapping[str, Any]) -> str:
    """The envelope as text in which no value shows the four letters null.

    One widely used client replaces every null in the raw text by an empty string before it parses.
    """
    text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    return _STRING.sub(lambda string: _without_null(string.group()), text)


def _without_null(literal: str) -> str:
    return _NULL.sub(lambda found: _ESCAPED.get(found.group(), found.group()), literal)
