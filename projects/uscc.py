"""Unified social credit codes and the organisation codes before them. Arithmetic only.

Source: GB 32100-2015 法人和其他组织统一社会信用代码编码规则; GB 11714-1997 全国组织机构代码编制规则.
"""

import re
from enum import Enum
from typing import Final

from kernel.text import compact

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES: Final = {sign: value for value, sign in enumerate(ALPHABET)}
WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


class Fault(Enum):
    """What is wrong with a code, as a sentence that says what to do."""

    EMPTY = "未填写统一社会信用代码，请按营业执照填写 18 位代码。"
    LENGTH = "统一社会信用代码应为 18 位，请对照营业执照补全或删去多余的字符。"
    CHARACTERS = "统一社会信用代码由数字和大写字母组成，不含 I、O、S、V、Z，请对照营业执照改正。"
    CHECK_SIGN = "统一社会信用代码的校验位不符，多半有一位录错，请对照营业执照逐位核对。"


class BadUscc(ValueError):
    """A code that no organisation can have."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.code = fault.name.lower()


def normalised(code: str) -> str:
    """The code as it is stored: half-width capitals without blanks or hyphens."""
    return compact(code).replace("-", "").upper()


def check_sign(body: str) -> str:
    """The 18th sign that belongs to the first seventeen."""
    total = sum(weight * VALUES[sign] for weight, sign in zip(WEIGHTS, body, strict=True))
    return ALPHABET[-total % 31]


def read_uscc(code: str) -> str:
    """The code, normalised and checked. Raises BadUscc. Source: GB 32100-2015."""
    code = normalised(code)
    if not code:
        raise BadUscc(Fault.EMPTY)
    if len(code) != 18:
        raise BadUscc(Fault.LENGTH)
    if not set(code) <= VALUES.keys() or not re.fullmatch(r"[1-9A-Y].[0-9]{6}.{10}", code):
        raise BadUscc(Fault.CHARACTERS)
    if code[17] != check_sign(code[:17]):
        raise BadUscc(Fault.CHECK_SIGN)
    return code


def organisation_check_sign(body: str) -> str:
    """The ninth sign of an organisation code whose first eight signs are `body`."""
    total = sum(weight * int(sign, 36) for weight, sign in zip(ORGANISATION_WEIGHTS, body, strict=True))
    return "0123456789X0"[11 - total % 11]


def is_organisation_code(code: str) -> bool:
    """Whether this is one of the old nine-sign codes, which some owners still carry.

    Source: GB 11714-1997.
    """
    code = normalised(code)
    return bool(re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code)) and code[8] == organisation_check_sign(code[:8])
