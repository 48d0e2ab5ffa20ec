"""Filters for figures and times: `{% load words %}`, then `{{ n|figure }}`."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web import words
from web.uploads import absence_of

register = template.Library()

register.filter("exact", words.exact)
register.filter("money", words.money)
register.filter("percent", words.percent)
register.filter("clock", words.clock)
register.filter("day", words.day)
register.filter("moment", words.moment)


@register.filter
def figure(number: int | None) -> str | SafeString:
    """A headline count; where it is shortened to 万, the exact number is on hover."""
    short, whole = words.figure(number), words.exact(number)
    return whole if short == whole else format_html('<span title="{}">{}</span>', whole, short)


@register.filter
def ago(instant: datetime | None) -> str | SafeString:
    """“3 天前” with the moment on hover."""
    if instant is None:
        return ""
    passed = words.ago(instant, timezone.now())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', instant.isoformat(), words.moment(instant), passed
    )


@register.filter
def change(difference: int | None, than: str = "较昨日") -> SafeString | str:
    """A difference to an earlier count: a mark for the eye, a word for the ear."""
    if difference is None:
        return "昨日无数据"
    if difference == 0:
        return f"{than}持平"
    return _arrow(difference, words.exact(abs(difference)), than)


@register.filter
def points(difference: float | Decimal | None, than: str = "较昨日") -> SafeString | str:
    """A difference between two rates, in percentage points with one decimal."""
    if difference is None:
        return "昨日无数据"
    shown = words.percentage(abs(float(difference)))
    if shown == 0:
        return f"{than}持平"
    return format_html("{} 个百分点", _arrow(difference, shown, than))


def _arrow(difference: float | Decimal, shown: object, than: str) -> SafeString:
    kind, word = ("up", "增") if difference > 0 else ("down", "减")
    return format_html('{} <span class="{}"><span class="sr">{}</span>{}</span>', than, kind, word, shown)


@register.filter
def not_here(address: str) -> str:
    """Beside a file that a copy names: “附件正在传送” until it has come; nothing while it is here."""
    told = absence_of(address)
    return told.word if told else ""
