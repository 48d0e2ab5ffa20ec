"""The node's one application: the punches' fast doors in the event loop, all else in Django's threads."""

import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

# After Django is set up: they know its settings and models.
from django.conf import settings  # noqa: E402

from config.bridge import Bridge, Receive, Scope, Send  # noqa: E402
from config.middleware import CallerAddress  # noqa: E402
from federation.ingest.connection import connect  # noqa: E402
from federation.ingest.doors import Doors  # noqa: E402
from federation.ingest.writer import Writer  # noqa: E402


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
