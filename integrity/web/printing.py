"""The notice on A4: title, number, date, page x of y, places for seal, signature and receipt."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from integrity.rules import State, day_ended_by, site_date
from integrity.selectors.notices import notice, people_named
from integrity.web.issuing import named
from integrity.web.shown import place
from kernel.errors import NotFound
from standards.selectors import code_name
from web import words
from web.navigation import Crumb
from web.pages import Page

_NUMERALS = "一二三四五六七八九十"


class PrintPage(Page):
    """The paper form of an issued notice."""

    permission = "integrity.view"
    section = "notices"
    template_name = "integrity/print.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found: Any = notice(self.actor, public_id, timezone.now())
        if found.state == State.DRAFT:
            raise NotFound
        items = list(found.items.all())
        people = people_named(self.actor, items)
        return self.show(
            {
                "title": f"监理通知单 {found.number}",
                "crumbs": place(self.actor, found.project, Crumb(found.number), Crumb("打印")),
                "notice": found,
                "items": [
                    (_numeral(item.position), item, [_row(who) for who in named(item, people)])
                    for item in items
                ],
                "found_on": _long(found.found_on),
                "issued_on": _long(site_date(found.issued_at)),
                "until": _long(day_ended_by(found.deadline_at)),
                "delivered": words.moment(found.delivered_at),
                "authority": found.project.region.name,
            }
        )


def _row(who: Any) -> dict[str, str]:
    return {
        "name": who.person.name,
        "number": who.person.masked_number,
        "trade": code_name("trade", who.trade) or code_name("worker_kind", who.kind),
        "team": who.team.name,
        "firm": who.participation.enterprise.name,
    }


def _numeral(position: int) -> str:
    return _NUMERALS[position - 1] if position <= len(_NUMERALS) else str(position)


def _long(day: Any) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
