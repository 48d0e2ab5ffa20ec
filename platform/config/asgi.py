"""The node's one application: the punches' fast doors in the event loop, all else in Django's threads."""

from typing import Any

from config.wsgi import application as _django

# isort: split
# After Django is set up: they know its settings and models.
from django.conf import settings

from config.bridge import Bridge, Receive, Scope, Send
from config.middleware import CallerAddress
from federation.ingest.connection import connect
from federation.ingest.doors import Doors
from federation.ingest.writer import Writer


class Node:
    """Requests to the doors or to Django; at the end what was accepted is written and answered first."""

    def __init__(self) -> None:
        self.bridge = Bridge(_django, threads=settings.WEB_THREADS)
        self.doors = Doors(self.bridge, Writer(connect, settings.INGEST_QUEUE), CallerAddress())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the life of the server."""
        if scope["type"] == "http":
            await self.doors(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message: Any = await receive()
            if message["type"] == "lifespan.startup":
                self.doors.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.doors.stop()
                self.bridge.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


application = Node()
