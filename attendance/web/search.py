"""The search box: people, projects, enterprises, teams and gates; somebody by a whole identity number.

The box posts. Words are sent on to an address that can be kept and shared; figures that may be somebody's
number never stand in an address, so their answer is given at once.
"""

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from attendance.selectors.dashboard import region_in_reach
from attendance.selectors.devices import search_devices
from attendance.web.places import crumbs, dashboard_url
from kernel.errors import DomainError, NotFound
from kernel.text import compact
from projects.selectors import search_enterprises, search_projects, search_teams
from web.navigation import Crumb
from web.pages import Page
from workers.selectors import search
from workers.services import find_by_number
from workers.services.search import PERMISSION

SHOWN = 10
_LONGEST = 60
_CITIZEN = re.compile(r"\d{6}(?:(\d{4})\d{7}[\dX]|\d{9})")
_PHONE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_MANY_FIGURES = re.compile(r"\d{11}")
# The same eighteen figures may be a project's code, which has the year of the project where a number has
# that of birth; nobody so young works on a site.
_YOUNGEST = 14


class Search(Page):
    """搜索: short lists, each with its total and a door to the whole."""

    permission = "projects.view"
    section = "search"
    template_name = "attendance/search.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = _words(request.GET.get("q", ""))
        if is_somebodys(asked):
            messages.warning(
                request,
                "号码不能放在网址里，刚才没有查。请在搜索框里输入；也请把这个网址从收藏和聊天里删去。",
            )
            return redirect("search")
        return self._shown(asked, secret=False)

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = _words(request.POST.get("q", ""))
        if may_be_somebodys(asked):
            return self._shown(asked, secret=True)
        return redirect(f"{reverse('search')}?{urlencode({'q': asked})}" if asked else "search")

    def _shown(self, asked: str, *, secret: bool) -> HttpResponse:
        """The page; what is `secret` is not repeated on it, for pages are printed and photographed too."""
        own = bool(self.actor.reach(self.permission).region_paths)
        of = region_in_reach(self.actor) if own else None
        context: dict[str, Any] = {
            "title": "按号码查找" if secret else f"搜索“{asked}”" if asked else "搜索",
            "search_words": "" if secret else asked,
            "asked": bool(asked),
            "is_number": secret,
            "may_find": self.actor.may(PERMISSION),
            "crumbs": crumbs(self.actor, of, dashboard_url, Crumb("搜索")),
            "people_url": reverse("people"),
        }
        return self.show({**context, **(self._found(asked, secret) if asked else {})})

    def _found(self, asked: str, secret: bool) -> dict[str, Any]:
        people, refusal = self._by_number(asked) if secret else (search(self.actor, asked), "")
        found: dict[str, Any] = {
            "people": people,
            "projects": search_projects(self.actor, asked),
            "enterprises": search_enterprises(self.actor, asked),
            "teams": search_teams(self.actor, asked),
            "devices": search_devices(self.actor, asked),
        }
        totals = {f"{name}_total": _number(rows) for name, rows in found.items()}
        shown = {name: rows[:SHOWN] for name, rows in found.items()}
        return {**shown, **totals, "nothing": not any(totals.values()), "refusal": refusal}

    def _by_number(self, asked: str) -> tuple[list[Any], str]:
        """Whoever holds the number, within scope; a refusal is said in its own words."""
        if not (_CITIZEN.fullmatch(compact(asked).upper()) and self.actor.may(PERMISSION)):
            return [], ""
        try:
            return find_by_number(actor=self.actor, number=asked, now=timezone.now()), ""
        except NotFound:
            return [], ""
        except DomainError as refused:
            return [], refused.message


def may_be_somebodys(asked: str) -> bool:
    """Whether this may be, or may have been meant as, a number of somebody: it goes into no address."""
    return bool(_MANY_FIGURES.search(compact(asked)))


def is_somebodys(asked: str) -> bool:
    """Whether this is a citizen's number or a phone, however it is written."""
    tidy = compact(asked).upper()
    if _PHONE.fullmatch(tidy):
        return True
    found = _CITIZEN.fullmatch(tidy)
    if found is None:
        return False
    year = int(found[1] or 0)  # old numbers have no century
    return year <= timezone.localdate().year - _YOUNGEST


def _words(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]


def _number(rows: "QuerySet[Any] | list[Any]") -> int:
    return len(rows) if isinstance(rows, list) else rows.count()
