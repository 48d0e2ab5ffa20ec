"""Reads of what somebody keeps of their lists."""

from typing import Any

from django.db.models import QuerySet

from web.saved.models import ColumnChoice, SavedFilter


def filters_of(actor: Any, list_name: str | None = None) -> QuerySet[SavedFilter]:
    """One's own filters, of one list or of all; nothing for whoever has no account."""
    user = getattr(actor, "user", None)
    mine = SavedFilter.objects.filter(user=user) if user else SavedFilter.objects.none()
    return mine if list_name is None else mine.filter(list_name=list_name)


def columns_of(actor: Any, list_name: str) -> list[str]:
    """The columns that the reader wants to see of a list; empty where they never chose."""
    user = getattr(actor, "user", None)
    if user is None:
        return []
    found = ColumnChoice.objects.filter(user=user, list_name=list_name).values_list("columns", flat=True)
    return found.first() or []
