"""Figures and times read as interface.md asks."""

from datetime import UTC, datetime, timedelta

import pytest

from web import words


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (3214, "3,214"),
        (99_999, "99,999"),
        (100_000, "10.0万"),
        (321_960, "32.2万"),
        (None, "无数据"),
    ],
)
def test_a_headline_count_is_shortened_only_from_a_hundred_thousand(number, shown):
    assert words.figure(number) == shown


@pytest.mark.parametrize(
    ("rate", "shown"),
    [(0.934, "93.4%"), (0.93449, "93.4%"), (1, "100.0%"), (0, "0.0%"), (None, "无数据")],
)
def test_a_rate_has_one_decimal_and_no_data_is_said_in_words(rate, shown):
    assert words.percent(rate) == shown


def test_a_rate_reads_one_hundred_only_when_nobody_is_missing():
    assert words.percent(9_999 / 10_000) == "99.9%"
    assert words.percent(1 / 10_000) == "0.1%"


def test_nothing_to_divide_by_is_no_data_and_not_zero():
    assert words.share(0, 0) is None
    assert words.share(3, 4) == 0.75


def test_instants_are_told_by_the_clock_in_hubei():
    instant = datetime(2026, 11, 21, 22, 42, tzinfo=UTC)
    assert words.moment(instant) == "2026-11-22 06:42"
    assert words.clock(instant) == "06:42"
    assert words.day(instant) == "2026-11-22"


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (timedelta(seconds=30), "刚刚"),
        (timedelta(minutes=12), "12 分钟前"),
        (timedelta(hours=26), "1 天前"),
        (timedelta(days=3), "3 天前"),
    ],
)
def test_time_passed_is_told_in_the_largest_unit_that_fits(passed, shown):
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert words.ago(now - passed, now) == shown
