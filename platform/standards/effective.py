"""The effective standard of a place on a day: what validates forms, files and interfaces.

    standard = standard_of(project.region, on)
    standard.elements("worker")      what a record says, in order
    standard.rules("worker")         what must be true of it
    judge(standard, "worker", {"name": …}, channel="form")   every finding, the refusing ones first
    json_schema(standard, "worker")  the same for programs

Published versions never change, so a compiled standard is kept for as long as the process lives; which
versions are in force is read anew every STANDARDS_KEPT_SECONDS. A version comes into force by its date alone:
nothing needs to run, and nothing needs a restart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from regions.models import Region
from standards.json_schema import json_schema
from standards.judging import Finding, blocking, judge
from standards.layers import ItemSpec, Layer, compiled
from standards.models import Element, StandardVersion, Tightening, ValidationRule
from standards.selectors import codes_at, kept, parameter_at
from standards.spec import CITY, NATIONAL, PROVINCIAL, Demand, ElementSpec, RuleSpec, Standard, VersionRef

__all__ = ["Finding", "Standard", "blocking", "json_schema", "judge", "standard_of", "standard_then"]

# Layers, lowest first.
ORDER = (NATIONAL, PROVINCIAL, CITY)
MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class _Published:
    """A published version as far as choosing needs it."""

    ref: VersionRef
    path: str
    begins: date
    cutoff: date
    published_at: datetime

    def has_begun(self, on: date, at: datetime | None) -> bool:
        """Whether it was in force on a day; of its first day only from the instant of its publication on."""
        return self.begins < on or (self.begins == on and (at is None or self.published_at <= at))

    def holds_at(self, path: str) -> bool:
        return not self.path or path.startswith(self.path)


@kept
def _published() -> tuple[_Published, ...]:
    rows = StandardVersion.objects.filter(state=StandardVersion.State.PUBLISHED).select_related("region")
    found = [
        _Published(
            ref_of(row),
            row.region.path if row.region else "",
            row.effective_from,
            row.cutoff,
            row.published_at,
        )
        for row in rows.order_by("effective_from", "id")
        if row.effective_from and row.cutoff and row.published_at
    ]
    return tuple(found)


_layers: dict[str, Layer] = {}
_standards: dict[tuple[Any, ...], Standard] = {}


def standard_of(region: Region | None, on: date | None = None) -> Standard:
    """What validates records of a place (None: the province as a whole) on a day (default: today)."""
    day = on or timezone.localdate()
    path = region.path if region is not None else ""
    return _standard(path, day, with_earlier=True)


def standard_then(region: Region | None, at: datetime) -> Standard:
    """What validated records of a place at an instant: a version of the day published later was not there.

    Versions begin on the day of their publication or after it, so only that day asks for the hour; what was
    seeded for earlier days has always been there.
    """
    path = region.path if region is not None else ""
    return _standard(path, timezone.localdate(at), with_earlier=True, at=at)


def base_of(region: Region | None, on: date | None = None) -> Standard:
    """The same without the city's layer: what upstream and province-wide checks judge by (I-23)."""
    day = on or timezone.localdate()
    path = region.path if region is not None else ""
    return _standard(path, day, with_earlier=True, order=ORDER[:-1])


def layer_of(version: StandardVersion) -> Layer:
    """All that one version says itself; a draft is read anew each time."""
    if not version.is_published:
        return _read(version)
    key = str(version.public_id)
    if key not in _layers:
        _layers[key] = _read(version)
    return _layers[key]


def ref_of(version: StandardVersion) -> VersionRef:
    """A version as findings name it."""
    return VersionRef(
        public_id=str(version.public_id),
        layer=version.layer,
        number=version.number,
        title=version.title,
        region=version.region.code if version.region else "",
        effective_from=version.effective_from,
        cutoff=version.cutoff,
    )


def in_force(region: Region | None, on: date, layer: str) -> str | None:
    """The public id of the version of a layer that holds at a place on a day; None where none does."""
    chosen = _chosen(region.path if region else "", on, (layer,))
    return chosen[0].ref.public_id if chosen else None


def with_layers_below(region: Region | None, on: date, layers: tuple[str, ...]) -> Standard:
    """The standard of only some layers at a place on a day, for checking what is to stand on them."""
    return _standard(region.path if region is not None else "", on, with_earlier=False, order=layers)


def with_draft(version: StandardVersion, region: Region | None, on: date) -> Standard:
    """The standard as it would be with this version in place of its layer's own, for previews and checks."""
    place = version.region or region
    path = place.path if place else ""
    layers = [
        _layer(one.ref.public_id)
        for one in _chosen(path, on, tuple(name for name in ORDER if name != version.layer))
    ]
    layers.append(layer_of(version))
    layers.sort(key=lambda layer: ORDER.index(layer.version.layer))
    standard = _compiled(layers, path, on, ())
    proposed = layer_of(version).items
    return replace(
        standard, codes=lambda code_list: _with_proposed(standard.codes(code_list), code_list, proposed)
    )


def base_with_draft(version: StandardVersion, region: Region | None, on: date) -> Standard:
    """What a city's layer would stand on if this base version were in force: no city's layer in it."""
    path = region.path if region is not None else ""
    others = tuple(name for name in ORDER[:-1] if name != version.layer)
    layers = [_layer(one.ref.public_id) for one in _chosen(path, on, others)]
    layers.append(layer_of(version))
    layers.sort(key=lambda layer: ORDER.index(layer.version.layer))
    return _compiled(layers, path, on, ())


def _with_proposed(
    known: Mapping[str, str], code_list: str, proposed: tuple[ItemSpec, ...]
) -> dict[str, str]:
    own = [one for one in proposed if one.code_list == code_list]
    gone = {one.code for one in own if one.retires}
    added = {one.code: one.name for one in own if not one.retires}
    return {code: name for code, name in {**known, **added}.items() if code not in gone}


def forget_standards() -> None:
    """Drop what this process remembers of published versions, after one is published."""
    _published.forget()  # type: ignore[attr-defined]  # see standards.selectors.kept


def _standard(
    path: str,
    on: date,
    *,
    with_earlier: bool,
    order: tuple[str, ...] = ORDER,
    at: datetime | None = None,
) -> Standard:
    chosen = _chosen(path, on, order, at)
    days = _days_still_followed(path, on, order, at) if with_earlier else ()
    key = (tuple(one.ref.public_id for one in chosen), path, on, days)
    if key not in _standards:
        if len(_standards) >= MOST_KEPT:
            _standards.clear()
        earlier = tuple(_standard(path, day, with_earlier=False, order=order) for day in days)
        layers = [_layer(one.ref.public_id) for one in chosen]
        _standards[key] = _compiled(layers, path, on, earlier)
    return _standards[key]


def _chosen(path: str, on: date, order: tuple[str, ...], at: datetime | None = None) -> list[_Published]:
    """The version of each layer in force, lowest first: the latest that has begun."""
    found: dict[str, _Published] = {}
    for one in _published():
        if one.has_begun(on, at) and one.holds_at(path):
            found[one.ref.layer] = one
    return [found[layer] for layer in order if layer in found]


def _days_still_followed(
    path: str, on: date, order: tuple[str, ...], at: datetime | None = None
) -> tuple[date, ...]:
    """The last days of standards that interfaces may still follow: cut-offs that have not passed."""
    return tuple(
        one.begins - timedelta(days=1)
        for one in _published()
        if one.has_begun(on, at) and on <= one.cutoff and one.begins < one.cutoff
        and one.ref.layer in order and one.holds_at(path)
    )  # fmt: skip


def _compiled(layers: list[Layer], path: str, on: date, earlier: tuple[Standard, ...]) -> Standard:
    return compiled(
        layers,
        on=on,
        place=path,
        codes=lambda code_list: codes_at(code_list, path, on),
        parameters=lambda key: parameter_at(key, path, on),
        earlier=earlier,
    )


def _layer(public_id: str) -> Layer:
    if public_id not in _layers:
        rows = StandardVersion.objects.select_related("region")
        _layers[public_id] = _read(rows.get(public_id=public_id))
    return _layers[public_id]


def _read(version: StandardVersion) -> Layer:
    ref = ref_of(version)
    return Layer(
        version=ref,
        elements=tuple(element_of(row, ref) for row in version.elements.order_by("position", "id")),
        rules=tuple(rule_of(row, ref) for row in version.rules.order_by("position", "id")),
        demands={
            (row.object_key, row.code): demand_of(row, ref) for row in version.tightenings.order_by("id")
        },
        items=tuple(
            ItemSpec(row.code_list, row.code, row.name, row.mapped_to, row.retires, row.list_name)
            for row in version.proposed_items.order_by("position", "id")
        ),
    )


_OF_AN_ELEMENT = (
    "object_key", "code", "name", "kind", "length", "unit", "required", "required_when", "severities",
    "code_list", "privacy", "example", "help", "lives_in", "position", "is_retired",
)  # fmt: skip


def element_of(row: Element, version: VersionRef) -> ElementSpec:
    """An element as records are judged by it."""
    said: Mapping[str, Any] = {name: getattr(row, name) for name in _OF_AN_ELEMENT}
    return ElementSpec(version=version, **said)


def rule_of(row: ValidationRule, version: VersionRef) -> RuleSpec:
    """A rule as records are judged by it."""
    return RuleSpec(
        code=row.code,
        object_key=row.object_key,
        condition=row.condition,
        version=version,
        severities=row.severities,
        message=row.message,
        remedy=row.remedy,
        is_retired=row.is_retired,
    )


def demand_of(row: Tightening, version: VersionRef) -> Demand:
    """A stricter demand as records are judged by it."""
    return Demand(
        version=version,
        required=row.required,
        required_when=row.required_when,
        length=row.length,
        codes=None if row.codes is None else frozenset(row.codes),
        severities=row.severities,
    )
