"""The two fast doors as an ASGI application. All they do not answer themselves goes on to Django.

They run in the server's event loop and never ask the database there: memory is read by a thread, and what is
accepted is written by the writer.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from django.http.request import split_domain_port, validate_host

from federation import services
from federation.ingest import door, forms
from federation.ingest.door import Answered, Asked
from federation.ingest.keys import Held, Keys
from federation.ingest.punches import too_large
from federation.ingest.refusals import Refused, away, full
from federation.ingest.signing import Headers, Signed
from federation.ingest.writer import Item, Writer
from federation.ingest.writing import Accepted, KeyEnded
from standards.selectors import parameter

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
T = TypeVar("T")
# The caller's address, from that of the connection and the header of a proxy.
AddressOf = Callable[[str, str], str]

OPEN_API: Final = "/open.api"
DRAINED: Final = 128 * 1024 * 1024  # beyond this a sender is not read to the end
BODY_SECONDS: Final = 5.0
# Refusals that wait to be written down; more of them are not, for a flood must not cost more than it does.
MOST_NOTES: Final = 200


class TooLong(Exception):
    """A body beyond the limit; it was read to its end."""


@dataclass
class Gathering:
    """Appids that calls wait for, read together: in the morning's first minute thousands come at once."""

    appids: set[str]
    task: asyncio.Task[dict[str, Held]] = field(init=False)


class Doors:
    """One per process: the memory of keys, the writer, and a thread that asks the database for them."""

    def __init__(self, django: Application, writer: Writer, address_of: AddressOf) -> None:
        self._django, self._writer, self._address_of = django, writer, address_of
        self._keys = Keys()
        self._asker = ThreadPoolExecutor(2, thread_name_prefix="ingest-keys")
        self._reading = asyncio.Lock()
        self._gathering: Gathering | None = None
        self._is_started = False
        self._notes = 0
        self._most, self._most_until = 0, 0.0
        self._hosts: set[bytes] = set()
        self._is_plain_refused = settings.SECURE_SSL_REDIRECT
        self._is_open_api_plain = settings.OPEN_API_PLAIN_HTTP

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        path = scope["path"]
        if scope["method"] == "POST" and path in (door.PATH, OPEN_API):
            head = dict(scope["headers"])
            if self._is_for_us(scope, head, path):
                self.start()
                if path == door.PATH:
                    await self._punches(scope, head, receive, send)
                    return
                await self._form(scope, head, receive, send)
                return
        await self._django(scope, receive, send)

    def start(self) -> None:
        """Begin to write; the first call does it, where the server does not."""
        if not self._is_started:
            self._is_started = True
            self._writer.start(asyncio.get_running_loop())

    async def stop(self) -> None:
        """Write and answer what waits, then end."""
        if self._is_started:
            await asyncio.get_running_loop().run_in_executor(None, self._writer.close)
        self._asker.shutdown(wait=False)

    def _is_for_us(self, scope: Scope, head: Headers, path: str) -> bool:
        """Whether nothing stands against it that Django's own guards would say: host, and HTTPS."""
        host = head.get(b"host", b"")
        if host not in self._hosts:
            domain, _port = split_domain_port(host.decode("latin1"))
            if not domain or not validate_host(domain, settings.ALLOWED_HOSTS) or len(self._hosts) > 1000:
                return False
            self._hosts.add(host)
        if not self._is_plain_refused or (path == OPEN_API and self._is_open_api_plain):
            return True
        return scope.get("scheme") == "https" or head.get(b"x-forwarded-proto") == b"https"

    # --- POST /api/v1/punches/ --------------------------------------------------------------------------

    async def _punches(self, scope: Scope, head: Headers, receive: Receive, send: Send) -> None:
        call: Signed | None = None
        try:
            most = await self._most_bytes()
            body = await read_body(receive, most)
            asked = Asked(body, head, self._address(scope, head), door.microseconds_now(), most)
            call = door.read(asked)
            answer = door.answer_to(await self._accepted(call, asked))
        except TooLong:
            answer = door.refusal(too_large(self._most))
        except Refused as refused:
            answer = door.refusal(refused)
            if call is not None:
                self._note(call, refused, self._address(scope, head))
        except (OperationalError, InterfaceError):
            answer = door.refusal(away())
        await respond(send, answer)

    async def _accepted(self, call: Signed, asked: Asked) -> Accepted:
        """What became of a call once it is durable. Raises Refused."""
        held = await self._held(call.appid)
        for _try in range(2):
            try:
                ready = door.judge(held, call, asked)
            except Refused as refused:
                if not door.may_be_old(held, refused):
                    raise
                held = await self._ask(lambda: self._keys.read(call.appid, datetime.now(UTC)))
                ready = door.judge(held, call, asked)
            outcome = await self._written(ready)
            if not isinstance(outcome, KeyEnded):
                break
            held = await self._ask(lambda: self._keys.read(call.appid, datetime.now(UTC)))
        if isinstance(outcome, Accepted):
            return outcome
        raise door.as_refusal(outcome)

    async def _written(self, item: Item) -> Any:
        """The outcome of an item. Raises Refused where it would wait in vain or too long."""
        if self._writer.is_away:
            raise away()
        waiting = self._writer.offer(item)
        if waiting is None:
            raise full()
        return await waiting

    def _note(self, call: Signed, refused: Refused, address: str) -> None:
        """Remember why a call was turned away, for whoever looks for the reason."""
        if refused.status >= 500 or self._notes >= MOST_NOTES:
            return
        self._notes += 1

        def note() -> None:
            try:
                close_old_connections()
                services.note_refused_punches(
                    call.appid, refused.status, refused.sentence, address=address, now=datetime.now(UTC)
                )
            except (OperationalError, InterfaceError):
                log.warning("ingest.refusal_not_noted")
            finally:
                self._notes -= 1

        self._asker.submit(note)

    # --- POST /open.api ---------------------------------------------------------------------------------

    async def _form(self, scope: Scope, head: Headers, receive: Receive, send: Send) -> None:
        length = head.get(b"content-length", b"")
        if not length.isdigit() or not 0 < int(length) <= forms.LONGEST or self._writer.is_away:
            await self._django(scope, receive, send)
            return
        body = await read_body(receive, forms.LONGEST)
        serial = await self._form_accepted(scope, head, body) if forms.is_one(body) else None
        if serial is None:
            await self._django(scope, replayed(body, receive), send)
            return
        header = {"Content-Type": "application/json; charset=utf-8"}
        await respond(send, Answered(200, header, forms.answer(serial)))

    async def _form_accepted(self, scope: Scope, head: Headers, body: bytes) -> str | None:
        """The serial code of a call that is durable; None for the slow door."""
        params = forms.parameters(body)
        if params is None:
            return None
        now = door.microseconds_now()
        try:
            held = await self._held(forms.appid_of(params))
        except (OperationalError, InterfaceError):
            return None
        form = forms.ready(params, held, address=self._address(scope, head), now=now)
        waiting = self._writer.offer(form) if form else None
        outcome = await waiting if waiting else None
        if isinstance(outcome, str):
            return outcome
        if outcome is not None:
            self._keys.forget(held.appid)
        return None

    # --- Shared -----------------------------------------------------------------------------------------

    async def _held(self, appid: str) -> Held:
        """What is known of an appid. Raises OperationalError, InterfaceError while it cannot be read."""
        held = self._keys.held(appid, time.monotonic())
        if held is not None:
            return held
        if self._gathering is None:
            gathering = self._gathering = Gathering(set())
            gathering.task = asyncio.create_task(self._read(gathering))
        gathering = self._gathering
        gathering.appids.add(appid)
        return (await asyncio.shield(gathering.task))[appid]

    async def _read(self, gathering: "Gathering") -> dict[str, Held]:
        """Read what has gathered, once the reading before has ended."""
        async with self._reading:
            self._gathering = None
            return await self._ask(lambda: self._keys.load(gathering.appids, datetime.now(UTC)))

    async def _ask(self, read: Callable[[], T]) -> T:
        """Ask the database in the thread that may."""

        def asked() -> T:
            close_old_connections()
            return read()

        return await asyncio.get_running_loop().run_in_executor(self._asker, asked)

    async def _most_bytes(self) -> int:
        """The limit of a body, read anew every few seconds."""
        if time.monotonic() >= self._most_until:
            self._most = await self._ask(lambda: int(parameter("punches.body_kilobytes")) * 1024)
            self._most_until = time.monotonic() + BODY_SECONDS
        return self._most

    def _address(self, scope: Scope, head: Headers) -> str:
        client = scope.get("client")
        return self._address_of(
            client[0] if client else "", head.get(b"x-forwarded-for", b"").decode("latin1")
        )


async def read_body(receive: Receive, most: int) -> bytes:
    """The whole body. Raises TooLong once a longer one has been read away."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body") and len(body) <= most:
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > DRAINED:
            raise TooLong
        if size <= most:
            parts.append(part)
    if size > most:
        raise TooLong
    return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """A body that was read already, for whoever reads it after us."""
    is_given = False

    async def again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def respond(send: Send, answer: Answered) -> None:
    """One answer, whole."""
    headers = [*_encoded(answer.headers), (b"content-length", b"%d" % len(answer.body))]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    if headers is door.JSON:
        return _JSON
    given = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return [*given, (b"x-content-type-options", b"nosniff")]


# Of every accepted call: made once.
_JSON: Final = _encoded(dict(door.JSON))
