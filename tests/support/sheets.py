"""A form as it stands on a page: its fields, what each offers, and what a browser would send untouched."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

MACHINERY = ("csrfmiddlewaretoken", "once", "by", "version")


@dataclass
class Field:
    """An input, a list to choose from or a text area; `options` are the values it offers."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)

    @property
    def is_choice(self) -> bool:
        return self.kind in ("select", "radio", "checkbox")

    @property
    def is_typed(self) -> bool:
        return self.kind not in ("select", "radio", "checkbox", "file", "submit", "hidden")


class _Reader(HTMLParser):
    """Collects what stands inside `<form id="act">`."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.fields: dict[str, Field] = {}
        self._open: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == "act"
        elif self.inside and tag == "option" and self._open:
            self._option(self._open, given)
        elif self.inside and given.get("name"):
            kind = given.get("type", "text") if tag == "input" else tag
            self._named(given, "submit" if tag == "button" else kind)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self._open = None

    def _named(self, given: dict[str, str], kind: str) -> None:
        found = self.fields.setdefault(given["name"], Field(given["name"], kind))
        if kind in ("radio", "checkbox"):
            found.options.append(given.get("value", "on"))
            found.value = given.get("value", "on") if "checked" in given else found.value
        elif kind == "select":
            self._open = found
        else:
            found.value = given.get("value", "")

    def _option(self, of: Field, given: dict[str, str]) -> None:
        of.options.append(given.get("value", ""))
        if "selected" in given or len(of.options) == 1:
            of.value = given.get("value", "")


def fields_of(answer: Any) -> list[Field]:
    """The fields of the page's form, without those that only send it."""
    reader = _Reader()
    reader.feed(answer.content.decode())
    return [one for one in reader.fields.values() if one.kind != "submit"]


def hidden(fields: list[Field]) -> dict[str, str]:
    """What the form carries for itself: its key, whose it is, and the version it was opened at."""
    return {one.name: one.value for one in fields if one.name in MACHINERY and one.value}


def to_fill(fields: list[Field]) -> Iterator[Field]:
    """What a person fills in."""
    yield from (one for one in fields if one.name not in MACHINERY)
