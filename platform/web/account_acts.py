"""Further acts on accounts and single posts; see web.postings for why they live at this storey."""

from datetime import date, datetime

from axes.utils import reset
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.models import AuthToken

from accounts.actors import UserActor, place_of_post
from accounts.models import Post, User
from accounts.roles import ROLES
from accounts.selectors import MANAGE
from accounts.selectors import post as visible_post
from audit.services import record
from kernel.errors import DomainError
from kernel.permits import require
from kernel.scoping import Actor
from web.post_rules import Scope, check_days
from web.postings import grant_post, open_account, place_of, refuse_own_last, require_over


@transaction.atomic
def open_account_with_post(
    *,
    actor: Actor,
    username: str,
    display_name: str,
    role: str,
    scope: Scope,
    valid_from: date,
    valid_to: date | None = None,
    document: str = "",
) -> tuple[User, str]:
    """A new account that begins with a post, and its first password, which is shown once.

    Raises what open_account and grant_post raise; then there is neither account nor post.
    """
    user, password = open_account(actor=actor, username=username, display_name=display_name)
    grant_post(
        actor=actor,
        user=user,
        role=role,
        scope=scope,
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
    )
    return user, password


@transaction.atomic
def end_post(*, actor: Actor, post: Post, reason: str = "", now: datetime | None = None) -> Post:
    """End one post at once; its holder's session ends at the next click if no other post is left.

    Raises NotPermitted, NotFound beyond reach, DomainError for a post that has ended or one's own last.
    """
    post = _own(actor, post)
    _refuse_ended(post)
    refuse_own_last(actor, post.user, [post])
    post.ended_at = now or timezone.now()
    post.save(update_fields=["ended_at"])
    record(
        actor,
        "accounts.post_ended",
        post.user,
        reason=reason.strip()[:200],
        role=post.role,
        post=post.pk,
        place=place_of_post(post),
    )
    return post


@transaction.atomic
def change_end(*, actor: Actor, post: Post, valid_to: date | None, document: str = "") -> Post:
    """Let a post end on another day (None: no end). The former day stays on the trail.

    Raises NotPermitted, NotFound beyond reach, DomainError for a post that has ended, a day that is past, or
    no change.
    """
    post = _own(actor, post)
    _refuse_ended(post)
    check_days(post.valid_from, valid_to)
    if post.valid_to == valid_to:
        raise DomainError(
            _("截止日期与原来相同，没有修改。请填新的日期，或返回。"), code="unchanged", field="valid_to"
        )
    before, post.valid_to = post.valid_to, valid_to
    post.document = document.strip()[:120] or post.document
    post.save(update_fields=["valid_to", "document"])
    record(
        actor,
        "accounts.post_end_changed",
        post.user,
        role=post.role,
        post=post.pk,
        before=before.isoformat() if before else "",
        after=valid_to.isoformat() if valid_to else "",
        document=document.strip()[:120],
        place=place_of_post(post),
    )
    return post


@transaction.atomic
def unlock(*, actor: Actor, user: User) -> None:
    """Let an account that was locked after wrong passwords try again at once.

    Raises NotPermitted, NotFound.
    """
    require(actor, MANAGE)
    require_over(actor, user)
    reset(username=user.username)
    record(actor, "accounts.unlocked", user, place=place_of(user))


@transaction.atomic
def deactivate(*, actor: Actor, user: User, reason: str) -> User:
    """Close an account: nobody signs in by it until it is opened again. Its posts stay as they are.

    Raises NotPermitted, NotFound, DomainError without a reason, for one's own account, or if it is closed.
    """
    user = _locked(actor, user)
    if isinstance(actor, UserActor) and actor.user.pk == user.pk:
        raise DomainError(_("不能停用自己的账号。请由另一位平台管理员办理。"), code="own_account")
    if not reason.strip():
        raise DomainError(
            _("请写明停用原因，例如：已离职、账号共用。原因会记入审计。"), code="no_reason", field="reason"
        )
    if not user.is_active:
        raise DomainError(_("该账号已经停用，无需再次停用。"), code="inactive")
    user.is_active = False
    user.save(update_fields=["is_active"])
    AuthToken.objects.filter(user=user).delete()
    record(actor, "accounts.deactivated", user, reason=reason.strip()[:200], place=place_of(user))
    return user


@transaction.atomic
def reactivate(*, actor: Actor, user: User) -> User:
    """Open a closed account again. Raises NotPermitted, NotFound, DomainError if it is open."""
    user = _locked(actor, user)
    if user.is_active:
        raise DomainError(_("该账号正在使用，无需恢复。"), code="active")
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(actor, "accounts.reactivated", user, place=place_of(user))
    return user


def _locked(actor: Actor, user: User) -> User:
    require(actor, MANAGE)
    require_over(actor, user)
    return User.objects.select_for_update().get(pk=user.pk)


def _own(actor: Actor, post: Post) -> Post:
    """The post, locked. Raises NotPermitted, NotFound beyond the administrator's reach."""
    require(actor, MANAGE)
    visible_post(actor, post.pk)
    return Post.objects.select_related("user", "region").select_for_update(of=("self",)).get(pk=post.pk)


def _refuse_ended(post: Post) -> None:
    if post.ended_at or (post.valid_to and post.valid_to < timezone.localdate()):
        title = ROLES[post.role].title if post.role in ROLES else post.role
        raise DomainError(
            _("“{scope} {role}”岗位已经结束，不能再改。如需继续任职，请授予新岗位。").format(
                scope=post.scope_name, role=title
            ),
            code="post_ended",
        )
