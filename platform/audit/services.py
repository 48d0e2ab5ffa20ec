"""Writing the audit trail, beside the act and in its transaction."""

from typing import Any

import structlog
from django.db import models

from audit.models import AuditEvent
from kernel.scoping import Actor


def record(
    actor: Actor | None, action: str, obj: models.Model | None = None, *, reason: str = "", **facts: Any
) -> AuditEvent:
    """Note that `actor` (None: the node itself) did `action` on `obj`, and why.

    `facts` are keys and counts for the reader of the trail; never a number, phone, card or face.
    """
    return AuditEvent.objects.create(
        actor_kind=actor.kind if actor else "system",
        actor_key=actor.key if actor else "system",
        actor_label=actor.label if actor else "平台自身",
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_key=str(getattr(obj, "public_id", None) or getattr(obj, "pk", "")) if obj is not None else "",
        reason=reason,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        facts=facts,
    )
