"""Citizen identity numbers: how they are read, checked and understood. Arithmetic only.

Source: GB 11643-1999 公民身份号码 (form, check digit); GB/T 2260 (first six figures).
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from typing import Final

from kernel.text import compact

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS: Final = "10X98765432"

# A person keeps the code of the county where they were first registered, and many such counties are long
# gone from every list; only the province can be checked for everyone. 71, 81-83: residents from Taiwan,
# Hong Kong and Macau whose residence permits carry numbers of the same form.
PROVINCES: Final = frozenset(
    str(code)
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in codes
) | {"71", "81", "82", "83"}
# No county has ever had these codes, so nobody has such a number.
SYNTHETIC_DIVISIONS: Final = frozenset([*(str(code) for code in range(420001, 420100)), "999999"])
EARLIEST_BIRTH_YEAR: Final = 1900


class Sex(StrEnum):
    """Sex as the identity number states it, in the word that forms and records use."""

    MALE = "男"
    FEMALE = "女"


class Fault(Enum):
    """What is wrong with a number, as a sentence that says what to do and never repeats the number."""

    EMPTY = "未填写身份证号码，请按证件填写 18 位号码。"
    LENGTH = "身份证号码应为 18 位（旧号码 15 位），请对照证件补全或删去多余的字符。"
    CHARACTERS = "身份证号码只能由数字组成，末位可以是 X，请对照证件改正。"
    CHECK_DIGIT = "身份证号码的校验位不符，多半有一位录错，请对照证件逐位核对。"
    BIRTH = "身份证号码中的出生日期不存在或晚于今天，请对照证件核对第 7 至 14 位。"
    DIVISION = "身份证号码的前六位不是有效的行政区划代码，请对照证件核对。"
    SYNTHETIC = "这是演示用的虚构号码，不能在正式环境登记，请填写证件上的真实号码。"
    OTHER_SEX = "所填性别与身份证号码不一致，请核对号码，或留空由号码得出。"
    OTHER_BIRTH = "所填出生日期与身份证号码不一致，请核对号码，或留空由号码得出。"


class BadIdentityNumber(ValueError):
    """A number that cannot be anybody's, or that contradicts what stands beside it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.code = fault.name.lower()


@dataclass(frozen=True)
class IdentityNumber:
    """A checked number and what it says of its holder."""

    number: str = field(repr=False)
    division: str
    birth: date = field(repr=False)
    sex: Sex
    synthetic: bool


def normalised(number: str) -> str:
    """The number as it is stored: half-width, without blanks, capital X, always 18 figures if it had 15.

    Numbers of other lengths are only tidied; `read_number` judges them.
    """
    tidy = compact(number).upper()
    if len(tidy) == 15 and tidy.isascii() and tidy.isdigit():
        body = f"{tidy[:6]}19{tidy[6:]}"
        return body + check_digit(body)
    return tidy


def check_digit(body: str) -> str:
    """The 18th sign that belongs to the first seventeen figures."""
    return CHECK_DIGITS[sum(weight * int(sign) for weight, sign in zip(WEIGHTS, body, strict=True)) % 11]


def read_number(number: str, *, today: date, synthetic_allowed: bool = False) -> IdentityNumber:
    """A citizen identity number, checked and understood.

    Accepts full-width figures, blanks, a small x and old numbers of 15 figures. Raises BadIdentityNumber.
    Source: GB 11643-1999.
    """
    number = normalised(number)
    _check_form(number)
    synthetic = number[:6] in SYNTHETIC_DIVISIONS
    if synthetic and not synthetic_allowed:
        raise BadIdentityNumber(Fault.SYNTHETIC)
    if not synthetic and number[:2] not in PROVINCES:
        raise BadIdentityNumber(Fault.DIVISION)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return IdentityNumber(number, number[:6], _birth(number, today), sex, synthetic)


def check_stated(
    identity: IdentityNumber, *, sex: Sex | str | None = None, birth: date | None = None
) -> None:
    """Refuse a sex or a birth date that contradicts the number; what is left out contradicts nothing.

    Raises BadIdentityNumber.
    """
    if sex and sex != identity.sex:
        raise BadIdentityNumber(Fault.OTHER_SEX)
    if birth and birth != identity.birth:
        raise BadIdentityNumber(Fault.OTHER_BIRTH)


def age_on(birth: date, day: date) -> int:
    """Whole years lived on a day; one born on 29 February turns older on 1 March of common years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _check_form(number: str) -> None:
    if not number:
        raise BadIdentityNumber(Fault.EMPTY)
    if len(number) != 18:
        raise BadIdentityNumber(Fault.LENGTH)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise BadIdentityNumber(Fault.CHARACTERS)
    if number[17] != check_digit(number[:17]):
        raise BadIdentityNumber(Fault.CHECK_DIGIT)


def _birth(number: str, today: date) -> date:
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise BadIdentityNumber(Fault.BIRTH) from None
    if birth > today or birth.year < EARLIEST_BIRTH_YEAR:
        raise BadIdentityNumber(Fault.BIRTH)
    return birth
