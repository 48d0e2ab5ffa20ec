"""Reads for copies of other nodes' records: whence they are, and what was asked of their owners."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from federation.corrections import CORRECTABLE
from federation.models import ChangeProposal, Copied, Node
from federation.selectors.masters import PROPOSE, present_value, proposals
from federation.travel.catalogue import KINDS
from kernel.errors import NotFound
from kernel.models import this_node
from kernel.scoping import Actor, ScopedModel
from projects.models import Project
from regions.models import Region

ANSWER_CORRECTION = "corrections.answer"
# Records that are corrected by another in their place: they say for ever what they said.
_REPLACED = frozenset({"contract", "training"})


def held_copy(kind: str, row: Any) -> Copied | None:
    """Through whom, in which version and when a row came; the row was judged before."""
    return Copied.objects.filter(kind=kind, key=row.public_id, gone_at=None).first()


def last_wish(actor: Actor, kind: str, row: Any) -> ChangeProposal | None:
    """The newest wish about a row, within scope."""
    return proposals(actor).filter(row=row.public_id, object=kind).first()


def known_name(code: str) -> str | None:
    """The name of a neighbour, or of a node above the parent; None of any other."""
    found = Node.objects.filter(code=code).values_list("name", flat=True).first()
    if found is None:
        above = Node.objects.filter(relation=Node.Relation.PARENT).values_list("above", flat=True).first()
        found = next((one["name"] for one in above or () if one["code"] == code), None)
    return found


def platform_name(code: str) -> str:
    """A node by its name; by its code where it is not known."""
    return known_name(code) or f"平台 {code}"


def may_ask(actor: Actor, row: Any) -> bool:
    """Whether the actor may ask for a correction of this row."""
    if not actor.may(PROPOSE):
        return False
    rows: QuerySet[Any] = type(row).objects.visible_to(actor, PROPOSE)
    return rows.filter(pk=row.pk).exists()


def copied_row(actor: Actor, kind: str, public_id: UUID) -> Any:
    """A row of a kind that may be corrected, within the actor's scope. Raises NotFound."""
    known = CORRECTABLE.get(kind)
    if known is None:
        raise NotFound
    model = KINDS[kind].model
    if not issubclass(model, ScopedModel):
        raise NotFound
    rows: QuerySet[Any] = model.objects.visible_to(actor)
    if known.reads:
        rows = rows.select_related(*known.reads)
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def place_of_copy(actor: Actor, kind: str, row: Any) -> tuple[Region, Project | None]:
    """Where a request belongs: the site of the record, or the office of who asks. Raises NotFound."""
    lookup = KINDS[kind].project
    if lookup is None:
        path = min(actor.reach(PROPOSE).region_paths, default="")
        office = Region.objects.filter(path=path).first()
        if office is not None:
            return office, None
        sites = Project.objects.visible_to(actor, PROPOSE).filter(participations__enterprise=row)
    else:
        site = row
        for step in filter(None, lookup.split("__")):
            site = getattr(site, step)
        sites = Project.objects.visible_to(actor, PROPOSE).filter(pk=site.pk)
    project = sites.select_related("region").order_by("code").first()
    if project is None:
        raise NotFound
    return project.region, project


def corrections_waiting(actor: Actor) -> QuerySet[ChangeProposal]:
    """The requests about rows of this node that the actor has to answer, longest waiting first.

    So are those that were accepted, until the record is corrected.
    """
    open_states = (ChangeProposal.State.ASKED, ChangeProposal.State.ACCEPTED)
    rows = ChangeProposal.objects.visible_to(actor, ANSWER_CORRECTION)
    return rows.filter(state__in=open_states, owner=this_node()).order_by("asked_at", "pk")


def value_now(wish: ChangeProposal) -> str | None:
    """What the field of a request says now; None for words, and for what is gone or replaced."""
    known = CORRECTABLE.get(wish.object)
    if known is None or wish.field not in known.fields or wish.object in _REPLACED:
        return None
    rows: Any = KINDS[wish.object].model._base_manager
    row = rows.filter(public_id=wish.row).first()
    return present_value(row, wish.field) if row else None


def page_of(actor: Actor, kind: str, public_id: UUID) -> str:
    """The page of the record that a request is about; "" where it is not to be seen."""
    try:
        return CORRECTABLE[kind].url(copied_row(actor, kind, public_id))
    except (NotFound, KeyError):
        return ""
