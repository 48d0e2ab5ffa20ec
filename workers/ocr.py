"""A plug for programs that read a picture of an identity card; the platform brings none.

The setting CARD_TEXT_READER names a callable: it is given the bytes of a JPEG or PNG and answers a mapping
with `name` and `id_number` (texts, "" where it cannot read), within a few seconds, and keeps nothing. Name
and number are checked as typed ones are, and stay marked as read from a picture for ever.
docs/id-reader-bridge.md.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

_LONGEST = 50


@dataclass(frozen=True, slots=True)
class CardText:
    """What was read from a picture; "" for what was not."""

    name: str = ""
    id_number: str = ""

    def __repr__(self) -> str:
        return "<CardText>"


def is_offered() -> bool:
    """Whether such a program is plugged in."""
    return bool(settings.CARD_TEXT_READER)


def read_card_image(content: bytes) -> CardText:
    """What the plugged-in program reads from a picture of a card."""
    said = import_string(settings.CARD_TEXT_READER)(content)
    texts = {name: str(said.get(name, "")).strip()[:_LONGEST] for name in ("name", "id_number")}
    return CardText(**texts)
