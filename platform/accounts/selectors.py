"""Reads of accounts for the platform itself: who holds a permission where."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Post, User
from accounts.roles import ROLES, permissions_of


def holders(
    permission: str,
    *,
    project: UUID | None = None,
    participations: Iterable[UUID] = (),
    enterprises: Iterable[UUID] = (),
    region_path: str = "",
) -> QuerySet[User]:
    """Active accounts whose post in force carries `permission` at one of these places.

    A post on a region counts for `region_path` at or below it. A grant on one project (guardian) does not
    count: it lets one look, it makes nobody responsible.
    """
    roles = [role for role in ROLES if permission in permissions_of(role, county_is_unit=False)]
    place = Q(pk__in=[])
    if project:
        place |= Q(project=project)
    place |= Q(participation__in=list(participations)) | Q(enterprise__in=list(enterprises))
    if region_path:
        place |= Q(region__path__in=_at_or_above(region_path))
    now = timezone.now()
    posts = Post.objects.in_force(timezone.localdate(now), now).filter(place, role__in=roles)
    return User.objects.filter(pk__in=posts.values("user"), is_active=True).order_by("pk")


def _at_or_above(path: str) -> list[str]:
    """A region's path and those of all it lies in."""
    steps = path.strip("/").split("/")
    return ["/".join(steps[: length + 1]) + "/" for length in range(len(steps))]
