"""The head of a call and of an answer: what is signed, line by line, with the digest of the body's bytes."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from federation.wire import PROTOCOL
from federation.wire.algorithms import signing

HEADERS: Final = {
    "protocol": "X-Node-Protocol",
    "sender": "X-Node",
    "receiver": "X-Node-To",
    "key_id": "X-Node-Key",
    "at": "X-Node-Time",
    "signature": "X-Node-Signature",
}
# What an answer's head names in place of an act.
ANSWER: Final = "answer"
NOTHING: Final = "-"


@dataclass(frozen=True)
class Head:
    """Who speaks to whom, when, about what; `re` of an answer is the signature of the call it answers."""

    act: str
    sender: str
    receiver: str
    key_id: str
    at: str
    re: str = NOTHING

    def signed(self, content: bytes) -> bytes:
        """The bytes that are signed for a body."""
        lines = (
            PROTOCOL, self.act, self.sender, self.receiver, self.key_id, self.at, self.re,
            sha256(content).hexdigest(),
        )  # fmt: skip
        return "\n".join(lines).encode()


def stamp(instant: datetime) -> str:
    """An instant as the head writes it: UTC with microseconds and a Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant_of(text: str) -> datetime | None:
    """The instant that a head names; None where it names none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def headers(head: Head, signature: str) -> dict[str, str]:
    """The HTTP headers of a signed body."""
    values = {
        "protocol": PROTOCOL,
        "sender": head.sender,
        "receiver": head.receiver,
        "key_id": head.key_id,
        "at": head.at,
        "signature": signature,
    }
    return {HEADERS[name]: value for name, value in values.items()}


def sign(head: Head, content: bytes, *, algorithm: str, private: bytes) -> str:
    """The signature of a head and its body, in base64. Raises UnknownAlgorithm."""
    return sign_text(head.signed(content), algorithm=algorithm, private=private)


def is_signed(head: Head, content: bytes, signature: str, *, algorithm: str, public: bytes) -> bool:
    """Whether the signature is of that key over exactly this head and body. Raises UnknownAlgorithm."""
    return is_text_signed(head.signed(content), signature, algorithm=algorithm, public=public)


def sign_text(content: bytes, *, algorithm: str, private: bytes) -> str:
    """A signature over plain bytes, in base64."""
    return base64.b64encode(signing(algorithm).sign(private, content)).decode()


def is_text_signed(content: bytes, signature: str, *, algorithm: str, public: bytes) -> bool:
    """Whether a signature in base64 is of that key over these bytes."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    return signing(algorithm).verifies(public, content, raw)
