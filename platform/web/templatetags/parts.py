"""The small parts every page uses: state marks, bars, charts, pages of a list."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web import copies, words

register = template.Library()
register.filter("is_own", copies.is_own)
_LEVELS = ("red", "amber", "blue", "green", "grey")
_MARKS = {level: format_html('<span class="m m-{}" aria-hidden="true"></span>', level) for level in _LEVELS}


@register.simple_tag
def mark(level: str) -> SafeString:
    """A shape for the eye alone; the word beside it says the same."""
    return _MARKS[_known(level)]


@register.simple_tag
def state(level: str, text: object) -> SafeString:
    """A state in shape and words: red circle, amber triangle, blue square, green tick, grey ring."""
    return format_html('<span class="state state-{}">{}{}</span>', level, mark(level), text)


@register.simple_tag
def tag(level: str, text: object) -> SafeString:
    """A state as a badge beside a title."""
    return format_html('<span class="tag tag-{}">{}{}</span>', level, mark(level), text)


@register.simple_tag
def bar(rate: float | None, low: bool = False) -> SafeString | str:
    """A rate as a short bar beside its number; red only where a parameter is passed."""
    if rate is None:
        return ""
    return format_html(
        '<svg class="hb{}" aria-hidden="true"><rect width="{}%" height="100%"/></svg>',
        " low" if low else "",
        words.percentage(min(rate, 1)),
    )


@register.inclusion_tag("web/parts/_hidden.html", takes_context=True)
def keep_query(context: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The present query as hidden fields, without `names`: a form adds to the filters, never drops them."""
    dropped = {*names, "page"}
    pairs = [(key, value) for key, values in context["request"].GET.lists() for value in values]
    return {"pairs": [(key, value) for key, value in pairs if key not in dropped]}


@register.inclusion_tag("web/parts/_copy.html", takes_context=True)
def copied(context: Mapping[str, Any], row: Any) -> dict[str, Any]:
    """One quiet line on the page of a copy: whose it is, as of when, and how it is corrected."""
    return {"copy": copies.copy_of(context["request"].actor, row)}


def _known(level: str) -> str:
    if level not in _MARKS:
        raise ValueError(f"No such mark: {level}")
    return level
