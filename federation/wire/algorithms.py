"""Signing behind a name, so that a site that must use the state's algorithms brings its own.

The library signs Ed25519. It has SM3 and SM4 but no SM2 signature: a node with a certified module registers
it under the name `sm2` (decision 161), and nothing else changes.
"""

from hashlib import sha256
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

KEY_ID_LENGTH: Final = 32


class UnknownAlgorithm(ValueError):
    """A key of a kind that this node has no program for."""


class Signing(Protocol):
    """What a kind of signature can do; keys are raw bytes."""

    def generate(self) -> tuple[bytes, bytes]:
        """A fresh pair: private, public."""
        ...

    def sign(self, private: bytes, content: bytes) -> bytes: ...

    def verifies(self, public: bytes, content: bytes, signature: bytes) -> bool:
        """Whether the signature is of this key over this content; a broken key verifies nothing."""
        ...


class Ed25519:
    """RFC 8032; 32 bytes each, signatures of 64."""

    def generate(self) -> tuple[bytes, bytes]:
        key = Ed25519PrivateKey.generate()
        return key.private_bytes_raw(), key.public_key().public_bytes_raw()

    def sign(self, private: bytes, content: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(private).sign(content)

    def verifies(self, public: bytes, content: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
        except (InvalidSignature, ValueError):
            return False
        return True


_signing: dict[str, Signing] = {"ed25519": Ed25519()}


def register(name: str, signing: Signing) -> None:
    """Bring another kind of signature, such as the `sm2` of a certified module."""
    _signing[name] = signing


def signing(name: str) -> Signing:
    """The signature of that name. Raises UnknownAlgorithm."""
    if name not in _signing:
        raise UnknownAlgorithm(name)
    return _signing[name]


def known(name: str) -> bool:
    """Whether this node can verify signatures of that name."""
    return name in _signing


def fresh_seal_pair() -> tuple[bytes, bytes]:
    """A fresh X25519 pair for boxes: private, public."""
    key = X25519PrivateKey.generate()
    return key.private_bytes_raw(), key.public_key().public_bytes_raw()


def is_seal_key(public: bytes) -> bool:
    """Whether these bytes can be an X25519 key."""
    try:
        X25519PublicKey.from_public_bytes(public)
    except ValueError:
        return False
    return True


def key_id(algorithm: str, public: bytes) -> str:
    """The name of a key: 32 hexadecimal figures that nobody can choose, so that the name proves the key."""
    return sha256(algorithm.encode() + b"\0" + public).hexdigest()[:KEY_ID_LENGTH]
