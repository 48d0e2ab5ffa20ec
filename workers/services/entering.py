"""Permission to enter as a whole, for many at once: given or not, what is missing, until when.

One judgement for pages, the API and the gates' list. Source: product 1.8-a, S1, I-11; ground decisions,
"Presence and permission".
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from standards.selectors import parameter
from workers.age import first_day_of_age, last_day_of_age
from workers.entry import IN_FORCE, age_rule, fresh_until, special_trades
from workers.models import Certificate, Contract, Engagement, Training
from workers.services.standing import Standing, standings
from workers.spans import Span, changes_after, covered_until
from workers.states import missing_for_entry

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether somebody may enter on a day, and why not.

    `last_on`: the last day on which it holds without another paper, None for ever or where it is not given.
    `changes_on`: the next day on which time alone may change it, None where none does.
    """

    engagement: Engagement
    missing: list[str] = field(default_factory=list)
    last_on: date | None = None
    changes_on: date | None = None

    @property
    def is_given(self) -> bool:
        """Nothing is missing."""
        return not self.missing


def permissions(engagements: Sequence[Engagement], day: date) -> list[Permission]:
    """The permission of each on `day`, in the order given; ten questions however many there are.

    The caller has judged the engagements, or is the node itself.
    """
    found = standings(engagements, day)
    papers = _Papers(found, day)
    return [_judged(one, papers, day) for one in found]


class _Papers:
    """The spans of everybody's papers, asked for once."""

    def __init__(self, found: Iterable[Standing], day: date) -> None:
        rows = [one.engagement for one in found]
        keys = [row.pk for row in rows]
        self.contracts: dict[int, list[Span]] = defaultdict(list)
        self.trainings: dict[int, list[Span]] = defaultdict(list)
        self.certificates: dict[int, list[tuple[str, Span]]] = defaultdict(list)
        for one in Contract.all_rows.filter(engagement__in=keys):
            if one.ended_on != one.starts_on:
                self.contracts[one.engagement_id].append((one.starts_on, _held_until(one)))
        kinds = parameter("training.basic_types", on=day)
        held = Training.all_rows.filter(
            engagement__in=keys, is_passed=True, withdrawn_at=None, kind__in=kinds
        )
        for taught in held:
            self.trainings[taught.engagement_id].append((taught.held_on, taught.valid_to))
        special = special_trades(day)
        workers = {row.person_id for row in rows if row.trade in special}
        for paper in Certificate.all_rows.filter(person__in=workers, status=IN_FORCE):
            self.certificates[paper.person_id].append((paper.kind, (paper.issued_on, paper.valid_to)))
        self.special = special

    def of(self, row: Engagement) -> list[list[Span]]:
        """What must be covered: contract, training and, in special operations, the certificate."""
        needed = [self.contracts[row.pk], self.trainings[row.pk]]
        if (kinds := self.special.get(row.trade)) is not None:
            needed.append([span for kind, span in self.certificates[row.person_id] if kind in kinds])
        return needed


def _held_until(contract: Contract) -> date | None:
    planned, ended = contract.ends_on, contract.ended_on
    if ended is None:
        return planned
    return min(planned, ended - _DAY) if planned else ended - _DAY


def _judged(standing: Standing, papers: _Papers, day: date) -> Permission:
    row: Any = standing.engagement
    needed = papers.of(row)
    ends = [covered_until(spans, day) for spans in needed]
    fresh = fresh_until(row, row.trained_last_on)
    rule, person = age_rule(row.project.region, day), row.person
    oldest = (
        last_day_of_age(rule, born_on=person.born_on, sex=person.sex, kind=row.kind)
        if person.born_on
        else None
    )
    ends += [fresh, oldest or date.max]
    missing = missing_for_entry(standing.facts, is_open=row.project.is_open)
    changes = [change for spans in needed for change in changes_after(spans, day)]
    changes += [last + _DAY for last in (fresh, oldest) if last]
    if person.born_on:
        changes.append(first_day_of_age(rule, born_on=person.born_on, trade=row.trade))
    last_on = min((end for end in ends if end), default=date.max)
    return Permission(
        row,
        missing,
        last_on if not missing and last_on != date.max else None,
        min((change for change in changes if change > day), default=None),
    )
