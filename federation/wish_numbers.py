"""Numbers in the words of a wish or an answer: they travel in the clear and are shown to several offices.

What may be somebody's identity, phone or card number is found however it is spaced out. Numbers of the
registers (a permit, a project, a credit code) look alike and say nothing of a person: exact ones may stand.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from django.utils import timezone

from federation.masters.errors import NumberInWish
from federation.travel.kinds import rows_of
from projects.models import Enterprise, Permit, Project
from projects.numbers import PERMIT_NUMBER, PROJECT_CODE, BadNumber
from projects.uscc import BadUscc, read_uscc
from workers.identity import BadIdentityNumber, age_on, read_number

# What names a person or an account: identity numbers, account and card numbers, mobile phones.
_NUMBER: Final = re.compile(r"\d{17}[\dX]|\d{15,19}|1[3-9]\d{9}")
# Blanks, hyphens and dashes of every kind, and what is not seen at all.
_GAP: Final = r"[\s\-_\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff]*"
_RUN: Final = re.compile(rf"\d(?:{_GAP}\d)*(?:{_GAP}X(?![0-9A-Z]))?")
_DAYS: Final = re.compile(r"(?:19|20)\d\d-\d\d?-\d\d?(?:\s+(?:19|20)\d\d-\d\d?-\d\d?)*")
# Fields whose value is such a number of a register, and how one is read.
_READERS: Final = {
    ("enterprise", "uscc"): read_uscc,
    ("project", "code"): PROJECT_CODE.read,
    ("permit", "number"): PERMIT_NUMBER.read,
}
_SIGNS: Final = 18
# The numbers of registers bear a year of ours where an identity number bears that of birth.
_YOUNGEST: Final = 14


def numbers_in(text: str) -> list[str]:
    """What may be somebody's number, without its gaps."""
    plain = unicodedata.normalize("NFKC", text).upper()
    found = []
    for run in _RUN.findall(plain):
        if not _DAYS.fullmatch(run):
            found += [one for one in _joined(re.findall(r"[0-9X]+", run)) if _NUMBER.fullmatch(one)]
    return found


def _joined(groups: list[str]) -> Iterator[str]:
    for first in range(len(groups)):
        for last in range(first, len(groups)):
            yield "".join(groups[first : last + 1])


def require_no_numbers(kind: str, field: str, texts: Iterable[tuple[str, str]]) -> None:
    """Refuse texts (form field, words) in which somebody's number may stand. Raises NumberInWish.

    `kind`, `field`: what a wish is about; its words may be a new number of a register.
    """
    for name, text in texts:
        found = set(numbers_in(text))
        if found and name == "wish" and _is_new(kind, field, text):
            continue
        if found - _registered(found):
            raise NumberInWish(name)


def _registered(numbers: set[str]) -> set[str]:
    """Those that are exactly a permit's, a project's or an enterprise's."""
    known: set[str] = set()
    if numbers:
        for model, column in ((Permit, "number"), (Project, "code"), (Enterprise, "uscc")):
            rows = rows_of(model).filter(**{f"{column}__in": numbers})
            known.update(rows.values_list(column, flat=True))
    return known


def _is_new(kind: str, field: str, wish: str) -> bool:
    """Whether the wish is a whole number of a register, as its field asks for, and nobody's own."""
    read = _READERS.get((kind, field))
    if read is None:
        return False
    try:
        number = read(wish)
    except (BadUscc, BadNumber):
        return False
    return len(number) == _SIGNS and not _is_somebodys(number, timezone.localdate())


def _is_somebodys(number: str, today: date) -> bool:
    try:
        found = read_number(number, today=today)
    except BadIdentityNumber:
        return False
    return age_on(found.birth, today) >= _YOUNGEST
