"""One account: its posts with their days, what keeps it open, and what was done with it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from accounts.selectors import MANAGE, accounts_on, posts_of
from audit.selectors import trail
from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.account_words import account_state, last_sign_in, post_state, role_title
from projects.web.accounts import warn_days
from web import slips
from web.navigation import Crumb
from web.pages import Page
from web.trail_words import said

SHOWN_EVENTS = 20


def found(actor: Actor, public_id: UUID) -> User:
    """One account with its state. Raises NotFound beyond the administrator's reach."""
    user = accounts_on(actor, timezone.now(), warn_days()).filter(public_id=public_id).first()
    if user is None:
        raise NotFound
    return user


def crumbs(user: User | None, *tail: Crumb) -> list[Crumb]:
    """账号 › 周正 › …"""
    begin = [Crumb("账号", reverse("accounts"))]
    if user is not None:
        begin.append(Crumb(str(user), reverse("account", args=[user.public_id]) if tail else ""))
    return [*begin, *tail]


class AccountRecord(Page):
    """An account within reach; what lies elsewhere of it is not shown."""

    permission = MANAGE
    section = "accounts"
    template_name = "projects/account.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        user = found(self.actor, public_id)
        today = timezone.localdate()
        posts = [
            (post, role_title(post.role), post_state(post, today, warn_days()), _is_open(post, today))
            for post in posts_of(self.actor, user)
        ]
        return self.show(
            {
                "title": str(user),
                "crumbs": crumbs(user),
                "account": user,
                "state": account_state(user, today, warn_days()),
                "posts": posts,
                "standing": sum(is_open for *_post, is_open in posts),
                "last_sign_in": last_sign_in(user.last_login),
                "tokens": AuthToken.objects.filter(user=user, expiry__gt=timezone.now()).count(),
                "events": list(_life(self.actor, user)),
                "sign_ins": _sign_ins(self.actor, user),
                "session_hours": settings.SESSION_COOKIE_AGE // 3600,
                "trail_url": f"{reverse('trail')}?object={user.public_id}",
            }
        )


def _is_open(post: Any, today: Any) -> bool:
    return post.ended_at is None and (post.valid_to is None or post.valid_to >= today)


def _life(actor: Actor, user: User) -> Any:
    """What was done with the account, as far as the administrator may read the trail; newest first."""
    events = trail(actor).filter(object_type=User._meta.label_lower, object_key=str(user.public_id))
    for index, event in enumerate(events[:SHOWN_EVENTS]):
        yield {
            "at": event.at,
            "when": timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M"),
            "text": said(event),
            "sub": "，".join(part for part in (event.actor_label, event.reason) if part),
            "kind": "now" if index == 0 else "",
        }


def _sign_ins(actor: Actor, user: User) -> int:
    """How often the account signed in while a session of today's could still live."""
    since = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    rows = trail(actor).filter(action="accounts.signed_in", object_key=str(user.public_id))
    return rows.filter(at__gte=since).count()


class FirstPassword(Page):
    """The first password of an account, for whoever has just made it; to be printed and handed over."""

    permission = MANAGE
    section = "accounts"
    template_name = "projects/first_password.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        user = found(self.actor, public_id)
        slip = slips.shown(request, str(public_id))
        if slip is None:
            return redirect("account", public_id=public_id)
        return self.show(
            {
                "title": "初始密码",
                "crumbs": crumbs(user, Crumb("初始密码")),
                "account": user,
                "slip": slip,
                "address": request.build_absolute_uri(reverse("sign_in")),
            }
        )

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """It has been handed over."""
        found(self.actor, public_id)
        slips.put_away(request, str(public_id))
        return redirect("account", public_id=public_id)
