"""Whether a record lies where its sender answers for records: the sender's regions, or its enterprise."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from federation.models import ChangeProposal
from federation.travel.concerns import is_within
from federation.travel.kinds import Column, Kind, rows_of
from federation.travel.messages import Message, Sender
from federation.travel.names import Names
from projects.models import Participation, Project
from regions.models import Region


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
    taking_part = _taking_part({project for project, _path in places.values()}, sender)
    beyond = set()
    for key, pk in named.items():
        project, path = places[pk]
        if is_within(path, sender.regions):
            continue
        if project in taking_part and firms.get(key, sender.enterprises[0]) in sender.enterprises:
            continue
        if taking_part.get(project):
            # The contractor's node speaks for the whole of its project.
            continue
        beyond.add(key)
    return beyond


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
    """The enterprise of each row that belongs to a participation."""
    first, _dot, rest = kind.participation.partition("__")
    column = next((column for column in kind.columns if column.name == first), None)
    if column is None:
        return {}
    before = f"{rest}__" if rest else ""
    keys = {
        message.key: found[0]
        for message in messages
        if message.row.get(first) is not None and (found := names.of(column, message.row[first]))
    }
    rows = rows_of(column.field.related_model).filter(pk__in=set(keys.values()))
    usccs = dict(rows.values_list("pk", f"{before}enterprise__uscc"))
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
