"""A choice among many people, a page at a time: by team or by name, never more than one act takes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet

from workers.models import Engagement

_CLOSED = ("phone", "phone_index", "address", "card_number", "card_index")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a page was asked for: of a team, by a part of the name, those named, and which page of them."""

    team: UUID | None = None
    words: str = ""
    people: frozenset[UUID] = frozenset()
    page: str = ""

    @property
    def is_narrow(self) -> bool:
        return bool(self.team or self.words or self.people)


@dataclass(frozen=True, slots=True)
class TeamCount:
    """A team with how many of its people wait."""

    key: str
    name: str
    firm: str
    number: int

    @property
    def words(self) -> str:
        return f"{self.name}（{self.firm}）"


@dataclass(slots=True)
class Offer:
    """One page of people; how many there are in all, and how many of those wait for the act.

    `namesakes`: names that more than one person bears here.
    """

    people: list[Engagement]
    number: int
    waiting: int
    page: int
    pages: int
    teams: list[TeamCount] = field(default_factory=list)
    namesakes: frozenset[str] = frozenset()

    @property
    def shared(self) -> frozenset[str]:
        """Team names that more than one team bears."""
        counted = Counter(team.name for team in self.teams)
        return frozenset(name for name, number in counted.items() if number > 1)


def offered(rows: QuerySet[Engagement], asked: Asked, most: int, done: str = "") -> Offer:
    """One page of at most `most` of `rows`, which are within somebody's scope already.

    `done` names what is true of those who need the act no more; the others wait and come first.
    The number of questions does not grow with the people.
    """
    wanted = Q(**{done: False}) if done else Q(pk__isnull=False)
    teams = list(_teams(rows, wanted))
    found = _narrowed(rows, asked)
    number = found.aggregate(number=Count("pk"), waiting=Count("pk", filter=wanted))
    pages = Paginator(range(number["number"]), max(1, most))
    page = pages.get_page(asked.page)
    first = max(0, page.start_index() - 1)
    order = ("team__number", "person__name", "pk")
    ordered = found.order_by(done, *order) if done else found.order_by(*order)
    people = list(_with_teams(ordered)[first : page.end_index()])
    offer = Offer(people, number["number"], number["waiting"], page.number, pages.num_pages, teams)
    offer.namesakes = _namesakes(rows, people)
    return offer


def named_again(rows: QuerySet[Engagement], offer: Offer, keys: Iterable[UUID]) -> list[Engagement]:
    """Of `rows`, those that a form names though they stand on another page by now."""
    there = {row.public_id for row in offer.people}
    missing = set(keys) - there
    return list(_with_teams(rows.filter(public_id__in=missing))) if missing else []


def _narrowed(rows: QuerySet[Engagement], asked: Asked) -> QuerySet[Engagement]:
    if asked.people:
        return rows.filter(public_id__in=asked.people)
    if asked.team:
        rows = rows.filter(team__public_id=asked.team)
    return rows.filter(person__name__icontains=asked.words) if asked.words else rows


def _with_teams(rows: QuerySet[Engagement]) -> QuerySet[Engagement]:
    """With team and firm, and the number of which the last digits tell namesakes apart."""
    return rows.select_related("person", "team").defer(None).defer(*_CLOSED)


def _teams(rows: QuerySet[Engagement], wanted: Q) -> Iterable[TeamCount]:
    told = ("team__public_id", "team__name", "team__participation__enterprise__name")
    counted = rows.order_by().values(*told, "team__number").annotate(waits=Count("pk", filter=wanted))
    for one in counted.order_by("team__number"):
        key, name, firm = (one[name] for name in told)
        yield TeamCount(str(key), name, firm, one["waits"])


def _namesakes(rows: QuerySet[Engagement], people: list[Engagement]) -> frozenset[str]:
    names = {row.person.name for row in people}
    counted = rows.order_by().filter(person__name__in=names).values("person__name")
    twice = counted.annotate(times=Count("person", distinct=True)).filter(times__gt=1)
    return frozenset(twice.values_list("person__name", flat=True))
