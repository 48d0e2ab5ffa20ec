"""Reads of the audit trail."""

from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.models import AuditEvent
from kernel.errors import NotFound
from kernel.scoping import Actor

VIEW = "audit.view"


def events_of(obj: models.Model, actions: tuple[str, ...] = ()) -> QuerySet[AuditEvent]:
    """What happened to one row, newest first. The caller has found `obj` within its actor's scope."""
    key = str(getattr(obj, "public_id", None) or obj.pk)
    events = AuditEvent.objects.filter(object_type=obj._meta.label_lower, object_key=key)
    return events.filter(action__in=actions) if actions else events


def trail(actor: Actor) -> QuerySet[AuditEvent]:
    """The lines that `actor` may read, newest first: those of places within reach.

    A line without a place (of the node itself, or older than places) is the whole province's alone.
    """
    paths = actor.reach(VIEW).region_paths
    if any(path.count("/") == 1 for path in paths):
        return AuditEvent.objects.order_by("-id")
    within = reduce(or_, (Q(place__startswith=path) for path in sorted(paths)), Q(pk__in=[]))
    return AuditEvent.objects.filter(within).order_by("-id")


def trail_event(actor: Actor, pk: int) -> AuditEvent:
    """One line. Raises NotFound for one that the actor may not read."""
    found = trail(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def between(rows: QuerySet[AuditEvent], first: date | None, last: date | None) -> QuerySet[AuditEvent]:
    """Lines from a day to a day, both included, by the clock in Hubei."""
    if first:
        rows = rows.filter(at__gte=_midnight(first))
    if last:
        rows = rows.filter(at__lt=_midnight(last + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def events_of_all(rows: QuerySet[Any], actions: tuple[str, ...]) -> QuerySet[AuditEvent]:
    """What happened to any of these rows, newest first. The caller has scoped `rows`."""
    keys = [str(key) for key in rows.values_list("public_id", flat=True)]
    events = AuditEvent.objects.filter(object_type=rows.model._meta.label_lower, object_key__in=keys)
    return events.filter(action__in=actions)
