"""数据标准: the code lists and parameters in force, for everyone who works by them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from standards.selectors import code_list, code_lists, parameters
from web.navigation import Crumb, Entry, register
from web.pages import Page
from web.parameter_words import shown_value


class StandardPage(Page):
    """The lists with the number of their items, and every parameter with its document."""

    permission = "standards.view"
    section = "standard"
    template_name = "web/standard.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "title": "数据标准",
            "crumbs": [Crumb("数据标准")],
            "lists": code_lists(),
            "parameters": [(row, shown_value(row)) for row in parameters()],
            "may_explain": self.actor.may("standards.explain"),
        }
        return self.show(context)


class CodeListPage(Page):
    """One code list with its items."""

    permission = "standards.view"
    section = "standard"
    template_name = "web/code_list.html"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        found = code_list(key)
        if found is None:
            raise Http404
        return self.show(
            {
                "title": found.name,
                "crumbs": [Crumb("数据标准", "/standard/"), Crumb(found.name)],
                "list": found,
                "items": found.items.all(),
            }
        )


def add_entries() -> None:
    """Tell the frame where the standard is."""
    register(Entry("standard", _("数据标准"), "standard", "standards.view", 70))
