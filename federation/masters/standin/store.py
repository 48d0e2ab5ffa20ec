"""The stand-in's own data: one SQLite file, a log of changes for each object."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

OBJECTS = ("enterprises", "projects", "permits", "managers", "credit")
_TABLE = """
CREATE TABLE IF NOT EXISTS records (
    object TEXT NOT NULL, id TEXT NOT NULL, sequence INTEGER NOT NULL, version INTEGER NOT NULL,
    changed_at TEXT NOT NULL, withdrawn INTEGER NOT NULL DEFAULT 0, data TEXT NOT NULL,
    PRIMARY KEY (object, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS by_sequence ON records (object, sequence);
"""
_PUT = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?)"


class Unknown(KeyError):
    """No such object or record."""


class Store:
    """Records by object; each change gives its record the next sequence number of the object's log."""

    def __init__(self, path: str = ":memory:") -> None:
        self._lock = threading.RLock()
        self._data = sqlite3.connect(path, check_same_thread=False)
        self._data.executescript(_TABLE)

    def fill(self, kind: str, records: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Write many new records at once."""
        now = _now()
        with self._lock, self._data:
            first = self.head(kind) + 1
            rows = (
                (kind, key, number, 1, now, 0, _text(data))
                for number, (key, data) in enumerate(records, start=first)
            )
            self._data.executemany(_PUT, rows)

    def put(self, kind: str, key: str, data: Mapping[str, Any], *, is_withdrawn: bool = False) -> int:
        """A new record, or another version of a known one; its sequence number."""
        with self._lock, self._data:
            before = self._data.execute(
                "SELECT version FROM records WHERE object = ? AND id = ?", (kind, key)
            ).fetchone()
            version, number = (before[0] + 1 if before else 1), self.head(kind) + 1
            self._data.execute(_PUT, (kind, key, number, version, _now(), int(is_withdrawn), _text(data)))
            return number

    def change(self, kind: str, key: str, fields: Mapping[str, Any]) -> int:
        """Other values for some fields of a record. Raises Unknown."""
        return self.put(kind, key, {**self.data(kind, key), **fields})

    def withdraw(self, kind: str, key: str) -> int:
        """Take a record back; it stays in the log as its own end. Raises Unknown."""
        return self.put(kind, key, self.data(kind, key), is_withdrawn=True)

    def forget(self, kind: str, key: str) -> None:
        """Drop a record without a word, as no source should. Raises Unknown."""
        self.data(kind, key)
        with self._lock, self._data:
            self._data.execute("DELETE FROM records WHERE object = ? AND id = ?", (kind, key))

    def empty(self) -> None:
        """Forget everything, the logs too."""
        with self._lock, self._data:
            self._data.execute("DELETE FROM records")

    def data(self, kind: str, key: str) -> dict[str, Any]:
        """One record's own fields. Raises Unknown."""
        with self._lock:
            found = self._data.execute(
                "SELECT data FROM records WHERE object = ? AND id = ?", (kind, key)
            ).fetchone()
        if found is None:
            raise Unknown(key)
        read: dict[str, Any] = json.loads(found[0])
        return read

    def after(self, kind: str, cursor: int, most: int) -> list[dict[str, Any]]:
        """The changes after a sequence number, in order."""
        with self._lock:
            rows = self._data.execute(
                "SELECT sequence, id, version, changed_at, withdrawn, data FROM records"
                " WHERE object = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                (kind, cursor, most),
            ).fetchall()
        return [
            {
                "sequence": sequence,
                "id": key,
                "version": version,
                "changed_at": changed_at,
                "withdrawn": bool(withdrawn),
                "data": {} if withdrawn else json.loads(data),
            }
            for sequence, key, version, changed_at, withdrawn, data in rows
        ]

    def head(self, kind: str) -> int:
        """The last sequence number of an object's log."""
        with self._lock:
            found = self._data.execute(
                "SELECT coalesce(max(sequence), 0) FROM records WHERE object = ?", (kind,)
            ).fetchone()
        return int(found[0])

    def census(self, kind: str) -> dict[str, Any]:
        """How many records live and are withdrawn, and the digest over all of them."""
        with self._lock:
            rows = self._data.execute(
                "SELECT id, version, withdrawn FROM records WHERE object = ?", (kind,)
            ).fetchall()
            head = self.head(kind)
        total = 0
        for key, version, withdrawn in rows:
            text = f"{key}\n{version}\n{withdrawn}".encode()
            total += int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1
        ended = sum(withdrawn for _key, _version, withdrawn in rows)
        digest = f"{total % 2**63:016x}"
        return {"live": len(rows) - ended, "withdrawn": ended, "digest": digest, "head": head}


def _text(data: Mapping[str, Any]) -> str:
    return json.dumps(dict(data), ensure_ascii=False)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
