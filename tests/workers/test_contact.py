"""Phones and cards as people write them, and the sentences for slips of the hand."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers import synthetic
from workers.contact import BadContact, Slip, read_card, read_name, read_phone


@pytest.mark.parametrize(
    "text", ["13800000000", " 138 0000 0000", "138-0000-0000", "+8613800000000", "１３８００００００００"]
)
def test_a_phone_is_kept_as_eleven_figures_however_it_was_typed(text: str) -> None:
    assert read_phone(text) == "13800000000"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1380000000", "手机号少 1 位，应为 11 位。"),
        ("138000000000", "手机号多 1 位，应为 11 位。"),
        ("12800000000", "手机号应以 13 至 19 开头，请核对前两位。"),
        ("1380000000a", "手机号只能由数字组成，请去掉其他字符。"),
        ("", "手机号只能由数字组成，请去掉其他字符。"),
    ],
)
def test_a_bad_phone_says_what_to_do_and_never_repeats_it(text: str, words: str) -> None:
    with pytest.raises(BadContact) as refused:
        read_phone(text)
    assert str(refused.value) == words


def test_a_synthetic_phone_passes_only_where_synthetic_people_do() -> None:
    assert read_phone("10900000001", synthetic_allowed=True) == "10900000001"
    with pytest.raises(BadContact, match="13 至 19"):
        read_phone("10900000001")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("6222 0000 0000 0000 00", "校验位不符"),
        ("123", "应为 12 至 19 位"),
        ("1" * 20, "应为 12 至 19 位"),
        ("工商银行", "只能由数字组成"),
    ],
)
def test_a_bad_card_says_what_to_do(text: str, words: str) -> None:
    with pytest.raises(BadContact, match=words):
        read_card(text)


@given(st.integers(min_value=0))
def test_every_synthetic_card_and_phone_reads_as_itself(seed: int) -> None:
    rng = Random(seed)
    card, phone = synthetic.bank_card(rng), synthetic.phone(rng)
    assert read_card(card) == card
    assert read_phone(phone, synthetic_allowed=True) == phone


@given(st.integers(0, 10**12 - 1), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_figure_of_a_unionpay_card_is_always_noticed(body: int, place: int, step: int) -> None:
    figures = f"622200{body:012d}"
    card = figures + synthetic.luhn_digit(figures)
    wrong = card[:place] + str((int(card[place]) + step) % 10) + card[place + 1 :]
    assert read_card(card) == card
    if wrong.startswith("62"):
        with pytest.raises(BadContact):
            read_card(wrong)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_a_sentence(text: str) -> None:
    for read in (read_phone, read_card):
        try:
            assert read(text).isascii()
        except BadContact as refused:
            assert str(refused).endswith("。")


@pytest.mark.parametrize(
    "name", ["钱七", "买买提·吐尔逊", "Anne-Marie Żak", "ئابدۇللا", "अमित", "㐂", "名" * 50]
)
def test_names_of_any_script_are_kept_as_they_are(name: str) -> None:
    assert read_name(f" {name} ") == name


@pytest.mark.parametrize(
    ("name", "slip"),
    [
        *(
            (name, Slip.NAME_SIGNS)
            for name in ("钱7", "=1+1", "@钱七", "<b>", "-", "·钱七", "钱七。", "钱\u200b七")
        ),
        ("", Slip.NAME_LENGTH),
        ("  ", Slip.NAME_LENGTH),
        ("名" * 51, Slip.NAME_LENGTH),
    ],
)
def test_what_is_no_name_is_refused_in_a_sentence(name: str, slip: Slip) -> None:
    with pytest.raises(BadContact) as refused:
        read_name(name)
    assert str(refused.value) == slip.value
