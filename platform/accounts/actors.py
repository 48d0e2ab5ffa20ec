"""A signed-in person as an actor: posts in force, and what they reach."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Post, User
from accounts.roles import OWN, ROLES, permissions_of
from kernel.resolvers import Grant, enterprise_reach, grants_of, place_of
from kernel.scoping import NOTHING, Reach


class UserActor:
    """A user with the posts in force at one instant. Build one per request: posts end by themselves."""

    kind = "user"

    def __init__(self, user: User, posts: Iterable[Post], grants: Iterable[Grant] = ()) -> None:
        self.user = user
        self.posts = list(posts)
        self._holdings: list[Grant] = [(_permissions(post), _reach(post)) for post in self.posts]
        self._holdings.extend(grants)
        self._reach: dict[str, Reach] = {}

    @classmethod
    def of(cls, user: User, now: datetime | None = None) -> "UserActor":
        """The actor of `user` at `now`, with three queries at most; a worker's own account needs none."""
        if user.person:
            return WorkerActor(user, user.person)
        now = now or timezone.now()
        today = timezone.localdate(now)
        posts = user.posts.in_force(today, now).select_related("region")
        return cls(user, posts, grants_of(user.pk))

    def holding(self, permission: str) -> "UserActor":
        """The same person by those posts alone that carry `permission`, whatever else the others carry."""
        fewer = UserActor(self.user, [post for post in self.posts if permission in _permissions(post)])
        fewer._holdings = [grant for grant in self._holdings if permission in grant[0]]
        return fewer

    @property
    def key(self) -> str:
        return str(self.user.public_id)

    @property
    def label(self) -> str:
        return f"{self.user} ({self.title})" if self.posts else str(self.user)

    @property
    def title(self) -> str:
        """The first post in words, such as “武昌区 县区监管员”."""
        if not self.posts:
            return ""
        post = self.posts[0]
        return f"{post.scope_name} {ROLES[post.role].title if post.role in ROLES else post.role}".strip()

    @property
    def place(self) -> str:
        """The region path at or below which all posts lie, for the audit trail; "" where one lies nowhere."""
        return shared_place(self.posts)

    @property
    def holds_anything(self) -> bool:
        return bool(self._holdings)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(post.role for post in self.posts)

    def may(self, permission: str) -> bool:
        return any(permission in permissions for permissions, _ in self._holdings)

    def reach(self, permission: str) -> Reach:
        if permission not in self._reach:
            found = NOTHING
            for permissions, reach in self._holdings:
                if permission in permissions:
                    found |= reach
            self._reach[permission] = found
        return self._reach[permission]


class WorkerActor(UserActor):
    """A worker by the own account: no posts, the records of one person, and the right to dispute them."""

    kind = "worker"

    def __init__(self, user: User, person: UUID) -> None:
        super().__init__(user, (), [(OWN, Reach(persons=frozenset({person})))])

    @property
    def label(self) -> str:
        return f"{self.user}（工人本人）"


def _permissions(post: Post) -> frozenset[str]:
    region = post.region
    return permissions_of(
        post.role, county_is_unit=bool(region and region.is_county and region.is_second_level)
    )


def _reach(post: Post) -> Reach:
    if post.region is not None:
        return Reach(region_paths=frozenset({post.region.path}))
    if post.project is not None:
        return Reach(projects=frozenset({post.project}))
    if post.participation is not None:
        return Reach(participations=frozenset({post.participation}))
    return enterprise_reach(post.enterprise) if post.enterprise else NOTHING


def place_of_post(post: Post) -> str:
    """The region path where a post lies; "" for one on an enterprise, which works anywhere."""
    if post.region is not None:
        return post.region.path
    kind = "project" if post.project else "participation"
    key = post.project or post.participation
    return place_of(kind, key) if key else ""


def shared_place(posts: Iterable[Post]) -> str:
    """The region path at or below which all of some posts lie; "" where one of them lies nowhere."""
    paths = [place_of_post(post) for post in posts] or [""]
    shared = paths[0]
    while shared and not all(path.startswith(shared) for path in paths):
        shared = shared[: shared.rfind("/", 0, -1) + 1]
    return shared


def actor_of(request: Any) -> UserActor:
    """The actor of a page or API request, built once per request."""
    held = getattr(request, "_request", request)
    if not hasattr(held, "_actor") or held._actor.user != request.user:
        held._actor = UserActor.of(request.user)
    return held._actor
