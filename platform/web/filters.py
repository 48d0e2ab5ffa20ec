"""Filters that live in the address, shown as chips: an active one can be taken away, others can be added."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter on the page: its value and how to remove it, or the choices it offers."""

    name: str
    label: str
    value: str = ""
    remove_url: str = ""
    options: list[Option] = field(default_factory=list)
    input: Any = None


class ScopedFilterSet(django_filters.FilterSet):
    """Filters of a list. Choices come from what the reader may see, for dropdowns leak too.

    `quiet` names filters that the breadcrumb shows already; `titled` those that the title shows and that
    can only be changed; `fixed` those that come from links and are shown once they are set.
    """

    quiet: tuple[str, ...] = ("region",)
    titled: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()

    def described(self, name: str, value: Any) -> str:
        """An active filter's value in words."""
        choices = dict(self.form.fields[name].choices) if hasattr(self.form.fields[name], "choices") else {}
        return str(choices.get(value, value))

    @property
    def chips(self) -> list[Chip]:
        """Active filters first, then those that can be added."""
        found = list(self._chips())
        return sorted(found, key=lambda chip: not chip.value)

    @property
    def is_active(self) -> bool:
        return any(chip.value for chip in self._chips())

    def _chips(self) -> Iterator[Chip]:
        values = self.form.cleaned_data if self.form.is_valid() else {}
        for name in self.filters:
            if name in self.quiet:
                continue
            value = values.get(name)
            if value not in (None, "") and name not in self.titled:
                yield self._active(name, value)
            elif name not in self.fixed:
                yield self._offered(name)

    def _active(self, name: str, value: Any) -> Chip:
        return Chip(name, self._label(name), self.described(name, value), self._address(name, None))

    def _offered(self, name: str) -> Chip:
        form_field = self.form.fields[name]
        if isinstance(form_field, forms.ChoiceField):
            pairs: Any = form_field.choices
            chosen = [(str(key), str(label)) for key, label in pairs if key not in (None, "")]
            options = [Option(label, self._address(name, key), False) for key, label in chosen]
            return Chip(name, self._label(name), options=options)
        return Chip(name, self._label(name), input=self.form[name])

    def _label(self, name: str) -> str:
        return str(self.form.fields[name].label)

    def _address(self, name: str, value: str | None) -> str:
        query: QueryDict = self.request.GET.copy()
        query.pop("page", None)
        query.pop(name, None)
        if value is not None:
            query[name] = value
        return "?" + query.urlencode()
