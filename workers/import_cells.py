"""What people write into the cells of a roster, understood: days, numbers, yes and no, names from a list.

Arithmetic only. Source: product 3, "Rosters, imports, identities".
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Final

from kernel.text import compact

_LOST: Final = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,3}")
_DAY: Final = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?([ T]?[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?"
)
_DAY_FIGURES: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SERIAL: Final = re.compile(r"[0-9]{5}(\.0)?")
_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_ASIDE: Final = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
_YES: Final = frozenset({"是", "1", "y", "yes", "true", "√", "✓", "对", "有"})
_NO: Final = frozenset({"否", "0", "n", "no", "false", "×", "不是", "无", ""})
# A spreadsheet's day 1 is the last of 1899; 20000 to 80000 are the years 1954 to 2119.
_FIRST, _SERIALS = date(1899, 12, 30), range(20_000, 80_000)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2100, 12, 31)
_ALIKE: Final = 0.5


class BadCell(ValueError):
    """A cell breaks a rule: a code for the cause, and a sentence that repeats no value."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Named:
    """A list to choose from: what may be written, and which value each means."""

    by_word: Mapping[str, str]
    labels: Mapping[str, str]

    @classmethod
    def of(cls, labels: Mapping[str, str], names: Mapping[str, str] | Iterable[tuple[str, str]]) -> "Named":
        """`labels`: value → what the template offers; `names`: value → its plain name, or pairs of both.

        A plain name that two values bear means neither.
        """
        words: dict[str, str] = {}
        twice: set[str] = set()
        for value, name in names.items() if isinstance(names, Mapping) else names:
            word = _word(name)
            twice |= {word} if words.setdefault(word, value) != value else set()
        words = {word: value for word, value in words.items() if word not in twice}
        words |= {_word(value): value for value in labels}
        words |= {_word(label): value for value, label in labels.items()}
        return cls(words, labels)

    def read(self, text: str) -> str | None:
        """The value that is meant; None where the list has no such thing.

        A spreadsheet takes 010 for the number 10, so a code of figures may have lost its noughts.
        """
        word = _word(text)
        if (found := self.by_word.get(word)) is not None:
            return found
        if word.isdecimal():
            for length in range(len(word) + 1, len(word) + 3):
                if (found := self.by_word.get(word.zfill(length))) is not None:
                    return found
        return None

    def nearest(self, text: str) -> str:
        """The value that was probably meant; "" where nothing is like it."""
        word = _word(_ASIDE.sub("", text))
        if (found := self.by_word.get(word)) is not None:
            return found
        close = get_close_matches(word, self.by_word, n=1, cutoff=_ALIKE)
        return self.by_word[close[0]] if close else ""


def _word(text: str) -> str:
    return compact(text).replace("(", "（").replace(")", "）").casefold()


def plain(text: str) -> str:
    """A cell's text without blanks around it and without signs that nobody sees or typed."""
    kept = "".join(sign if not sign.isspace() else " " for sign in text if not _is_unseen(sign))
    return " ".join(kept.split())


def _is_unseen(sign: str) -> bool:
    return not sign.isspace() and unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn")


def require_whole(text: str, what: str) -> None:
    """Refuse what a spreadsheet has spoilt: figures lost, a formula, an error. Raises BadCell."""
    if _LOST.fullmatch(compact(text)):
        raise BadCell(
            "digits_lost",
            f"{what}被表格软件改成了科学计数法（如 4.2E+17），后面的数字已经丢失、找不回来。"
            "请把这一格设为“文本”格式，对照原件重新填写。",
        )
    if text.startswith("="):
        raise BadCell("formula", "这一格是公式，没有算好的结果。请复制后“选择性粘贴”为数值，再上传。")
    if text.startswith("#错误") or re.fullmatch(r"#[A-Z/0]{2,6}[!?]?", text):
        raise BadCell("cell_error", "这一格在表格里显示为错误（如 #N/A）。请改成实际内容。")


def read_day(text: str) -> date:
    """A day however it is written, or a spreadsheet's number of one. Raises BadCell."""
    tidy = compact(text)
    found = _DAY.fullmatch(tidy) or _DAY_FIGURES.fullmatch(tidy)
    try:
        if found:
            day = date(int(found[1]), int(found[2]), int(found[3]))
        elif _SERIAL.fullmatch(tidy) and int(tidy[:5]) in _SERIALS:
            day = _FIRST + timedelta(days=int(tidy[:5]))
        else:
            raise ValueError
    except ValueError:
        raise BadCell("not_a_day", "不是日期，或没有这一天。请写成 2026-04-04 这样。") from None
    if not _EARLIEST <= day <= _LATEST:
        raise BadCell("day_out_of_range", "日期应在 1900 年至 2100 年之间，请核对年份。")
    return day


def read_number(text: str, *, places: int) -> Decimal:
    """A number without its unit, not negative. Raises BadCell."""
    tidy = compact(text).replace(",", "").lstrip("¥￥").removesuffix("元").removesuffix("小时")
    try:
        number = Decimal(tidy) if _NUMBER.fullmatch(tidy) and len(tidy) < 20 else Decimal("NaN")
    except InvalidOperation:  # pragma: no cover  # the pattern lets nothing else through
        number = Decimal("NaN")
    if number.is_nan():
        raise BadCell("not_a_number", "不是数字。只填数字，不带单位和其他文字。")
    if number != round(number, places):
        raise BadCell("too_many_places", f"最多 {places} 位小数，请改短。")
    return number


def read_yes(text: str) -> bool:
    """是 or 否, as people tick them. Raises BadCell."""
    word = _word(text)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadCell("not_yes_or_no", "只能填“是”或“否”。")
