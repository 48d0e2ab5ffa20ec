"""How filters narrow rows: those of the agreement always, those of a call on top."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from federation.gateway.kinds import Shared
from regions.models import Region
from regions.selectors import regions

LISTS = frozenset({"projects", "enterprises", "statuses", "record_kinds", "banks", "paying_banks"})


def paths_of(filters: Mapping[str, Any]) -> frozenset[str]:
    """The region paths that an agreement reaches: by default the province; never where vendors practise."""
    codes = filters.get("regions") or [settings.NODE_REGION]
    rows = regions().filter(code__in=codes).exclude(kind=Region.Kind.SANDBOX)
    return frozenset(rows.values_list("path", flat=True))


def condition(shared: Shared, filters: Mapping[str, Any]) -> Q:
    """What some filters mean for an object. An unknown one is an error of ours, never ignored."""
    found = Q()
    for name, value in filters.items():
        if name != "regions":
            found &= _one(shared.filters[name], name, value)
    return found


def _one(column: str, name: str, value: Any) -> Q:
    if name in LISTS:
        return Q(**{f"{column}__in": value})
    if name == "on_site":
        return Q(**{f"{column}__isnull": True}) if value else Q()
    first = name == "from"
    day = value if isinstance(value, date) else date.fromisoformat(value)
    return Q(**{f"{column}__{'gte' if first else 'lte'}": day})


def narrowed(rows: QuerySet[Any], shared: Shared, *filters: Mapping[str, Any]) -> QuerySet[Any]:
    """The rows that all of some filters leave."""
    for one in filters:
        rows = rows.filter(condition(shared, one))
    return rows
