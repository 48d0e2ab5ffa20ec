"""Identity numbers: I-02 (form, check digit, birth, division), I-03 (sex and birth come from the number)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.identity import (
    BadIdentityNumber,
    Fault,
    IdentityNumber,
    Sex,
    age_on,
    check_digit,
    check_stated,
    normalised,
    read_number,
)

TODAY = date(2026, 11, 22)
BIRTHS = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)
BODIES = r"4200[0-9][1-9]19[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}"
SYNTHETIC = st.integers(min_value=420001, max_value=420099)


def made(division: object, birth: str, order: str) -> str:
    """A number with the right check digit."""
    body = f"{division}{birth}{order}"
    return body + check_digit(body)


def fault_of(number: str, *, synthetic_allowed: bool = True) -> Fault:
    with pytest.raises(BadIdentityNumber) as refusal:
        read_number(number, today=TODAY, synthetic_allowed=synthetic_allowed)
    return refusal.value.fault


@given(division=SYNTHETIC, birth=BIRTHS, order=st.integers(min_value=0, max_value=999))
def test_i02_i03_every_well_made_number_is_read_back(division: int, birth: date, order: int) -> None:
    number = made(division, f"{birth:%Y%m%d}", f"{order:03d}")
    read = read_number(number, today=TODAY, synthetic_allowed=True)
    sex = Sex.MALE if order % 2 else Sex.FEMALE
    assert read == IdentityNumber(number, str(division), birth, sex, synthetic=True)


@given(
    number=st.from_regex(BODIES, fullmatch=True),
    place=st.integers(min_value=0, max_value=16),
    shift=st.integers(min_value=1, max_value=9),
)
def test_i02_one_wrong_figure_is_always_noticed(number: str, place: int, shift: int) -> None:
    whole = number + check_digit(number)
    wrong = whole[:place] + str((int(whole[place]) + shift) % 10) + whole[place + 1 :]
    assert fault_of(wrong) is Fault.CHECK_DIGIT


@given(
    number=st.from_regex(BODIES, fullmatch=True),
    place=st.integers(min_value=0, max_value=15),
)
def test_i02_two_neighbours_changed_over_are_always_noticed(number: str, place: int) -> None:
    whole = number + check_digit(number)
    swapped = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
    if swapped != whole:
        assert fault_of(swapped) is Fault.CHECK_DIGIT


def test_i02_the_published_weights_give_the_known_check_digit_of_the_standards_example() -> None:
    assert check_digit("11010519491231002") == "X"
    assert check_digit("44052418800101001") == "4"


@given(birth=st.dates(min_value=date(1900, 1, 1), max_value=date(1999, 12, 31)), order=st.integers(1, 999))
def test_i01_an_old_number_of_fifteen_figures_becomes_the_new_one(birth: date, order: int) -> None:
    new = made(420001, f"{birth:%Y%m%d}", f"{order:03d}")
    assert normalised(f"420001{birth:%y%m%d}{order:03d}") == new


@pytest.mark.parametrize(
    "written",
    [
        "42000119900101008x",
        " 420001 19900101 008X\u3000",
        "４２０００１１９９００１０１００８ｘ",
        "420001900101008",
    ],
)
def test_i01_every_way_of_writing_one_number_is_stored_the_same(written: str) -> None:
    assert normalised(written) == "42000119900101008X"


@given(st.text(max_size=24))
def test_normalising_twice_changes_nothing_more(written: str) -> None:
    assert normalised(normalised(written)) == normalised(written)


@given(st.text(max_size=24))
def test_any_text_is_either_read_or_refused_in_words(written: str) -> None:
    try:
        assert len(read_number(written, today=TODAY).number) == 18
    except BadIdentityNumber as refusal:
        assert str(refusal).endswith("。")


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", Fault.EMPTY),
        ("42000119900101", Fault.LENGTH),
        ("4200011990010100800", Fault.LENGTH),
        ("42000119900101X08X", Fault.CHARACTERS),
        ("420001199001010081", Fault.CHECK_DIGIT),
        (made(420001, "19900230", "001"), Fault.BIRTH),
        (made(420001, "18991231", "001"), Fault.BIRTH),
        (made(420001, "20261123", "001"), Fault.BIRTH),
        (made(990001, "19900101", "001"), Fault.DIVISION),
    ],
)
def test_i02_each_fault_has_its_own_sentence(number: str, fault: Fault) -> None:
    assert fault_of(number) is fault


def test_i02_someone_born_today_has_a_number() -> None:
    read = read_number(made(420001, "20261122", "001"), today=TODAY, synthetic_allowed=True)
    assert read.birth == TODAY


@pytest.mark.parametrize("division", ["420001", "420099", "999999"])
def test_synthetic_numbers_are_refused_where_real_people_are_registered(division: str) -> None:
    number = made(division, "19900101", "001")
    assert fault_of(number, synthetic_allowed=False) is Fault.SYNTHETIC
    assert read_number(number, today=TODAY, synthetic_allowed=True).synthetic


def test_a_county_that_no_longer_exists_is_still_a_place_of_birth() -> None:
    # 422325 was in a prefecture dissolved in 1998; checked by its province alone, without naming anybody.
    body = "42232519900101000"
    assert read_number(body + check_digit(body), today=TODAY).division == "422325"


@given(
    birth=BIRTHS, order=st.integers(0, 999), place=st.integers(0, 17), sign=st.sampled_from("0123456789XA")
)
def test_no_refusal_repeats_any_of_the_number(birth: date, order: int, place: int, sign: str) -> None:
    number = made(420001, f"{birth:%Y%m%d}", f"{order:03d}")
    number = number[:place] + sign + number[place + 1 :]
    try:
        read = read_number(number, today=TODAY, synthetic_allowed=True)
        assert number not in repr(read)
    except BadIdentityNumber as refusal:
        assert not any(number[at : at + 4] in str(refusal) + repr(refusal) for at in range(15))


def test_i03_a_contradicting_sex_or_birth_is_refused_and_silence_is_not() -> None:
    woman = read_number(made(420001, "19900101", "002"), today=TODAY, synthetic_allowed=True)
    check_stated(woman)
    check_stated(woman, sex="女", birth=date(1990, 1, 1))
    with pytest.raises(BadIdentityNumber) as refusal:
        check_stated(woman, sex=Sex.MALE)
    assert refusal.value.code == "other_sex"
    with pytest.raises(BadIdentityNumber) as refusal:
        check_stated(woman, birth=date(1990, 1, 2))
    assert refusal.value.code == "other_birth"


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2010, 11, 22), date(2026, 11, 21), 15),
        (date(2010, 11, 22), date(2026, 11, 22), 16),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_age_changes_on_the_birthday(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age
