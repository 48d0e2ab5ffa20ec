"""Whose rows? Every scoped model refuses to answer until somebody says who is asking.

*Which rows* is scope: a region's path prefix, a project, one participation of it, or one person. *Which
acts* is a permission. The two meet in `Actor.reach(permission)`: the scope of exactly those posts that carry
the permission, so a regulator's post in one county never lends rights to a clerk's post in another.

Not covered: related managers (`project.teams`) and raw SQL. Reach them from a row that was itself scoped.
Source: house style, "Scope cannot be forgotten"; invariant I-29.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Reach:
    """The part of the world that somebody sees: region paths; projects, participations, persons by id.

    Posts open the first three; a worker reaches one person, the own one. `enterprises`: for whom somebody
    acts; it opens what belongs to the enterprise as such, and its projects stand among `projects`.
    """

    region_paths: frozenset[str] = frozenset()
    projects: frozenset[UUID] = frozenset()
    participations: frozenset[UUID] = frozenset()
    persons: frozenset[UUID] = frozenset()
    enterprises: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(
            self.region_paths or self.projects or self.participations or self.persons or self.enterprises
        )

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            self.region_paths | other.region_paths,
            self.projects | other.projects,
            self.participations | other.participations,
            self.persons | other.persons,
            self.enterprises | other.enterprises,
        )

    @property
    def is_province_wide(self) -> bool:
        """Whether the whole province lies within: what belongs to no county is for these."""
        return any(path.count("/") == 1 for path in self.region_paths)


NOTHING = Reach()


class Actor(Protocol):
    """Who acts: a user with posts, a credential (vendor's system or device) or a worker."""

    @property
    def kind(self) -> str: ...

    @property
    def label(self) -> str:
        """A name for the audit trail, never an identity number."""
        ...

    @property
    def key(self) -> str:
        """A stable id for the audit trail."""
        ...

    def reach(self, permission: str) -> Reach:
        """The scope of those posts that carry `permission`; empty when none does."""
        ...

    def may(self, permission: str) -> bool: ...


class ScopeRequired(RuntimeError):
    """A scoped table was read without an actor. Use visible_to(actor) or unscoped(because=…)."""


M = TypeVar("M", bound="ScopedModel")


class ScopedManager(models.Manager[M]):
    """Rows only for a named reader. Creating needs no scope; reading does."""

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet[M]:
        raise ScopeRequired(
            f"{self.model.__name__}: say who reads (visible_to) or why nobody needs to (unscoped)."
        )

    def visible_to(self, actor: Actor, permission: str | None = None) -> models.QuerySet[M]:
        """The rows that `actor` reaches by `permission` (default: the model's view permission)."""
        reach = actor.reach(permission or self.model.view_permission)
        return self.within(reach)

    def within(self, reach: Reach) -> models.QuerySet[M]:
        rows = super().get_queryset()
        return rows.filter(self.model.scope(reach)) if reach else rows.none()

    def unscoped(self, *, because: str) -> models.QuerySet[M]:
        """Every row. `because` is read by reviewers; a test counts the uses."""
        if not because.strip():
            raise ScopeRequired("unscoped() needs a reason.")
        return super().get_queryset()

    def create(self, **kwargs: Any) -> M:
        return super().get_queryset().create(**kwargs)

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        return super().get_queryset().bulk_create(objs, *args, **kwargs)


class ScopedModel(models.Model):
    """A table whose rows belong to a place, a project, a participation or a person.

    A subclass names how a row reaches each: lookups that end at a Region, a Project, a Participation or a
    Person ("" = the row itself, None = not reachable that way).
    """

    region_lookup: str | None = None
    project_lookup: str | None = None
    participation_lookup: str | None = None
    person_lookup: str | None = None
    view_permission: str = ""

    # First manager: Django's own machinery (forms, uniqueness, admin, cascades) uses this one.
    all_rows: ClassVar[models.Manager[Self]] = models.Manager()
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        abstract = True

    def __repr__(self) -> str:
        # Only the key: a name or number in a traceback is a leak.
        return f"<{type(self).__name__} {self.pk}>"

    @property
    def place(self) -> str:
        """The path of the region where the row lies; "" for a row that lies nowhere in particular."""
        if self.region_lookup is None:
            return ""
        found: Any = self
        for step in filter(None, self.region_lookup.split("__")):
            found = getattr(found, step, None)
        return getattr(found, "path", "")

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        """The condition that a row lies within `reach`."""
        condition = Q(pk__in=[])
        if cls.region_lookup is not None:
            for path in sorted(reach.region_paths):
                condition |= Q(**{_join(cls.region_lookup, "path__startswith"): path})
        if cls.project_lookup is not None and reach.projects:
            condition |= Q(**{_join(cls.project_lookup, "public_id__in"): reach.projects})
        if cls.participation_lookup is not None and reach.participations:
            condition |= Q(**{_join(cls.participation_lookup, "public_id__in"): reach.participations})
        if cls.person_lookup is not None and reach.persons:
            condition |= Q(**{_join(cls.person_lookup, "public_id__in"): reach.persons})
        return condition


def _join(lookup: str, ending: str) -> str:
    return f"{lookup}__{ending}" if lookup else ending
