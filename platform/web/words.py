"""How figures, rates and times are written, on pages and in tables alike.

Source: interface.md, "Figures and words".
"""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

NO_DATA = "无数据"
_TEN_THOUSAND = 10_000
_SHORTENED_FROM = 100_000


def exact(number: int | None) -> str:
    """A count with thousands separators; no data is said in words, never as 0."""
    return NO_DATA if number is None else f"{number:,}"


def figure(number: int | None) -> str:
    """A count for a headline: from 100,000 on in 万 with one decimal (32.2万)."""
    if number is None or abs(number) < _SHORTENED_FROM:
        return exact(number)
    return f"{_rounded(Decimal(number) / _TEN_THOUSAND)}万"


def money(yuan: Decimal | None) -> str:
    """A sum as ¥1,234.50; no data is said in words."""
    return NO_DATA if yuan is None else f"¥{yuan:,.2f}"


def percent(rate: float | Decimal | None) -> str:
    """A rate between 0 and 1 as 93.4%; no data is said in words."""
    return NO_DATA if rate is None else f"{percentage(rate)}%"


def percentage(rate: float | Decimal) -> Decimal:
    """A rate between 0 and 1 in per cent, to one decimal; only a full house reads 100.0, only nothing 0.0."""
    exact_value = Decimal(str(rate)) * 100
    shown = _rounded(exact_value)
    if shown == 100 and exact_value < 100:
        return Decimal("99.9")
    if shown == 0 and exact_value > 0:
        return Decimal("0.1")
    return shown


def share(part: int | None, whole: int | None) -> float | None:
    """`part` of `whole` between 0 and 1; None where there is nothing to divide by."""
    return None if not whole or part is None else part / whole


def clock(instant: datetime | None) -> str:
    """An instant as 08:42 on the wall in Hubei."""
    return "" if instant is None else timezone.localtime(instant).strftime("%H:%M")


def day(value: date | datetime | None) -> str:
    """A day as 2026-11-22."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return "" if value is None else value.isoformat()


def moment(instant: datetime | None) -> str:
    """An instant as 2026-11-22 08:42."""
    return "" if instant is None else timezone.localtime(instant).strftime("%Y-%m-%d %H:%M")


def ago(instant: datetime, now: datetime) -> str:
    """How long before `now`, in the largest unit that fits: 刚刚, 12 分钟前, 3 小时前, 3 天前."""
    passed = now - instant
    if passed < timedelta(minutes=1):
        return "刚刚"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} 分钟前"
    if passed < timedelta(days=1):
        return f"{passed // timedelta(hours=1)} 小时前"
    return f"{passed.days} 天前"


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
