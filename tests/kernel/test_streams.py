"""A large file goes into the store sealed frame by frame, and comes out whole or not at all."""

from pathlib import Path

import pytest
from django.core.files.storage import storages

from kernel.cipher import Unreadable
from kernel.streams import FRAME_BYTES, Sink, discard, new_address, stream


def _kept(room: Path, *parts: bytes) -> str:
    with Sink(new_address(), room) as sink:
        for part in parts:
            sink.write(part)
        sink.keep()
        return sink.address


def _file(address: str) -> Path:
    return Path(storages["files"].path(f"streams/{address[-2:]}/{address}"))


@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES + 7])
def test_what_was_written_is_read_back_whatever_its_size(tmp_path, size):
    content = bytes(index % 251 for index in range(size))
    address = _kept(tmp_path, content[: size // 3], content[size // 3 :])
    assert b"".join(stream(address)) == content


def test_nothing_readable_lies_in_the_store_or_in_the_workshop(tmp_path):
    with Sink(new_address(), tmp_path) as sink:
        sink.write("身份证".encode() * FRAME_BYTES)
        half = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert len(half) > FRAME_BYTES and "身份证".encode() not in half
        sink.keep()
    assert "身份证".encode() not in _file(sink.address).read_bytes()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_given_up_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError), Sink(new_address(), tmp_path) as sink:
        sink.write(b"x" * 3 * FRAME_BYTES)
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        stream(sink.address)


def _frames(content: bytes) -> list[bytes]:
    found = []
    while content:
        length = 4 + int.from_bytes(content[:4], "big")
        found.append(content[:length])
        content = content[length:]
    return found


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(lambda frames: frames[:-1], id="without its end"),
        pytest.param(lambda frames: frames[1:], id="without its beginning"),
        pytest.param(lambda frames: [frames[1], frames[0], *frames[2:]], id="in another order"),
        pytest.param(lambda frames: [*frames[:-1], frames[-1][:-1]], id="cut within a frame"),
        pytest.param(lambda frames: [*frames, frames[0]], id="with a frame too many"),
    ],
)
def test_a_spoilt_file_does_not_pass_for_a_whole_one(tmp_path, spoilt):
    address = _kept(tmp_path, b"a" * FRAME_BYTES, b"b" * FRAME_BYTES, b"c")
    frames = _frames(_file(address).read_bytes())
    assert len(frames) == 3
    _file(address).write_bytes(b"".join(spoilt(frames)))
    with pytest.raises(Unreadable):
        b"".join(stream(address))


def test_a_file_put_in_anothers_place_does_not_open(tmp_path):
    one, other = _kept(tmp_path, b"one"), _kept(tmp_path, b"other")
    _file(one).write_bytes(_file(other).read_bytes())
    with pytest.raises(Unreadable):
        stream(one)


def test_a_second_attempt_takes_the_place_of_the_first(tmp_path):
    address = _kept(tmp_path, b"first")
    with Sink(address, tmp_path) as sink:
        sink.write(b"second")
        sink.keep()
    assert b"".join(stream(address)) == b"second"
    discard(address)
    discard(address)
    with pytest.raises(FileNotFoundError):
        stream(address)
