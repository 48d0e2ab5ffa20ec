"""One store for photographs and scans: content-addressed, sealed, reached only through a view that judges.

A file's address is a keyed digest of its content, so that the same picture is kept once and nobody who
sees an address can test which picture it is. Rows hold the address; the app that owns the row serves it.
"""

from hashlib import sha256
from io import BytesIO

from django.core.files.base import File
from django.core.files.storage import storages

from kernel.cipher import keyring, seal_bytes, unseal_bytes

_CONTEXT = "file"


def keep(content: bytes) -> str:
    """Store `content` once and return its address (64 hexadecimal characters)."""
    address = keyring().blind_index(_CONTEXT, sha256(content).hexdigest())[-32:].hex()
    store = storages["files"]
    if not store.exists(_path(address)):
        store.save(_path(address), File(BytesIO(seal_bytes(content, context=_CONTEXT))))
    return address


def fetch(address: str) -> bytes:
    """The content at an address. Raises FileNotFoundError, Unreadable."""
    with storages["files"].open(_path(address)) as sealed:
        return unseal_bytes(sealed.read(), context=_CONTEXT)


def _path(address: str) -> str:
    return f"{address[:2]}/{address[2:4]}/{address}"
