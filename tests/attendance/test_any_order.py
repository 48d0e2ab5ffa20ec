"""Late, repeated, unordered, split at will, by either door: the days are those of the set of punches."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.models import AttendanceDay, DirtyDay, ProjectDay, Punch, UnmatchedDay
from attendance.rules import day_of
from attendance.services import PunchFacts, conclude_days, receive_punches, recount, settle_step
from attendance.services.bulk import conclude_whole_days
from projects.models import Project
from standards.selectors import parameter
from tests.support import inbox, people, records
from tests.support.actors import EVERYONE
from workers.models import Engagement

pytestmark = pytest.mark.django_db

TODAY = records.site_day()
NOW = timezone.now()
DAYS = [TODAY - timedelta(days=3), TODAY - timedelta(days=2)]
# The first is on site on both days, the second on the later one; the third is a stranger.
WORKERS, STRANGER = (1, 3), 5


class Passage(NamedTuple):
    """Who passed, when, which way, by which gate, and the device's sequence (empty: the vendor's door)."""

    who: int
    day: int
    second: int
    direction: str
    gate: str
    sequence: str


# Instants crowd, so that chains of passages, equal instants and both edges of the day occur often.
passages = st.lists(
    st.builds(
        Passage,
        st.sampled_from([*WORKERS, STRANGER]),
        st.integers(0, 1),
        st.sampled_from([0, 4, 10, 11, 20, 21, 3600, 3605, 3611, 86_395, 86_399]),
        st.sampled_from(["in", "out", ""]),
        st.sampled_from(["东门", "西门"]),
        st.sampled_from(["", "", "7", "8", "9"]),
    ),
    max_size=14,
)


def _at(passage: Passage) -> datetime:
    return records.instant_of(DAYS[passage.day]) + timedelta(seconds=passage.second)


@contextmanager
def _site() -> Iterator[tuple[Project, dict[int, Engagement]]]:
    with transaction.atomic():
        firm = records.enterprise(900)
        project = records.project("420106202603039900", records.region("420106"), firm)
        team = records.team(records.participation(project, firm), 1_499_000_900)
        works = {}
        for who, since in zip(WORKERS, DAYS, strict=True):
            works[who] = records.engagement(records.person(people.id_number(who)), team)
            records.presence(works[who], since)
        yield project, works
        transaction.set_rollback(True)


def _receive(project: Project, piece: Sequence[Passage], source: str) -> None:
    facts = [
        PunchFacts(
            number=people.id_number(one.who),
            occurred_at=_at(one),
            direction=one.direction,
            channel=one.gate,
            token=one.sequence,
        )
        for one in piece
    ]
    receive_punches(
        actor=EVERYONE,
        project=project,
        origin=Punch.Origin.GATE,
        punches=facts,
        now=NOW,
        source=source,
    )


def _put(
    project: Project, works: dict[int, Engagement], piece: Sequence[Passage], source: str, dice: Random
) -> None:
    """Into the inbox; workers are named by their engagement now and then, as an allow-list has them."""
    rows = []
    for one in piece:
        who: dict[str, Any] = {"number": people.id_number(one.who)}
        if one.sequence and one.who in works and dice.random() < 0.5:
            who = {"engagement": works[one.who].public_id.bytes}
        rows.append(inbox.row(_at(one), direction=one.direction, channel=one.gate, token=one.sequence, **who))
    inbox.put([inbox.batch(project, rows, NOW, source=source)], NOW)


def _deliver(
    project: Project, works: dict[int, Engagement], told: list[Passage], dice: Random, device: str
) -> None:
    """In pieces of any size, each by either door; what waits in the inbox is settled at any time."""
    while told:
        size = dice.randint(1, 5)
        piece, told = told[:size], told[size:]
        for source in ("", device):
            own = [one for one in piece if bool(one.sequence) == bool(source)]
            if own and dice.random() < 0.5:
                _receive(project, own, source)
            elif own:
                _put(project, works, own, source, dice)
        if dice.random() < 0.4:
            settle_step(NOW, limit=dice.randint(1, 8))
    while settle_step(NOW):
        pass


def _days() -> list[tuple]:
    return list(
        AttendanceDay.all_rows.order_by("engagement__person__id_index", "day").values_list(
            "engagement", "day", "first_at", "last_at", "first_in_at", "last_out_at", "punches"
        )
    )


def _waiting() -> list[tuple]:
    return list(
        UnmatchedDay.objects.order_by("day", "subject").values_list("day", "project", "subject", "punches")
    )


def _counted(rows: list[Punch]) -> list[Punch]:
    """Of a device's sequence with several times, the earliest."""
    first: dict[tuple[str, str], datetime] = {}
    for row in rows:
        if len(row.token) < 32:
            key = (row.source, row.token)
            first[key] = min(row.occurred_at, first.get(key, row.occurred_at))
    return [row for row in rows if first.get((row.source, row.token), row.occurred_at) == row.occurred_at]


def _passed(rows: list[Punch]) -> int:
    """Passages: within ten seconds of the one before, by the same gate and way, is once."""
    gap = timedelta(seconds=parameter("attendance.duplicate_seconds"))
    last: dict[tuple[str, str], datetime] = {}
    number = 0
    for row in sorted(rows, key=lambda row: row.occurred_at):
        gate = (row.channel, row.direction)
        if gate not in last or row.occurred_at - last[gate] > gap:
            number += 1
        last[gate] = row.occurred_at
    return number


def _expected(works: dict[int, Engagement]) -> tuple[list[tuple], list[tuple]]:
    """Days and unmatched days, counted from the raw punches by a reading of its own."""
    since = dict(zip(WORKERS, DAYS, strict=True))
    by_person: dict[int | None, int] = {work.person_id: who for who, work in works.items()}
    raw = list(Punch.all_rows.select_related("subject"))
    counted = {row.pk for row in _counted(raw)}
    groups: dict[tuple[int, date], list[Punch]] = defaultdict(list)
    for row in raw:
        groups[row.subject_id, day_of(row.occurred_at, records.CUTOFF_HOUR)].append(row)
    days, waiting = [], []
    for (subject, day), rows in groups.items():
        who = by_person.get(rows[0].subject.person_id)
        good = [row for row in rows if row.pk in counted]
        if who is None or day < since[who] or not good:
            waiting.append((day, rows[0].project_id, subject, len(rows)))
            continue
        times = sorted(row.occurred_at for row in good)
        entries = [row.occurred_at for row in good if row.direction == "in"]
        exits = [row.occurred_at for row in good if row.direction == "out"]
        first_in, last_out = min(entries, default=None), max(exits, default=None)
        days.append((works[who].pk, day, times[0], times[-1], first_in, last_out, _passed(good)))
    return sorted(days, key=str), sorted(waiting, key=str)


def _counters() -> list[tuple]:
    while recount(NOW):
        pass
    rows = ProjectDay.all_rows.order_by("day").filter(day__in=DAYS)
    return list(rows.values_list("day", "attended", "on_site", "unmatched", "last_punch_at"))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=passages, again=st.integers(0, 4), seed=st.integers(0, 10_000))
def test_days_and_counters_are_a_function_of_the_set_of_punches(
    told: list[Passage], again: int, seed: int
) -> None:
    dice = Random(seed)
    told = [*told, *told[:again]]
    dice.shuffle(told)
    with _site() as (project, works):
        device = str(records.device(project, "东门").public_id)
        _deliver(project, works, told, dice, device)
        assert Punch.all_rows.count() == len({(_at(one), _who(one)) for one in told})
        days, waiting = _days(), _waiting()
        assert (sorted(days, key=str), sorted(waiting, key=str)) == _expected(works)
        counters = _counters()

        # Every other way of concluding reads alike, and counting from scratch counts the same.
        pairs = {
            (subject, day_of(at, records.CUTOFF_HOUR))
            for subject, at in Punch.all_rows.values_list("subject", "occurred_at")
        }
        conclude_days(project, pairs)
        assert (_days(), _waiting()) == (days, waiting)
        conclude_whole_days([project], DAYS[0], DAYS[1])
        assert (_days(), _waiting()) == (days, waiting)
        DirtyDay.objects.bulk_create(DirtyDay(project=project, day=day) for _p, day in pairs)
        assert _counters() == counters


def _who(one: Passage) -> tuple:
    """What makes a punch the same punch, beside its instant."""
    return (one.sequence,) if one.sequence else (one.who, one.direction, one.gate)
