"""What a door hands to the settler: a batch of one project's punches, shape judged, nothing looked up.

A door packs all batches that wait into one sealed row of the inbox and answers when that row is durable; the
settler unpacks it and finds out who passed. Numbers are personal, so nothing is stored in the clear.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from kernel.cipher import seal_bytes, unseal_bytes

CONTEXT: Final = "attendance.inbox"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Row(msgspec.Struct, array_like=True, gc=False, omit_defaults=True):
    """One punch. `at` is in microseconds since 1970 UTC.

    Who passed is an engagement (its 16-byte public id, from the allow-list) or a document number as the gate
    read it. `token` is the device's sequence; empty where the source has none. `mark` is how the sender names
    the row in its own batch, and comes back with whatever is wrong with it.
    """

    at: int
    token: str = ""
    direction: str = ""
    engagement: bytes = b""
    number: str = ""
    id_type: str = "01"
    channel: str = ""
    pass_method: str = ""
    photo: str = ""
    latitude: str = ""
    longitude: str = ""
    mark: int = -1
    # Of a copy from another node: the person as we name it, and the punch's own name.
    person: bytes = b""
    public_id: bytes = b""

    def __repr__(self) -> str:
        return f"<Row at {self.at}>"


class Batch(msgspec.Struct, array_like=True, gc=False, omit_defaults=True):
    """The punches of one call, which all belong to one project.

    `source` tells devices apart (empty: the project's vendor interface, where a token is a keyed digest of
    the row); `origin` is a Punch.Origin, set by the door and never by the payload (I-09); `receipt` is the
    16-byte id under which the sender asks what became of it. `received_at` is in microseconds since 1970 UTC.
    """

    receipt: bytes
    project: int
    source: str
    origin: str
    received_at: int
    rows: list[Row]
    team: int | None = None
    # The neighbour whose punches these are; their tokens are taken as they stand.
    came_from: str = ""

    def __repr__(self) -> str:
        return f"<Batch of {len(self.rows)}>"


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Batch])


def packed(batches: Iterable[Batch]) -> bytes:
    """Batches as one sealed content of an inbox row."""
    return seal_bytes(_encoder.encode(list(batches)), context=CONTEXT)


def unpacked(content: bytes) -> list[Batch]:
    """The batches of an inbox row. Raises kernel.cipher.Unreadable."""
    return _decoder.decode(unseal_bytes(content, context=CONTEXT))


def microseconds(instant: datetime) -> int:
    """An aware instant as a batch carries it, exactly."""
    return (instant - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    """The instant of a batch's number, in UTC."""
    return _EPOCH + at * _MICROSECOND
