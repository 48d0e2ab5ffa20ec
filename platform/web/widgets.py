"""Widgets with a choice for each of a site's thousand people, drawn in one go.

Django renders two templates for each choice, which takes longer than all else on such a page. Decision 78.
"""

from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """A drop-down of many choices without groups."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        options = (option for _group, found, _index in widget["optgroups"] for option in found)
        drawn = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((one["value"], flatatt(one["attrs"]), one["label"]) for one in options),
        )
        return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), drawn)


def option_box(box: BoundWidget) -> SafeString:
    """One of many choices as a box with its label."""
    data = box.data
    drawn = format_html(
        '<input type="checkbox" name="{}" value="{}"{}>', data["name"], data["value"], flatatt(data["attrs"])
    )
    return format_html(
        '<label class="option" for="{}">{}<span>{}</span></label>', box.id_for_label, drawn, data["label"]
    )
