"""Acts on accounts: opening one, granting and ending posts, a new first password.

They live here because accounts stand below the audit trail, and every one of these acts is on it.
"""

import secrets
from collections.abc import Collection
from datetime import date, datetime

from axes.utils import reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.models import AuthToken

from accounts.actors import UserActor, place_of_post, shared_place
from accounts.models import Post, User
from accounts.roles import ROLES
from accounts.selectors import MANAGE, accounts, is_everywhere, is_over, standing
from audit.services import record
from kernel.errors import DomainError, NotFound
from kernel.permits import require
from kernel.scoping import Actor
from web.post_rules import SCOPES, Scope, check_days, check_scope, role_list

__all__ = [
    "SCOPES",
    "Scope",
    "end_posts",
    "grant_post",
    "open_account",
    "reset_password",
    "role_list",
]
# Without signs that are mistaken for one another when a password is read out or copied by hand.
_SIGNS = "abcdefghijkmnpqrstuvwxyz23456789"


@transaction.atomic
def open_account(
    *, actor: Actor, username: str, display_name: str, password: str | None = None
) -> tuple[User, str]:
    """A new account without a post, and its first password, which its holder must change at once.

    Raises NotPermitted, DomainError for a name that is taken or no name, or a password too weak.
    """
    require(actor, "accounts.manage")
    user = User(username=username, display_name=display_name.strip() or username, must_change_password=True)
    if User.objects.filter(username=username).exists():
        raise DomainError(
            _("账号“{name}”已存在。请换一个账号名，或为该账号增加岗位。").format(name=username),
            code="username_taken",
            field="username",
        )
    password = password or first_password()
    user.set_password(password)
    try:
        user.full_clean()
        validate_password(password, user)
    except ValidationError as fault:
        raise DomainError(
            _("账号没有建立：{why}").format(why=" ".join(fault.messages)), code="bad_account"
        ) from fault
    user.save()
    record(actor, "accounts.account_opened", user)
    return user, password


@transaction.atomic
def grant_post(
    *,
    actor: Actor,
    user: User,
    role: str,
    scope: Scope,
    valid_from: date,
    valid_to: date | None = None,
    document: str = "",
) -> Post:
    """Give `user` a post from a day to a day, both included.

    Raises NotPermitted; NotFound for a scope beyond the actor's reach; DomainError for an unknown role, a
    scope that the role is not tied to, days in the wrong order, or a post already held.
    """
    require(actor, "accounts.manage")
    _require_reach(actor, scope)
    check_scope(role, scope)
    check_days(valid_from, valid_to)
    place = {"region": scope.region} if scope.kind == "region" else {scope.kind: scope.key}
    User.objects.select_for_update().get(pk=user.pk)
    _require_known(actor, user)
    if standing_posts(user).filter(role=role, **place).exists():
        raise DomainError(
            _("{user} 已有“{scope} {role}”岗位，无需重复授予。如需改期，请先终止原岗位。").format(
                user=user.username, scope=scope.name, role=ROLES[role].title
            ),
            code="post_held",
        )
    post = Post.objects.create(
        user=user,
        role=role,
        scope_name=scope.name[:120],
        valid_from=valid_from,
        valid_to=valid_to,
        granted_by=actor.user if isinstance(actor, UserActor) else None,
        document=document[:120],
        **place,
    )
    record(
        actor,
        "accounts.post_granted",
        user,
        role=role,
        scope=str(scope.key or (scope.region.code if scope.region else "")),
        valid_to=valid_to.isoformat() if valid_to else "",
        document=document[:120],
        place=scope.region.path if scope.region else "",
    )
    return post


@transaction.atomic
def end_posts(*, actor: Actor, user: User, now: datetime | None = None) -> int:
    """End every post that `user` holds or would come to hold; how many. Sessions end at the next click.

    Raises NotPermitted, NotFound.
    """
    require(actor, "accounts.manage")
    require_over(actor, user)
    posts = list(standing_posts(user).select_related("region").select_for_update(of=("self",)))
    refuse_own_last(actor, user, posts)
    for post in posts:
        post.ended_at = now or timezone.now()
        post.save(update_fields=["ended_at"])
        record(actor, "accounts.post_ended", user, role=post.role, post=post.pk, place=place_of_post(post))
    return len(posts)


@transaction.atomic
def reset_password(*, actor: Actor, user: User) -> str:
    """A new first password; sessions, tokens and locks of the old one end.

    Raises NotPermitted, NotFound.
    """
    require(actor, "accounts.manage")
    require_over(actor, user)
    password = first_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    AuthToken.objects.filter(user=user).delete()
    reset(username=user.username)
    record(actor, "accounts.password_reset", user, place=place_of(user))
    return password


def refuse_own_last(actor: Actor, user: User, ending: Collection[Post]) -> None:
    """Nobody shuts the last door behind oneself. Raises DomainError."""
    if not isinstance(actor, UserActor) or actor.user.pk != user.pk:
        return
    managing = [name for name, role in ROLES.items() if MANAGE in role.permissions]
    left = standing_posts(user).filter(role__in=managing).exclude(pk__in=[post.pk for post in ending])
    if any(post.role in managing for post in ending) and not left.exists():
        raise DomainError(
            _("这是您自己最后一个管理岗位，不能由本人终止。请由另一位平台管理员办理。"),
            code="own_last_post",
        )


def first_password() -> str:
    """Four groups of four signs, some 80 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _sign in range(4)) for _group in range(4))


def _require_reach(actor: Actor, scope: Scope) -> None:
    """An enterprise works anywhere: a post on it is granted by whoever reaches the whole province."""
    paths = tuple(actor.reach(MANAGE).region_paths)
    if not (scope.region.path.startswith(paths) if scope.region else is_everywhere(actor)):
        raise NotFound


def _require_known(actor: Actor, user: User) -> None:
    """An account whose posts all lie elsewhere is not there for an administrator of this place."""
    if user.posts.exists() and not accounts(actor).filter(pk=user.pk).exists():
        raise NotFound


def require_over(actor: Actor, user: User) -> None:
    """Whoever could take over an account with a wider reach would gain that reach. Raises NotFound."""
    if not is_over(actor, user):
        raise NotFound


def standing_posts(user: User) -> QuerySet[Post]:
    """The posts that hold today or will, and have not been ended."""
    return Post.objects.filter(standing(timezone.localdate()), user=user)


def place_of(user: User) -> str:
    """Where an account belongs, for the trail: the region below which all its standing posts lie."""
    return shared_place(standing_posts(user).select_related("region"))
