"""Reads of what was compared with neighbours, for whoever governs this platform as a whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from federation.models import LinkStatement, ReconciliationDiff, ReconciliationRun
from federation.selectors.nodes import require_governing
from kernel.errors import NotFound
from kernel.scoping import Actor

State = ReconciliationDiff.State
LIVE = (State.OPEN, State.SENT)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far two nodes agree: the last comparison, and what differs since when."""

    run: ReconciliationRun | None = None
    open: int = 0
    explained: int = 0
    since: datetime | None = None


def reconciliations(actor: Actor) -> QuerySet[ReconciliationRun]:
    """All comparisons, the latest first, with how many differences each has found."""
    require_governing(actor)
    found = Count("differences", filter=~Q(differences__state=State.SUSPECT))
    rows = ReconciliationRun.objects.select_related("node").annotate(found=found).defer("todo")
    return rows.order_by("-started_at", "-pk")


def reconciliation(actor: Actor, public_id: UUID) -> ReconciliationRun:
    """One comparison. Raises NotPermitted, NotFound."""
    found = reconciliations(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def differences(actor: Actor) -> QuerySet[ReconciliationDiff]:
    """Rows in which owner and copy differ or differed, the latest first."""
    require_governing(actor)
    return ReconciliationDiff.objects.exclude(state=State.SUSPECT).select_related("node", "run")


def difference(actor: Actor, public_id: UUID) -> ReconciliationDiff:
    """One difference. Raises NotPermitted, NotFound."""
    found = differences(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def standings(actor: Actor) -> dict[int, Standing]:
    """How each link stands, by the node's primary key; two questions."""
    require_governing(actor)
    rows = ReconciliationDiff.objects.filter(state__in=(*LIVE, State.EXPLAINED)).order_by()
    counted: dict[int, Any] = {
        row["node"]: row
        for row in rows.values("node").annotate(
            open=Count("pk", filter=Q(state__in=LIVE)),
            explained=Count("pk", filter=Q(state=State.EXPLAINED)),
            since=Min("found_at", filter=Q(state__in=LIVE)),
        )
    }
    runs = ReconciliationRun.objects.order_by("node_id", "-started_at").distinct("node_id").defer("todo")
    last = {run.node_id: run for run in runs}
    return {
        node: Standing(
            last.get(node),
            counted.get(node, {}).get("open", 0),
            counted.get(node, {}).get("explained", 0),
            counted.get(node, {}).get("since"),
        )
        for node in {*last, *counted}
    }


def link_statements(actor: Actor) -> QuerySet[LinkStatement]:
    """The monthly statements with neighbours, the latest first."""
    require_governing(actor)
    return LinkStatement.objects.select_related("node")


def link_statement(actor: Actor, public_id: UUID) -> LinkStatement:
    """One statement. Raises NotPermitted, NotFound."""
    found = link_statements(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
