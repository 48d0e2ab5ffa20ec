"""Acts on accounts: opening one, granting and ending posts, a new first password.

They live here because accounts stand below the audit trail, and every one of these acts is on it.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from axes.utils import reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.models import AuthToken

from accounts.actors import UserActor
from accounts.models import Post, User
from accounts.roles import ROLES
from audit.services import record
from kernel.errors import DomainError, NotFound
from kernel.permits import require
from kernel.scoping import Actor
from regions.models import Region

SCOPES = {"region": "行政区划", "project": "项目", "participation": "参建单位", "enterprise": "企业"}
_TIERS = {
    "province_regulator": ("省", lambda region: region.is_province),
    "city_regulator": ("市、州或省直管市", lambda region: region.is_second_level),
    "county_regulator": ("县（市、区）", lambda region: region.is_county),
}
# Without signs that are mistaken for one another when a password is read out or copied by hand.
_SIGNS = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a post is tied to: its kind, its row's public id, its name, and where it lies on the map.

    A region is its own place and needs no key; an enterprise lies nowhere in particular.
    """

    kind: str
    name: str
    region: Region | None = None
    key: UUID | None = None


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
    password = password or _first_password()
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
    _require_reach(actor, scope.region)
    _check_scope(role, scope)
    _check_days(valid_from, valid_to)
    place = {"region": scope.region} if scope.kind == "region" else {scope.kind: scope.key}
    User.objects.select_for_update().get(pk=user.pk)
    if _standing(user).filter(role=role, **place).exists():
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
    )
    return post


@transaction.atomic
def end_posts(*, actor: Actor, user: User, now: datetime | None = None) -> int:
    """End every post that `user` holds or would come to hold; how many. Sessions end at the next click.

    Raises NotPermitted, NotFound.
    """
    require(actor, "accounts.manage")
    _require_over(actor, user)
    posts = list(_standing(user).select_for_update(of=("self",)))
    for post in posts:
        post.ended_at = now or timezone.now()
        post.save(update_fields=["ended_at"])
        record(actor, "accounts.post_ended", user, role=post.role, post=post.pk)
    return len(posts)


@transaction.atomic
def reset_password(*, actor: Actor, user: User) -> str:
    """A new first password; sessions, tokens and locks of the old one end.

    Raises NotPermitted, NotFound.
    """
    require(actor, "accounts.manage")
    _require_over(actor, user)
    password = _first_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    AuthToken.objects.filter(user=user).delete()
    reset(username=user.username)
    record(actor, "accounts.password_reset", user)
    return password


def _first_password() -> str:
    """Four groups of four signs, some 80 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _sign in range(4)) for _group in range(4))


def _standing(user: User) -> QuerySet[Post]:
    """The posts that hold today or will, and have not been ended."""
    today = timezone.localdate()
    return Post.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), user=user, ended_at=None)


def _paths(actor: Actor) -> tuple[str, ...]:
    return tuple(actor.reach("accounts.manage").region_paths)


def _is_everywhere(actor: Actor) -> bool:
    return any(path.count("/") == 1 for path in _paths(actor))


def _require_reach(actor: Actor, region: Region | None) -> None:
    """An enterprise works anywhere: a post on it is granted by whoever reaches the whole province."""
    if not (region.path.startswith(_paths(actor)) if region else _is_everywhere(actor)):
        raise NotFound


def _require_over(actor: Actor, user: User) -> None:
    """Whoever could take over an account with a wider reach would gain that reach.

    Where a project lies is known above this floor only: accounts on sites are left to the province.
    """
    if _is_everywhere(actor):
        return
    posts = _standing(user).select_related("region")
    if not all(post.region and post.region.path.startswith(_paths(actor)) for post in posts):
        raise NotFound


def _check_scope(role: str, scope: Scope) -> None:
    if role not in ROLES:
        raise DomainError(
            _("没有名为“{role}”的岗位。可选：{roles}。").format(role=role, roles=role_list()),
            code="unknown_role",
            field="role",
        )
    title, kinds = ROLES[role].title, ROLES[role].scopes
    if scope.kind not in kinds:
        raise DomainError(
            _("{title}的范围应为{wanted}，“{name}”是{kind}。请改用{wanted}的编码。").format(
                title=title,
                wanted="或".join(SCOPES[kind] for kind in SCOPES if kind in kinds),
                name=scope.name,
                kind=SCOPES[scope.kind],
            ),
            code="wrong_scope",
            field="scope",
        )
    wanted, fits = _TIERS.get(role, ("", None))
    if fits and scope.region and not fits(scope.region):
        raise DomainError(
            _("{title}应设在{wanted}，“{name}”不是。请改用{wanted}的编码。").format(
                title=title, wanted=wanted, name=scope.name
            ),
            code="wrong_tier",
            field="scope",
        )


def _check_days(valid_from: date, valid_to: date | None) -> None:
    if valid_to and valid_to < max(valid_from, timezone.localdate()):
        raise DomainError(
            _("岗位的截止日期 {day} 已过或早于起始日期。请填今天或以后的日期。").format(
                day=valid_to.isoformat()
            ),
            code="past_date",
            field="valid_to",
        )


def role_list() -> str:
    """Every role with its title and the scopes it may be tied to."""
    return "；".join(
        f"{name}（{role.title}：{'、'.join(SCOPES[kind] for kind in SCOPES if kind in role.scopes)}）"
        for name, role in ROLES.items()
    )
