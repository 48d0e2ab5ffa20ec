"""403 of a form's own token: what happened meanwhile, and the way on without typing it all again."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from web import drafts
from web.api.problems import problem_json


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of it: the title, what happened, and what one can do."""

    title: str
    happened: str
    back: str = ""
    sign_in: str = ""
    is_other: bool = False


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was refused by its token, and nothing was written. `reason` is Django's, for developers."""
    told = _told(request)
    if request.path.startswith("/api/"):
        return problem_json(403, "stale_form", told.happened)
    shown = {"told": told, "csrf_token": get_token(request) if told.is_other else "", "here": _here(request)}
    # Without the request's context: the frame must not depend on what has just failed.
    return render(None, "web/stale.html", shown, status=403)


def _told(request: HttpRequest) -> Told:
    owner, user = drafts.owner_of(request), request.user
    here = _here(request)
    if not user.is_authenticated:
        drafts.stash(request)
        return Told(
            _("登录已过期，没有提交成功"),
            _("您已退出登录，或登录已经过期，刚才的提交没有写入任何内容。{kept}").format(
                kept=_("填写的内容替您留着，用同一账号登录后接着填。") if owner else ""
            ),
            sign_in=f"{reverse('sign_in')}?{urlencode({'next': here})}" if owner else reverse("sign_in"),
        )
    if owner and owner != str(user.public_id):
        return _others(request, owner, user)
    if owner:
        drafts.stash(request)
        return Told(
            _("页面已经过期，没有提交成功"),
            _(
                "这个页面打开以后，您又重新登录过，所以刚才的提交没有接受，没有写入任何内容。"
                "填写的内容替您留着，附件需要重新选择。"
            ),
            back=here,
        )
    return Told(
        _("页面停留过久，没有提交成功"),
        _("页面停留过久、重新登录过，或者浏览器没有启用 Cookie，提交没有接受，没有写入任何内容。"),
    )


def _others(request: HttpRequest, owner: str, user: User) -> Told:
    """Somebody else has signed in meanwhile: what was typed stays with whoever typed it."""
    kept = ""
    author = User.objects.filter(public_id=owner).first()
    if author is not None and _keeps_draft(request):
        drafts.keep(author, request.path[:200], drafts.typed(request.POST))
        kept = _("刚才填写的内容存为原来账号的草稿，换回原来的账号就能接着填。")
    return Told(
        _("登录的人换了，没有提交成功"),
        _(
            "这个页面是用另一个账号打开的，之后有人在这个浏览器里用“{name}”登录了。"
            "为免记到别人名下，刚才的提交没有接受，没有写入任何内容。{kept}"
        ).format(name=user, kept=kept),
        back=_here(request),
        is_other=True,
    )


def _keeps_draft(request: HttpRequest) -> bool:
    try:
        view: Any = getattr(resolve(request.path_info).func, "view_class", None)
    except Resolver404:
        return False
    return bool(getattr(view, "keeps_draft", False))


def _here(request: HttpRequest) -> str:
    return request.get_full_path()
