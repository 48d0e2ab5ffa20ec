"""I-04 and I-07: nobody is cleanly on two sites at once, and nobody attends without having entered."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from attendance.models import AttendanceDay, Punch
from attendance.services import PunchFacts, receive_punches
from tests.support import people, records
from tests.support.actors import EVERYONE
from workers.models import Engagement, Person, Presence
from workers.services import enter, leave

pytestmark = pytest.mark.django_db

TODAY = records.site_day()
NUMBER = people.id_number(1)


def _engagement(code: str, order: int) -> Engagement:
    firm = records.enterprise(order)
    project = records.project(code, records.region("420106"), firm)
    team = records.team(records.participation(project, firm), 1_400_000_000 + order)
    return records.engagement(Person.all_rows.first() or records.person(NUMBER), team)


def _enter(engagement: Engagement, on: date) -> Presence:
    return enter(actor=EVERYONE, engagement=engagement, on=on, today=TODAY)


def test_i_04_presence_on_two_sites_at_once_is_kept_and_marked() -> None:
    here, there = _engagement("420106202602020001", 500), _engagement("420106202602020002", 501)
    first = _enter(here, TODAY - timedelta(days=9))
    second = _enter(there, TODAY - timedelta(days=5))
    assert (first.is_conflict, second.is_conflict) == (False, True)
    assert Presence.all_rows.count() == 2


def test_i_04_leaving_one_site_and_entering_another_on_the_same_day_is_no_conflict() -> None:
    here, there = _engagement("420106202602020001", 500), _engagement("420106202602020002", 501)
    day = TODAY - timedelta(days=5)
    _enter(here, TODAY - timedelta(days=9))
    leave(actor=EVERYONE, engagement=here, on=day, today=TODAY)
    assert not _enter(there, day).is_conflict


def test_i_04_the_database_itself_refuses_two_clean_presences_that_overlap() -> None:
    here, there = _engagement("420106202602020001", 500), _engagement("420106202602020002", 501)
    records.presence(here, TODAY - timedelta(days=9))
    with (
        pytest.raises(IntegrityError, match="clean_presence_of_a_person_does_not_overlap"),
        transaction.atomic(),
    ):
        records.presence(there, TODAY - timedelta(days=5))
    assert Presence.all_rows.count() == 1


def _day(engagement: Engagement, day: date) -> AttendanceDay:
    at = records.instant_of(day, 240)
    return AttendanceDay(engagement=engagement, day=day, first_at=at, last_at=at, punches=1)


@pytest.mark.parametrize("days_after_entry", [-1, 5])
def test_i_07_the_database_refuses_a_day_outside_presence(days_after_entry: int) -> None:
    engagement = _engagement("420106202602020001", 500)
    entered = TODAY - timedelta(days=9)
    records.presence(engagement, entered, entered + timedelta(days=4))
    with pytest.raises(IntegrityError, match="within presence"), transaction.atomic():
        _day(engagement, entered + timedelta(days=days_after_entry)).save(force_insert=True)
    assert AttendanceDay.all_rows.count() == 0


@pytest.mark.parametrize("days_after_entry", [0, 4])
def test_i_07_the_days_of_entry_and_of_exit_are_within_presence(days_after_entry: int) -> None:
    engagement = _engagement("420106202602020001", 500)
    entered = TODAY - timedelta(days=9)
    records.presence(engagement, entered, entered + timedelta(days=4))
    _day(engagement, entered + timedelta(days=days_after_entry)).save(force_insert=True)
    assert AttendanceDay.all_rows.count() == 1


def test_i_07_a_punch_without_entry_is_kept_and_makes_neither_day_nor_presence() -> None:
    engagement = _engagement("420106202602020001", 500)
    at = records.instant_of(TODAY - timedelta(days=1), 240)
    receipt = receive_punches(
        actor=EVERYONE,
        project=engagement.project,
        origin=Punch.Origin.OPEN_API,
        punches=[PunchFacts(number=NUMBER, occurred_at=at)],
        now=at + timedelta(minutes=1),
    )
    assert (receipt.added, list(receipt.unmatched)) == (1, [0])
    assert (Punch.all_rows.count(), AttendanceDay.all_rows.count(), Presence.all_rows.count()) == (1, 0, 0)
