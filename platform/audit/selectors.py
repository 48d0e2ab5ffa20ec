"""Reads of the audit trail."""

from typing import Any

from django.db import models
from django.db.models import QuerySet

from audit.models import AuditEvent


def events_of(obj: models.Model, actions: tuple[str, ...] = ()) -> QuerySet[AuditEvent]:
    """What happened to one row, newest first. The caller has found `obj` within its actor's scope."""
    key = str(getattr(obj, "public_id", None) or obj.pk)
    events = AuditEvent.objects.filter(object_type=obj._meta.label_lower, object_key=key)
    return events.filter(action__in=actions) if actions else events


def events_of_all(rows: QuerySet[Any], actions: tuple[str, ...]) -> QuerySet[AuditEvent]:
    """What happened to any of these rows, newest first. The caller has scoped `rows`."""
    keys = [str(key) for key in rows.values_list("public_id", flat=True)]
    events = AuditEvent.objects.filter(object_type=rows.model._meta.label_lower, object_key__in=keys)
    return events.filter(action__in=actions)
