"""Reading what an agreement lets out: its fields alone are selected, its filters always join."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from federation.gateway.kinds import Field, Shared
from federation.gateway.narrowing import narrowed
from federation.gateway.questions import Question
from kernel.scoping import Actor


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows as they leave; `last`: the key of the last of them, 0 where there is none."""

    rows: list[dict[str, Any]]
    works: list[UUID]
    last: int
    has_more: bool


def rows_of(actor: Actor, shared: Shared, filters: Mapping[str, Any], question: Question) -> QuerySet[Any]:
    """The rows that the agreement reaches and the question asks for, in the order of their keys."""
    rows = narrowed(shared.model.objects.visible_to(actor), shared, filters, question.filters)
    return rows.filter(pk__gt=question.after).order_by("pk")


def page_of(rows: QuerySet[Any], shared: Shared, fields: list[Field], question: Question, limit: int) -> Page:
    """The next page: nothing but the keys and the columns of `fields` is asked of the database."""
    if question.since is not None:
        rows = rows.filter(_moved_since(shared.moves(fields), question.since))
    columns = list(
        dict.fromkeys(["pk", *([shared.works] if shared.works else []), *(one.column for one in fields)])
    )
    found = [dict(zip(columns, row, strict=True)) for row in rows.values_list(*columns)[: limit + 1]]
    shown = found[:limit]
    works = list(dict.fromkeys(row[shared.works] for row in shown)) if shared.works else []
    written = [{one.key: one.value(row[one.column]) for one in fields} for row in shown]
    return Page(written, works, shown[-1]["pk"] if shown else 0, len(found) > limit)


def _moved_since(columns: Iterable[str], since: datetime) -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__gte": since})
    return found
