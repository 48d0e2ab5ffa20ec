"""A platform above in tests: our own `/open.api`, called by the client that reports, with faults."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx

from attendance.services import settle_step
from federation import work
from federation.models import Credential, Upstream, UpstreamCall, UpstreamProject, UpstreamRecord
from federation.open_api import envelope
from federation.open_api.answering import answered
from federation.open_api.errors import Refusal
from federation.open_api.fieldcipher import decrypt
from federation.upstream import work as reporting
from federation.upstream.client import Client
from projects.models import Project

Fault = Callable[["Above", bytes], httpx.Response]


def never_arrives(_above: "Above", _body: bytes) -> httpx.Response:
    """The call is lost on its way."""
    raise httpx.ConnectError("cut")


def answer_is_lost(above: "Above", body: bytes) -> httpx.Response:
    """The call arrives, and its answer does not."""
    above.taken(body)
    raise httpx.ReadTimeout("cut")


def says(code: int, message: str) -> Fault:
    """The platform turns the call away."""
    said = envelope.as_json({"code": code, "message": message, "data": None})
    return lambda _above, _body: httpx.Response(200, text=said)


def breaks(status: int = 502) -> Fault:
    """Something before the platform answers."""
    return lambda _above, _body: httpx.Response(status, text="<html>")


@dataclass
class Above:
    """The other side: it takes calls at its clock, carries them out at once, and remembers what was asked."""

    now: datetime
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    is_slow: bool = False

    def connect(self, access: UpstreamProject) -> Client:
        http = httpx.Client(transport=httpx.MockTransport(self.answer))
        return Client(access.upstream.url, *access.caller, http)

    def clock(self) -> datetime:
        return self.now

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of a method meet these faults, one after another."""
        self.faults += [(method, fault) for fault in faults]

    def answer(self, request: httpx.Request) -> httpx.Response:
        form = dict(parse_qsl(request.content.decode()))
        if form["method"] != "AsyncHandleResult.Query":
            self.calls.append((form["method"], json.loads(form["data"])))
        for place, (method, fault) in enumerate(self.faults):
            if method == form["method"]:
                del self.faults[place]
                return fault(self, request.content)
        return httpx.Response(200, text=self.taken(request.content))

    def taken(self, body: bytes) -> str:
        """The platform's answer; what it accepted is carried out at once, unless it is slow."""
        try:
            said = answered(body, address="203.0.113.9", now=self.now)
        except Refusal as refused:
            said = envelope.refusal(refused)
        if not self.is_slow:
            self.carry_out()
        return envelope.as_json(said)

    def carry_out(self) -> None:
        for appid in Credential.all_rows.values_list("appid", flat=True).distinct():
            work.drain(appid, self.now)
        settle_step(self.now)

    def asked(self, method: str) -> list[dict[str, Any]]:
        """What the calls of one method said."""
        return [data for name, data in self.calls if name == method]

    def numbers(self, method: str, rows: str, secret: str) -> list[list[str]]:
        """The identity numbers in the rows of each call of a method."""
        return [[decrypt(row["idCardNumber"], secret) for row in data[rows]] for data in self.asked(method)]

    def report(self, access: UpstreamProject, rounds: int = 60, *, until: str = "") -> None:
        """Let the errands run until nothing is due, the clock going on a little after each round."""
        for _round in range(rounds):
            access.refresh_from_db()
            if until and self.calls and self.calls[-1][0] == until:
                return
            reporting.run(access.pk, self.clock, self.connect)
            open_calls = access.calls.filter(state__in=UpstreamCall.OPEN).exists()
            queued = access.records.filter(state=UpstreamRecord.State.QUEUED).exists()
            access.refresh_from_db()
            if not (open_calls or queued or access.is_marked):
                return
            self.now += timedelta(seconds=31)
        raise AssertionError(states(access))


def told_to(project: Project, to: Credential, **changes: Any) -> UpstreamProject:
    """Reporting of a project, under the key of a project of the other side."""
    since = changes.pop("since", date(2026, 10, 1))
    above = Upstream.objects.create(
        name=f"上级{to.appid}", url="https://above.invalid", region=project.region, since=since, **changes
    )
    return UpstreamProject.objects.create(
        upstream=above, project=project, remote_code=to.appid, appid=to.appid, secret=to.key
    )


def states(access: UpstreamProject) -> dict[str, dict[str, int]]:
    """How many records of each kind stand in which state."""
    found: dict[str, dict[str, int]] = {}
    for kind, state in access.records.values_list("kind", "state"):
        found.setdefault(kind, {}).setdefault(state, 0)
        found[kind][state] += 1
    return found
