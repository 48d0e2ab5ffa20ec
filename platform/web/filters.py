"""Filters that live in the address, shown as chips: an active one can be taken away, others can be added."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from unicodedata import category
from urllib.parse import urlencode

import django_filters
from django import forms
from django.utils.text import Truncator

from kernel.text import compact

# A citizen's number, old or new, or a phone; or as many figures as make one. page.js has the same rule.
_SOMEBODYS = re.compile(r"\d{15}|1\d{10}")


def _joined(text: str) -> str:
    """A number without the blanks and hyphens that people set between its figures."""
    return "".join(sign for sign in compact(text) if category(sign) != "Pd")


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """A filter whose value cannot be read: its name, what is wrong, and the address without it."""

    label: str
    words: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter on the page: its value and how to remove it, or the choices it offers."""

    name: str
    label: str
    value: str = ""
    remove_url: str = ""
    options: list[Option] = field(default_factory=list)
    input: Any = None
    names_people: bool = False


class ScopedFilterSet(django_filters.FilterSet):
    """Filters of a list. Choices come from what the reader may see, for dropdowns leak too.

    `quiet` names filters that the breadcrumb shows already; `titled` those that the title shows and that
    can only be changed; `fixed` those that come from links and are shown once they are set.
    """

    quiet: tuple[str, ...] = ("region",)
    titled: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    # Where people's names are typed, and their numbers by mistake.
    names_people: tuple[str, ...] = ()

    @classmethod
    def numbered(cls, asked: Mapping[str, str]) -> list[str]:
        """The filters in which somebody's whole number was typed where a name belongs."""
        return [name for name in cls.names_people if _SOMEBODYS.search(_joined(asked.get(name, "")))]

    def described(self, name: str, value: Any) -> str:
        """An active filter's value in words."""
        choices = dict(self.form.fields[name].choices) if hasattr(self.form.fields[name], "choices") else {}
        return str(choices.get(value, value))

    @cached_property
    def chips(self) -> list[Chip]:
        """Active filters first, then those that can be added."""
        return sorted(self._chips(), key=lambda chip: not chip.value)

    @cached_property
    def is_active(self) -> bool:
        return any(self._is_set(name) for name in self.filters if name not in self.quiet)

    @cached_property
    def faults(self) -> list[Fault]:
        """The filters that are not in force because nobody can read their value."""
        return [
            Fault(self._label(name), Truncator(errors[0]).chars(60), f"?{self._others(name)}")
            for name, errors in self.form.errors.items()
        ]

    @property
    def in_words(self) -> list[str]:
        """The filters in force, as paper and files say them: “在场：在册在场”."""
        return [f"{chip.label}：{chip.value}" for chip in self.chips if chip.value]

    @cached_property
    def _values(self) -> dict[str, Any]:
        """What is in force: a value that cannot be read narrows nothing, the others still do."""
        self.form.is_valid()
        return getattr(self.form, "cleaned_data", {})

    def _is_set(self, name: str) -> bool:
        return name not in self.titled and self._values.get(name) not in (None, "")

    def _chips(self) -> Iterator[Chip]:
        for name in self.filters:
            if name in self.quiet:
                continue
            if self._is_set(name):
                yield self._active(name, self._values[name])
            elif name not in self.fixed:
                yield self._offered(name)

    def _active(self, name: str, value: Any) -> Chip:
        return Chip(name, self._label(name), self.described(name, value), f"?{self._others(name)}")

    def _offered(self, name: str) -> Chip:
        form_field = self.form.fields[name]
        if isinstance(form_field, forms.ChoiceField):
            pairs: Any = form_field.choices
            chosen = [(str(key), str(label)) for key, label in pairs if key not in (None, "")]
            others = self._others(name)
            kept = f"?{others}&" if others else "?"
            options = [Option(label, kept + urlencode({name: key}), False) for key, label in chosen]
            return Chip(name, self._label(name), options=options)
        names_people = name in self.names_people
        return Chip(name, self._label(name), input=self.form[name], names_people=names_people)

    def _label(self, name: str) -> str:
        return str(self.form.fields[name].label)

    def _others(self, name: str) -> str:
        """The address's query without this filter and without the page, for a list that begins anew."""
        asked = self.request.GET.lists()
        return urlencode([(key, values) for key, values in asked if key not in ("page", name)], doseq=True)
