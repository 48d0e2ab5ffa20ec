"""Large files, sealed piece by piece, so that neither writing nor reading one holds it in memory.

A file is a row of frames, each sealed for its file, its place in the row and whether it is the last: a frame
that is missing, moved, or taken from another file does not open. Unlike photographs (`kernel.store`) such a
file has an address of its own and is deleted when its time is over; nothing readable touches the disk.
"""

import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import IO, Any, Final, Self

from django.core.files.base import File
from django.core.files.storage import storages

from kernel.cipher import Unreadable, seal_bytes, unseal_bytes
from kernel.ids import new_id

FRAME_BYTES: Final = 256 * 1024
_LENGTH_BYTES: Final = 4


def new_address() -> str:
    """Where a file may be written: 32 hexadecimal characters that say nothing of its content."""
    return new_id().hex


class Sink:
    """Takes bytes as they come and keeps them sealed; `with` throws away what was not kept.

    `room` is a folder for the sealed frames until all are there; the store takes only whole files.
    """

    def __init__(self, address: str, room: Path) -> None:
        self.address = address
        self.size = 0
        self._room = room
        self._pending = bytearray()
        self._number = 0

    def __enter__(self) -> Self:
        self._room.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._spool: IO[bytes] = NamedTemporaryFile(dir=self._room, suffix=".sealed")  # __exit__
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spool.close()

    def write(self, content: bytes) -> int:
        """Take some more bytes."""
        self._pending += content
        self.size += len(content)
        # The last frame is told from the others, so one is always held back.
        while len(self._pending) > FRAME_BYTES:
            self._put(bytes(self._pending[:FRAME_BYTES]), is_last=False)
            del self._pending[:FRAME_BYTES]
        return len(content)

    def flush(self) -> None:
        """Nothing: writers of archives call it, and frames are sealed when they are full."""

    def keep(self) -> None:
        """Hand the whole file to the store, in place of whatever an earlier attempt left there."""
        self._put(bytes(self._pending), is_last=True)
        self._pending.clear()
        self._spool.flush()
        self._spool.seek(0)
        discard(self.address)
        storages["files"].save(_path(self.address), File(self._spool))

    def _put(self, content: bytes, *, is_last: bool) -> None:
        sealed = seal_bytes(content, context=_context(self.address, self._number, is_last=is_last))
        self._spool.write(len(sealed).to_bytes(_LENGTH_BYTES, "big"))
        self._spool.write(sealed)
        self._number += 1


def stream(address: str) -> Iterator[bytes]:
    """A kept file, piece by piece.

    The first piece is read before anything is returned. Raises FileNotFoundError; Unreadable, even half-way,
    where a frame is damaged or missing.
    """
    pieces = _pieces(address)
    first = next(pieces)
    return _joined(first, pieces)


class Kept(io.RawIOBase):
    """A kept file that is read here and there, as archives are: one frame is open in memory at a time.

    Raises FileNotFoundError; Unreadable where a frame is damaged or missing.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._file: IO[bytes] = storages["files"].open(_path(address))
        self._frames = list(_frames_of(self._file))
        self._open: tuple[int, bytes] = (-1, b"")
        self._at = 0
        last = self._frame(len(self._frames) - 1) if self._frames else b""
        self.size = max(0, len(self._frames) - 1) * FRAME_BYTES + len(last)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begins = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if begins + offset < 0:
            raise ValueError("before the beginning of the file")
        self._at = begins + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        number, within = divmod(self._at, FRAME_BYTES)
        if self._at >= self.size:
            return 0
        piece = self._frame(number)[within : within + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _frame(self, number: int) -> bytes:
        if self._open[0] != number:
            begins, length = self._frames[number]
            self._file.seek(begins)
            is_last = number == len(self._frames) - 1
            sealed = self._file.read(length)
            context = _context(self._address, number, is_last=is_last)
            self._open = (number, unseal_bytes(sealed, context=context))
        return self._open[1]


def _frames_of(kept: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Where each sealed frame begins, and how long it is. Raises Unreadable where one is cut short."""
    at, end = 0, kept.seek(0, io.SEEK_END)
    while at < end:
        kept.seek(at)
        length = int.from_bytes(kept.read(_LENGTH_BYTES), "big")
        if at + _LENGTH_BYTES + length > end:
            raise Unreadable("this file is cut short")
        yield at + _LENGTH_BYTES, length
        at += _LENGTH_BYTES + length


def discard(address: str) -> None:
    """Delete a file; one that is not there is deleted already."""
    with suppress(FileNotFoundError):
        storages["files"].delete(_path(address))


def _joined(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _pieces(address: str) -> Iterator[bytes]:
    with storages["files"].open(_path(address)) as kept:
        frame, number = _next_frame(kept), 0
        while frame:
            following = _next_frame(kept)
            yield unseal_bytes(frame, context=_context(address, number, is_last=not following))
            frame, number = following, number + 1


def _next_frame(kept: IO[bytes]) -> bytes:
    """The next sealed frame; empty at the end. Raises Unreadable where the file ends within a frame."""
    head = kept.read(_LENGTH_BYTES)
    frame = kept.read(int.from_bytes(head, "big")) if head else b""
    if head and len(frame) != int.from_bytes(head, "big"):
        raise Unreadable("this file is cut short")
    return frame


def _context(address: str, number: int, *, is_last: bool) -> str:
    return f"stream:{address}:{number}:{'last' if is_last else 'more'}"


def _path(address: str) -> str:
    # The last characters: the first ones of a UUIDv7 are the time, and one folder would take a whole day.
    return f"streams/{address[-2:]}/{address}"
