"""The same facts give the same days and the same counters, in whatever order and however often they come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from attendance.models import AttendanceDay, ProjectDay, Punch
from attendance.services import PunchFacts, answer_correction, mark_days, receive_punches, recount
from outbox.services import deliver_all
from projects.models import Team
from tests.support import people, records
from tests.support.actors import EVERYONE
from workers.models import Engagement
from workers.services import (
    PersonFacts,
    WorkFacts,
    assign_key_post,
    enrol,
    enter,
    leave,
    record_contract,
    record_training,
)

pytestmark = pytest.mark.django_db

TODAY = records.site_day()
NOW = timezone.now()
FIRST = TODAY - timedelta(days=5)
DAYS = [FIRST + timedelta(days=step) for step in range(6)]
WORKERS, STRANGER = (1, 3), 5

# A passage: who, on which of the first five days, minutes after its beginning, which way.
Passage = tuple[int, int, int, str]
passages = st.lists(
    st.tuples(
        st.sampled_from([*WORKERS, STRANGER]),
        st.integers(0, 4),
        st.sampled_from([0, 1, 240, 600, 1439]),
        st.sampled_from(["in", "out"]),
    ),
    max_size=6,
)
# When somebody entered and how many days later he left (None: still here).
stays = st.tuples(st.integers(0, 4), st.one_of(st.none(), st.integers(0, 4)))
# What was approved of the first worker's days: which of the five, and what it does to the day.
Correction = tuple[int, str]
corrected = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["missing_in", "missing_out", "missing_both", "not_me"])),
    max_size=3,
)


@dataclass
class Site:
    """One project with a team, and the engagements that came to be."""

    team: Team
    works: dict[int, Engagement] = field(default_factory=dict)


Act = Callable[[Site], Any]


def _enrol(who: int) -> Act:
    def act(site: Site) -> None:
        site.works[who] = enrol(
            actor=EVERYONE,
            project=site.team.participation.project,
            team=site.team,
            person=PersonFacts(name="张三", number=people.id_number(who)),
            work=WorkFacts(),
            today=TODAY,
        )

    return act


def _enter(who: int, day: int) -> Act:
    return lambda site: enter(
        actor=EVERYONE, engagement=site.works[who], on=FIRST + timedelta(days=day), today=TODAY
    )


def _leave(who: int, day: int) -> Act:
    on = min(FIRST + timedelta(days=day), TODAY)
    return lambda site: leave(actor=EVERYONE, engagement=site.works[who], on=on, today=TODAY)


def _papers(who: int) -> Act:
    def act(site: Site) -> None:
        work = site.works[who]
        record_contract(actor=EVERYONE, engagement=work, starts_on=DAYS[1], ends_on=DAYS[3])
        record_training(
            actor=EVERYONE,
            engagement=work,
            kind="003001",
            held_on=DAYS[2],
            hours=Decimal(4),
            is_passed=True,
        )
        assign_key_post(actor=EVERYONE, engagement=work, post="01", starts_on=DAYS[1])

    return act


def _punch(passage: Passage) -> Act:
    who, day, minutes, direction = passage
    facts = PunchFacts(
        number=people.id_number(who),
        occurred_at=records.instant_of(FIRST + timedelta(days=day), minutes),
        direction=direction,
        channel="一号门",
    )
    return lambda site: receive_punches(
        actor=EVERYONE,
        project=site.team.participation.project,
        origin=Punch.Origin.OPEN_API,
        punches=[facts],
        now=NOW,
    )


def _correct(correction: Correction) -> Act:
    number, wrong = correction
    day = FIRST + timedelta(days=number)

    def act(site: Site) -> None:
        request = records.correction(
            site.works[WORKERS[0]],
            day,
            wrong=wrong,
            in_at=records.instant_of(day, 200) if wrong in ("missing_in", "missing_both") else None,
            out_at=records.instant_of(day, 900) if wrong in ("missing_out", "missing_both") else None,
        )
        answer_correction(actor=EVERYONE, request=request, is_accepted=True, reason="门卫登记属实", now=NOW)

    return act


def _life(who: int, stay: tuple[int, int | None], corrections: list[Correction] | None = None) -> list[Act]:
    """What is told of one worker; each needs the one before it."""
    entered, stayed = stay
    left = [] if stayed is None else [_leave(who, entered + stayed)]
    papers = [_papers(who)] if who == WORKERS[0] else []
    return [_enrol(who), _enter(who, entered), *map(_correct, corrections or []), *left, *papers]


@contextmanager
def _fresh_site() -> Iterator[Site]:
    """A project whose every day was opened when it came, as on a running node; undone afterwards."""
    with transaction.atomic():
        firm = records.enterprise(900)
        project = records.project("420106202603039900", records.region("420106"), firm)
        mark_days(project.pk, DAYS)
        recount(NOW)
        yield Site(records.team(records.participation(project, firm), 1_499_000_900))
        transaction.set_rollback(True)


def _concluded() -> tuple[list[tuple], list[tuple]]:
    deliver_all()
    while recount(NOW):
        pass
    days = AttendanceDay.all_rows.order_by("engagement__person__id_index", "day").values_list(
        "engagement__person__id_index",
        "day",
        "first_at",
        "last_at",
        "first_in_at",
        "last_out_at",
        "punches",
        "is_corrected",
    )
    counters = ProjectDay.all_rows.order_by("day").values_list(
        "day",
        "on_site",
        "attended",
        "contracted",
        "trained",
        "key_posts_present",
        "unmatched",
        "last_punch_at",
    )
    return [(bytes(index), *rest) for index, *rest in days], list(counters)


def _outcome(acts: list[Act], *, told_at_once: bool) -> tuple[list[tuple], list[tuple]]:
    with _fresh_site() as site:
        for act in acts:
            act(site)
            if told_at_once:
                deliver_all()
                recount(NOW)
        return _concluded()


def _interleaved(lives: list[list[Act]], punches: list[Act], places: list[int]) -> list[Act]:
    """Punches at any place among the acts; the acts of one worker stay in their order."""
    acts = [act for steps in zip(*_padded(lives), strict=True) for act in steps if act]
    for punch, place in zip(punches, places, strict=False):
        acts.insert(place % (len(acts) + 1), punch)
    return acts


def _padded(lives: list[list[Act]]) -> list[list[Act | None]]:
    longest = max(map(len, lives))
    return [[*life, *[None] * (longest - len(life))] for life in lives]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    passages=passages,
    lives=st.tuples(stays, stays),
    shuffled=st.randoms(use_true_random=False),
    again=st.integers(0, 3),
    places=st.lists(st.integers(0, 99), min_size=12, max_size=12),
    corrections=corrected,
)
@example(
    passages=[(1, 0, 240, "in"), (1, 0, 600, "out"), (5, 0, 240, "in"), (1, 4, 240, "in")],
    lives=((0, 2), (1, None)),
    shuffled=None,
    again=2,
    places=[0] * 12,
    corrections=[(0, "missing_out"), (1, "missing_both"), (2, "not_me")],
)
@example(
    passages=[(1, 2, 240, "in")],
    lives=((0, 4), (1, None)),
    shuffled=None,
    again=0,
    places=[3] * 12,
    corrections=[(2, "not_me"), (2, "missing_out"), (3, "missing_both")],
)
def test_late_repeated_and_unordered_facts_conclude_as_the_same_facts_in_order(
    passages: list[Passage],
    lives: tuple,
    shuffled: Any,
    again: int,
    places: list[int],
    corrections: list[Correction],
) -> None:
    told = [
        _life(who, stay, corrections if who == WORKERS[0] else None)
        for who, stay in zip(WORKERS, lives, strict=True)
    ]
    in_order = [_punch(passage) for passage in sorted(passages, key=lambda one: (one[1], one[2]))]
    expected = _outcome([act for life in told for act in life] + in_order, told_at_once=True)

    repeated = [*passages, *passages[:again]]
    if shuffled is not None:
        shuffled.shuffle(repeated)
    mixed = _interleaved(told, [_punch(passage) for passage in repeated], places)
    assert _outcome(mixed, told_at_once=False) == expected
    assert _outcome(mixed, told_at_once=True) == expected


def test_counters_kept_up_step_by_step_are_those_of_a_count_from_scratch() -> None:
    acts = _interleaved(
        [_life(1, (1, 2)), _life(3, (0, None))],
        [_punch((who, day, 240, "in")) for who in (1, 3, 5) for day in range(5)],
        [0, 5, 1, 7, 3, 0, 2, 9, 4, 6, 8, 0, 1, 2, 3],
    )
    with _fresh_site() as site:
        for act in acts:
            act(site)
            deliver_all()
            recount(NOW)
        kept = _concluded()
        mark_days(site.team.participation.project_id, DAYS)
        assert _concluded() == kept
    # 3 was present on all five days; 1 entered on the second and left on the fourth, which still counts.
    assert [day[2] for day in kept[1]] == [1, 2, 2, 2, 1, 0]
    assert [day[1] for day in kept[1]] == [1, 2, 2, 1, 1, 1]
    assert [day[6] for day in kept[1]] == [2, 1, 1, 1, 2, 0]
