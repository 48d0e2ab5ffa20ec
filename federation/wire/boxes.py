"""Boxes: a number closed for one receiver, by its public key (HPKE, RFC 9180, base mode).

The suite is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The place a number belongs to goes into
the key's derivation, so that a box put into another row or column does not open. Who closed it is told by the
signature of the envelope it travels in.
"""

import base64
import binascii
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

FORMAT: Final = "hpke1"
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Closed(ValueError):
    """A box that does not open here: damaged, for another key, or taken from another place."""


def close(plain: str, place: str, *, key_id: str, public: bytes) -> str:
    """A box as text: format, the receiver's key, and the sealed bytes in base64."""
    return close_bytes(plain.encode(), place, key_id=key_id, public=public)


def close_bytes(content: bytes, place: str, *, key_id: str, public: bytes) -> str:
    """The same for bytes: a picture of a card says the number too."""
    sealed = _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public), place.encode())
    return f"{FORMAT}:{key_id}:{base64.b64encode(sealed).decode()}"


def key_of(box: str) -> str:
    """Which key opens the box. Raises Closed."""
    parts = box.split(":")
    if len(parts) != 3 or parts[0] != FORMAT:
        raise Closed("not a box of a known format")
    return parts[1]


def opened(box: str, place: str, *, private: bytes) -> str:
    """What was put into the box for this place. Raises Closed."""
    try:
        return opened_bytes(box, place, private=private).decode()
    except UnicodeDecodeError:
        raise Closed("no text") from None


def opened_bytes(box: str, place: str, *, private: bytes) -> bytes:
    """The same for bytes. Raises Closed."""
    key_of(box)
    try:
        sealed = base64.b64decode(box.split(":")[2], validate=True)
        key = X25519PrivateKey.from_private_bytes(private)
        return _SUITE.decrypt(sealed, key, place.encode())
    except (InvalidTag, ValueError, binascii.Error):
        raise Closed("damaged, or of another place") from None
