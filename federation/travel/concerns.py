"""Whose business a row is: the places and enterprises of a neighbour, for what it is told and may report."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from federation.models import ChangeProposal, Copied, ProposalAnswer
from federation.travel.catalogue import KINDS, pointed_kind
from federation.travel.kinds import Kind, rows_of
from federation.travel.messages import Recipient
from federation.travel.reading import Snapshot, snapshots
from kernel.models import this_node
from projects.models import Enterprise, Participation, Permit, Project
from regions.models import Region

# What 四库一平台 states, each with a record of its own there.
_STATED = ("enterprise", "project", "permit", "manager", "credit")
# What a project's participants must know of it before they can work: in the order of need.
Wanted = Mapping[str, Mapping[UUID, datetime]]


def is_within(path: str, regions: Iterable[str]) -> bool:
    """Whether a place lies within one of these path prefixes; "" holds every place."""
    return any(path.startswith(prefix) for prefix in regions)


def concerned(kind: Kind, found: Collection[Snapshot], to: Recipient) -> set[UUID]:
    """Of these rows those that the neighbour is told: upward all of them, downward what concerns it."""
    if not (to.regions or to.enterprises):
        return {one.key for one in found}
    if kind.model is Enterprise:
        return _firms(found, to)
    if kind.model is ChangeProposal:
        return _wishes(found, to)
    if kind.model is ProposalAnswer:
        return _answers(found, to)
    if kind.pointer is not None:
        return _pointing(kind, found, to)
    if kind.is_of_a_firm:
        found = _of_firms(found, to)
    if not kind.place:
        return {one.key for one in found}
    if kind.project is None:
        # What holds at a place holds below it: a county is told of the province's rule.
        paths = _paths_of_regions(one.row["region"] for one in found)
        return {
            one.key
            for one in found
            if one.row["region"] is None
            or is_within(paths[one.row["region"]], to.regions)
            or any(region.startswith(paths[one.row["region"]]) for region in to.regions)
            or bool(to.enterprises and not to.regions)
        }
    project = f"{kind.project}__" if kind.project else ""
    at_place = Q(pk__in=[])
    for path in to.regions:
        at_place |= Q(**{f"{kind.place}__path__startswith": path})
    if to.enterprises:
        taking_part = rows_of(Participation).filter(enterprise__uscc__in=to.enterprises).values("project")
        at_place |= Q(**{f"{project}pk__in": taking_part})
    rows = rows_of(kind.model).filter(pk__in=[one.pk for one in found]).filter(at_place)
    return set(rows.values_list("public_id", flat=True))


def _firms(found: Collection[Snapshot], to: Recipient) -> set[UUID]:
    """Enterprises that work where the neighbour stands, and its own."""
    here = Q(enterprise__uscc__in=to.enterprises)
    for path in to.regions:
        here |= Q(project__region__path__startswith=path)
    if to.enterprises:
        own = rows_of(Participation).filter(enterprise__uscc__in=to.enterprises).values("project")
        here |= Q(project__in=own)
    rows = rows_of(Participation).filter(here, enterprise__in=[one.pk for one in found])
    own_firms = {one.key for one in found if one.row["uscc"] in to.enterprises}
    return own_firms | set(rows.values_list("enterprise__public_id", flat=True))


def _of_firms(found: Collection[Snapshot], to: Recipient) -> list[Snapshot]:
    """What is recorded of enterprises: told to whom the enterprise itself is told."""
    firms = snapshots(KINDS["enterprise"], {UUID(one.row["enterprise"]) for one in found}, this_node())
    told = _firms(firms.values(), to)
    return _at_told_projects([one for one in found if UUID(one.row["enterprise"]) in told], to)


def _at_told_projects(found: Collection[Snapshot], to: Recipient) -> list[Snapshot]:
    """Of these rows those that name no project, or one that is told: another's would wait there for ever."""
    named = {one.key: UUID(one.row["project"]) for one in found if one.row.get("project")}
    projects = snapshots(KINDS["project"], set(named.values()), this_node())
    told = concerned(KINDS["project"], projects.values(), to)
    return [one for one in found if one.key not in named or named[one.key] in told]


def _pointing(kind: Kind, found: Collection[Snapshot], to: Recipient) -> set[UUID]:
    """Where a row comes from and what changed of it: told to whom the row itself is told."""
    rows: dict[str, dict[UUID, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        of = pointed_kind(one.row["object"])
        if of is not None:
            rows[of.name][UUID(one.row["row"])].append(one.key)
    told: set[UUID] = set()
    for name, keys in rows.items():
        pointed = snapshots(KINDS[name], set(keys), this_node())
        for key in concerned(KINDS[name], pointed.values(), to):
            told.update(keys[key])
    return told


def _wishes(found: Collection[Snapshot], to: Recipient) -> set[UUID]:
    """Wishes about rows that a node there owns: of the neighbour's places, or of its enterprise's sites."""
    here = Q(pk__in=[])
    for path in to.regions:
        here |= Q(region__path__startswith=path)
    if to.enterprises:
        taking_part = rows_of(Participation).filter(enterprise__uscc__in=to.enterprises).values("project")
        here |= Q(project__in=taking_part, owner=to.code)
    rows = rows_of(ChangeProposal).filter(pk__in=[one.pk for one in found]).exclude(owner="")
    return set(rows.exclude(owner=this_node()).filter(here).values_list("public_id", flat=True))


def _answers(found: Collection[Snapshot], to: Recipient) -> set[UUID]:
    """Answers to wishes that came through this neighbour."""
    wishes = {UUID(one.row["proposal"]): one.key for one in found}
    came = Copied.objects.filter(kind="proposal", key__in=list(wishes), node=to.code)
    return {wishes[key] for key in came.values_list("key", flat=True)}


def _paths_of_regions(codes: Iterable[str | None]) -> dict[str, str]:
    wanted = {code for code in codes if code}
    return dict(Region.objects.filter(code__in=wanted).values_list("code", "path"))


def needed_with(wanted: Wanted) -> dict[str, dict[UUID, datetime]]:
    """What must be told together with a participation: its enterprise, its project with its permits.

    An enterprise that has just joined a project was not told of it before.
    """
    joined = wanted.get("participation", {})
    more: dict[str, dict[UUID, datetime]] = defaultdict(dict)
    firms: set[UUID] = set()
    rows = rows_of(Participation).filter(public_id__in=list(joined))
    for key, project, firm, contractor in rows.values_list(
        "public_id", "project__public_id", "enterprise__public_id", "project__contractor__public_id"
    ):
        at = joined[key]
        firms.add(firm)
        more["project"][project] = at
        more["enterprise"].update({firm: at, contractor: at})
    stated = {**wanted.get("project", {}), **more["project"]}
    projects = rows_of(Project).filter(public_id__in=list(stated))
    for key, contractor in projects.values_list("public_id", "contractor__public_id"):
        more["enterprise"].setdefault(contractor, stated[key])
    permits = rows_of(Permit).filter(project__public_id__in=list(more["project"]))
    for key, project in permits.values_list("public_id", "project__public_id"):
        more["permit"][key] = more["project"][project]
    _add_what_is_known(more, firms)
    return more


def _add_what_is_known(more: dict[str, dict[UUID, datetime]], firms: set[UUID]) -> None:
    """With an enterprise that has just joined its certificates, managers and credit; and whence all came."""
    for kind in KINDS.values():
        if kind.is_of_a_firm and kind.goes_down:
            rows = rows_of(kind.model).filter(kind.when, enterprise__public_id__in=firms)
            for key, firm in rows.values_list("public_id", "enterprise__public_id"):
                more[kind.name][key] = more["enterprise"][firm]
    stated = {key: at for name in _STATED for key, at in more[name].items()}
    for kind in KINDS.values():
        if kind.pointer is not None and not kind.goes_up:
            rows = rows_of(kind.model).filter(kind.when, row__in=list(stated))
            for key, row in rows.values_list("public_id", "row"):
                more[kind.name][key] = stated[row]
