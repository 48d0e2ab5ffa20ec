"""What a first visit to a page carries, compressed: the page, its styles and scripts, its pictures."""

from __future__ import annotations

import gzip
import re
from functools import cache
from html import unescape
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
_SCRIPT = re.compile(r'<script[^>]+src="([^"]+)"')
_PICTURE = re.compile(r'<(?:img|link rel="icon")[^>]+(?:src|href)="([^"]+)"')
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)


def first_visit(client: Client, html: bytes) -> int:
    """Bytes of the page and of all it names, without the Chinese font that only bare machines fetch."""
    page = _NOSCRIPT.sub("", html.decode())
    named = {unescape(address) for kind in (_STYLE, _SCRIPT, _PICTURE) for address in kind.findall(page)}
    return len(gzip.compress(html)) + sum(_weight(client, address) for address in named)


def _weight(client: Client, address: str) -> int:
    if address.startswith(settings.STATIC_URL):
        return _of_file(address.removeprefix(settings.STATIC_URL).partition("?")[0])
    answer = client.get(address) if address.startswith("/") else None
    return len(answer.content) if answer and answer.status_code == 200 and not answer.streaming else 0


@cache
def _of_file(name: str) -> int:
    """The compressed copy that is served, or what compression would make of it."""
    file = Path(settings.STATIC_ROOT) / name
    packed = file.with_name(f"{file.name}.gz")
    if packed.exists():
        return packed.stat().st_size
    source = str(file) if file.exists() else finders.find(name)
    return len(gzip.compress(Path(source).read_bytes())) if source else 0
