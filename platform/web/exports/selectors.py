"""Reads of exports: everybody's own, and no others."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kernel.errors import NotFound
from web.exports.models import ExportJob


def exports_of(actor: Any) -> QuerySet[ExportJob]:
    """One's own exports, newest first; nothing for whoever has no account."""
    user = getattr(actor, "user", None)
    return ExportJob.objects.filter(owner=user) if user else ExportJob.objects.none()


def export_of(actor: Any, public_id: UUID) -> ExportJob:
    """One of one's own exports. Raises NotFound for anybody else's."""
    found = exports_of(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
