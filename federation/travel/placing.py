"""Whether a record lies where its sender answers for records: the sender's regions, or its enterprise."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from federation.models import ChangeProposal, ProposalAnswer
from federation.travel import sentences
from federation.travel.catalogue import KINDS
from federation.travel.concerns import is_within
from federation.travel.kinds import Column, Kind, rows_of
from federation.travel.messages import Message, Outcome, Sender
from federation.travel.names import Names
from projects.models import EnterpriseParticulars, Participation, Project
from regions.models import Region
from workers.models import Certificate, Engagement

# Of a project's rows without a participation: which column says the enterprise that they are of.
_SAYS: Final = {"participation": "enterprise", "enterprise_particulars": "stated_by", "terms": "stated_by"}
# What any participant's node tells of a site: its own equipment, and the papers of sessions.
_OF_ANYBODY_ON_SITE: Final = frozenset({"device", "collection_point", "training_file"})


def outside(kind: Kind, messages: Sequence[Message], names: Names, sender: Sender) -> set[UUID]:
    """Those messages whose rows lie beyond what the sender answers for; what lies nowhere never does."""
    if "" in sender.regions or not kind.place or not messages:
        return set()
    if kind.project is None:
        beyond = _by_region(messages, names, sender)
        if kind.model is ChangeProposal and sender.enterprises:
            beyond -= _of_own_sites(kind, messages, names, sender)
        return beyond
    if kind.project == "":
        return _projects(messages, names, sender)
    first, _dot, rest = kind.project.partition("__")
    column = next(column for column in kind.columns if column.name == first)
    named = {
        message.key: found[0]
        for message in messages
        if message.row.get(first) is not None and (found := names.of(column, message.row[first]))
    }
    places = _places(column, set(named.values()), rest)
    firms = _firms(kind, messages, names) if sender.enterprises else {}
    is_anybodys = kind.name in _OF_ANYBODY_ON_SITE
    taking_part = _taking_part({project for project, _path in places.values()}, sender)
    beyond = set()
    for key, pk in named.items():
        project, path = places[pk]
        if is_within(path, sender.regions):
            continue
        if project in taking_part and (is_anybodys or firms.get(key) in sender.enterprises):
            continue
        if taking_part.get(project):
            # The contractor's node speaks for the whole of its project.
            continue
        beyond.add(key)
    return beyond


def unfounded_of(
    kind: Kind, messages: Sequence[Message], names: Names, sender: Sender
) -> dict[UUID, Outcome]:
    """What becomes of rows that lie nowhere, where nothing shows that their firm or person is the sender's.

    They wait: what shows it, a participation or an engagement, travels on another line and may come later.
    """
    if "" in sender.regions or not messages:
        return {}
    if kind.model is ProposalAnswer:
        return _answers(messages, names)
    if kind.model is Certificate:
        return _waiting(messages, names, kind, "person", "engagement", _people_of(sender))
    if kind.is_of_a_firm or kind.model is EnterpriseParticulars:
        alone = [message for message in messages if message.row.get("project") is None]
        return _waiting(alone, names, kind, "enterprise", "participation", _firms_of(sender))
    return {}


def _waiting(
    messages: Sequence[Message], names: Names, kind: Kind, column: str, awaited: str, ours: Q
) -> dict[UUID, Outcome]:
    named = {message.key: _named(kind, column, message, names) for message in messages}
    model = next(one for one in kind.columns if one.name == column).field.related_model
    known = set(rows_of(model).filter(ours, pk__in=set(named.values())).values_list("pk", flat=True))
    return {
        message.key: Outcome("waits", missing=f"{awaited}:{message.row[column]}")
        for message in messages
        if named[message.key] not in known
    }


def _named(kind: Kind, name: str, message: Message, names: Names) -> int | None:
    column = next(one for one in kind.columns if one.name == name)
    found = names.of(column, message.row[name])
    return found[0] if found else None


def _people_of(sender: Sender) -> Q:
    works = rows_of(Engagement).filter(origin__in=sender.origins)
    return Q(origin__in=sender.origins) | Q(pk__in=works.values("person"))


def _firms_of(sender: Sender) -> Q:
    at = Q(project__contractor__uscc__in=sender.enterprises)
    for path in sender.regions:
        at |= Q(project__region__path__startswith=path)
    parts = rows_of(Participation).filter(at)
    own = Q(origin__in=sender.origins) | Q(uscc__in=sender.enterprises)
    return own | Q(pk__in=parts.values("enterprise"))


def _answers(messages: Sequence[Message], names: Names) -> dict[UUID, Outcome]:
    """Answers to wishes that were put to another node."""
    kind = KINDS["proposal_answer"]
    named = {message.key: _named(kind, "proposal", message, names) for message in messages}
    rows = rows_of(ChangeProposal).filter(pk__in=set(named.values()))
    owners = dict(rows.values_list("pk", "owner"))
    return {
        message.key: sentences.not_their_answer(owner or "省级平台")
        for message in messages
        if (owner := owners.get(named[message.key])) is not None and owner != message.origin
    }


def _of_own_sites(kind: Kind, messages: Sequence[Message], names: Names, sender: Sender) -> set[UUID]:
    """Wishes of an enterprise's node about the sites on which the enterprise works."""
    column = next(column for column in kind.columns if column.name == "project")
    named = {
        message.key: ours[0]
        for message in messages
        if message.row.get("project") and (ours := names.of(column, message.row["project"]))
    }
    sites = _taking_part(set(named.values()), sender)
    return {key for key, project in named.items() if project in sites}


def _places(column: Column, keys: Collection[int], rest: str) -> dict[int, tuple[int, str]]:
    """The project of each row and the path of its region."""
    before = f"{rest}__" if rest else ""
    rows = rows_of(column.field.related_model).filter(pk__in=keys)
    return {
        pk: (project, path)
        for pk, project, path in rows.values_list("pk", f"{before}pk", f"{before}region__path")
    }


def _taking_part(projects: Collection[int], sender: Sender) -> Mapping[int, bool]:
    """The projects in which the sender's enterprise takes part, and whether it is their contractor."""
    if not sender.enterprises:
        return {}
    rows = rows_of(Participation).filter(project__in=projects, enterprise__uscc__in=sender.enterprises)
    # A contractor's own participation is the first that comes of its project.
    own = rows_of(Project).filter(pk__in=projects, contractor__uscc__in=sender.enterprises)
    return dict.fromkeys(rows.values_list("project", flat=True), False) | dict.fromkeys(
        own.values_list("pk", flat=True), True
    )


def _firms(kind: Kind, messages: Sequence[Message], names: Names) -> dict[UUID, Any]:
    """The enterprise that each row belongs to, or that states it."""
    says = f"{kind.participation}__enterprise" if kind.participation else _SAYS.get(kind.name, "")
    first, _dot, rest = says.partition("__")
    column = next((column for column in kind.columns if column.name == first), None)
    if column is None:
        return {}
    keys = {
        message.key: found[0]
        for message in messages
        if message.row.get(first) is not None and (found := names.of(column, message.row[first]))
    }
    rows = rows_of(column.field.related_model).filter(pk__in=set(keys.values()))
    usccs = dict(rows.values_list("pk", f"{rest}__uscc" if rest else "uscc"))
    return {key: usccs[pk] for key, pk in keys.items()}


def _projects(messages: Sequence[Message], names: Names, sender: Sender) -> set[UUID]:
    """Projects themselves: by region, or where an enterprise registers what it is the contractor of."""
    beyond = _by_region(messages, names, sender)
    if not sender.enterprises or not beyond:
        return beyond
    rows = {message.key: message.row for message in messages}
    wanted = [rows[key]["contractor"] for key in beyond]
    model = Participation._meta.get_field("enterprise").related_model
    found = names.found.get(model, {})
    own = set(
        rows_of(model)
        .filter(uscc__in=sender.enterprises, pk__in=[found[UUID(key)][0] for key in wanted])
        .values_list("pk", flat=True)
    )
    return {key for key in beyond if found[UUID(rows[key]["contractor"])][0] not in own}


def _by_region(messages: Sequence[Message], names: Names, sender: Sender) -> set[UUID]:
    """Rows that name their region themselves; what holds everywhere only the province reports."""
    paths = dict(Region.objects.filter(pk__in=names.regions.values()).values_list("code", "path"))
    return {
        message.key
        for message in messages
        if not is_within(paths.get(message.row.get("region") or "", ""), sender.regions)
    }
