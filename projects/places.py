"""Where projects and participations lie on the map, for the floors below that know them by id only."""

from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q

from projects.models import Participation, Project


def _below(lookup: str, paths: frozenset[str]) -> Q:
    return reduce(or_, (Q(**{f"{lookup}__startswith": path}) for path in sorted(paths)), Q(pk__in=[]))


def projects_below(paths: frozenset[str]) -> Any:
    """The public ids of the projects at or below some regions, as a subquery."""
    return Project.all_rows.filter(_below("region__path", paths)).values("public_id")


def participations_below(paths: frozenset[str]) -> Any:
    """The public ids of those who take part in such projects, as a subquery."""
    return Participation.all_rows.filter(_below("project__region__path", paths)).values("public_id")


def place_of_project(public_id: UUID) -> str:
    """The region path of a project; "" where there is none."""
    rows = Project.all_rows.filter(public_id=public_id)
    return rows.values_list("region__path", flat=True).first() or ""


def place_of_participation(public_id: UUID) -> str:
    """The region path of the project that somebody takes part in; "" where there is none."""
    rows = Participation.all_rows.filter(public_id=public_id)
    return rows.values_list("project__region__path", flat=True).first() or ""
