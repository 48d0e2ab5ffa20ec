"""Of several beats one works: it holds a lock of the database, and another takes over when it is gone."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection

from config.celery import app
from config.clock import OneClock
from kernel import locks

LOCK = f"SELECT pg_try_advisory_lock({locks.ONE_CLOCK}, 0)"


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[OneClock]:
    made = OneClock(app, schedule_filename=str(tmp_path / "schedule"), lazy=True)
    yield made
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


@pytest.fixture
def other() -> Iterator[Any]:
    """Another beat, as far as the database can tell."""
    known = connection.get_connection_params()
    known.pop("cursor_factory", None)
    with closing(psycopg2.connect(**known)) as opened:
        opened.autocommit = True
        yield opened.cursor()


@pytest.mark.django_db
def test_one_that_holds_the_lock_is_the_clock_and_a_second_is_not(clock: OneClock, other: Any) -> None:
    assert clock.is_the_clock()
    assert clock.is_the_clock()
    other.execute(LOCK)
    assert other.fetchone() == (False,)


@pytest.mark.django_db
def test_one_that_waits_sends_nothing_and_takes_over_when_the_other_is_gone(
    clock: OneClock, other: Any
) -> None:
    other.execute(LOCK)
    assert other.fetchone() == (True,)
    assert not clock.is_the_clock()
    # It has not even read its schedule, so nothing can have been sent.
    assert clock.tick() == 2.0
    assert clock._heap is None
    other.execute(f"SELECT pg_advisory_unlock({locks.ONE_CLOCK}, 0)")
    assert clock.is_the_clock()
