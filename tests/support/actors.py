"""Who acts in tests: users with posts, and the node's own hand that may do everything everywhere."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import Post, User
from kernel.scoping import Reach
from regions.models import Region

PASSWORD = "gate-of-wuchang-1"  # of people who do not exist


class Everyone:
    """Every right in the whole province: for preparing a world, never for the question under test."""

    kind = "system"
    label = "测试准备"
    key = "test"

    def may(self, permission: str) -> bool:
        return True

    def reach(self, permission: str) -> Reach:
        return Reach(region_paths=frozenset({"420000/"}))


EVERYONE = Everyone()


class Holder:
    """An actor with exactly the stated permissions over the stated reach."""

    kind = "user"
    label = "测试岗位"
    key = "holder"

    def __init__(self, reach: Reach, *permissions: str) -> None:
        self._reach, self._permissions = reach, frozenset(permissions)

    def may(self, permission: str) -> bool:
        return permission in self._permissions

    def reach(self, permission: str) -> Reach:
        return self._reach if self.may(permission) else Reach()


def account(username: str, display_name: str = "", **fields: Any) -> User:
    """An account that has changed its first password and holds no post."""
    fields.setdefault("must_change_password", False)
    return User.objects.create_user(
        username, password=PASSWORD, display_name=display_name or username, **fields
    )


def give_post(
    user: User,
    role: str,
    *,
    region: Region | None = None,
    enterprise: UUID | None = None,
    project: UUID | None = None,
    participation: UUID | None = None,
    scope_name: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    document: str = "",
) -> Post:
    """A post of `user`, from yesterday on unless told otherwise."""
    return Post.objects.create(
        user=user,
        role=role,
        region=region,
        enterprise=enterprise,
        project=project,
        participation=participation,
        scope_name=scope_name or (region.name if region else ""),
        valid_from=valid_from or timezone.localdate() - timedelta(days=1),
        valid_to=valid_to,
        document=document,
    )


def regulator(region: Region, role: str = "county_regulator", username: str = "") -> UserActor:
    """A regulator of a region, as an actor of this instant."""
    user = account(username or f"{role}-{region.code}")
    give_post(user, role, region=region)
    return UserActor.of(user)


def worker_account(person: UUID, username: str, display_name: str = "") -> User:
    """The own account of a worker, which also has the tests' password."""
    return account(username, display_name, person=person)
