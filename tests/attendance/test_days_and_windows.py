from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from attendance.rules import SITE_TIME, day_of, days_between, window


def test_a_night_shift_before_the_cut_off_belongs_to_the_day_before():
    at = datetime(2026, 11, 22, 3, 59, 59, tzinfo=SITE_TIME)
    assert day_of(at, 4) == date(2026, 11, 21)
    assert day_of(at + timedelta(seconds=1), 4) == date(2026, 11, 22)


def test_a_day_is_a_window_of_24_hours_in_utc():
    assert window(date(2026, 11, 22), 4) == (
        datetime(2026, 11, 21, 20, tzinfo=UTC),
        datetime(2026, 11, 22, 20, tzinfo=UTC),
    )


# Hypothesis takes its bounds without a zone and adds the zone itself.
_INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(_INSTANTS, st.integers(0, 23))
def test_every_instant_lies_in_the_window_of_its_day(instant, cutoff):
    begins, ends = window(day_of(instant, cutoff), cutoff)
    assert begins <= instant < ends


def test_days_between_includes_both_ends_and_is_empty_backwards():
    first, last = date(2026, 2, 27), date(2026, 3, 1)
    assert days_between(first, last) == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]
    assert days_between(last, first) == []
