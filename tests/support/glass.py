"""A real browser that shows answers got before from Django's test client: no server, no commit.

The browser's driver runs a loop in this thread, in which Django would open another connection and see nothing
of a test's world; so every answer is got first and laid behind its address.
"""

import re
from dataclasses import dataclass, field
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Route

HOME = "http://pages.invalid"
_PICTURE = re.compile(r'<img[^>]+src="(/(?!static/)[^"]+)"')


@dataclass(frozen=True)
class Sheet:
    """An answer with the pictures that stand on it."""

    path: str
    answer: Any
    pictures: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, path: str, answer: Any, client: Client) -> "Sheet":
        """The answer of `path`, with what the holder of `client` is shown on it."""
        named = {one.replace("&amp;", "&") for one in _PICTURE.findall(answer.content.decode())}
        return cls(path, answer, {one: client.get(one) for one in named})


class Glass:
    """A window that shows one sheet after another."""

    def __init__(self, context: BrowserContext) -> None:
        self._laid: dict[str, Any] = {}
        context.route("**/*", self._answer)
        self.page: Page = context.new_page()

    def show(self, sheet: Sheet) -> Page:
        """The sheet as a browser draws it."""
        self._laid = {sheet.path: sheet.answer, **sheet.pictures}
        self.page.goto(f"{HOME}{sheet.path}", wait_until="load")
        return self.page

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(HOME)
        if path.startswith("/static/"):
            self._file(route, path.removeprefix("/static/").partition("?")[0])
        elif path in self._laid:
            answer = self._laid[path]
            body = b"".join(answer) if answer.streaming else answer.content
            route.fulfill(status=answer.status_code, headers=dict(answer.items()), body=body)
        else:
            route.abort()

    def _file(self, route: Route, name: str) -> None:
        found = finders.find(name)
        if not found:
            route.fulfill(status=404)
            return
        route.fulfill(body=Path(found).read_bytes(), content_type=guess_type(name)[0] or "text/plain")
