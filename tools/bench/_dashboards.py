"""One world's side of `./dev bench dashboards`: Django's own stack answering addresses that the parent names.

Reads a line of JSON on standard input (`find`, or `account`, `path` and how often), prints one of JSON.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from django.test import Client


def main() -> int:
    """Answer orders until the input ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # Pages that refuse a reader are met on the way; nobody needs to hear of them.
    logging.disable(logging.CRITICAL)
    from django.conf import settings

    # A reader of flesh and blood does not call so often; the throttle is not what is measured.
    settings.REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"] = []
    clients = _clients()
    for line in sys.stdin:
        order = json.loads(line)
        found = (
            _found(clients)
            if order == "find"
            else _timed(clients[order["account"]], order["path"], order["times"])
        )
        print(json.dumps(found), flush=True)
    return 0


def _clients() -> dict[str, Client]:
    from django.conf import settings
    from django.test import Client

    from accounts.models import User
    from tools.bench._world.people import REGULATORS

    clients = {}
    for user in User.objects.filter(username__in=REGULATORS):
        clients[user.username] = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
        clients[user.username].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return clients


def _found(clients: dict[str, Client]) -> list[tuple[str, str, str]]:
    """Of each kind of page one address, as its slowest regulator sees it: (route, account, path)."""
    from tools.bench._found import pages

    slowest: dict[str, tuple[float, str, str]] = {}
    for account, client in clients.items():
        for one in pages(account, client, of_a_kind=1, of_a_route=3, times=1):
            if one.route not in slowest or one.seconds > slowest[one.route][0]:
                slowest[one.route] = (one.seconds, account, one.path)
    return [(route, account, path) for route, (_seconds, account, path) in slowest.items()]


def _timed(client: Client, path: str, times: int) -> dict[str, object]:
    """Milliseconds of so many answers, and their status."""
    found, status = [], 0
    for _time in range(times):
        began = time.perf_counter()
        status = client.get(path).status_code
        found.append((time.perf_counter() - began) * 1000)
    return {"status": status, "ms": found}


if __name__ == "__main__":
    raise SystemExit(main())
