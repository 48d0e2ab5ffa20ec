"""Who speaks in a trial: a platform with keys of its own, made anew each time."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from federation.wire import PROTOCOL, boxes, heads
from federation.wire.algorithms import fresh_seal_pair, key_id, signing

SIGN: Final = "ed25519"
SEAL: Final = "x25519"


@dataclass(frozen=True)
class Pair:
    """A private key and its public half."""

    algorithm: str
    private: bytes
    public: bytes
    valid_until: str = ""

    @property
    def key_id(self) -> str:
        return key_id(self.algorithm, self.public)

    def card(self) -> dict[str, str]:
        """As a handshake tells of it."""
        return {
            "key_id": self.key_id,
            "purpose": "sign" if self.algorithm == SIGN else "seal",
            "algorithm": self.algorithm,
            "public": base64.b64encode(self.public).decode(),
            "valid_from": "2026-01-01T00:00:00.000000Z",
            "valid_until": self.valid_until,
        }


def signing_pair() -> Pair:
    """A fresh pair to sign with."""
    return Pair(SIGN, *signing(SIGN).generate())


def _sealing_pair() -> Pair:
    return Pair(SEAL, *fresh_seal_pair())


@dataclass
class Speaker:
    """One side of the trial. The first of its pairs signs."""

    code: str
    name: str
    kind: str
    region: str
    enterprise: str = ""
    url: str = ""
    signs: list[Pair] = field(default_factory=lambda: [signing_pair()])
    seals: Pair = field(default_factory=_sealing_pair)

    def card(self) -> dict[str, Any]:
        """What it tells of itself."""
        return {
            "code": self.code, "name": self.name, "kind": self.kind, "region": self.region,
            "enterprise": self.enterprise, "url": self.url, "protocol": PROTOCOL,
            "software": "hubei-trial/1", "standard": "",
            "keys": [pair.card() for pair in (*self.signs, self.seals)], "below": [],
        }  # fmt: skip

    def headers(
        self, act: str, to: str, content: bytes, *, re: str = heads.NOTHING, at: datetime | None = None,
        pair: Pair | None = None,
    ) -> dict[str, str]:  # fmt: skip
        """The headers of a body that it signs."""
        pair = pair or self.signs[0]
        head = heads.Head(act, self.code, to, pair.key_id, heads.stamp(at or datetime.now(UTC)), re)
        signature = heads.sign(head, content, algorithm=pair.algorithm, private=pair.private)
        return heads.headers(head, signature)

    def signed_lines(self, content: bytes) -> str:
        """Its signature over plain bytes."""
        pair = self.signs[0]
        return heads.sign_text(content, algorithm=pair.algorithm, private=pair.private)

    def opened(self, box: str, place: str) -> bytes:
        """What was closed for it. Raises boxes.Closed."""
        if boxes.key_of(box) != self.seals.key_id:
            raise boxes.Closed("for another key")
        return boxes.opened_bytes(box, place, private=self.seals.private)


def keys_told(card: Mapping[str, Any], purpose: str) -> dict[str, tuple[str, bytes]]:
    """The keys of a purpose that a card tells of, by name: algorithm and raw bytes.

    One that does not bear its name, or is no base64, is left out.
    """
    found = {}
    for one in card.get("keys") or ():
        try:
            public = base64.b64decode(str(one["public"]), validate=True)
            name, algorithm = str(one["key_id"]), str(one["algorithm"])
        except (KeyError, TypeError, ValueError):
            continue
        if one.get("purpose") == purpose and key_id(algorithm, public) == name:
            found[name] = (algorithm, public)
    return found
