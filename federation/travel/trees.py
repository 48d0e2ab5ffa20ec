"""One tree for everything that is compared: kind, day, group of projects, project, bucket, row.

A question names a branch (`Ask`), the answer is the digests of its children. Both sides compute the same, so
that only branches that differ are opened.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import md5
from typing import Final
from uuid import UUID

import msgspec
from django.conf import settings

from attendance.models import Device
from federation.models import Node
from federation.travel import kept_punches
from federation.travel.catalogue import KINDS
from federation.travel.digests import NOTHING, Digest, Entry, entries
from federation.travel.kinds import rows_of
from federation.travel.punch_tree import PunchTree
from federation.travel.punches import KIND as PUNCHES
from kernel.models import this_node
from projects.models import Participation, Project

# Every child of a branch at once, instead of one group or one bucket.
ALL: Final = "*"
_SHORT: Final = (1 << 128) - 1
# What goes up, in the order of need, and the punches.
COMPARED: Final = (*(name for name, kind in KINDS.items() if kind.goes_up), PUNCHES)


class Ask(msgspec.Struct, frozen=True, omit_defaults=True):
    """A branch: some days of a kind; a day; of a day a group of projects; a project; a bucket of its rows."""

    kind: str
    first: str = ""
    last: str = ""
    day: str | None = None
    group: str = ""
    project: str | None = None
    bucket: str = ""

    @property
    def span(self) -> tuple[date | None, date | None]:
        """The days that are looked at. Raises ValueError for what is no day."""
        if self.day:
            on = date.fromisoformat(self.day)
            return on, on
        return (
            date.fromisoformat(self.first) if self.first else None,
            date.fromisoformat(self.last) if self.last else None,
        )


# A child's name, how many rows it has, and its digest as 32 hexadecimal figures.
Children = Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Branch:
    """Whose rows a link compares: of the child's nodes, at its places or of its enterprise.

    `peer`: the parent, whose names are taken, "" at the parent itself.
    """

    origins: frozenset[str]
    regions: tuple[str, ...]
    enterprise: str
    peer: str


def branch_of(node: Node, own_path: str) -> Branch:
    """What is compared with a neighbour; `own_path` is the path of this node's own region."""
    if node.relation == Node.Relation.PARENT:
        below = Node.objects.filter(relation__in=(Node.Relation.CHILD, Node.Relation.BELOW))
        codes = below.filter(mode=Node.Mode.SELF_BUILT).values_list("code", flat=True)
        firm = settings.NODE_ENTERPRISE if settings.NODE_KIND == Node.Kind.ENTERPRISE else ""
        return Branch(frozenset({this_node(), *codes}), () if firm else (own_path,), firm, node.code)
    behind = Node.objects.filter(via=node, mode=Node.Mode.SELF_BUILT).values_list("code", flat=True)
    firm = node.enterprise_uscc if node.kind == Node.Kind.ENTERPRISE else ""
    regions = (node.region.path,) if node.region and not firm else ()
    return Branch(frozenset({node.code, *behind}), regions, firm, "")


def group_of(project: str) -> str:
    """One of 256 groups of projects, by name."""
    return md5(project.encode(), usedforsecurity=False).hexdigest()[:2]


def bucket_of(key: UUID) -> str:
    """One of 256 buckets of records, by name."""
    return md5(key.bytes, usedforsecurity=False).hexdigest()[:2]


def short(digest: Digest) -> tuple[int, str]:
    """A digest as it is sent and shown."""
    return digest.count, f"{digest.value & _SHORT:032x}"


def summed(children: Iterable[tuple[int, str]]) -> tuple[int, str]:
    """The digest of a branch from those of its children."""
    count, value = 0, 0
    for number, digest in children:
        count += number
        value ^= int(digest, 16)
    return count, f"{value:032x}"


def children(ask: Ask, branch: Branch) -> Children:
    """The digests of a branch's children. Raises ValueError, KeyError for what is no branch."""
    if ask.kind not in COMPARED:
        raise KeyError(ask.kind)
    if ask.kind == PUNCHES:
        return _of_punches(ask, branch)
    first, last = ask.span
    found = entries(ask.kind, origins=branch.origins, peer=branch.peer, first=first, last=last)
    return _of_entries(ask, found)


def _of_entries(ask: Ask, found: Iterable[Entry]) -> Children:
    if ask.day is not None:
        found = (one for one in found if one.day == ask.day)
    if ask.project is not None:
        found = [one for one in found if one.project == ask.project]
        if ask.bucket:
            chosen = (one for one in found if ask.bucket in (ALL, bucket_of(one.key)))
            return {str(one.key): (1, f"{one.value & _SHORT:032x}") for one in chosen}
        return _grouped((bucket_of(one.key), Digest(1, one.value)) for one in found)
    if ask.day is None:
        return _grouped((one.day, Digest(1, one.value)) for one in found)
    return _by_project(ask, ((one.project, Digest(1, one.value)) for one in found))


def _by_project(ask: Ask, found: Iterable[tuple[str, Digest]]) -> Children:
    if ask.group:
        return _grouped((name, one) for name, one in found if ask.group in (ALL, group_of(name)))
    return _grouped((group_of(name), one) for name, one in found)


def _grouped(found: Iterable[tuple[str, Digest]]) -> Children:
    sums: dict[str, Digest] = defaultdict(lambda: NOTHING)
    for name, one in found:
        sums[name] += one
    return {name: short(one) for name, one in sums.items()}


@dataclass(frozen=True)
class _Shares:
    """The projects of a branch whose punches are partly another node's: digested from the rows."""

    projects: Collection[int]
    tree: PunchTree | None


def _of_punches(ask: Ask, branch: Branch) -> Children:
    first, last = ask.span
    if first is None or last is None:
        raise ValueError("punches are asked for by days")
    shares = _shares(branch)
    if ask.project is not None:
        return _of_project(ask, branch, shares)
    if ask.day is None:
        kept = kept_punches.kept_days(
            branch.peer, first, last, regions=branch.regions, without=list(shares.projects)
        )
        found = list(kept.items())
        if shares.tree:
            found += shares.tree.days(first, last).items()
        return _grouped(found)
    places = kept_punches.kept_places(
        branch.peer, first, last, regions=branch.regions, without=list(shares.projects)
    )
    found = [(name, one) for (_day, name), one in places.items()]
    if shares.tree:
        found += shares.tree.projects(first).items()
    return _by_project(ask, found)


def _of_project(ask: Ask, branch: Branch, shares: _Shares) -> Children:
    day = date.fromisoformat(ask.day or "")
    project = str(UUID(ask.project or ""))
    tree = PunchTree(regions=branch.regions, peer=branch.peer)
    if shares.tree and project in shares.tree.projects(day):
        tree = shares.tree
    if not ask.bucket:
        return {f"{bucket:02x}": short(one) for bucket, one in tree.buckets(day, project).items()}
    if ask.bucket == ALL:
        return {mark: (1, mark) for mark in tree.all_punches(day, project)}
    return {mark: (1, mark) for mark in tree.punches(day, project, int(ask.bucket, 16))}


def punch_names(day: str, project: str, branch: Branch) -> dict[str, UUID]:
    """Our names of the punches of a project's day, by their digests."""
    shares = _shares(branch)
    on = date.fromisoformat(day)
    if shares.tree and project in shares.tree.projects(on):
        return shares.tree.all_punches(on, project)
    return PunchTree(regions=branch.regions, peer=branch.peer).all_punches(on, project)


def _shares(branch: Branch) -> _Shares:
    """Of an enterprise its own gates' punches alone; of a place none that another node's gate told."""
    devices = rows_of(Device)
    if branch.enterprise:
        own = devices.filter(origin__in=branch.origins).values_list("public_id", flat=True)
        taking_part = rows_of(Participation).filter(enterprise__uscc=branch.enterprise)
        projects = dict(taking_part.values_list("project", "project__public_id"))
        tree = PunchTree(projects=list(projects.values()), peer=branch.peer, only=list(map(str, own)))
        return _Shares(list(projects), tree)
    within = [path for path in branch.regions if path]
    strange = devices.exclude(origin__in=branch.origins).select_related(None)
    rows = [
        (project, name, str(source))
        for path in within
        for project, name, source in strange.filter(project__region__path__startswith=path).values_list(
            "project", "project__public_id", "public_id"
        )
    ]
    if not rows:
        return _Shares((), None)
    names = {project: name for project, name, _source in rows}
    tree = PunchTree(
        projects=list(names.values()), peer=branch.peer, without=[source for _p, _n, source in rows]
    )
    return _Shares(list(names), tree)


def project_shard(project: str) -> int:
    """The line on which records of a project travel; the first for those above projects."""
    pk = rows_of(Project).filter(public_id=project).values_list("pk", flat=True).first() if project else None
    return 0 if pk is None else 1 + pk % 7


def is_freshening(ask: Ask) -> bool:
    """Whether kept digests are looked at, which may have to be computed before."""
    return ask.kind == PUNCHES and ask.project is None
