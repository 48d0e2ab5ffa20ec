"""Reads of the audit trail."""

from django.db import models
from django.db.models import QuerySet

from audit.models import AuditEvent


def events_of(obj: models.Model, actions: tuple[str, ...] = ()) -> QuerySet[AuditEvent]:
    """What happened to one row, newest first. The caller has found `obj` within its actor's scope."""
    key = str(getattr(obj, "public_id", None) or obj.pk)
    events = AuditEvent.objects.filter(object_type=obj._meta.label_lower, object_key=key)
    return events.filter(action__in=actions) if actions else events
