"""Invented people pass every check of form and can be nobody."""

from datetime import date
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers import synthetic
from workers.identity import BadIdentityNumber, Sex, age_on, read_number

TODAY = date(2026, 11, 22)


@given(st.integers())
def test_a_seed_makes_a_person_whose_number_agrees_with_them(seed: int) -> None:
    one = synthetic.person(Random(seed), today=TODAY)
    read = read_number(one.id_number, today=TODAY, synthetic_allowed=True)
    assert (read.sex, read.birth, read.synthetic) == (one.sex, one.birth, True)
    assert 18 <= age_on(one.birth, TODAY) <= 59
    with pytest.raises(BadIdentityNumber):
        read_number(one.id_number, today=TODAY)


@given(seed=st.integers(), today=st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31)))
def test_ages_keep_within_their_limits_on_any_day(seed: int, today: date) -> None:
    birth = synthetic.birth_date(Random(seed), today=today, youngest=18, oldest=18)
    assert age_on(birth, today) == 18


@given(st.integers())
def test_phones_and_cards_have_the_right_form_and_no_issuer(seed: int) -> None:
    one = synthetic.person(Random(seed), today=TODAY)
    assert len(one.phone) == 11
    assert one.phone.startswith("109")
    assert len(one.bank_card) == 19
    assert one.bank_card.startswith("009999")
    assert synthetic.luhn_digit(one.bank_card[:-1]) == one.bank_card[-1]


def test_the_luhn_digit_is_that_of_the_standards_example() -> None:
    assert synthetic.luhn_digit("7992739871") == "3"


def test_the_same_seed_gives_the_same_people_and_no_number_twice() -> None:
    first = list(islice(synthetic.people(Random(27), today=TODAY), 3000))
    assert first[:50] == list(islice(synthetic.people(Random(27), today=TODAY), 50))
    assert len({one.id_number for one in first}) == 3000
    women = sum(one.sex is Sex.FEMALE for one in first)
    assert 300 < women < 500


def test_sex_and_birth_may_be_asked_for_and_the_representation_hides_numbers() -> None:
    one = synthetic.person(Random(1), today=TODAY, sex=Sex.FEMALE, birth=date(1985, 5, 5))
    assert (one.sex, one.birth) == (Sex.FEMALE, date(1985, 5, 5))
    assert repr(one) == f"<SyntheticPerson {one.name}>"
