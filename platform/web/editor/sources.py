"""Where records for the impact check come from: apps above register theirs, for the standard lies below them.

A source streams rows of plain columns, so that a million records cost one pass and little memory.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet

from kernel.cipher import keyring
from kernel.fields import SealedTextField
from kernel.scoping import Reach
from standards.spec import ElementSpec

CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Site:
    """The project to which a record belongs."""

    public_id: UUID
    name: str
    place: str


Rows = Iterator[tuple[Site, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Source:
    """Records of one object of the standard within a reach.

    `roots` says under which lookup each root of `lives_in` is found ("work" → "", "person" → "person__");
    `columns` names the few that are called otherwise; `project` is the lookup of the project, "" for itself.
    """

    object_key: str
    noun: str
    rows: Callable[[Reach], QuerySet[Any]]
    roots: Mapping[str, str]
    project: str
    columns: Mapping[str, str]

    def number(self, reach: Reach) -> int:
        """How many records there are to judge."""
        return self.rows(reach).count()

    def read(self, reach: Reach, elements: Sequence[ElementSpec]) -> Rows:
        """Each record with what it says of these elements."""
        rows = self.rows(reach)
        plan = _Plan(rows.model, self, elements)
        sites: dict[UUID, Site] = {}
        for values in rows.order_by("pk").values_list(*plan.lookups).iterator(chunk_size=CHUNK):
            key = values[0]
            site = sites.get(key) or sites.setdefault(key, Site(key, values[1], values[2]))
            yield site, plan.record(values)


class _Plan:
    """Which columns are read, and how a row of them becomes a record."""

    def __init__(self, model: type[Model], source: Source, elements: Sequence[ElementSpec]) -> None:
        site = source.project
        self.lookups = [f"{site}public_id", f"{site}name", f"{site}region__path"]
        self._plain: list[tuple[str, int, str]] = []
        self._extras = [one.code for one in elements if one.is_extra and not one.is_sealed]
        self._sealed = [one.code for one in elements if one.is_extra and one.is_sealed]
        for element in elements:
            lookup = _lookup(source, element)
            if lookup and (field := _field(model, lookup)) is not None:
                context = field.context if isinstance(field, SealedTextField) else ""
                self._plain.append((element.code, self._at(lookup), context))
        self._extras_at = self._at("extras") if self._extras else 0
        self._sealed_at = self._at("sealed_extras") if self._sealed else 0
        self._keys = keyring()
        self._context = getattr(_field(model, "sealed_extras"), "context", "")

    def record(self, values: Sequence[Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for code, at, context in self._plain:
            value = values[at]
            if value is not None:
                found[code] = self._keys.unseal(bytes(value), context=context) if context else value
        if self._extras and (kept := values[self._extras_at]):
            found |= {code: kept[code] for code in self._extras if code in kept}
        if self._sealed and (hidden := values[self._sealed_at]):
            opened = json.loads(self._keys.unseal(bytes(hidden), context=self._context))
            found |= {code: opened[code] for code in self._sealed if code in opened}
        return found

    def _at(self, lookup: str) -> int:
        self.lookups.append(lookup)
        return len(self.lookups) - 1


def _lookup(source: Source, element: ElementSpec) -> str:
    root, _dot, name = element.lives_in.partition(".")
    if not name or root not in source.roots:
        return ""
    return source.columns.get(element.lives_in, f"{source.roots[root]}{name}")


def _field(model: type[Model], lookup: str) -> Any:
    """The column behind a lookup; None where there is none, for an element may be a page's own."""
    found: Any = None
    for step in lookup.split("__"):
        try:
            found = model._meta.get_field(step)
        except FieldDoesNotExist:
            return None
        model = found.related_model or model
    return found


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add an app's records, from its `ready()`; twice is once."""
    _sources[source.object_key] = source


def sources(object_keys: Iterable[str]) -> list[Source]:
    """Those of these objects that somebody gives; of the others there are no records to judge."""
    return [_sources[key] for key in object_keys if key in _sources]
