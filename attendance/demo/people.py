"""Who works at a site of the demo world: managers of three parties, teams of workers, and what they lack."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from attendance.demo.ids import born
from attendance.demo.script import Habits, Site
from attendance.rules import window
from workers.synthetic import SyntheticPerson

MANAGER, WORKER = "10", "20"
ALL_POSTS = ("01", "02", "03", "04", "05", "06")
CHIEF_SUPERVISOR = "06"
ENTRY_TRAINING, SAFETY_TRAINING = "003002", "003001"
TRAINING_DAYS = 365
WINDOW_DAYS = 30
# Weather and custom: a site exchanges about one worker in sixteen a month, and one in seven is new.
LEAVING, NEWCOMERS = 0.06, 0.14
_MORNING_HOUR = 7


@dataclass(slots=True)
class Papers:
    """What the law asks before a person enters, as far as it is there: (starts, ends) of each paper."""

    contracts: list[tuple[date, date | None]] = field(default_factory=list)
    trainings: list[tuple[str, date, bool]] = field(default_factory=list)


@dataclass(slots=True)
class Worker:
    """One engagement of the demo world, with the habits by which its punches are made."""

    who: SyntheticPerson
    person_id: UUID
    engagement_id: UUID
    team: int
    kind: str = WORKER
    trade: str = "390"
    post: str = ""
    is_leader: bool = False
    entered_on: date = date.min
    exited_on: date | None = None
    papers: Papers = field(default_factory=Papers)
    diligence: float = 0.9
    last_day: date | None = None  # the last day on which they come, where that is not the day of exit
    is_lent: bool = False

    def __repr__(self) -> str:
        return f"<Worker {self.engagement_id}>"

    def comes_on(self, day: date) -> bool:
        """Whether their habits let them come on this day at all."""
        return self.entered_on <= day <= (self.last_day or self.exited_on or day)


@dataclass(slots=True)
class Calendar:
    """The days of one site, counted from the day the world was made."""

    base: date
    opened_on: date
    ended_on: date | None

    @property
    def window_begins(self) -> date:
        return max(self.opened_on, self.base - timedelta(days=WINDOW_DAYS))


def engaged(rng: Random, who: SyntheticPerson, team: int, day: date) -> Worker:
    """A person taken on for a team, with identifiers of that morning."""
    morning = window(day, _MORNING_HOUR)[0]
    return Worker(
        who=who, person_id=born(rng, morning), engagement_id=born(rng, morning), team=team, entered_on=day
    )


def managers(
    rng: Random, site: Site, calendar: Calendar, names: Iterator[SyntheticPerson], teams: tuple[int, int, int]
) -> list[Worker]:
    """Holders of the key posts and two more; `teams` are those of contractor, supervisor and owner."""
    contractor, supervisor, owner = teams
    posts = [(post, supervisor if post == CHIEF_SUPERVISOR else contractor) for post in ALL_POSTS]
    found = []
    for post, team in [*posts, ("", supervisor), ("", owner)]:
        one = engaged(rng, next(names), team, calendar.opened_on)
        one.kind, one.trade, one.post = MANAGER, "900", post if post not in site.vacant else ""
        one.diligence = min(0.98, max(0.2, rng.gauss(site.habits.on_post, 0.08)))
        for absent, days in site.absent:
            if absent == post:
                one.last_day = calendar.base - timedelta(days=days)
        _give_papers(rng, one, Habits(1.0, 1.0), calendar)
        found.append(one)
    _close(found, calendar)
    return found


def workers(
    rng: Random,
    site: Site,
    calendar: Calendar,
    names: Iterator[SyntheticPerson],
    teams: list[tuple[int, str]],
    number: int,
) -> list[Worker]:
    """The building workers of a site, spread over teams given as (index, trade); leaders come first."""
    found = []
    for position in range(number):
        team, trade = teams[position % len(teams)]
        one = engaged(rng, next(names), team, _entry(rng, calendar, is_first=position < len(teams)))
        one.trade, one.is_leader = trade, position < len(teams)
        one.diligence = min(0.995, max(0.3, rng.gauss(site.habits.diligence, 0.06)))
        if not one.is_leader and rng.random() < LEAVING:
            one.exited_on = _between(rng, max(one.entered_on, calendar.window_begins), calendar.base)
        _give_papers(rng, one, site.habits, calendar)
        found.append(one)
    _make_ghosts(found, site, calendar)
    _close(found, calendar, stay=0.3 if site.status == "005" else 0.0, rng=rng)
    return found


def _entry(rng: Random, calendar: Calendar, *, is_first: bool) -> date:
    if is_first:
        return calendar.opened_on
    begins = calendar.window_begins
    if begins == calendar.opened_on or rng.random() < NEWCOMERS:
        return _between(rng, begins, calendar.base)
    return _between(rng, calendar.opened_on, begins)


def _between(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def _give_papers(rng: Random, one: Worker, habits: Habits, calendar: Calendar) -> None:
    """Contract and training, or their absence: only newcomers lack them, old hands let them run out."""
    strictness = 6.0 if (calendar.base - one.entered_on).days < WINDOW_DAYS else 0.0
    contracted = rng.random() >= (1 - habits.contract) * strictness
    trained = rng.random() >= (1 - habits.training) * strictness
    renews = rng.random() < 0.92 or one.kind == MANAGER
    year = timedelta(days=TRAINING_DAYS)
    start = one.entered_on
    if contracted:
        one.papers.contracts.append((start, start + year))
        if start + year < calendar.base:
            one.papers.contracts.append((start + year + timedelta(days=1), None))
    if not trained:
        return
    one.papers.trainings.append((ENTRY_TRAINING, start, True))
    while start + year < calendar.base and renews:
        start += year
        one.papers.trainings.append((SAFETY_TRAINING, start, True))


def _make_ghosts(found: list[Worker], site: Site, calendar: Calendar) -> None:
    """People who have left on paper, whose faces still open the gate."""
    left = calendar.base - timedelta(days=4)
    candidates = [one for one in found if not one.is_leader and one.entered_on < left]
    for ghost in candidates[: site.ghosts]:
        ghost.exited_on, ghost.last_day, ghost.diligence = left, date.max, 0.97


def _close(found: list[Worker], calendar: Calendar, stay: float = 0.0, rng: Random | None = None) -> None:
    """When work has ended everybody leaves that day, but for the few who watch a stopped site."""
    if calendar.ended_on is None:
        return
    for one in found:
        one.entered_on = min(one.entered_on, calendar.ended_on)
        one.last_day = min(one.last_day or calendar.ended_on, one.exited_on or calendar.ended_on)
        stays = rng is not None and rng.random() < stay
        one.exited_on = None if stays else min(one.exited_on or calendar.ended_on, calendar.ended_on)
