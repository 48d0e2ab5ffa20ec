"""The measuring half of `./dev bench pages`: Django's own stack, without network, against the demo world."""

from __future__ import annotations

import os
import statistics
import sys
import time

import django

PAGES = {
    "province": [
        "/",
        "/regions/420000/",
        "/regions/420100/",
        "/projects/",
        "/people/",
        "/attendance/punches/",
    ],
    "wuchang": ["/", "/regions/420106/", "/projects/", "/people/", "/people/?on_site=1", "/search/?q=李"],
    "clerk": ["/", "/people/"],
}
API = {
    "province": ["/api/v1/dashboard/?region=420000", "/api/v1/projects/", "/api/v1/engagements/"],
    "wuchang": [
        "/api/v1/dashboard/?region=420106",
        "/api/v1/engagements/?project=420106202601010101",
        "/api/v1/punches/?project=420106202601010101",
    ],
}
LIMIT_MS = 150.0


def main() -> int:
    """Print a line per page; 1 when a p95 is over the limit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    worst = 0.0
    print(f"{'account':<10}{'median ms':>10}{'p95 ms':>9}{'bytes':>9}  page")
    for account, paths in [*PAGES.items(), *API.items()]:
        for path in paths:
            worst = max(worst, _measure(account, path, count))
    print(f"worst p95 {worst:.1f} ms, limit {LIMIT_MS:.0f} ms")
    return int(worst > LIMIT_MS)


def _measure(account: str, path: str, count: int) -> float:
    from django.conf import settings
    from django.test import Client

    from accounts.models import User

    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    client.force_login(
        User.objects.get(username=account), backend="django.contrib.auth.backends.ModelBackend"
    )
    times: list[float] = []
    for _request in range(count + 3):
        begun = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{path} as {account} answered {answer.status_code}")
    # The first three warm templates and connections.
    times = sorted(times[3:])
    p95 = times[int(len(times) * 0.95) - 1]
    print(f"{account:<10}{statistics.median(times):>10.1f}{p95:>9.1f}{len(answer.content):>9}  {path}")
    return p95


if __name__ == "__main__":
    raise SystemExit(main())
