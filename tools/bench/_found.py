"""Which addresses there are to measure: the pages that links lead to, and the reads of the REST API."""

from __future__ import annotations

import re
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.http import Http404
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.urls.exceptions import NoReverseMatch

# So many addresses are looked at for each account: of a route, and of a route with the same filters.
OF_A_KIND, OF_A_ROUTE = 2, 12
_LINK = re.compile(r'(?:href|hx-get)="([^"#]*)')
_API = "/api/v1/"
# Words in an address that choose a part of a page; everything else there names a row.
_PARTS = ("tab",)
# Doors and descriptions, which are no reads of records.
_NO_READS = ("schema", "docs", "api_tokens", "api_current_token")


@dataclass(frozen=True, slots=True)
class Found:
    """An address that answers an account, and the seconds of its quicker warm answer."""

    route: str
    account: str
    path: str
    seconds: float


def pages(
    account: str, client: Client, *, of_a_kind: int = OF_A_KIND, of_a_route: int = OF_A_ROUTE, times: int = 2
) -> Iterator[Found]:
    """Every kind of page that links lead to from the account's home."""
    waiting, seen, kinds, routes = deque(["/"]), {"/"}, Counter[str](), Counter[str]()
    while waiting:
        path = waiting.popleft()
        name = _route(path)
        kind = f"{name} {sorted(key for key, _value in parse_qsl(urlsplit(path).query))}"
        if not name or kinds[kind] >= of_a_kind or routes[name] >= of_a_route:
            continue
        kinds[kind] += 1
        routes[name] += 1
        answer, seconds = timed(client, path, times)
        if answer.status_code != 200 or "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        yield Found(name, account, path, seconds)
        links = (urljoin(path, unescape(link)) for link in _LINK.findall(answer.content.decode()))
        for link in links:
            if link.startswith("/") and not link.startswith(("/static/", "/api/")) and link not in seen:
                seen.add(link)
                waiting.append(link)


def reads(account: str, client: Client) -> Iterator[Found]:
    """Every read of the REST API that opens for the account: lists, and the first row of each."""
    for name, pattern in _walk(get_resolver().url_patterns, ""):
        path = _first_row(client, pattern) if "<" in pattern else f"/{pattern}"
        if (
            not pattern.startswith(_API[1:])
            or path is None
            or path.startswith((f"{_API}docs", f"{_API}schema"))
        ):
            continue
        answer, seconds = timed(client, path)
        if answer.status_code == 200:
            yield Found(name, account, path, seconds)


def timed(client: Client, path: str, times: int = 2) -> tuple[Any, float]:
    """A warm answer of an address, and the seconds of the quickest of some: others use this machine too."""
    answer, seconds = client.get(path), []
    for _time in range(times if answer.status_code == 200 else 0):
        began = time.perf_counter()
        answer = client.get(path)
        seconds.append(time.perf_counter() - began)
    return answer, min(seconds, default=0.0)


def _first_row(client: Client, pattern: str) -> str | None:
    """`…/<uuid:public_id>/more/` with the id of the first row that the list before it answers."""
    before, _bracket, rest = pattern.partition("<")
    slot, _bracket, after = rest.partition(">")
    if "<" in after or not before.startswith(_API[1:]):
        return None
    listed = client.get(f"/{before}")
    rows = listed.json().get("results") if listed.status_code == 200 else None
    field = slot.partition(":")[2] or slot
    if not rows or field not in rows[0]:
        return None
    return f"/{before}{rows[0][field]}{after}"


def _route(path: str) -> str:
    """The route's name with the words that choose a part of its page; empty where nothing answers."""
    try:
        match = resolve(urlsplit(path).path)
    except Http404:
        return ""
    parts = [str(match.kwargs[part]) for part in _PARTS if part in match.kwargs]
    return " ".join([match.view_name or match.route, *parts])


def not_reached(found: set[str]) -> list[str]:
    """Routes without an id in their address that no link led to and that a page could be."""
    names = {name.partition(" ")[0] for name in found}
    missing = []
    for name, pattern in _walk(get_resolver().url_patterns, ""):
        if name in names or pattern.startswith(_API[1:]):
            continue
        try:
            missing.append(reverse(name))
        except NoReverseMatch:
            missing.append(f"/{pattern}")
    return sorted(missing)


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        where = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, where)
        else:
            yield pattern.name or where, where
