"""Envelopes: a numbered batch of messages, chained to the one before by its hash, zipped."""

import gzip
import zlib
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import msgspec

from federation.travel.messages import Message
from federation.wire import PROTOCOL

# What stands as `prev` in the first envelope of a line.
BEGINNING: Final = "0" * 64
# The highest epoch and number that are told: after it one more epoch can still be counted.
MOST: Final = 2**31 - 2
_GZIP: Final = 31
_LEVEL: Final = 4


class Malformed(ValueError):
    """Bytes that are no envelope."""


class TooLarge(ValueError):
    """What would come out of the zipped bytes is larger than anybody sends."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """One envelope. `epoch` counts how often the sender has begun the line anew (see decision 162)."""

    protocol: str = PROTOCOL
    sender: str = msgspec.field(name="from")
    receiver: str = msgspec.field(name="to")
    stream: str
    epoch: int
    seq: int
    prev: str
    sent_at: str
    standard: str
    messages: Sequence[Message]


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known of an envelope before it is stored; its messages stay unread."""

    protocol: str = PROTOCOL
    sender: str = msgspec.field(name="from")
    receiver: str = msgspec.field(name="to")
    stream: str
    epoch: int
    seq: int
    prev: str
    sent_at: str
    standard: str
    messages: msgspec.Raw


_envelopes = msgspec.json.Decoder(Envelope)
_covers = msgspec.json.Decoder(Cover)
_messages = msgspec.json.Decoder(list[Message])
_encoder = msgspec.json.Encoder()


def pack(envelope: Envelope) -> bytes:
    """The bytes that travel; the same envelope always gives the same."""
    return zipped(_encoder.encode(envelope))


def zipped(content: bytes) -> bytes:
    """Bytes as they travel."""
    return gzip.compress(content, compresslevel=_LEVEL, mtime=0)


def unpack(content: bytes, most: int) -> Envelope:
    """The envelope in these bytes. Raises Malformed, TooLarge beyond `most` bytes unzipped."""
    try:
        return _envelopes.decode(unzipped(content, most))
    except (msgspec.MsgspecError, RecursionError) as wrong:
        raise Malformed(str(wrong)) from wrong


def cover(content: bytes, most: int) -> Cover:
    """What stands on an envelope. Raises Malformed, TooLarge."""
    try:
        return _covers.decode(unzipped(content, most))
    except (msgspec.MsgspecError, RecursionError) as wrong:
        raise Malformed(str(wrong)) from wrong


def require_messages(cover: Cover) -> None:
    """The messages must be messages; `where` of the fault is its words. Raises Malformed."""
    try:
        _messages.decode(cover.messages)
    except (msgspec.MsgspecError, RecursionError) as wrong:
        _words, _at, where = str(wrong).partition(" - at ")
        raise Malformed(where.strip("`")) from wrong


def unzipped(content: bytes, most: int) -> bytes:
    """The plain bytes, never more than `most` of them in memory. Raises Malformed, TooLarge."""
    opener = zlib.decompressobj(_GZIP)
    try:
        plain = opener.decompress(content, most + 1)
    except zlib.error as wrong:
        raise Malformed("not gzip") from wrong
    if len(plain) > most:
        raise TooLarge
    if not opener.eof or opener.unused_data:
        raise Malformed("cut short, or something stands behind it")
    return plain


def hash_of(content: bytes) -> str:
    """The hash of an envelope's bytes as they travel: the next one of its line names it as `prev`."""
    return sha256(content).hexdigest()


def message_bytes(message: Message) -> bytes:
    """One message alone, as JSON."""
    return _encoder.encode(message)


def message_of(content: bytes) -> Message:
    """The message that was kept alone. Raises msgspec.MsgspecError."""
    return msgspec.json.decode(content, type=Message)
