"""Forms that tick people: a team or a name first, and no more on one page than one act takes."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict

from web import words
from web.acts import FormPage
from web.forms import ScopedForm
from workers.models import Engagement
from workers.selectors.choosing import Asked, Offer, named_again, offered

_LONGEST = 60


class PeopleField(forms.MultipleChoiceField):
    """People of the project, by public id; the cleaned value is a list of engagements."""

    def __init__(self, **kwargs: Any) -> None:
        self._found: dict[str, Engagement] = {}
        self._namesakes: frozenset[str] = frozenset()
        missing = "有人不在您的管理范围内，或已不在本项目。请刷新页面重新选择。"
        super().__init__(
            widget=forms.CheckboxSelectMultiple, error_messages={"invalid_choice": missing}, **kwargs
        )

    def offer_people(self, rows: list[Engagement], offer: Offer) -> None:
        """Offer these, team by team; teams of one name are told apart by their firm."""
        self._found = {str(row.public_id): row for row in rows}
        self._namesakes = offer.namesakes
        firms = {team.key: team.words for team in offer.teams if team.name in offer.shared}
        teams: dict[int, tuple[str, list[tuple[str, str]]]] = {}
        for key, row in self._found.items():
            name = firms.get(str(row.team.public_id), row.team.name)
            teams.setdefault(row.team_id, (name, []))[1].append((key, self.words_of(row)))
        self.choices = list(teams.values())

    def words_of(self, row: Engagement) -> str:
        """How somebody is named beside the box; a namesake with the last four digits of the number."""
        name = row.person.name
        tail = f"（尾号 {row.person.masked_number[-4:]}）" if name in self._namesakes else ""
        return f"{name}{tail}（班组长）" if row.is_team_leader else f"{name}{tail}"

    def clean(self, value: Any) -> Any:
        return [self._found[key] for key in super().clean(value)]


class ChoosingPage(FormPage):
    """A form with the field `people`, of whom there may be thousands.

    Subclasses call `offer_from` in `prepare` and give the form `offer` and `people`.
    """

    # What the list is told by, in “共 4,821 人没有合同”.
    told = ""
    offer: Offer
    asked: Asked

    def offer_from(self, rows: QuerySet[Engagement], most: int, done: str = "") -> None:
        """Choose the page of people that was asked for."""
        # The form has other fields besides: no parameter may make it longer than what can be sent.
        most = min(most, (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or 1000) // 2)
        self.rows, self.asked = rows, _asked(self.request.GET)
        self.offer = offered(rows, self.asked, most, done)

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        sent = keys_of(data.getlist("people")) if data is not None else ()
        people = [*self.offer.people, *named_again(self.rows, self.offer, sent)]
        return super().build(data, files, people=people, offer=self.offer, **more)

    def of_draft(self, typed: QueryDict) -> QueryDict:
        """What was typed, and who was ticked if they stand on this page."""
        here = {str(row.public_id) for row in self.offer.people}
        if here.isdisjoint(typed.getlist("people")):
            typed = typed.copy()
            typed.pop("people", None)
        return typed

    def context(self) -> dict[str, Any]:
        offer = self.offer
        kept = [(key, value) for key, value in self._query() if key not in ("team", "q", "person")]
        return {
            **super().context(),
            "has_people": bool(offer.teams),
            "offer": offer,
            "chosen_team": str(self.asked.team or ""),
            "chosen_words": self.asked.words,
            "is_narrow": self.asked.is_narrow,
            "kept": kept,
            "all_url": "?" + urlencode(kept),
            "told": self._told(),
            "before_url": self._page(offer.page - 1),
            "next_url": self._page(offer.page + 1),
        }

    def _told(self) -> str:
        """How many there are in all, and how many of them are here."""
        offer = self.offer
        if offer.pages < 2:
            return ""
        here, all_of = words.exact(len(offer.people)), words.exact(offer.waiting or offer.number)
        told = self.told if offer.waiting else ""
        batch = f"第 {words.exact(offer.page)} 批，共 {words.exact(offer.pages)} 批"
        advice = "" if self.asked.is_narrow else "也可以先选班组，或按姓名查找。"
        return f"共 {all_of} 人{told}，这里先办 {here} 人（{batch}）。{advice}"

    def _query(self) -> list[tuple[str, str]]:
        pairs = [(key, value) for key, values in self.request.GET.lists() for value in values]
        return [(key, value) for key, value in pairs if key != "page"]

    def _page(self, number: int) -> str:
        if not 1 <= number <= self.offer.pages:
            return ""
        return "?" + urlencode([*self._query(), ("page", number)])


def _asked(query: QueryDict) -> Asked:
    (team, *_rest) = (*keys_of([query.get("team", "")]), None)
    name = query.get("q", "").strip()[:_LONGEST]
    return Asked(team, name, frozenset(keys_of(query.getlist("person"))), query.get("page", ""))


def keys_of(texts: Iterable[str]) -> list[UUID]:
    """The public ids among what was sent."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
