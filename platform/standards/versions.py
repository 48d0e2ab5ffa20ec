"""Reads of versions of the standard, grants and mappings. The standard is public: no actor is needed."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kernel.errors import NotFound
from regions.models import Region
from standards import life
from standards.checks import Fault, GrantSpec, faults
from standards.effective import ORDER, base_with_draft, layer_of, with_layers_below
from standards.layers import Change, differences
from standards.models import CodeList, Element, ExtensionGrant, ItemMapping, StandardVersion
from standards.selectors import codes, every_code, every_list, parameters
from standards.spec import CITY, NATIONAL, Standard

PUBLISHED = StandardVersion.State.PUBLISHED


def versions() -> QuerySet[StandardVersion]:
    """Every version, layer by layer, the newest first."""
    return StandardVersion.objects.select_related("region", "based_on").order_by(
        "layer", "region__path", "-effective_from", "-id"
    )


def published_versions() -> QuerySet[StandardVersion]:
    """What anybody may read: the versions that were published."""
    return versions().filter(state=PUBLISHED)


def version_of(public_id: UUID) -> StandardVersion:
    """One version. Raises NotFound."""
    found = versions().filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def latest_of(layer: str, region: Region | None) -> StandardVersion | None:
    """The published version of a layer that begins last: what the next draft is based on."""
    rows = published_versions().filter(layer=layer, region=region)
    return rows.order_by("-effective_from", "-id").first()


def draft_of(layer: str, region: Region | None) -> StandardVersion | None:
    """The version of a layer that is in the making; None where there is none."""
    making = versions().filter(layer=layer, region=region)
    return making.exclude(state__in=(PUBLISHED, StandardVersion.State.WITHDRAWN)).first()


def faults_of(version: StandardVersion, on: date, *, by_grant: bool = True) -> list[Fault]:
    """What this version may not say, on top of the layers below it as they hold on a day (I-22, I-24).

    `by_grant`: a city's is held to its grant as well, not only to the base.
    """
    lists = dict(every_list())
    names = dict(CodeList.objects.values_list("key", "name"))
    known = {key: lists.get(key, {}) for key in names}
    former = version.based_on
    grant = grant_spec(grant_of(version.region, on)) if version.is_city and by_grant else None
    return faults(
        layer_of(version),
        base_under(version, on),
        lists=_without_own(known, version),
        parameters={row.key: row for row in parameters()},
        former=layer_of(former) if former else None,
        grant=grant,
        names=names,
    )


def conflicts_with_cities(version: StandardVersion, on: date) -> list[tuple[StandardVersion, list[Fault]]]:
    """Each city's latest published version, with what a draft of the base would contradict in it (I-22)."""
    if version.is_city:
        return []
    lists = {key: dict(items) for key, items in every_list().items()}
    known = {row.key: row for row in parameters()}
    latest: dict[int | None, StandardVersion] = {}
    for city in published_versions().filter(layer=CITY).order_by("effective_from", "id"):
        latest[city.region_id] = city
    return [
        (
            city,
            faults(
                layer_of(city),
                base_with_draft(version, city.region, on),
                lists=_without_own(lists, city),
                parameters=known,
            ),
        )
        for city in latest.values()
    ]


def base_under(version: StandardVersion, on: date) -> Standard:
    """The layers below a version, at its place and on a day."""
    below = ORDER[: ORDER.index(version.layer)] if version.layer in ORDER else (NATIONAL,)
    return with_layers_below(version.region, on, below)


def changes_of(version: StandardVersion) -> list[Change]:
    """What it changes against the version of its layer that it was begun from."""
    former = version.based_on
    return differences(layer_of(former) if former else None, layer_of(version))


def standing_of(version: StandardVersion, on: date) -> tuple[str, str]:
    """How a version stands on a day: colour and words."""
    if not version.is_published or version.effective_from is None:
        if version.state == life.WITHDRAWN:
            return "grey", life.WORDS[version.state]
        return "amber" if version.state == life.RETURNED else "blue", life.WORDS[version.state]
    if version.needs_action_by:
        return "red", f"与省标准冲突，{version.needs_action_by.isoformat()} 前处理"
    later = StandardVersion.objects.filter(
        layer=version.layer, region=version.region, state=PUBLISHED, effective_from__gt=version.effective_from
    )
    next_one = later.order_by("effective_from").first()
    return life.published_words(
        version.effective_from,
        next_one.effective_from if next_one else None,
        next_one.cutoff if next_one else None,
        on,
    )


def grants() -> QuerySet[ExtensionGrant]:
    """Every grant, by place, the newest first."""
    return ExtensionGrant.objects.select_related("region").order_by("region__path", "-valid_from", "-id")


def grant_by_id(public_id: UUID) -> ExtensionGrant:
    """One grant. Raises NotFound."""
    found = grants().filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def grant_of(region: Region | None, on: date) -> ExtensionGrant | None:
    """The grant by which a city extends the standard on a day; None where it has none."""
    in_time = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))
    return grants().filter(in_time, region=region, withdrawn_at=None).first()


def grant_spec(grant: ExtensionGrant | None) -> GrantSpec:
    """A grant as versions are checked by it; without one nothing is allowed."""
    if grant is None:
        return GrantSpec(frozenset(), frozenset(), 0)
    return GrantSpec(frozenset(grant.objects_allowed), frozenset(grant.lists_allowed), grant.most_required)


def mappings(code_list: str) -> dict[str, str]:
    """Code → national code of a list, where they differ."""
    rows = ItemMapping.objects.filter(code_list__key=code_list)
    return dict(rows.values_list("code", "national_code"))


def national_code(code_list: str, code: str) -> str:
    """What a code is called upstream: what it is mapped to, or itself."""
    return mappings(code_list).get(code, code)


def coverage() -> list[dict[str, Any]]:
    """For each list with codes that are not national: how many of them are mapped, and which are not."""
    found = []
    rows = CodeList.objects.annotate(own=Count("items", filter=Q(items__standard__isnull=False)))
    for row in rows.filter(own__gt=0).order_by("name"):
        own = list(row.items.filter(standard__isnull=False).values_list("code", flat=True))
        mapped = mappings(row.key)
        missing = [code for code in own if code not in mapped]
        found.append({"list": row, "own": len(own), "mapped": len(own) - len(missing), "missing": missing})
    return found


def to_base(standard: Standard, object_key: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as it goes upstream: without a city's own elements, its own codes as those of the base.

    So a record that a city has accepted is never refused above because of the city's extension (I-23).
    """
    found: dict[str, Any] = {}
    for element in standard.elements(object_key):
        if element.code not in record or element.version.is_citys:
            continue
        value = record[element.code]
        if element.code_list and str(value) not in codes(element.code_list):
            value = national_code(element.code_list, str(value))
        found[element.code] = value
    return found


def meaning(code_list: str, code: str) -> str:
    """What a code was ever said to mean; "" for one that never was."""
    return every_code(code_list).get(code, "")


def name_of(object_key: str, code: str) -> str:
    """What an element was last called in any published version, or its code where none knows it."""
    rows = Element.objects.filter(version__state=PUBLISHED, object_key=object_key, code=code)
    return rows.order_by("-version__effective_from", "-pk").values_list("name", flat=True).first() or code


def _without_own(
    known: Mapping[str, Mapping[str, str]], version: StandardVersion
) -> dict[str, dict[str, str]]:
    """All codes but those that this very version has written: a published one passes its own check."""
    own: dict[str, set[str]] = {}
    for key, code in version.items.values_list("code_list__key", "code"):
        own.setdefault(key, set()).add(code)
    return {
        key: {code: name for code, name in items.items() if code not in own.get(key, ())}
        for key, items in known.items()
    }
