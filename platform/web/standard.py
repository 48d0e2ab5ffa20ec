"""数据标准: the code lists and parameters in force, for everyone who works by them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from standards.models import RuleParameter
from standards.selectors import code_list, code_lists, parameters
from web import words
from web.navigation import Crumb, Entry, register
from web.pages import Page

_LEVELS = {"amber": "提示", "red": "告警"}


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
            "parameters": [(row, _shown(row)) for row in parameters()],
        }
        return self.show(context)


def _shown(row: RuleParameter) -> str:
    """A parameter's value as people read it: a rate in per cent, a list or a pair of levels in words."""
    value = row.value
    if row.unit == "比例":
        return words.percent(value)
    if isinstance(value, dict):
        return "，".join(f"{_LEVELS.get(key, key)} {one}" for key, one in value.items()) + f" {row.unit}"
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return f"{value} {row.unit}".strip()


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
