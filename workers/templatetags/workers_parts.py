"""Small parts of the clerk's forms: one field by its name, and whether a fold has anything in it."""

from collections.abc import Sequence
from decimal import Decimal

from django import forms, template
from django.utils.safestring import SafeString

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


@register.filter
def plain_number(value: Decimal) -> str:
    """A quantity without the zeros that nobody wrote: 1,200.5."""
    return f"{value.normalize():,f}"
