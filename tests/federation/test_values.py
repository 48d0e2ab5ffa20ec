"""Values as vendors write them."""

import base64
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from federation.open_api import values
from federation.open_api.values import Unreadable

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20


def test_keys_are_read_without_regard_to_case_and_unknown_ones_are_dropped():
    given = {"IdCardNumber": "a", "idCardtype": "01", "ApiPass": "secret", "linkman": "", "linkMan": "甲"}
    names = ["idCardNumber", "idCardType", "linkMan"]
    assert values.by_field(given, names) == {"idCardNumber": "a", "idCardType": "01", "linkMan": "甲"}


def test_known_misspellings_reach_their_field():
    given = {"legaManProTitle": "高工", "trainingAddres": "工地"}
    found = values.by_field(given, ["legalManProTitle", "trainingAddress"])
    assert found == {"legalManProTitle": "高工", "trainingAddress": "工地"}


@pytest.mark.parametrize("nothing", [None, "", "   "])
def test_empty_null_and_missing_mean_the_same(nothing):
    assert values.by_field({"name": nothing}, ["name"]) == {}


@pytest.mark.parametrize(
    ("given", "expected"), [(7, 7), ("7", 7), (" 7 ", 7), (7.0, 7), (True, 1), ("1500123456", 1500123456)]
)
def test_numbers_are_taken_as_text_and_text_as_numbers(given, expected):
    assert values.whole(given) == expected


@pytest.mark.parametrize("given", ["7.5", "seven", "2147483648", "1e9999", "NaN", [], {}])
def test_what_is_no_whole_number_is_refused(given):
    with pytest.raises(Unreadable):
        values.whole(given)


def test_money_and_coordinates_are_exact():
    assert values.decimal("1234.50") == Decimal("1234.50")
    assert values.decimal(0.1) == Decimal("0.1")


@pytest.mark.parametrize("given", ["2026-11-22", "2026-11-22 08:42:00", "2026-11-22 08:42:00.123"])
def test_a_date_may_carry_a_time_of_day(given):
    assert values.day(given) == date(2026, 11, 22)


@pytest.mark.parametrize("given", ["2026-11", "2026-11-22"])
def test_a_month_may_be_a_whole_date(given):
    assert values.month(given) == date(2026, 11, 1)


def test_instants_are_read_in_the_time_of_the_country():
    assert values.instant("2026-11-22 08:42:00.250") == datetime(2026, 11, 22, 0, 42, 0, 250_000, tzinfo=UTC)
    assert values.moment("2026-11-22") == datetime(2026, 11, 21, 16, tzinfo=UTC)


@pytest.mark.parametrize("given", ["22.11.2026", "2026-13-01", "2026-02-30", "0001-01-01", "9999-12-31", ""])
def test_what_is_no_date_is_refused_with_an_example(given):
    with pytest.raises(Unreadable, match="应为yyyy-MM-dd"):
        values.day(given)


@pytest.mark.parametrize(
    ("given", "expected"), [("01", "01"), ("1", "01"), (1, "01"), ("001", "01"), ("2", "02")]
)
def test_codes_may_lack_or_exceed_their_leading_zeros(given, expected):
    assert values.code(given, {"01": "入场", "02": "出场"}) == expected


@pytest.mark.parametrize("given", ["0", 0, "03", "入场"])
def test_an_unknown_code_is_no_code(given):
    assert values.code(given, {"01": "入场", "02": "出场"}) is None


@pytest.mark.parametrize("prefix", ["", "data:image/jpeg;base64,", "data:image/png;base64,"])
def test_a_picture_comes_bare_or_with_a_data_prefix(prefix):
    assert values.image(prefix + base64.encodebytes(JPEG).decode()) == JPEG


@pytest.mark.parametrize("given", ["http://example.org/a.jpg", base64.b64encode(b"GIF89a").decode(), "%%%"])
def test_what_is_no_jpeg_or_png_is_refused_in_the_known_words(given):
    with pytest.raises(Unreadable, match="格式无效,目前仅支持:jpg,jpeg,png,jpeg"):
        values.image(given)


@pytest.mark.parametrize("given", ["a\0b", "a\ud800b"])
def test_text_that_no_database_stores_is_refused(given):
    with pytest.raises(Unreadable, match="无法存储"):
        values.text(given)
