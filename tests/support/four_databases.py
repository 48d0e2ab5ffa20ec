"""四库一平台's stand-in as a process of its own, and pulling from it; whatever happens, the process ends."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone

from federation.masters import contract, pulling
from federation.masters.http import HttpConnector
from federation.models import MasterFeed

TOKEN = "token-of-nobody"


class StandIn:
    """The running stand-in: its address, and what it can be told."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False
        )

    def tell(self, act: str, **said: Any) -> dict[str, Any]:
        """Have it change, withdraw or forget a record, or err from now on."""
        answer = self._client.post(f"/admin/{act}", json=said)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def records(self, kind: str) -> list[dict[str, Any]]:
        """What it holds of an object, in the order of its log; withdrawn ones too."""
        page = self._client.get(f"/v1/{kind}", params={"after": 0, "limit": 5000}).json()
        found: list[dict[str, Any]] = page["records"]
        return found

    def connector(self, seconds: float = 5.0) -> HttpConnector:
        return HttpConnector(self.url, TOKEN, seconds)

    def close(self) -> None:
        self._client.close()


@contextmanager
def stand_in(**sizes: int) -> Iterator[StandIn]:
    """A stand-in on any free port, for as long as the block lasts."""
    options = [f"--{name}={number}" for name, number in sizes.items()]
    command = [sys.executable, "manage.py", "four_databases", "--port=0", f"--token={TOKEN}", *options]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)
    found = None
    try:
        assert process.stdout is not None
        found = StandIn(process.stdout.readline().strip())
        yield found
    finally:
        if found is not None:
            found.close()
        process.kill()
        process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()


def pull(source: contract.Connector, *names: str, now: datetime | None = None) -> list[pulling.Step]:
    """Read some objects, or all, each to its end or to its fault; as if no time went by unless told."""
    steps = []
    for name in names or contract.OBJECTS:
        while step := pulling.pull(name, source, clock=lambda: now or timezone.now()):
            steps.append(step)
            if step.is_done or step.fault:
                break
    return steps


def feed(name: str) -> MasterFeed:
    """Where an object stands."""
    return MasterFeed.objects.get(object=name)
