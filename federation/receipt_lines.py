"""A receipt of the punch interface in words: how many rows of each kind, and what is said of each."""

from typing import Any

from attendance.models import PunchReceipt
from kernel.masking import redact

# A page shows so many rows of a call; the rest is read with the receipt.
MOST_ROWS = 20


def summed_up(row: PunchReceipt) -> str:
    """收下 3 条，未对上人 1 条."""
    result = row.result or {}
    numbers = (
        ("收下", row.accepted),
        ("格式有误", len(row.rejected or ())),
        ("未对上人", len(result.get("unmatched", ()))),
        ("未留存", len(result.get("refused", ()))),
    )
    parts = [f"{name} {number} 条" for name, number in numbers if number or name == "收下"]
    return "，".join([*parts, "因平台原因搁置，没有丢失"] if "aside" in result else parts)


def is_all_well(row: PunchReceipt) -> bool:
    """Whether every row of a settled call counts."""
    result = row.result or {}
    return not (row.rejected or result.get("unmatched") or result.get("refused") or "aside" in result)


def each_row(row: PunchReceipt) -> tuple[str, ...]:
    """Each row that does not count, in the sender's order, with the reason; numbers are masked."""
    said = _rows_that_do_not_count(row)
    lines = [redact(_line(*one)) for one in said[:MOST_ROWS]]
    more = len(said) - len(lines)
    return (*lines, f"另有 {more} 条，凭回执编号可在接口查询。") if more else tuple(lines)


def _rows_that_do_not_count(row: PunchReceipt) -> list[tuple[int, str, str]]:
    result = row.result or {}
    settled = [*result.get("unmatched", ()), *result.get("refused", ())]
    found = [_named(one, "index") for one in row.rejected or ()] + [_named(one, "mark") for one in settled]
    return sorted(found)


def _named(one: dict[str, Any], place: str) -> tuple[int, str, str]:
    seq = one.get("seq")
    return one[place], "" if seq is None else str(seq), one["sentence"]


def _line(place: int, seq: str, sentence: str) -> str:
    return f"第 {place + 1} 条{f'（流水号 {seq}）' if seq else ''}：{sentence}"
