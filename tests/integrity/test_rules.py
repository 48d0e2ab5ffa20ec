"""S5 as data, and the arithmetic of its deadlines."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules import SITE_TIME
from integrity.rules import (
    DIAGRAM,
    OPEN,
    READINGS,
    RUNNING,
    S5,
    Act,
    NotInS5,
    State,
    day_ended_by,
    end_of,
    number_of,
    site_date,
    standing,
    step,
)

DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=SITE_TIME)


def test_the_readings_contradict_no_edge_of_the_diagram() -> None:
    assert DIAGRAM.keys() & READINGS.keys() == set()
    assert len(S5) == 21


def test_every_state_is_reached_from_a_draft_and_only_a_closed_or_taken_up_notice_ends() -> None:
    reached: set[State] = {State.DRAFT}
    last: set[State] = set()
    while reached != last:
        last = set(reached)
        reached |= {after for (before, _act), after in S5.items() if before in reached}
    assert reached == set(State)
    assert set(State) - {before for before, _act in S5} == {State.CLOSED, State.TAKEN_UP}


def test_nothing_leads_back_to_a_draft_and_nothing_leaves_a_closed_notice() -> None:
    assert State.DRAFT not in S5.values()
    with pytest.raises(NotInS5):
        step(State.CLOSED, Act.REPLY)


def test_a_running_deadline_lapses_to_the_instant_and_an_answer_stops_it() -> None:
    deadline = end_of(date(2026, 11, 25))
    just_before = deadline - timedelta(microseconds=1)
    for state in RUNNING:
        assert standing(state, None, deadline, just_before) is state
        assert standing(state, None, deadline, deadline) is State.OVERDUE
    for state in set(State) - RUNNING - {State.ISSUED}:
        assert standing(state, NOON, deadline, deadline) is state


def test_an_unopened_notice_counts_as_delivered_after_its_hours_and_lapses_like_any_other() -> None:
    due, deadline = NOON + timedelta(hours=24), NOON + timedelta(hours=60)
    assert standing(State.ISSUED, due, deadline, due - timedelta(seconds=1)) is State.ISSUED
    assert standing(State.ISSUED, due, deadline, due) is State.DELIVERED
    assert standing(State.ISSUED, due, deadline, deadline) is State.OVERDUE


@given(DAYS)
def test_a_deadline_is_the_twenty_four_oclock_of_its_day(day: date) -> None:
    end = end_of(day)
    assert day_ended_by(end) == day
    assert site_date(end - timedelta(seconds=1)) == day
    assert site_date(end) == day + timedelta(days=1)


def test_the_number_names_project_year_and_order() -> None:
    assert number_of("420106202601010101", 2026, 7) == "监通-010101-2026-0007"


def test_open_notices_are_all_but_drafts_and_closed_ones() -> None:
    assert set(State) - {State.DRAFT, State.CLOSED} == OPEN
