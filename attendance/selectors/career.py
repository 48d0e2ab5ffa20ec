"""A career: one person's work across projects, from facts alone.

The same page for three readers: the worker (all of it), whoever sees the person's work (as far as that is
within scope), and the next site, to which the worker has opened all of it by a code. No phone, address,
card, price or wage is part of it.
Source: 鄂建文〔2019〕27号 二(三) (从业信息, 从业记录); product 2.3-b, W7.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet, Sum

from attendance.models import AttendanceDay
from kernel.errors import NotFound
from kernel.scoping import Actor
from workers.models import (
    CareerReading,
    Certificate,
    Contract,
    Engagement,
    KeyPostAssignment,
    Person,
    Presence,
    Training,
    WorkQuantity,
)
from workers.selectors import career_reading

OWN = "own.view"
Rows = Callable[[type[Any]], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Job:
    """One engagement: where, for whom, in which team and trade; when on site; papers; what was done."""

    work: Engagement
    presences: list[Presence] = field(default_factory=list)
    days: int = 0
    last_day: date | None = None
    contracts: list[Contract] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    key_posts: list[KeyPostAssignment] = field(default_factory=list)
    quantities: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Career:
    """All of it, the newest work first."""

    person: Person
    jobs: list[Job]
    certificates: list[Certificate]

    @property
    def days(self) -> int:
        """Days on which the person was seen at work."""
        return sum(job.days for job in self.jobs)

    @property
    def projects(self) -> int:
        return len({job.work.project_id for job in self.jobs})

    @property
    def since(self) -> date | None:
        """The first day on any site."""
        return min((stay.entered_on for job in self.jobs for stay in job.presences), default=None)


def own_career(actor: Actor) -> Career:
    """The worker's own career, whole. Raises NotFound for anybody who is not one."""
    found = Person.objects.visible_to(actor, OWN).first()
    if found is None:
        raise NotFound
    return _career(found, lambda model: model.objects.visible_to(actor, OWN))


def career_in_scope(actor: Actor, of: Engagement) -> Career:
    """What `actor` sees anyway of the career behind an engagement; nothing hints at the rest."""
    return _career(of.person, lambda model: model.objects.visible_to(actor))


def opened_career(actor: Actor, public_id: UUID, now: datetime) -> tuple[CareerReading, Career]:
    """The whole career that a worker has opened to the reader's site. Raises NotFound once it is over."""
    reading = career_reading(actor, public_id, now)
    return reading, _career(reading.code.person, lambda model: model.all_rows)


def _career(person: Person, rows: Rows) -> Career:
    works = rows(Engagement).filter(person=person).select_related("project__region", "team")
    works = works.prefetch_related("participation__enterprise").order_by("-created_at", "-pk")
    days = {row["engagement"]: row for row in _days(rows(AttendanceDay), person)}
    stays = _by_work(rows(Presence).filter(engagement__person=person).order_by("-entered_on", "-pk"))
    contracts = _by_work(_held(rows(Contract).filter(engagement__person=person)))
    trainings = _by_work(rows(Training).filter(engagement__person=person, withdrawn_at=None))
    posts = _by_work(rows(KeyPostAssignment).filter(engagement__person=person).order_by("starts_on", "pk"))
    done = defaultdict(list)
    for row in _done(rows(WorkQuantity), person):
        done[row["engagement"]].append(row)
    jobs = [
        Job(
            work=work,
            presences=stays[work.pk],
            days=days[work.pk]["number"] if work.pk in days else 0,
            last_day=days[work.pk]["last"] if work.pk in days else None,
            contracts=contracts[work.pk],
            trainings=trainings[work.pk],
            key_posts=posts[work.pk],
            quantities=done[work.pk],
        )
        for work in works
    ]
    jobs.sort(key=_latest, reverse=True)
    certificates = rows(Certificate).filter(person=person).order_by("kind", "-issued_on", "-pk")
    return Career(person, jobs, list(certificates))


def _latest(job: Job) -> date:
    """By the last day on site; whoever is there still comes first."""
    if any(stay.exited_on is None for stay in job.presences):
        return date.max
    return max((stay.exited_on for stay in job.presences if stay.exited_on), default=date.min)


def _by_work(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.engagement_id].append(row)
    return found


def _held(rows: QuerySet[Contract]) -> list[Contract]:
    """Contracts that held for at least a day: one that was put right never did."""
    return [row for row in rows.order_by("-starts_on", "-pk") if row.ended_on != row.starts_on]


def _days(rows: QuerySet[AttendanceDay], person: Person) -> QuerySet[Any, Any]:
    of_person = rows.filter(engagement__person=person).order_by()
    return of_person.values("engagement").annotate(number=Count("pk"), first=Min("day"), last=Max("day"))


def _done(rows: QuerySet[WorkQuantity], person: Person) -> QuerySet[Any, Any]:
    accepted = rows.filter(engagement__person=person, state=WorkQuantity.State.ACCEPTED).order_by("item")
    return accepted.values("engagement", "item", "unit").annotate(total=Sum("amount"))
