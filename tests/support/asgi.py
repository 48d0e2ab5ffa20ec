"""Requests straight to the node's application, as the server hands them over: no socket, no port."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reply:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    pieces: int = 0


async def ask(
    app: Any,
    path: str,
    body: bytes = b"",
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    piece: int = 64 * 1024,
    client: str = "203.0.113.7",
) -> Reply:
    """One request, its body in pieces; without Content-Length where the headers say so."""
    given = {"host": "127.0.0.1", **{name.lower(): value for name, value in (headers or {}).items()}}
    if body and "transfer-encoding" not in given:
        given["content-length"] = str(len(body))
    pieces = [body[at : at + piece] for at in range(0, len(body), piece)] or [b""]
    reply = Reply()

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = {name.decode(): value.decode("latin1") for name, value in message["headers"]}
        else:
            reply.body += message.get("body", b"")
            reply.pieces += 1

    where, _mark, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": where,
        "query_string": query.encode(),
        "http_version": "1.1",
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": (client, 40000),
        "server": ("127.0.0.1", 8000),
    }
    await app(scope, receive, send)
    return reply
