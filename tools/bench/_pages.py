"""The measuring half of `./dev bench pages`: Django's own stack, without network, against the demo world."""

from __future__ import annotations

import logging
import os
import statistics
import sys
import time
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from django.test import Client

    from tools.bench._found import Found

LIMIT_MS, LIMIT_KB = 150.0, 300.0


def main() -> int:
    """Print a line per page, slowest last; 1 when a p95 or a weight is over its limit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # Pages that refuse a reader are met on the way; nobody needs to hear of them.
    logging.disable(logging.CRITICAL)
    if not _has_world():
        print("There is no demo world here to measure: ./dev up makes it; run it once, then measure again.")
        return 1
    # The server's own entry: in it the collector is set as it is there.
    import_module("config.wsgi")
    from django.conf import settings

    # A reader of flesh and blood does not call so often; the throttle is not what is measured.
    settings.REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"] = []
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {count} requests each")
    clients = _clients()
    slowest = _slowest(clients)
    lines = [_measured(clients[one.account], one, count) for one in slowest.values()]
    print(f"{'median ms':>10}{'p95 ms':>9}{'page KB':>9}{'first KB':>10}  account     route: address")
    for _p95, _weight, words in sorted(lines):
        print(words)
    _conclude(set(slowest))
    over = [words for p95, weight, words in lines if p95 > LIMIT_MS or weight > LIMIT_KB]
    print(f"{len(lines)} routes, {len(over)} over {LIMIT_MS:.0f} ms or {LIMIT_KB:.0f} KB", *over, sep="\n")
    print(f"load {os.getloadavg()[0]:.1f}")
    return int(bool(over))


def _has_world() -> bool:
    """Whether `./dev up` has made the demo world in this database."""
    from django.db import ProgrammingError

    from accounts.models import User
    from attendance.demo.accounts import ACCOUNTS

    try:
        return User.objects.filter(username__in=[one.username for one in ACCOUNTS]).exists()
    except ProgrammingError:  # not even the tables are there
        return False


def _clients() -> dict[str, Client]:
    from django.conf import settings
    from django.test import Client

    from accounts.models import User
    from attendance.demo.accounts import ACCOUNTS

    users = {user.username: user for user in User.objects.filter(username__in=[a.username for a in ACCOUNTS])}
    clients = {}
    for name, user in users.items():
        clients[name] = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
        clients[name].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return clients


def _slowest(clients: dict[str, Client]) -> dict[str, Found]:
    """Of each route the address that took longest, whoever opened it."""
    from tools.bench._found import pages, reads

    slowest: dict[str, Found] = {}
    for account, client in clients.items():
        found: Iterable[Found] = [*pages(account, client), *reads(account, client)]
        for one in found:
            if one.route not in slowest or one.seconds > slowest[one.route].seconds:
                slowest[one.route] = one
    return slowest


def _measured(client: Client, one: Found, count: int) -> tuple[float, float, str]:
    from tools.bench._weights import first_visit

    times = []
    for _request in range(count):
        begun = time.perf_counter()
        answer = client.get(one.path)
        times.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{one.path} as {one.account} answered {answer.status_code}")
    p95 = sorted(times)[int(len(times) * 0.95) - 1]
    is_page = "text/html" in answer.headers["Content-Type"]
    weight = first_visit(client, answer.content) / 1024 if is_page else 0.0
    words = f"{statistics.median(times):>10.1f}{p95:>9.1f}{len(answer.content) / 1024:>9.1f}{weight:>10.1f}"
    return p95, weight, f"{words}  {one.account:<10}  {one.route}: {one.path[:90]}"


def _conclude(found: set[str]) -> None:
    """What was not measured, so that nobody takes silence for speed."""
    from tools.bench._found import not_reached

    print("no link led to:", ", ".join(not_reached(found)) or "–")


if __name__ == "__main__":
    raise SystemExit(main())
