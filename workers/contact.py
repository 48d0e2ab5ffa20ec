"""Names, phones and bank cards as people write them: tidied, and checked for slips of the hand.

Source: 工信部《电信网编号计划》 (mobile numbers of eleven figures, 13 to 19); ISO/IEC 7812-1 (cards).
"""

import re
import unicodedata
from enum import Enum
from typing import Final

from kernel.text import compact

LONGEST_NAME: Final = 50
PHONE_FIGURES: Final = 11
SHORTEST_CARD, LONGEST_CARD = 12, 19
# Numbers that reach nobody; see workers.synthetic.
SYNTHETIC_PHONE: Final = "109"
# UnionPay cards carry a Luhn digit; passbooks of older banks do not.
_WITH_LUHN: Final = "62"


class Slip(Enum):
    """What is wrong, as a sentence that says what to do and never repeats the number."""

    NAME_SIGNS = "姓名只能由文字、间隔号“·”、空格和连字符组成，不能有数字和其他符号，请按证件填写。"
    NAME_LENGTH = "姓名应为 1 至 50 个字，请按证件填写。"
    PHONE_FIGURES = "手机号只能由数字组成，请去掉其他字符。"
    PHONE_SHORT = "手机号少 {number} 位，应为 11 位。"
    PHONE_LONG = "手机号多 {number} 位，应为 11 位。"
    PHONE_START = "手机号应以 13 至 19 开头，请核对前两位。"
    CARD_FIGURES = "银行卡号只能由数字组成，请去掉其他字符。"
    CARD_LENGTH = "银行卡号应为 12 至 19 位，请对照卡面补全或删去多余的数字。"
    CARD_LUHN = "银行卡号的校验位不符，多半有一位录错，请对照卡面逐位核对。"


class BadContact(ValueError):
    """A phone or card that cannot be anybody's."""

    def __init__(self, slip: Slip, number: int = 0) -> None:
        super().__init__(slip.value.format(number=number))
        self.code = f"bad_{slip.name.lower()}"


def read_name(text: str) -> str:
    """A person's name: letters of any script, ·, blanks and hyphens. Raises BadContact."""
    tidy = text.strip()
    if not 1 <= len(tidy) <= LONGEST_NAME:
        raise BadContact(Slip.NAME_LENGTH)
    # Marks belong to the letters of many scripts; a name of marks and hyphens alone is none.
    if not tidy[0].isalpha() or not all(_is_of_name(sign) for sign in tidy):
        raise BadContact(Slip.NAME_SIGNS)
    return tidy


def _is_of_name(sign: str) -> bool:
    return sign.isalpha() or sign in "· -" or unicodedata.category(sign).startswith("M")


def read_phone(text: str, *, synthetic_allowed: bool = False) -> str:
    """A mobile number, eleven figures: blanks, hyphens and +86 are taken away. Raises BadContact."""
    tidy = compact(text).replace("-", "")
    tidy = tidy.removeprefix("+86") if tidy.startswith("+86") else tidy
    if not re.fullmatch(r"[0-9]+", tidy):
        raise BadContact(Slip.PHONE_FIGURES)
    if len(tidy) < PHONE_FIGURES:
        raise BadContact(Slip.PHONE_SHORT, PHONE_FIGURES - len(tidy))
    if len(tidy) > PHONE_FIGURES:
        raise BadContact(Slip.PHONE_LONG, len(tidy) - PHONE_FIGURES)
    if not (re.match(r"1[3-9]", tidy) or (synthetic_allowed and tidy.startswith(SYNTHETIC_PHONE))):
        raise BadContact(Slip.PHONE_START)
    return tidy


def read_card(text: str) -> str:
    """A bank card's figures without blanks and hyphens. Raises BadContact."""
    tidy = compact(text).replace("-", "")
    if not re.fullmatch(r"[0-9]+", tidy):
        raise BadContact(Slip.CARD_FIGURES)
    if not SHORTEST_CARD <= len(tidy) <= LONGEST_CARD:
        raise BadContact(Slip.CARD_LENGTH)
    if tidy.startswith(_WITH_LUHN) and not _passes_luhn(tidy):
        raise BadContact(Slip.CARD_LUHN)
    return tidy


def _passes_luhn(figures: str) -> bool:
    doubled = (int(sign) * (1 + position % 2) for position, sign in enumerate(reversed(figures)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
