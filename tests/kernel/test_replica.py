"""How fresh a replica is: told by positions of the primary's log, not by anybody's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from kernel.replica import Freshness, complete_until, reading

START = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
MOST = timedelta(seconds=5)


class Pair:
    """A primary and a replica as far as one looks at them, and the time."""

    def __init__(self) -> None:
        self.written, self.replayed, self.seconds = 100, 100, 0.0
        self.is_away = False
        self.freshness = Freshness(lambda: self.written, self._replica, self._now, lambda: self.seconds)

    def _now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def _replica(self) -> int:
        if self.is_away:
            raise OperationalError
        return self.replayed

    def after(
        self, seconds: float, *, written: int | None = None, replayed: int | None = None
    ) -> float | None:
        """Let time pass and look; how many seconds old the replica is then, None where it may not be used."""
        self.seconds += seconds
        self.written = self.written if written is None else written
        self.replayed = self.replayed if replayed is None else replayed
        until = self.freshness.usable(MOST)
        return None if until is None else (self._now() - until).total_seconds()


def test_one_that_has_replayed_everything_is_as_fresh_as_the_look() -> None:
    assert Pair().after(0) == 0.0


def test_one_that_falls_behind_is_used_until_it_lags_too_much_and_again_when_it_has_caught_up() -> None:
    pair = Pair()
    assert pair.after(0) == 0.0
    assert pair.after(3, written=200) == 3.0
    assert pair.after(2, written=300) == 5.0
    assert pair.after(1) is None
    # It has now what was written three seconds ago, and then all.
    assert pair.after(1, replayed=200) == 4.0
    assert pair.after(1, replayed=300) == 0.0


def test_whether_it_lags_is_not_known_at_the_first_look_of_a_process() -> None:
    pair = Pair()
    pair.replayed = 50
    assert pair.after(0) is None


def test_what_one_has_just_written_is_looked_for_where_it_is() -> None:
    pair = Pair()
    assert pair.after(0) == 0.0
    pair.after(1, written=200)
    assert pair.freshness.usable(MOST, 200) is None
    assert pair.freshness.usable(MOST, 100) is not None
    pair.after(1, replayed=200)
    assert pair.freshness.usable(MOST, 200) is not None


def test_one_that_is_away_is_left_alone_and_asked_again_later() -> None:
    pair = Pair()
    assert pair.after(0) == 0.0
    pair.is_away = True
    assert pair.after(1) is None
    pair.is_away = False
    assert pair.after(1) is None
    assert pair.after(4) == 0.0


def test_a_promoted_one_is_used_no_more() -> None:
    pair = Pair()
    assert pair.after(0) == 0.0
    assert pair.after(6, replayed=-1) is None


def test_figures_say_until_when_the_replica_is_complete() -> None:
    assert complete_until(START) == START
    with reading(START - MOST):
        assert complete_until(START) == START - MOST
    with pytest.raises(ZeroDivisionError), reading(START - MOST):
        raise ZeroDivisionError
    assert complete_until(START) == START
