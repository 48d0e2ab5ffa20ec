"""Reads of accounts and posts: as an administrator may see them, and who holds a permission where.

Accounts stand below the map's upper floors: where a project or a participation lies is asked of kernel's
resolvers, so that an administrator of a county finds the accounts of its sites too.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import Post, User
from accounts.roles import ROLES, permissions_of
from kernel.errors import NotFound
from kernel.resolvers import keys_below
from kernel.scoping import Actor

MANAGE = "accounts.manage"


def is_province_wide(actor: Actor, permission: str) -> bool:
    """Whether the actor holds a permission over the whole province."""
    return any(path.count("/") == 1 for path in actor.reach(permission).region_paths)


def is_everywhere(actor: Actor) -> bool:
    """Whether the actor administers accounts of the whole province."""
    return is_province_wide(actor, MANAGE)


def within_reach(actor: Actor) -> Q:
    """The condition that a post lies within the administrator's reach.

    An enterprise works anywhere: a post on it is the whole province's to manage.
    """
    paths = actor.reach(MANAGE).region_paths
    if is_everywhere(actor):
        return Q()
    below = reduce(or_, (Q(region__path__startswith=path) for path in sorted(paths)), Q(pk__in=[]))
    if paths:
        for kind, keys in keys_below(paths).items():
            below |= Q(**{f"{kind}__in": keys})
    return below


def standing(today: date) -> Q:
    """The condition that a post holds today or will, and has not been ended."""
    return Q(valid_to=None, ended_at=None) | Q(valid_to__gte=today, ended_at=None)


def posts(actor: Actor) -> QuerySet[Post]:
    """The posts that the administrator may see, whoever holds them."""
    if not actor.may(MANAGE):
        return Post.objects.none()
    return Post.objects.filter(within_reach(actor)).select_related("user", "region", "granted_by")


def posts_of(actor: Actor, user: User) -> QuerySet[Post]:
    """The posts of one account that the administrator may see, the latest first."""
    return posts(actor).filter(user=user).order_by("-valid_from", "-pk")


def post(actor: Actor, pk: int) -> Post:
    """One post. Raises NotFound beyond the administrator's reach."""
    found = posts(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def accounts(actor: Actor) -> QuerySet[User]:
    """The accounts that hold or held a post within reach; workers' own accounts hold none.

    `is_wholly_within` says whether every post that still stands lies within reach: only then may the
    administrator reset its password or close it, for whoever could take over an account with a wider reach
    would gain that reach. `is_locked`: wrong passwords have closed it for a while.
    """
    own = Post.objects.filter(within_reach(actor), user=OuterRef("pk"))
    elsewhere = Post.objects.filter(standing(timezone.localdate()), user=OuterRef("pk")).exclude(
        pk__in=Post.objects.filter(within_reach(actor)).values("pk")
    )
    rows = User.objects.annotate(is_wholly_within=~Exists(elsewhere), is_locked=_locked())
    if not actor.may(MANAGE):
        return rows.none()
    return rows.filter(Exists(own)).order_by("username")


def accounts_on(actor: Actor, now: datetime, days: int) -> QuerySet[User]:
    """The accounts with what a list says of each: `in_force` and `is_ending` (within some days).

    `seen_posts` are those within reach that stand, the soonest to end first.
    """
    today = timezone.localtime(now).date()
    own = Post.objects.filter(within_reach(actor), user=OuterRef("pk")).in_force(today, now)
    shown = posts(actor).filter(standing(today)).order_by(F("valid_to").asc(nulls_last=True), "pk")
    return (
        accounts(actor)
        .annotate(
            in_force=Exists(own),
            is_ending=Exists(own.filter(valid_to__lte=today + timedelta(days=days))),
        )
        .prefetch_related(Prefetch("posts", shown, to_attr="seen_posts"))
    )


def holding(actor: Actor, rows: QuerySet[User], *, role: str = "", path: str = "") -> QuerySet[User]:
    """Those of the accounts that hold a standing post of a role, or at or below a region, within reach."""
    held = Post.objects.filter(within_reach(actor), standing(timezone.localdate()), user=OuterRef("pk"))
    if role:
        held = held.filter(role=role)
    if path:
        place = Q(region__path__startswith=path)
        for kind, keys in keys_below(frozenset({path})).items():
            place |= Q(**{f"{kind}__in": keys})
        held = held.filter(place)
    return rows.filter(Exists(held))


def _locked() -> Exists:
    """Locked after wrong passwords, until the time of axes is over."""
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    return Exists(
        AccessAttempt.objects.filter(
            username=OuterRef("username"),
            failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
            attempt_time__gte=since,
        )
    )


def account(actor: Actor, public_id: UUID) -> User:
    """One account. Raises NotFound beyond the administrator's reach."""
    found = accounts(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def is_over(actor: Actor, user: User) -> bool:
    """Whether the administrator may take the account into hand as a whole."""
    rows: QuerySet[Any] = accounts(actor)
    return is_everywhere(actor) or rows.filter(pk=user.pk, is_wholly_within=True).exists()


def ending_posts(actor: Actor, today: date, days: int) -> QuerySet[Post]:
    """The posts within reach that will end within some days by themselves, the soonest first."""
    last = today + timedelta(days=days)
    return (
        posts(actor)
        .filter(ended_at=None, valid_from__lte=today, valid_to__gte=today, valid_to__lte=last)
        .filter(user__is_active=True)
        .order_by("valid_to", "pk")
    )


def posts_in_force(now: datetime) -> QuerySet[Post]:
    """The posts that hold at an instant, for conditions of lists."""
    return Post.objects.in_force(timezone.localtime(now).date(), now)


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
