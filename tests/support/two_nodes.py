"""Two real nodes: a database of its own for each, and a wire between them; one process plays both in turn.

`Pair.at(node)` is where one is; what a child calls is answered at its parent, in the parent's database.
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.db import connection, connections
from django.test import Client, override_settings
from django.utils import timezone

from attendance.services import settle_step
from standards.effective import forget_standards
from standards.selectors import forget


@dataclass(frozen=True)
class Place:
    """A node: its code and kind, the region it keeps, and its database."""

    code: str
    kind: str
    region: str
    database: str


class Cut(Exception):
    """The process died here."""


@dataclass
class Pair:
    """A parent and a child. `on_call`: what happens to the child's calls on their way ("" goes on)."""

    parent: Place
    child: Place
    wrappers: dict[str, Any]
    # Asked before each call: "lost" answers it and loses the answer, "killed" ends the caller.
    on_call: Callable[[str, bytes], str] = field(default=lambda _act, _body: "")
    calls: list[str] = field(default_factory=list)

    @contextmanager
    def at(self, place: Place) -> Iterator[None]:
        """Everything within happens at this node, under keys of its own."""
        before = connections["default"]
        connections["default"] = self.wrappers[place.code]
        forget()
        forget_standards()
        key = base64.b64encode(place.code.encode().ljust(32, b"-")).decode()
        index = base64.b64encode(place.code.encode().rjust(32, b"+")).decode()
        try:
            with override_settings(
                NODE_ID=place.code,
                NODE_KIND=place.kind,
                NODE_REGION=place.region,
                NODE_NAME=f"{place.code}平台",
                FIELD_KEYS=f"k{place.code}:aes256gcm:{key}",
                INDEX_KEY=f"i{place.code}:{index}",
            ):
                yield
        finally:
            connections["default"] = before
            forget()
            forget_standards()

    def http(self) -> httpx.Client:
        """The child's client: reaches the parent alone."""
        return httpx.Client(transport=httpx.MockTransport(self._carried))

    def _carried(self, request: httpx.Request) -> httpx.Response:
        act = request.url.path.rsplit("/", 1)[1]
        self.calls.append(act)
        fate = self.on_call(act, request.content)
        if fate == "killed":
            raise Cut
        with self.at(self.parent):
            headers = {name: value for name, value in request.headers.items() if name.startswith("x-")}
            answer = Client().post(
                request.url.path,
                data=request.content,
                content_type="application/octet-stream",
                headers=headers,
            )
        if fate == "lost":
            raise httpx.ReadTimeout("lost", request=request)
        return httpx.Response(answer.status_code, content=answer.content, headers=dict(answer.headers))


def settle() -> None:
    """Let the settler take whatever waits at this node."""
    while settle_step(timezone.now()):
        pass


@contextmanager
def pair(parent: tuple[str, str, str], child: tuple[str, str, str]) -> Iterator[Pair]:
    """Two nodes (code, kind, region), each with a fresh copy of the test database.

    Nobody may be connected to that while it is copied: whom an earlier test left behind is sent away.
    """
    name = str(connection.settings_dict["NAME"])
    places = [Place(*one, f"{name}_{one[0]}") for one in (parent, child)]
    connection.close()
    with connection._nodb_cursor() as cursor:
        for place in places:
            cursor.execute(f"DROP DATABASE IF EXISTS {place.database} WITH (FORCE)")
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            cursor.execute(f"CREATE DATABASE {place.database} TEMPLATE {name}")
    wrappers = {}
    for place in places:
        wrappers[place.code] = connection.copy()
        wrappers[place.code].settings_dict = {**connection.settings_dict, "NAME": place.database}
    try:
        yield Pair(places[0], places[1], wrappers)
    finally:
        for wrapper in wrappers.values():
            wrapper.close()
        with connection._nodb_cursor() as cursor:
            for place in places:
                cursor.execute(f"DROP DATABASE IF EXISTS {place.database} WITH (FORCE)")
