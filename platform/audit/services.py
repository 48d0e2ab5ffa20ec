"""Writing the audit trail, beside the act and in its transaction."""

from collections.abc import Iterable
from typing import Any, Final

import structlog
from django.db import models

from audit.models import AuditEvent
from kernel.scoping import Actor, ScopedModel

_TOGETHER: Final = 500


def record(
    actor: Actor | None,
    action: str,
    obj: models.Model | None = None,
    *,
    reason: str = "",
    place: str | None = None,
    **facts: Any,
) -> AuditEvent:
    """Note that `actor` (None: the node itself) did `action` on `obj`, and why.

    `facts` are keys and counts for the reader of the trail; never a number, phone, card or face. `place` is
    the region path by which administrators below the province may read the line; by default that of `obj`,
    or else of whoever acts.
    """
    line = _line(actor, action, obj, place=place, reason=reason, facts=facts)
    line.save()
    return line


def record_all(
    actor: Actor | None, action: str, done: Iterable[tuple[models.Model, dict[str, Any]]], *, reason: str = ""
) -> None:
    """The same for many objects of one act, each with its own facts: a line each, written together."""
    AuditEvent.objects.bulk_create(
        (_line(actor, action, obj, place=None, reason=reason, facts=facts) for obj, facts in done),
        batch_size=_TOGETHER,
    )


def _line(
    actor: Actor | None,
    action: str,
    obj: models.Model | None,
    *,
    place: str | None,
    reason: str,
    facts: dict[str, Any],
) -> AuditEvent:
    return AuditEvent(
        actor_kind=actor.kind if actor else "system",
        actor_key=actor.key if actor else "system",
        actor_label=actor.label if actor else "平台自身",
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_key=str(getattr(obj, "public_id", None) or getattr(obj, "pk", "")) if obj is not None else "",
        reason=reason,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        facts=facts,
        place=_place(actor, obj) if place is None else place,
    )


def _place(actor: Actor | None, obj: models.Model | None) -> str:
    of_object = obj.place if isinstance(obj, ScopedModel) else ""
    return of_object or getattr(actor, "place", "")
