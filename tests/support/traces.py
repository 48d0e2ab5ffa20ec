"""Looking for one county's traces in whatever another was answered."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.db.models import Model, QuerySet
from pypdf import PdfReader

from tests.support.counties import County


def written_out(value: Any) -> list[str]:
    """Everything that a selector handed over, as texts: rows with their annotations and joined rows."""
    found: list[str] = []
    _write(value, found, set())
    return found


def _write(value: Any, found: list[str], seen: set[int]) -> None:
    if isinstance(value, Model):
        if id(value) in seen:
            return
        seen.add(id(value))
        joined = value._state.fields_cache
        held = {
            key: one for key, one in vars(value).items() if key not in ("_state", "_prefetched_objects_cache")
        }
        found.append(f"{type(value).__name__} {value.pk}")
        _write(held, found, seen)
        _write({key: one for key, one in joined.items() if one is not None}, found, seen)
    elif is_dataclass(value) and not isinstance(value, type):
        for entry in fields(value):
            found.append(entry.name)
            _write(getattr(value, entry.name), found, seen)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            _write(key, found, seen)
            _write(one, found, seen)
    elif isinstance(value, (str, bytes)):
        found.append(str(value))
    elif isinstance(value, (QuerySet, Iterable)):
        for one in value:
            _write(one, found, seen)
    else:
        found.append(str(value))


def traces_in(content: bytes | str, of: County) -> list[str]:
    """Which traces of a county stand in an answer: plain, escaped as JSON or in an address, or zipped."""
    text = content if isinstance(content, str) else unpacked(content)
    return [trace for trace in of.traces() if any(form in text for form in _forms(trace))]


def _forms(trace: str) -> set[str]:
    escaped = trace.encode("ascii", "backslashreplace").decode()
    entities = "".join(sign if ord(sign) < 128 else f"&#{ord(sign)};" for sign in trace)
    return {trace, escaped, escaped.upper(), quote(trace), quote(trace).lower(), entities}


def unpacked(content: bytes) -> str:
    """The text of an answer; a workbook, archive or PDF is opened, and every part of it read."""
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    return "\n".join([*archive.namelist(), *(unpacked(part) for part in parts)])


# What a refusal may write: that it was refused, and who came.
_OF_THE_ATTEMPT = (
    "audit_",
    "django_session",
    "axes_",
    "outbox_heartbeat",
    "federation_refusedcall",
    "federation_gatewayrefusal",
)


def fingerprint() -> dict[str, str]:
    """A digest of every table's rows, to prove that a refusal changed nothing."""
    names = [name for name in connection.introspection.table_names() if not name.startswith(_OF_THE_ATTEMPT)]
    digests = ", ".join(
        f"(SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"  # our own names
        f' FROM "{name}" t)'
        for name in sorted(names)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {digests}")
        return dict(zip(sorted(names), cursor.fetchone(), strict=True))
