"""Unified social credit codes (I-02) and the older organisation codes."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import synthetic
from projects.uscc import (
    ALPHABET,
    BadUscc,
    Fault,
    is_organisation_code,
    normalised,
    organisation_check_sign,
    read_uscc,
)

SEEDS = st.integers()


@given(SEEDS)
def test_i02_every_invented_code_is_read_back_and_belongs_to_nobody(seed: int) -> None:
    code = synthetic.uscc(Random(seed))
    assert read_uscc(code) == code
    assert is_organisation_code(code[8:17])
    assert synthetic.is_synthetic(code)


@given(seed=SEEDS, place=st.integers(0, 17), sign=st.sampled_from(ALPHABET))
def test_i02_one_wrong_sign_is_always_noticed(seed: int, place: int, sign: str) -> None:
    code = synthetic.uscc(Random(seed))
    wrong = code[:place] + sign + code[place + 1 :]
    if wrong != code:
        with pytest.raises(BadUscc):
            read_uscc(wrong)


@given(seed=SEEDS, place=st.integers(0, 16))
def test_i02_two_neighbours_changed_over_are_always_noticed(seed: int, place: int) -> None:
    code = synthetic.uscc(Random(seed))
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(BadUscc):
            read_uscc(swapped)


@pytest.mark.parametrize("code", ["91330100799655058B", "914403001922038216", "9144030071526726XG"])
def test_i02_codes_that_listed_companies_publish_pass(code: str) -> None:
    assert read_uscc(code) == code
    assert is_organisation_code(code[8:17])
    assert not synthetic.is_synthetic(code)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", Fault.EMPTY),
        ("9142009912345678", Fault.LENGTH),
        ("9142009912345678I1", Fault.CHARACTERS),
        ("91420099O234567811", Fault.CHARACTERS),
        ("914200991234567年11", Fault.CHARACTERS),
        ("914201001234567811", Fault.CHECK_SIGN),
        ("0142009912345678" + "11", Fault.CHARACTERS),
    ],
)
def test_each_fault_has_its_own_sentence(code: str, fault: Fault) -> None:
    with pytest.raises(BadUscc) as refusal:
        read_uscc(code)
    assert refusal.value.fault is fault
    assert str(refusal.value).endswith("。")


def test_full_width_small_letters_blanks_and_hyphens_are_tidied() -> None:
    code = synthetic.uscc(Random(27))
    wide = code[2:8].translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    written = f" {code[:2]}－{wide} {code[8:].lower()}\u3000"
    assert read_uscc(written) == code


@given(st.text(max_size=24))
def test_any_text_is_either_read_or_refused_in_words(written: str) -> None:
    try:
        assert len(read_uscc(written)) == 18
    except BadUscc as refusal:
        assert str(refusal).endswith("。")


def test_the_standards_example_of_an_organisation_code_passes_with_and_without_hyphen() -> None:
    assert organisation_check_sign("D2143569") == "X"
    assert is_organisation_code("D2143569-X")
    assert is_organisation_code("d2143569x")
    assert not is_organisation_code("D21435690")
    assert not is_organisation_code("D2143569")


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_exactly_one_check_sign_fits_an_organisation_code(body: str) -> None:
    fitting = [sign for sign in "0123456789X" if is_organisation_code(body + sign)]
    assert fitting == [organisation_check_sign(body)]


def test_normalising_twice_changes_nothing_more() -> None:
    assert normalised(normalised(" 91-a ")) == "91A"
