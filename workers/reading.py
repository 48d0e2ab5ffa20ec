"""What a reader's local bridge says of a card, and how far it is believed. No rows, no clock.

The browser only carries it: a reading counts as read from the chip when its signature was made with the key
of the point's reader over a challenge that this node gave to this account for this project. See
docs/id-reader-bridge.md and decision 127, also for what the signature does not prove.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, Final

VERSION: Final = "1"
SCHEME: Final = "hmac-sha256"
LONGEST: Final = 120_000  # signs; a chip's portrait is a few kilobytes
# The fields of a card, and how long each may be.
FIELDS: Final[Mapping[str, int]] = {
    "name": 50,
    "id_number": 18,
    "sex": 1,
    "nation": 20,
    "address": 200,
    "issuing_authority": 60,
}
DAYS: Final = ("born_on", "valid_from", "valid_to")


class BadReading(ValueError):
    """A text that is no reading; why, in words that repeat nothing of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands on a card, and which reader read it. `valid_to` None: valid for ever."""

    name: str
    id_number: str
    sex: str = ""
    nation: str = ""
    address: str = ""
    issuing_authority: str = ""
    born_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    portrait: bytes = field(default=b"", repr=False)
    reader: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "<Reading>"

    @property
    def told(self) -> list[str]:
        """The fields that the card says something in."""
        return [name for name in (*FIELDS, *DAYS) if getattr(self, name)]


def signed_text(challenge: str, reading: str) -> bytes:
    """What a bridge signs: the version, the challenge and the reading exactly as it is sent, one a line."""
    return f"{VERSION}\n{challenge}\n{sha256(reading.encode()).hexdigest()}".encode()


def sign(key: str, challenge: str, reading: str) -> str:
    """The signature of a reading, as a bridge makes it: 64 lower-case hexadecimal digits."""
    return hmac.digest(key.encode(), signed_text(challenge, reading), "sha256").hex()


def is_proved(key: str, challenge: str, reading: str, proof: str) -> bool:
    """Whether this key signed this reading for this challenge."""
    return bool(key and proof) and hmac.compare_digest(sign(key, challenge, reading), proof.lower())


def read(text: str) -> Reading:
    """A reading as a bridge writes it (JSON). Raises BadReading."""
    if len(text) > LONGEST:
        raise BadReading("读卡结果过长，请核对读卡程序的版本后重新读卡。")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise BadReading("读卡结果不完整，请重新读卡。") from None
    if not isinstance(said, dict):
        raise BadReading("读卡结果不完整，请重新读卡。")
    told: dict[str, Any] = {name: _text(said, name, most) for name, most in FIELDS.items()}
    if not (told["name"] and told["id_number"]):
        raise BadReading("读卡结果没有姓名或号码，请重新读卡。")
    told |= {name: _day(said, name) for name in DAYS}
    return Reading(**told, portrait=_portrait(said), reader=_reader(said))


def _text(said: Mapping[str, Any], name: str, most: int) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise BadReading("读卡结果的内容不合规定，请核对读卡程序的版本后重新读卡。")
    return value.strip()


def _day(said: Mapping[str, Any], name: str) -> date | None:
    value = said.get(name)
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadReading("读卡结果中的日期不合规定，请核对读卡程序的版本后重新读卡。") from None


def _portrait(said: Mapping[str, Any]) -> bytes:
    value = said.get("portrait", "")
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        raise BadReading("读卡结果中的照片不能打开，请重新读卡。") from None


def _reader(said: Mapping[str, Any]) -> dict[str, str]:
    value = said.get("reader")
    named = value if isinstance(value, dict) else {}
    return {name: str(named.get(name, ""))[:60] for name in ("vendor", "model", "serial", "bridge")}
