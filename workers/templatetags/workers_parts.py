"""Small parts of the clerk's forms: one field by its name, and whether a fold has anything in it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms, template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel.ids import new_id
from web.widgets import option_box

register = template.Library()


@register.filter
def field(form: forms.Form, name: str) -> forms.BoundField:
    """The form's field of this name."""
    return form[name]


@register.filter
def any_filled(form: forms.Form, names: Sequence[str]) -> bool:
    """Whether one of these fields holds a value or a fault, so that its fold must stand open."""
    return any(form[name].errors or form[name].value() for name in names)


@register.filter
def by_team(form: forms.Form, name: str) -> list[tuple[str, list[SafeString]]]:
    """The boxes of a field whose choices are grouped by team, with their labels."""
    boxes = {str(box.data["value"]): option_box(box) for box in form[name]}
    return [
        (team, [boxes[key] for key, _label in people])
        for team, people in form.fields[name].choices  # type: ignore[attr-defined]  # a field of choices
    ]


@register.simple_tag(takes_context=True)
def fresh_machinery(context: Mapping[str, Any]) -> SafeString:
    """The hidden fields of a further acting form on a page, with a key of its own."""
    return format_html(
        '<input type="hidden" name="once" value="{}"><input type="hidden" name="by" value="{}">',
        new_id(),
        context.get("by", ""),
    )


@register.filter
def plain_number(value: Decimal) -> str:
    """A quantity without the zeros that nobody wrote: 1,200.5."""
    return f"{value.normalize():,f}"
