"""Sealing of personal numbers, and the index that finds a sealed number again.

A sealed value says how it was sealed: format, key id, nonce, ciphertext with its tag. Keys may therefore be
changed while old rows remain readable. The place a value belongs to (its context) is authenticated too, so
a ciphertext copied into another column does not open there.
"""

import base64
import binascii
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

FORMAT: Final = 1
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
LONGEST_KEY_ID: Final = 16
KEY_BYTES: Final = {"aes256gcm": 32, "sm4gcm": 16}
INDEX_KEY_BYTES: Final = 32


class BadKeyring(ValueError):
    """The keys in the settings cannot be used; the text names the entry, never the key."""


class Unreadable(ValueError):
    """A sealed value does not open: damaged, moved to another place, or its key is gone."""


@dataclass(frozen=True)
class FieldKey:
    """One key that seals values, known by a short id that is stored with each of them."""

    id: str
    algorithm: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_id(self.id)
        if self.algorithm not in KEY_BYTES:
            raise BadKeyring(
                f"FIELD_KEYS, key {self.id!r}: the algorithm must be one of {', '.join(KEY_BYTES)}"
            )
        if len(self.secret) != KEY_BYTES[self.algorithm]:
            wanted = KEY_BYTES[self.algorithm]
            raise BadKeyring(f"FIELD_KEYS, key {self.id!r}: {self.algorithm} needs {wanted} bytes")

    def _cipher(self, mode: modes.GCM) -> Cipher[modes.GCM]:
        cipher = algorithms.AES if self.algorithm == "aes256gcm" else algorithms.SM4
        return Cipher(cipher(self.secret), mode)

    def encrypt(self, nonce: bytes, plain: bytes, associated: bytes) -> bytes:
        """The ciphertext followed by its 16-byte tag."""
        encryptor = self._cipher(modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated)
        return encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        """The plain bytes. Raises InvalidTag."""
        decryptor = self._cipher(modes.GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(associated)
        return decryptor.update(sealed[:-TAG_BYTES]) + decryptor.finalize()


@dataclass(frozen=True)
class IndexKey:
    """The key of the blind index; its id leads every index value, so that a change of key is visible."""

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_id(self.id)
        if len(self.secret) < INDEX_KEY_BYTES:
            raise BadKeyring(f"INDEX_KEY {self.id!r} needs at least {INDEX_KEY_BYTES} bytes")


class Keyring:
    """All keys of one node: the first seals, every one opens, and one more makes the index."""

    def __init__(self, field_keys: Iterable[FieldKey], index_key: IndexKey) -> None:
        keys = list(field_keys)
        if not keys:
            raise BadKeyring("FIELD_KEYS is empty: give at least one key as id:algorithm:base64")
        self._current = keys[0]
        self._by_id = {key.id: key for key in keys}
        if len(self._by_id) != len(keys):
            raise BadKeyring("FIELD_KEYS names one id twice")
        if any(hmac.compare_digest(key.secret, index_key.secret) for key in keys):
            raise BadKeyring("INDEX_KEY must not be one of FIELD_KEYS")
        self._index_key = index_key

    def __repr__(self) -> str:
        return f"<Keyring {', '.join(self._by_id)}>"

    @classmethod
    def parsed(cls, field_keys: str, index_key: str) -> "Keyring":
        """The keyring that the settings spell: `id:algorithm:base64,…` and `id:base64`.

        Raises BadKeyring.
        """
        entries = [entry.strip() for entry in field_keys.split(",") if entry.strip()]
        index_id, index_secret = _parts(index_key.strip(), 2, "INDEX_KEY")
        return cls(
            [_field_key(entry) for entry in entries],
            IndexKey(index_id, _decoded(index_secret, f"INDEX_KEY {index_id!r}")),
        )

    def seal_bytes(self, plain: bytes, *, context: str) -> bytes:
        """`plain` closed under the current key, for one place only."""
        key = self._current
        header = bytes([FORMAT, len(key.id)]) + key.id.encode("ascii")
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + key.encrypt(nonce, plain, header + context.encode())

    def unseal_bytes(self, sealed: bytes, *, context: str) -> bytes:
        """What was sealed for this place. Raises Unreadable."""
        header, nonce, body = _taken_apart(bytes(sealed))
        key = self._by_id.get(header[2:].decode("ascii", "replace"))
        if key is None:
            raise Unreadable("the key of this value is not in FIELD_KEYS")
        try:
            return key.decrypt(nonce, body, header + context.encode())
        except InvalidTag:
            raise Unreadable("this value is damaged or belongs to another place") from None

    def seal(self, text: str, *, context: str) -> bytes:
        """`text` closed under the current key, for one place only; never twice the same bytes."""
        return self.seal_bytes(text.encode(), context=context)

    def unseal(self, sealed: bytes, *, context: str) -> str:
        """The text that was sealed for this place. Raises Unreadable."""
        return self.unseal_bytes(sealed, context=context).decode()

    def is_current(self, sealed: bytes) -> bool:
        """Whether a sealed value already uses the key that new values use."""
        return _taken_apart(bytes(sealed))[0][2:] == self._current.id.encode("ascii")

    def blind_index(self, kind: str, normalised_value: str) -> bytes:
        """A value by which equal numbers are found without opening one: key id, then HMAC-SHA256.

        `kind` keeps equal digits of different kinds apart (`identity:01`, `phone`). The caller normalises.
        """
        message = kind.encode() + b"\0" + normalised_value.encode()
        key_id = self._index_key.id.encode("ascii")
        return bytes([len(key_id)]) + key_id + hmac.digest(self._index_key.secret, message, sha256)


def _check_id(key_id: str) -> None:
    if not (key_id.isascii() and key_id.isalnum() and len(key_id) <= LONGEST_KEY_ID):
        raise BadKeyring(f"a key id is 1 to {LONGEST_KEY_ID} ASCII letters or figures, not {key_id!r}")


def _parts(entry: str, count: int, name: str) -> list[str]:
    parts = entry.split(":")
    if len(parts) != count:
        raise BadKeyring(f"{name} has an entry that is not {count} parts joined by colons")
    return parts


def _decoded(secret: str, name: str) -> bytes:
    try:
        return base64.b64decode(secret, validate=True)
    except binascii.Error:
        raise BadKeyring(f"{name} is not base64") from None


def _field_key(entry: str) -> FieldKey:
    key_id, algorithm, secret = _parts(entry, 3, "FIELD_KEYS")
    return FieldKey(key_id, algorithm, _decoded(secret, f"FIELD_KEYS, key {key_id!r}"))


def _taken_apart(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    """Header, nonce and body of a sealed value. Raises Unreadable."""
    if len(sealed) < 2 or sealed[0] != FORMAT:
        raise Unreadable("this is not a sealed value of a known format")
    header_ends = 2 + sealed[1]
    nonce_ends = header_ends + NONCE_BYTES
    if len(sealed) < nonce_ends + TAG_BYTES:
        raise Unreadable("this sealed value is cut short")
    return sealed[:header_ends], sealed[header_ends:nonce_ends], sealed[nonce_ends:]


@lru_cache(maxsize=8)
def _parsed(field_keys: str, index_key: str) -> Keyring:
    return Keyring.parsed(field_keys, index_key)


def keyring() -> Keyring:
    """The keys of this node, as its settings give them. Raises BadKeyring."""
    from django.conf import settings  # here, so that the cipher itself stays free of Django

    return _parsed(settings.FIELD_KEYS, settings.INDEX_KEY)


def seal(text: str, *, context: str) -> bytes:
    """`text` sealed with this node's current key. See Keyring.seal."""
    return keyring().seal(text, context=context)


def unseal(sealed: bytes, *, context: str) -> str:
    """The text that this node sealed for this place. Raises Unreadable."""
    return keyring().unseal(sealed, context=context)


def seal_bytes(plain: bytes, *, context: str) -> bytes:
    """A file's bytes sealed with this node's current key."""
    return keyring().seal_bytes(plain, context=context)


def unseal_bytes(sealed: bytes, *, context: str) -> bytes:
    """A file's bytes as this node sealed them. Raises Unreadable."""
    return keyring().unseal_bytes(sealed, context=context)


def blind_index(kind: str, normalised_value: str) -> bytes:
    """This node's index of a normalised number. See Keyring.blind_index."""
    return keyring().blind_index(kind, normalised_value)
