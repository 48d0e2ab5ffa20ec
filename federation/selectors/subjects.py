"""Which rows of this node differences and refusals are about, as far as the reader's place reaches."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import models

from federation.models import Copied
from federation.selectors.nodes import MANAGE_NODES, require_governing
from federation.travel.catalogue import KINDS
from federation.travel.kinds import Kind
from federation.travel.names import known
from kernel.scoping import Actor, ScopedModel
from projects.models import Participation, Project
from workers.models import Engagement

Named = tuple[str, UUID]
# Tables whose rows have a name of their own that says more than whose they are.
_BY_NAME: Final = frozenset(
    {"enterprise", "permit", "reported_permit", "policy", "collection_point", "person"}
)
# The trail names rows of these tables themselves.
_OF_THEIR_OWN: Final = frozenset(
    {"team", "device", "payroll_batch", "ledger", "notice", "quantity", "proposal"}
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A row that stands here: its key, version and days, and what it belongs to, by our own names.

    `holder`: whose row it is, as the table (app.model) and the public id; the row itself where the trail
    names it so.
    """

    key: UUID
    label: str = ""
    holder: tuple[str, str] | None = None
    project: UUID | None = None
    version: int = 0
    changed_at: datetime | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for: `rows` within the reader's place, and `here` all that this node has at all."""

    rows: Mapping[Named, Subject]
    here: frozenset[Named]


def subjects(actor: Actor, wanted: Iterable[Named]) -> Found:
    """The rows of these names, whether ours or a neighbour's; a few questions for each kind that occurs.

    Raises NotPermitted.
    """
    require_governing(actor)
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for kind, key in wanted:
        # A row without a public id of its own is named by what every node calls it.
        if kind in KINDS and KINDS[kind].named is None:
            by_kind[kind].add(key)
    rows: dict[Named, Subject] = {}
    here: set[Named] = set()
    for name, keys in by_kind.items():
        own = {theirs: local for theirs, (_pk, local) in known(KINDS[name].model, keys).items()}
        found = _within(actor, KINDS[name], set(own.values()))
        here |= {(name, theirs) for theirs in own}
        rows |= {(name, theirs): found[local] for theirs, local in own.items() if local in found}
    return Found(rows, frozenset(here))


def projects_named(actor: Actor, keys: Collection[UUID]) -> tuple[dict[UUID, Project], frozenset[UUID]]:
    """Projects by their own or a neighbour's names, and those that the reader may open; four questions."""
    require_governing(actor)
    own = {theirs: local for theirs, (_pk, local) in known(Project, keys).items()}
    wanted = Project.objects.visible_to(actor, MANAGE_NODES).filter(public_id__in=own.values())
    rows = {row.public_id: row for row in wanted}
    opens = Project.objects.visible_to(actor).filter(public_id__in=rows).values_list("public_id", flat=True)
    return {theirs: rows[local] for theirs, local in own.items() if local in rows}, frozenset(opens)


def copy_of(actor: Actor, kind: str, key: UUID) -> Copied | None:
    """Through whom and when the copy came that this node holds of a row."""
    require_governing(actor)
    return Copied.objects.filter(kind=kind, key=key, gone_at=None).first()


def _within(actor: Actor, kind: Kind, keys: Collection[UUID]) -> dict[UUID, Subject]:
    if not keys:
        return {}
    model: Any = kind.model
    is_scoped = issubclass(model, ScopedModel)
    rows = model.objects.visible_to(actor, MANAGE_NODES) if is_scoped else model._base_manager.all()
    table, lookup = _holder(kind)
    facts = {"holder": f"{lookup}__public_id" if lookup else "public_id"} if table else {}
    if kind.project is not None:
        facts["of_project"] = f"{kind.project}__public_id" if kind.project else "public_id"
    rows = rows.filter(public_id__in=keys).annotate(**{f"said_{k}": models.F(v) for k, v in facts.items()})
    return {row.public_id: _subject(kind, row, table) for row in rows}


def _subject(kind: Kind, row: Any, table: str) -> Subject:
    holder = getattr(row, "said_holder", None)
    return Subject(
        key=row.public_id,
        label=str(row) if kind.name in _BY_NAME else "",
        holder=(table, str(holder)) if table and holder else None,
        project=getattr(row, "said_of_project", None),
        version=getattr(row, "version", 0),
        changed_at=getattr(row, "updated_at", None),
        owner=getattr(row, "origin", ""),
    )


def _holder(kind: Kind) -> tuple[str, str]:
    """Whose a row is: somebody's work, a part in a project; and the lookup that leads there."""
    model: Any = kind.model
    if model in (Project, Participation, Engagement) or kind.name in _OF_THEIR_OWN:
        return model._meta.label_lower, ""
    if kind.name in _BY_NAME:
        return "", ""
    person, part = getattr(model, "person_lookup", None) or "", kind.participation
    if person.endswith("engagement__person"):
        return Engagement._meta.label_lower, person.removesuffix("__person")
    if part.endswith("engagement__participation"):
        return Engagement._meta.label_lower, part.removesuffix("__participation")
    if part and part != "addressee":
        return Participation._meta.label_lower, part
    return "", ""
