"""From the server's event loop to Django's threads: a fixed pool, each with its own lasting connection.

A request that comes whole with its headers is read in the loop and costs one change of threads; a large body
is streamed to the thread that reads it, and an answer in pieces is streamed back.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]
# Bodies up to this size are read before a thread is asked for, so that a slow sender holds none.
READ_AHEAD: Final = 256 * 1024
BUFFER: Final = 128 * 1024
# A reader that takes no piece for so long has gone.
PATIENCE: Final = 60.0
_BUSY: Final = "平台繁忙，请求未作处理。请稍候几秒再试。".encode()


class Bridge:
    """An ASGI application that lets a WSGI one answer. At most `waiting` requests wait for a thread."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], *, threads: int, waiting: int = 256) -> None:
        self._wsgi, self._most = wsgi, threads + waiting
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="django")
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._inside >= self._most:
            await _turn_away(send)
            return
        self._inside += 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self._inside -= 1

    def close(self) -> None:
        """Let the threads end what they do."""
        self._pool.shutdown(wait=True)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        environ = environ_of(scope)
        environ["wsgi.input"] = await _body(environ, receive, loop)
        exchange = _Exchange(self._wsgi, environ, loop, send)
        last = await loop.run_in_executor(self._pool, exchange.run)
        if not exchange.is_begun:
            await send(exchange.head)
        body = b"" if scope["method"] == "HEAD" else last
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def _body(environ: Environ, receive: Receive, loop: asyncio.AbstractEventLoop) -> io.BufferedIOBase:
    """The request's body: whole where it is small, else a stream that asks the loop for the next piece."""
    length = environ.get("CONTENT_LENGTH", "")
    is_chunked = "HTTP_TRANSFER_ENCODING" in environ
    if not is_chunked and not (length.isdigit() and int(length)):
        return io.BytesIO()
    first = await receive()
    parts, size = [first.get("body", b"")], len(first.get("body", b""))
    more = first.get("more_body", False)
    while more and size < READ_AHEAD:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
    begun = b"".join(parts)
    return io.BufferedReader(_Stream(begun, receive, loop), BUFFER) if more else io.BytesIO(begun)


class _Stream(io.RawIOBase):
    """A body that is still coming; read in a thread, received in the loop."""

    def __init__(self, begun: bytes, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._piece, self._receive, self._loop = memoryview(begun), receive, loop
        self._more = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """As much as there is; 0 at the end. Raises ConnectionResetError when the sender has gone."""
        while not self._piece and self._more:
            message = asyncio.run_coroutine_threadsafe(_received(self._receive), self._loop).result()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError("the sender has gone")
            self._piece, self._more = memoryview(message.get("body", b"")), message.get("more_body", False)
        size = min(len(buffer), len(self._piece))
        buffer[:size] = self._piece[:size]
        self._piece = self._piece[size:]
        return size


class _Exchange:
    """One request in its thread. The last piece of the answer is left to the loop."""

    def __init__(
        self, wsgi: Callable[..., Any], environ: Environ, loop: asyncio.AbstractEventLoop, send: Send
    ) -> None:
        self._wsgi, self._environ, self._loop, self._send = wsgi, environ, loop, send
        self.head: Message = {}
        self.is_begun = False

    def run(self) -> bytes:
        """Let Django answer; returns the last piece."""
        pieces = self._wsgi(self._environ, self._start)
        last: bytes | None = None
        try:
            for piece in pieces:
                if last is not None:
                    self._stream(last)
                last = piece
        finally:
            # Here Django gives its connection back to the thread.
            getattr(pieces, "close", lambda: None)()
        return last or b""

    def _start(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
        self.head = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers],
        }

    def _stream(self, piece: bytes) -> None:
        if not self.is_begun:
            self.is_begun = True
            self._to_the_loop(self.head)
        if self._environ["REQUEST_METHOD"] != "HEAD":
            self._to_the_loop({"type": "http.response.body", "body": piece, "more_body": True})

    def _to_the_loop(self, message: Message) -> None:
        asyncio.run_coroutine_threadsafe(_sent(self._send, message), self._loop).result(PATIENCE)


async def _received(receive: Receive) -> Message:
    return await receive()


async def _sent(send: Send, message: Message) -> None:
    await send(message)


def environ_of(scope: Scope) -> Environ:
    """What WSGI calls a request. Headers with an underscore are dropped: they could pose as another's."""
    host, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(host),
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": str(client[0]),
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin1"), raw_value.decode("latin1")
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    return environ


async def _turn_away(send: Send) -> None:
    """So many requests wait already that this one would only wait longer."""
    log.warning("web.too_many_waiting")
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"retry-after", b"3"),
        (b"content-length", str(len(_BUSY)).encode()),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": _BUSY})
