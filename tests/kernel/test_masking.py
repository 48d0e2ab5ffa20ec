"""What is left of a number when a page shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import new_id
from kernel.masking import mask_card, mask_id_number, mask_phone


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("420001199001010016", "4200**********0016"),
        ("420001900101001", "4200*******1001"),
        ("E12345678", "E1*****78"),
        ("A1234", "*****"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_identity_number_keeps_its_ends(number: str | None, shown: str) -> None:
    assert mask_id_number(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13800000000", "138****0000"), ("87654321", "******21"), ("110", "***"), (None, "")],
)
def test_a_phone_keeps_its_prefix_and_end(number: str | None, shown: str) -> None:
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("6200000000000001234", "**** 1234"), ("123", "****"), (None, "")]
)
def test_a_card_keeps_only_its_end(number: str | None, shown: str) -> None:
    assert mask_card(number) == shown


@given(st.text(alphabet="0123456789X", min_size=1, max_size=24))
def test_no_mask_ever_shows_the_whole(number: str) -> None:
    for mask in (mask_id_number, mask_phone, mask_card):
        assert number not in mask(number)


def test_identifiers_are_version_7_and_sort_by_birth() -> None:
    made = [new_id() for _ in range(200)]
    assert {one.version for one in made} == {7}
    assert made == sorted(made)
    assert len(set(made)) == 200
