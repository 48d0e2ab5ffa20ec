"""The items of the owner's contract terms: their names, which are missing, and which break a rule.

Source: 鄂建文〔2019〕27号 一(三), 二(六); 国务院令第724号 第二十四条.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from projects.models import OwnerTerms, Project
from standards.selectors import parameter
from web import words

LONGEST_CYCLE = "terms.longest_pay_cycle_days"
# The six items by the names that people know, in the order of the form.
ITEMS = {
    "measurement": "工程计量周期",
    "pay_cycle": "人工费用拨付周期",
    "pay_day": "人工费用拨付日",
    "labour": "人工费用数额或比例",
    "duties": "实名制管理职责",
    "cost": "实名制费用列入安全文明施工措施费",
}


def missing(row: OwnerTerms | None) -> list[str]:
    """The items that are not settled, by name; all of them where nothing was stated."""
    held = _settled(row) if row is not None else {}
    return [name for key, name in ITEMS.items() if not held.get(key)]


def _settled(row: OwnerTerms) -> dict[str, bool]:
    return {
        "measurement": row.measurement_days is not None,
        "pay_cycle": row.pay_cycle_days is not None,
        "pay_day": row.pay_day is not None,
        "labour": row.labour_cost is not None or row.labour_share is not None,
        "duties": bool(row.duties),
        "cost": row.safety_cost is not None and row.is_free_for_workers,
    }


def faults(row: OwnerTerms, project: Project, on: date | None = None) -> list[str]:
    """What the contract agrees and a rule forbids, in sentences. The record keeps it: it is a fact."""
    longest = int(parameter(LONGEST_CYCLE, project.region, on))
    if row.pay_cycle_days is None or row.pay_cycle_days <= longest:
        return []
    told = f"约定的人工费用拨付周期是 {row.pay_cycle_days} 天，超过规定的 {longest} 天"
    return [f"{told}（国务院令第724号 第二十四条：不得超过 1 个月），请双方更正合同。"]


def in_words(row: OwnerTerms) -> Iterator[tuple[str, str]]:
    """Each item with what was agreed; 未约定 where nothing was."""
    said = {
        "measurement": _days(row.measurement_days),
        "pay_cycle": _days(row.pay_cycle_days),
        "pay_day": "" if row.pay_day is None else f"每月 {row.pay_day} 日",
        "labour": _labour(row.labour_cost, row.labour_share),
        "duties": row.duties,
        "cost": _cost(row),
    }
    for key, name in ITEMS.items():
        yield name, said[key] or "未约定"


def _days(number: int | None) -> str:
    return "" if number is None else f"{number} 天"


def _labour(amount: Decimal | None, share: Decimal | None) -> str:
    parts = [] if amount is None else [words.money(amount)]
    if share is not None:
        parts.append(f"合同价款的 {share.normalize():f}%")
    return "，".join(parts)


def _cost(row: OwnerTerms) -> str:
    if row.safety_cost is None:
        return ""
    free = "不向工人收取任何费用" if row.is_free_for_workers else "没有写明不向工人收费"
    return f"{words.money(row.safety_cost)}，{free}"
