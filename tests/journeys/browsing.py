"""A real browser for the journeys, and what all of them need of it."""

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from playwright.sync_api import BrowserContext, Page, Response, sync_playwright

from tests.support.actors import PASSWORD
from tools import browser

# The sandbox needs rights that a container or root lacks; nothing foreign is opened here.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
# Playwright runs a loop in this thread; the tests' own reads of the database are still ordinary ones.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


# Long: a slow machine is no fault of a page. How quick pages are, benches say.
PATIENCE_MS = 60_000


@contextmanager
def window(width: int = 1366, height: int = 768, script: bool = True) -> Iterator[BrowserContext]:
    """A fresh window without cookies."""
    with sync_playwright() as play:
        program = os.environ.get("CHROMIUM_PATH") or browser.find()
        chromium = play.chromium.launch(executable_path=program, args=list(FLAGS))
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(PATIENCE_MS)
        try:
            yield context
        finally:
            chromium.close()
            # The driver's loop has opened a connection of its own (tests.support.glass). Nobody else ends
            # it, and whoever copies the database ends it under the next window's feet.
            connection.close()


def sign_in(page: Page, home: str, username: str) -> None:
    """Through the door that people use."""
    page.goto(f"{home}/account/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector(".frame")
    # The frame is there before the rest of its page has come.
    page.wait_for_load_state()


def overhang(page: Page) -> int:
    """Pixels by which the page passes the right edge of its window, once it has come: wide tables scroll in
    their own frame. Asked right after a click, the new page may be there without its first element yet."""
    page.wait_for_load_state()
    pixels: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return pixels


def watch(page: Page) -> tuple[list[str], list[int]]:
    """Complaints of the browser, and the compressed weight of each answer, as they come."""
    complaints: list[str] = []
    weights: list[int] = []

    def weigh(answer: Response) -> None:
        if answer.status == 200:
            weights.append(len(gzip.compress(answer.body())))

    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", weigh)
    return complaints, weights
