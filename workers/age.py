"""The age rule of a place: how young, and how old, somebody may be in a kind of work. No Django.

Source: 劳动法 第十五条, 第六十四条; 建质〔2008〕75号 第八条; product 1.3 (places set upper limits).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from workers.identity import age_on

# Classes of posts by the kinds of worker in the national dictionary: 10 管理人员, 20 建筑工人.
_CLASSES = {"10": "管理", "20": "工人"}
UNKNOWN = "出生日期（没有登记，无法核对年龄）"


@dataclass(frozen=True, slots=True)
class AgeRule:
    """What holds at a place on a day; ages are whole years.

    `least_of_trades` by code of trade. `most` by sex and class of post ({"男工人": 60}): who is older may not
    enter; 0, and what is not named, is no limit.
    """

    least: int
    least_of_trades: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)

    def least_for(self, trade: str) -> int:
        """The youngest age in a trade."""
        return max(self.least, self.least_of_trades.get(trade, 0))

    def most_for(self, sex: str, kind: str) -> int | None:
        """The oldest age of a sex in a kind of work; None where the place sets none."""
        return self.most.get(sex + _CLASSES.get(kind, "")) or None


def age_fault(
    rule: AgeRule, *, born_on: date | None, sex: str, kind: str, trade: str, trade_name: str, day: date
) -> str:
    """How somebody's age stands against entry on a day, in words; "" where it does not."""
    if born_on is None:
        return UNKNOWN
    age, least, most = age_on(born_on, day), rule.least_for(trade), rule.most_for(sex, kind)
    if age < rule.least:
        return f"年龄（未满 {rule.least} 周岁，依法不得招用）"
    if age < least:
        return f"年龄（{trade_name}须年满 {least} 周岁）"
    if most is not None and age > most:
        return f"年龄（{age} 周岁，超过本地上限 {most} 周岁）"
    return ""


def last_day_of_age(rule: AgeRule, *, born_on: date, sex: str, kind: str) -> date | None:
    """The last day before somebody is too old; None where the place sets no limit."""
    most = rule.most_for(sex, kind)
    return None if most is None else _day_before(_birthday(born_on, most + 1))


def first_day_of_age(rule: AgeRule, *, born_on: date, trade: str) -> date:
    """The first day on which somebody is old enough for a trade."""
    return _birthday(born_on, rule.least_for(trade))


def _birthday(born_on: date, years: int) -> date:
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:  # born on 29 February: older on 1 March of common years
        return date(born_on.year + years, 3, 1)


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
