"""A gate's own copy of its list: pulled as a delta, kept in memory, and asked before anybody is let through.

It knows nothing of the platform but docs/gate-interface.md, and imports nothing of it.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

import httpx

PATH = "/api/v1/gates/allow-list/"
# Sends a signed request: path with query, and headers; answers the status and what was said.
Fetch = Callable[[str, dict[str, str]], tuple[int, dict[str, Any]]]


class PullError(Exception):
    """The platform refused; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the gate lets through until an instant."""

    name: str
    card: str
    valid_until: datetime | None
    photo: dict[str, str] | None

    def is_valid(self, at: datetime) -> bool:
        """A gate stops by itself when the time is over, whether it reaches the platform or not."""
        return self.valid_until is None or at < self.valid_until


def signed(key: str, secret: str, path: str) -> dict[str, str]:
    """The four headers of a read; the path with its query is signed as it is sent."""
    timestamp, nonce = str(int(time.time())), token_hex(16)
    base = "\n".join(("GET", path, timestamp, nonce, hashlib.sha256(b"").hexdigest()))
    signature = hmac.new(secret.encode(), base.encode(), hashlib.sha256).hexdigest()
    return {"X-Key": key, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}


def over_http(url: str) -> Fetch:
    """Requests to a platform at an address."""
    client = httpx.Client(base_url=url.rstrip("/"), timeout=30.0, trust_env=False)

    def fetch(path: str, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        answer = client.get(path, headers=headers)
        return answer.status_code, answer.json()

    return fetch


@dataclass
class AllowList:
    """The list of one gate. `pull` brings it up to date, `admits` says who may pass."""

    fetch: Fetch
    key: str
    secret: str = field(repr=False)
    project: str = ""
    device: str = ""
    cursor: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    removed: dict[str, list[str]] = field(default_factory=dict)

    def pull(self) -> int:
        """Take every change there is; returns how many. Raises PullError."""
        number, more = 0, True
        while more:
            said = self._asked()
            if said["full"]:
                self.people.clear()
            for one in said["people"]:
                self._take(one)
            self.cursor, more = said["cursor"], said["more"]
            number += len(said["people"])
        return number

    def admits(self, engagement: str, at: datetime) -> bool:
        """Whether somebody may pass at an instant."""
        found = self.people.get(engagement)
        return found is not None and found.is_valid(at)

    def _asked(self) -> dict[str, Any]:
        query = {"since": self.cursor, "project": self.project, "device": self.device}
        asked = urlencode({name: value for name, value in query.items() if value})
        path = f"{PATH}?{asked}" if asked else PATH
        status, said = self.fetch(path, signed(self.key, self.secret, path))
        if status != 200:
            raise PullError(f"{status} {said.get('detail', '')}")
        return said

    def _take(self, one: dict[str, Any]) -> None:
        who = one["engagement"]
        if one["action"] == "remove":
            self.people.pop(who, None)
            self.removed[who] = one["causes"]
            return
        until = datetime.fromisoformat(one["valid_until"]) if one["valid_until"] else None
        self.people[who] = Person(one["name"], one["card"], until, one["photo"])
        self.removed.pop(who, None)
