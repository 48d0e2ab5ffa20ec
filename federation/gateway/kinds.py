"""How something that may be shared is written down: its fields, what narrows it, and how a value leaves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from kernel.cipher import unseal
from kernel.masking import mask_card, mask_id_number, mask_phone
from kernel.scoping import ScopedModel
from standards.spec import INTERNAL, SEALED

Reader = Callable[[Any], Any]
# Types of JSON Schema, by the kind of a value.
TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    "text": {"type": "string"},
    "id": {"type": "string", "format": "uuid"},
    "day": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "integer": {"type": "integer"},
    "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "truth": {"type": "boolean"},
}


def plain(value: Any) -> Any:
    """A value as JSON writes it; instants with the offset of Hubei, amounts as text: no fen is lost."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def opened(context: str) -> Reader:
    """Reads a sealed column in full."""
    return lambda raw: unseal(bytes(raw), context=context)


def number_masked(raw: Any) -> str:
    """A person's number as everybody may see it."""
    return mask_id_number(unseal(bytes(raw), context="person.id_number"))


def phone_masked(raw: Any) -> str:
    """A phone of an engagement as everybody may see it."""
    return mask_phone(unseal(bytes(raw), context="engagement.phone"))


def card_masked(context: str) -> Reader:
    """A card as everybody may see it."""
    return lambda raw: mask_card(unseal(bytes(raw), context=context))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object: its column, what it means, how secret it is, an example of nobody."""

    key: str
    label: str
    column: str
    example: Any
    privacy: str = INTERNAL
    means: str = ""
    kind: str = "text"
    code_list: str = ""
    read: Reader = plain

    @property
    def needs_basis(self) -> bool:
        """Whether an agreement must say for this very field why it may leave."""
        return self.privacy == SEALED

    def value(self, raw: Any) -> Any:
        """The column's value as it leaves."""
        return None if raw is None else self.read(raw)


@dataclass(frozen=True, slots=True)
class Shared:
    """One object of the gateway.

    `works`: the path to the engagement's public id, None where no person is in it. `filters`: by what
    agreements and calls may narrow it, each with its column.
    """

    key: str
    label: str
    means: str
    model: type[ScopedModel]
    fields: Mapping[str, Field]
    filters: Mapping[str, str]
    works: str | None = None
    moved: str = "updated_at"

    def picked(self, keys: Any) -> list[Field]:
        """The fields of some names, in the object's own order."""
        wanted = set(keys)
        return [one for key, one in self.fields.items() if key in wanted]

    def moves(self, fields: list[Field]) -> list[str]:
        """Columns that tell when one of these fields may have changed: of each table on its way."""
        found = {self.moved}
        for one in fields:
            model: type[Model] = self.model
            steps = one.column.split("__")
            for depth, step in enumerate(steps[:-1], start=1):
                model = model._meta.get_field(step).related_model  # type: ignore[assignment]  # of a relation
                if any(column.name == "updated_at" for column in model._meta.get_fields()):
                    found.add("__".join([*steps[:depth], "updated_at"]))
        return sorted(found)


def by_key(*fields: Field) -> dict[str, Field]:
    """Fields by their names, in order."""
    return {one.key: one for one in fields}
