"""Ports for the servers: picked once for a VAR_DIR, remembered, picked again when a stranger took them."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Collection
from pathlib import Path

# Below the range from which systems take ports for outgoing connections.
FIRST, LAST = 20_000, 30_000
# Several in a row: apart from those above, which are picked one by one while the row is not in use yet.
FIRST_OF_ROW, LAST_OF_ROW = 30_000, 32_700
HOST = "127.0.0.1"


def is_free(port: int, host: str = HOST) -> bool:
    """Whether we could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def pick(seed: str, *, taken: Collection[int] = (), number: int = 1) -> int:
    """A free port, or the first of `number` in a row.

    The same seed looks at the same places first, so that two folders seldom meet.
    """
    first, last = (FIRST, LAST) if number == 1 else (FIRST_OF_ROW, LAST_OF_ROW - number)
    start = int(hashlib.sha256(seed.encode()).hexdigest(), 16) % (last - first)
    for step in range(last - first):
        port = first + (start + step) % (last - first)
        if all(one not in taken and is_free(one) for one in range(port, port + number)):
            return port
    raise OSError(f"no {number} free ports in a row between {first} and {last}")


def remembered(path: Path, name: str) -> int:
    """The port of this server in this VAR_DIR: last time's when it is free, else a new one."""
    ports = json.loads(path.read_text()) if path.exists() else {}
    if name not in ports or not is_free(ports[name]):
        ports[name] = pick(f"{path} {name}", taken=ports.values())
        fresh = path.with_suffix(".new")
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(ports))
        fresh.replace(path)
    return ports[name]


def recorded(path: Path, name: str) -> int:
    """The port that a running server of this VAR_DIR was given."""
    return int(json.loads(path.read_text())[name])
