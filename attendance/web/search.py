"""The search box: people by name, projects by name or code, enterprises by name or credit code."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from attendance.selectors.dashboard import region_in_reach
from attendance.web.places import crumbs, dashboard_url
from projects.selectors import search_enterprises, search_projects
from web.navigation import Crumb
from web.pages import Page
from workers.selectors import search

SHOWN = 10


class Search(Page):
    """搜索: three short lists, each with its total and a door to the whole."""

    permission = "projects.view"
    section = "search"
    template_name = "attendance/search.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = " ".join(request.GET.get("q", "").split())[:60]
        own = bool(self.actor.reach(self.permission).region_paths)
        of = region_in_reach(self.actor) if own else None
        context: dict[str, Any] = {
            "title": f"搜索“{asked}”" if asked else "搜索",
            "search_words": asked,
            "crumbs": crumbs(self.actor, of, dashboard_url, Crumb("搜索")),
        }
        if asked:
            people = search(self.actor, asked)
            projects = search_projects(self.actor, asked)
            enterprises = search_enterprises(self.actor, asked)
            totals = (people.count(), projects.count(), enterprises.count())
            context |= {
                "people": people[:SHOWN],
                "people_total": totals[0],
                "projects": projects[:SHOWN],
                "projects_total": totals[1],
                "enterprises": enterprises[:SHOWN],
                "enterprises_total": totals[2],
                "nothing": not any(totals),
                "people_url": reverse("people"),
            }
        return self.show(context)
