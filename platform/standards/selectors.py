"""Reads of the standard. It is public: no actor is needed.

Both tables are small and change rarely, so each process keeps them for a few seconds; a change by an
administrator is therefore in force everywhere within `settings.STANDARDS_KEPT_SECONDS`.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from regions.models import Region
from standards.errors import UnknownParameter
from standards.models import CodeItem, CodeList, RuleParameter

T = TypeVar("T")


def kept(read: Callable[[], T]) -> Callable[[], T]:
    """Remember what `read` returned for STANDARDS_KEPT_SECONDS of this process."""
    memory: dict[str, Any] = {"until": 0.0}

    @wraps(read)
    def remembered() -> T:
        if time.monotonic() >= memory["until"]:
            memory["value"] = read()
            memory["until"] = time.monotonic() + settings.STANDARDS_KEPT_SECONDS
        return memory["value"]

    remembered.forget = lambda: memory.update(until=0.0)  # type: ignore[attr-defined]  # for loaders and tests
    return remembered


@kept
def _parameters() -> dict[str, list[tuple[str, date | None, date | None, Any]]]:
    found: dict[str, list] = {}
    rows = RuleParameter.objects.values_list("key", "region__path", "valid_from", "valid_to", "value")
    for key, path, start, end, value in rows:
        found.setdefault(key, []).append((path or "", start, end, value))
    for rules in found.values():
        # The nearest place first, and there the latest start.
        rules.sort(key=lambda rule: (len(rule[0]), rule[1] or date.min), reverse=True)
    return found


class _Items:
    """Every item of every list, and what of it holds at a place on a day, worked out once each."""

    def __init__(self) -> None:
        self.names: dict[str, dict[str, str]] = {}
        self.lists: dict[str, str] = {}
        self._rows: list[tuple[str, str, str, str, date | None, date | None]] = []
        self._held: dict[tuple[str, date], dict[str, dict[str, str]]] = {}
        rows = CodeItem.objects.order_by("code_list__key", "position", "id")
        columns = (
            "code_list__key",
            "code_list__name",
            "code",
            "name",
            "region__path",
            "valid_from",
            "valid_to",
        )
        for key, called, code, name, path, start, end in rows.values_list(*columns):
            self.names.setdefault(key, {})[code] = name
            self.lists[key] = called
            self._rows.append((key, code, name, path or "", start, end))

    def at(self, path: str, on: date) -> dict[str, dict[str, str]]:
        """List → code → name of what may be used; a city's own items at that city only."""
        if (path, on) not in self._held:
            found: dict[str, dict[str, str]] = {}
            for key, code, name, place, start, end in self._rows:
                if path.startswith(place) and (start or on) <= on <= (end or on):
                    found.setdefault(key, {})[code] = name
            self._held[(path, on)] = found
        return self._held[(path, on)]


@kept
def _items() -> _Items:
    return _Items()


def parameter(key: str, region: Region | None = None, on: date | None = None) -> Any:
    """The value in force for `region` (default: the whole province) on a day (default: today).

    The nearest region wins, then the latest start. Raises KeyError for a key that was never defined:
    a missing parameter is a fault of the node, not of its user.
    """
    return parameter_at(key, region.path if region is not None else "", on or timezone.localdate())


def parameter_at(key: str, path: str, on: date) -> Any:
    """The same for a region's path. Raises KeyError for a key that was never defined."""
    for place, start, end, value in _parameters().get(key, ()):
        if path.startswith(place) and (start or on) <= on <= (end or on):
            return value
    raise KeyError(f"rule parameter {key} is not defined; run load_reference_data")


def codes(code_list: str, region: Region | None = None, on: date | None = None) -> dict[str, str]:
    """Code → name of what may be used of a list on a day (default: today), in its order.

    Everybody's items, and with a region those of its city. Empty for an unknown list.
    """
    return codes_at(code_list, region.path if region is not None else "", on or timezone.localdate())


def codes_at(code_list: str, path: str, on: date) -> dict[str, str]:
    """The same for a region's path."""
    return _items().at(path, on).get(code_list, {})


def every_code(code_list: str) -> dict[str, str]:
    """Code → name of all that was ever used in a list, retired and cities' own items included (I-24)."""
    return _items().names.get(code_list, {})


def every_list() -> dict[str, dict[str, str]]:
    """The same for all lists, by key; a list without items is not among them."""
    return _items().names


def list_name(code_list: str) -> str:
    """What a list is called, or its key where it has no items."""
    return _items().lists.get(code_list, code_list)


def choices(code_list: str, region: Region | None = None) -> list[tuple[str, str]]:
    """Code and name of a list as one chooses from it; a name that two codes bear is told apart by them."""
    return told_apart(codes(code_list, region))


def told_apart(known: Mapping[str, str]) -> list[tuple[str, str]]:
    """Codes and names as one chooses among them; a name that two codes bear carries its code."""
    borne = Counter(known.values())
    return [(code, f"{name}（{code}）" if borne[name] > 1 else name) for code, name in known.items()]


def code_name(code_list: str, code: str | None) -> str:
    """The name of a code, retired ones too, or the code itself where no list knows it; "" for none."""
    return every_code(code_list).get(code, code) if code else ""


def code_lists() -> QuerySet[CodeList]:
    """Every list with the number of its items, by name."""
    return CodeList.objects.annotate(number=Count("items")).order_by("name")


def code_list(key: str) -> CodeList | None:
    """One list, or None where there is none of that key."""
    return CodeList.objects.filter(key=key).first()


def parameters() -> QuerySet[RuleParameter]:
    """Every parameter, by name and place."""
    return RuleParameter.objects.select_related("region").order_by("name", "region__code", "valid_from")


def default_of(key: str) -> RuleParameter:
    """The value that came with the platform. Raises UnknownParameter."""
    found = RuleParameter.objects.filter(key=key, region=None, valid_from=None).first()
    if found is None:
        raise UnknownParameter
    return found


def values_of(key: str) -> QuerySet[RuleParameter]:
    """Every value of one parameter, the whole province first, at each place the latest first."""
    return (
        RuleParameter.objects.filter(key=key)
        .select_related("region")
        .order_by(F("region__path").asc(nulls_first=True), F("valid_from").desc(nulls_last=True))
    )


def in_force(rows: Iterable[RuleParameter], on: date) -> set[int]:
    """Of the values of one parameter, the keys of those that decide on a day, one a place."""
    found: dict[int | None, RuleParameter] = {}
    for row in rows:
        if (row.valid_from or on) <= on <= (row.valid_to or on):
            held = found.get(row.region_id)
            if held is None or (row.valid_from or date.min) > (held.valid_from or date.min):
                found[row.region_id] = row
    return {row.pk for row in found.values()}


@dataclass(frozen=True, slots=True)
class Affected:
    """Where a new value would hold, and the places below that keep a value of their own."""

    regions: list[Region]
    keep: list[Region]


def affected(key: str, region: Region | None, on: date) -> Affected:
    """Who would be judged by a value set at `region` (None: the whole province) on a day.

    Counties and units without counties count; a place that has a nearer value of its own keeps it.
    """
    rows = [row for row in values_of(key) if row.region]
    own = in_force(rows, on)
    path = region.path if region else ""
    nearer = [row.region for row in rows if row.pk in own and row.region and row.region.path.startswith(path)]
    nearer = [one for one in nearer if one.path != path]
    below = Region.objects.filter(path__startswith=path, is_county=True).order_by("path")
    kept = tuple(one.path for one in nearer)
    return Affected([one for one in below if not one.path.startswith(kept or ("-",))], nearer)


def forget() -> None:
    """Drop what this process remembers, after a load."""
    _parameters.forget()  # type: ignore[attr-defined]  # see kept
    _items.forget()  # type: ignore[attr-defined]  # see kept
