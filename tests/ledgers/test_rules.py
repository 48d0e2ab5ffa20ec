"""The ledger as text and arithmetic."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.rules import (
    canonical,
    compared,
    digest,
    due_on,
    has_left,
    lacking,
    last_day,
    month_before,
    month_of,
)


def person(key: str, **fields):
    row = {
        "engagement": key,
        "name": key,
        "trade": "010",
        "team": "瓦工班",
        "presences": [["2026-10-01", None]],
    }
    return {**row, "posts": [], "contract": None, "training": None, "number": "4200**********0016", **fields}


def test_the_same_facts_have_the_same_bytes_and_hash_in_whatever_order_they_come():
    one = {"people": [{"name": "张三", "days": 20}], "month": "2026-10"}
    other = {"month": "2026-10", "people": [{"days": 20, "name": "张三"}]}
    assert canonical(one) == '{"month":"2026-10","people":[{"days":20,"name":"张三"}]}'.encode()
    assert digest(canonical(one)) == digest(canonical(other))
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.text(max_size=20), st.integers(0, 31))
def test_a_single_changed_sign_or_day_changes_the_hash(name, days):
    content = {"people": [{"name": name, "days": days}]}
    changed = {"people": [{"name": name, "days": days + 1}]}
    assert digest(canonical(content)) != digest(canonical(changed))
    assert digest(canonical(content)) != digest(canonical({"people": [{"name": f"{name}。", "days": days}]}))


@pytest.mark.parametrize(
    ("month", "due_day", "due"),
    [
        (date(2026, 10, 1), 5, date(2026, 11, 5)),
        (date(2026, 12, 1), 5, date(2027, 1, 5)),
        (date(2027, 1, 1), 31, date(2027, 2, 28)),
        (date(2026, 10, 1), 0, date(2026, 11, 1)),
    ],
)
def test_a_ledger_is_due_on_a_day_of_the_following_month(month, due_day, due):
    assert due_on(month, due_day) == due


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_months_follow_each_other_without_a_gap(day):
    month = month_of(day)
    assert month <= day <= last_day(month)
    assert month_before(day) < month
    assert (month - last_day(month_before(day))).days == 1


def test_two_ledgers_side_by_side_say_who_joined_left_and_changed():
    gone = [["2026-10-01", "2026-10-20"]]
    before = [
        person("留"),
        person("走"),
        person("先走", presences=gone),
        person("不见"),
        person("变", trade="020"),
    ]
    after = [
        person("留"),
        person("走", presences=gone),
        person("变", trade="010"),
        person("新"),
        person("先走", presences=gone),
    ]
    found = compared(before, after)
    assert [one["name"] for one in found.joined] == ["新"]
    assert sorted(one["name"] for one in found.left) == ["不见", "走"]
    assert [(one["name"], list(names)) for one, names in found.changed] == [("变", ["工种"])]
    assert not compared(after, after)


def test_somebody_who_came_back_has_not_left():
    assert not has_left(person("回", presences=[["2026-10-01", "2026-10-05"], ["2026-10-09", None]]))


def test_what_is_lacking_is_counted_in_a_fixed_order():
    rows: list[dict[str, list[str]]] = [
        {"missing": ["training"]},
        {"missing": ["contract", "training"]},
        {"missing": []},
    ]
    assert list(lacking(rows).items()) == [("contract", 1), ("training", 2)]
