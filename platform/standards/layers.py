"""Layers of a standard put on top of each other, and what changes from one version to the next.

A layer above adds and tightens; it cannot take away. Compiling keeps to that by itself: an element is what
the lowest layer says, and what others say of it are further demands. So nothing a city writes can loosen a
base rule, whatever a check has overlooked (I-22). No Django, clock or I/O.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from standards.spec import Codes, Demand, ElementSpec, Parameters, RuleSpec, Standard, VersionRef


@dataclass(frozen=True, slots=True)
class ItemSpec:
    """An item that a version adds to a code list, or retires."""

    code_list: str
    code: str
    name: str = ""
    mapped_to: str = ""
    retires: bool = False
    list_name: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """All that one version says itself."""

    version: VersionRef
    elements: tuple[ElementSpec, ...] = ()
    rules: tuple[RuleSpec, ...] = ()
    demands: Mapping[tuple[str, str], Demand] = field(default_factory=dict)
    items: tuple[ItemSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions of a layer; `before` and `after` hold what differs, by name."""

    act: str
    part: str
    object_key: str
    code: str
    name: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


ADDED, CHANGED, RETIRED, REMOVED = "added", "changed", "retired", "removed"
ACTS = {ADDED: "新增", CHANGED: "修改", RETIRED: "停用", REMOVED: "去掉"}


def compiled(
    layers: Sequence[Layer],
    *,
    on: date,
    place: str,
    codes: Codes,
    parameters: Parameters,
    earlier: tuple[Standard, ...] = (),
) -> Standard:
    """The layers, lowest first, as one standard. A code belongs to the layer that had it first."""
    found: dict[tuple[str, str], ElementSpec] = {}
    rules: dict[str, list[RuleSpec]] = {}
    for layer in layers:
        for element in layer.elements:
            found.setdefault((element.object_key, element.code), element)
        for key, demand in layer.demands.items():
            if key in found and found[key].version != layer.version:
                found[key] = replace(found[key], demands=(*found[key].demands, demand))
        for rule in layer.rules:
            rules.setdefault(rule.object_key, []).append(rule)
    by_object: dict[str, list[ElementSpec]] = {}
    for element in found.values():
        by_object.setdefault(element.object_key, []).append(element)
    return Standard(
        on=on,
        place=place,
        versions=tuple(layer.version for layer in layers),
        all_elements={key: tuple(every) for key, every in by_object.items()},
        all_rules={key: tuple(every) for key, every in rules.items()},
        codes=codes,
        parameters=parameters,
        earlier=earlier,
    )


def differences(old: Layer | None, new: Layer) -> list[Change]:
    """What changes from one version of a layer to the next: elements, demands, rules, items."""
    old = old or Layer(new.version)
    found = [
        *_differing("element", _by_code(old.elements), _by_code(new.elements)),
        *_differing("tightening", _demands(old), _demands(new)),
        *_differing("rule", _by_code(old.rules), _by_code(new.rules)),
    ]
    found += [
        Change(RETIRED if one.retires else ADDED, "item", one.code_list, one.code, one.name)
        for one in new.items
    ]
    return found


def _by_code(parts: Iterable[Any]) -> dict[tuple[str, str], Any]:
    return {(one.object_key, one.code): one for one in parts}


def _demands(layer: Layer) -> dict[tuple[str, str], Any]:
    return dict(layer.demands)


def _differing(
    part: str, old: Mapping[tuple[str, str], Any], new: Mapping[tuple[str, str], Any]
) -> Iterator[Change]:
    for key in [*new, *(one for one in old if one not in new)]:
        before, after = _facts(old.get(key)), _facts(new.get(key))
        if before == after:
            continue
        name = getattr(new.get(key) or old[key], "name", "") or getattr(
            new.get(key) or old[key], "message", ""
        )
        act = ADDED if key not in old else REMOVED if key not in new else CHANGED
        if act == CHANGED and after.get("is_retired") and not before.get("is_retired"):
            act = RETIRED
        names = [one for one in {**before, **after} if before.get(one) != after.get(one)]
        yield Change(
            act, part, *key, name,
            {one: before[one] for one in names if one in before},
            {one: after[one] for one in names if one in after},
        )  # fmt: skip


def _facts(part: Any) -> dict[str, Any]:
    """What a part of a version says, apart from whose it is and where it stands."""
    if part is None:
        return {}
    kept = {one.name: getattr(part, one.name) for one in fields(part)}
    return {
        name: sorted(value)
        if isinstance(value, frozenset)
        else dict(value)
        if isinstance(value, Mapping)
        else value
        for name, value in kept.items()
        if name not in ("version", "demands", "position", "object_key", "code")
    }
