"""Which projects a change concerns: the outbox says what has changed, a comparison later says how.

An event that is missed costs time, never a record: every project is compared once a day in any case.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from federation.upstream.work import mark
from kernel.scoping import ScopedModel
from outbox.models import OutboxEvent
from outbox.services import receive
from payroll.models import PayrollBatch
from projects.models import EnterpriseParticulars, Participation, Project, Team
from workers.models import Engagement, TrainingSession

_BECAUSE = "the node reports for everybody; nobody reads"
# The row that an event's key names, and how that row reaches the projects it concerns.
Find = tuple[type[ScopedModel], str]
_PROJECT: Find = (Project, "pk")
_PARTY: Find = (Participation, "project")
_TEAM: Find = (Team, "participation__project")
_WORK: Find = (Engagement, "project")
_SESSION: Find = (TrainingSession, "project")
EVENTS: dict[str, Find] = {
    "projects.project_registered.v1": _PROJECT,
    "projects.project_restated.v1": _PROJECT,
    "projects.participation_added.v1": _PARTY,
    "projects.participation_edited.v1": _PARTY,
    "projects.participation_ended.v1": _PARTY,
    "projects.participation_resumed.v1": _PARTY,
    "projects.party_stated.v1": _PARTY,
    "projects.team_added.v1": _TEAM,
    "projects.team_edited.v1": _TEAM,
    "projects.team_ended.v1": _TEAM,
    "projects.team_resumed.v1": _TEAM,
    "projects.enterprise_stated.v1": (EnterpriseParticulars, "enterprise__participations__project"),
    "workers.enrolled.v1": _WORK,
    "workers.engagement_edited.v1": _WORK,
    "workers.engagement_ended.v1": _WORK,
    "workers.team_changed.v1": _WORK,
    "workers.presence_changed.v1": _WORK,
    "workers.identity_corrected.v1": _WORK,
    "workers.contract_recorded.v1": _WORK,
    "workers.contract_ended.v1": _WORK,
    "workers.training_recorded.v1": _WORK,
    "workers.training_withdrawn.v1": _WORK,
    "workers.training_session_changed.v1": _SESSION,
    "workers.training_session_reported.v1": _SESSION,
    "payroll.batch_reported.v1": (PayrollBatch, "project"),
}


def changed(events: Sequence[OutboxEvent]) -> None:
    """Mark the projects of what has changed; twice is once."""
    by_find: dict[Find, set[UUID]] = {}
    for event in events:
        by_find.setdefault(EVENTS[event.event], set()).add(event.key)
    projects = {pk for find, keys in by_find.items() for pk in projects_of(find, keys)}
    if projects:
        mark(projects)


def projects_of(find: Find, keys: set[UUID]) -> list[int]:
    """The projects that some rows concern."""
    model, lookup = find
    rows: QuerySet[Any] = model.objects.unscoped(because=_BECAUSE)
    found = rows.filter(public_id__in=keys).values_list(lookup, flat=True).distinct()
    return [pk for pk in found if pk is not None]


def register() -> None:
    """Enter this reader of the outbox; called from the app's `ready()`, so twice is once."""
    receive("federation.upstreams", list(EVENTS), changed)
