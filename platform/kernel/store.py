"""One store for photographs and scans: content-addressed, sealed, reached only through a view that judges.

A file's address is a keyed digest of its content, so that the same picture is kept once and nobody who
sees an address can test which picture it is. Rows hold the address; the app that owns the row serves it.
"""

from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

from django.core.files.base import File
from django.core.files.storage import storages

from kernel.cipher import Unreadable, keyring, seal_bytes, unseal_bytes

_CONTEXT = "file"
_listeners: list[Callable[[str], None]] = []


def when_kept_again(told: Callable[[str], None]) -> None:
    """Hear of the address of a content that is kept once more: another row will name it from now on."""
    _listeners.append(told)


def digest_of(content: bytes) -> str:
    """What names a content between nodes: SHA-256 as 64 hexadecimal characters."""
    return sha256(content).hexdigest()


def address_of(digest: str) -> str:
    """Where a content lies here, whether it has come or not, by what names it between nodes."""
    return keyring().blind_index(_CONTEXT, digest)[-32:].hex()


def has(address: str) -> bool:
    """Whether anything is kept at an address."""
    return storages["files"].exists(_path(address))


def keep(content: bytes) -> str:
    """Store `content` once and return its address (64 hexadecimal characters)."""
    address = address_of(digest_of(content))
    if has(address):
        for told in _listeners:
            told(address)
    # Whoever was about to forget it has been waited for: it may be gone.
    if not has(address):
        _write(address, content)
    return address


def keep_whole(content: bytes) -> str:
    """The same; what was cut short when a process died in the middle of writing is written anew."""
    address = address_of(digest_of(content))
    if has(address) and not _is_whole(address, content):
        forget(address)
    if not has(address):
        _write(address, content)
    return address


def forget(address: str) -> None:
    """Delete what is kept at an address, for nobody names it any more."""
    storages["files"].delete(_path(address))


def _write(address: str, content: bytes) -> None:
    storages["files"].save(_path(address), File(BytesIO(seal_bytes(content, context=_CONTEXT))))


def _is_whole(address: str, content: bytes) -> bool:
    try:
        return fetch(address) == content
    except Unreadable:
        return False


def fetch(address: str) -> bytes:
    """The content at an address. Raises FileNotFoundError, Unreadable."""
    with storages["files"].open(_path(address)) as sealed:
        return unseal_bytes(sealed.read(), context=_CONTEXT)


def _path(address: str) -> str:
    return f"{address[:2]}/{address[2:4]}/{address}"
