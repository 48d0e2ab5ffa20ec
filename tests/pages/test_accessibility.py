"""axe finds no serious fault on any page, on a clerk's screen and on a phone (WCAG 2.2 AA).

A new route is looked at without being named here. `./dev soak a11y` opens each page as every role.
"""

import json
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from playwright.sync_api import Page

from tests.journeys.browsing import window
from tests.support.doors import doors
from tests.support.glass import Glass, Sheet
from web.acts import FormPage

pytestmark = pytest.mark.browser
SCREENS = [pytest.param(1366, 768, id="screen"), pytest.param(390, 844, id="phone")]
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SERIOUS = ("serious", "critical")
OPTIONS = json.dumps({"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]})

WIDTH = "document.documentElement.scrollWidth"


def faults(page: Page) -> list[str]:
    """The serious faults that axe finds, with the first place of each."""
    # By evaluation, for the page's own policy lets no script in.
    page.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {OPTIONS})")
    return [
        f"{one['id']} × {len(one['nodes'])}: {one['help']}: {one['nodes'][0]['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]


@pytest.fixture(scope="module")
def sheets(world, pytestconfig) -> dict[str, Sheet]:
    """Every page, and every form as it comes back when nothing was filled in."""
    found = {}
    for door in doors(world.wuchang, every_role=pytestconfig.getoption("--every-role")):
        found[str(door)] = Sheet.of(door.path, door.answer, door.client)
        if isinstance(door.view, type) and issubclass(door.view, FormPage):
            refused = door.client.post(door.path, {})
            if refused.status_code == 422:
                found[f"{door}, refused"] = Sheet.of(door.path, refused, door.client)
    return found


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_no_page_has_a_serious_fault(sheets, width, height):
    with window(width, height) as context:
        glass = Glass(context)
        found = [f"{name}: {one}" for name, sheet in sheets.items() for one in faults(glass.show(sheet))]
    assert not found, "\n".join(found)


def test_no_page_scrolls_sideways_on_a_phone(sheets):
    wide = []
    with window(390, 740) as context:
        glass = Glass(context)
        for name, sheet in sheets.items():
            page = glass.show(sheet)
            for width in (390, 360):
                page.set_viewport_size({"width": width, "height": 740})
                if (needed := page.evaluate(WIDTH)) > width:
                    wide.append(f"{name}: {needed} px on {width}")
    assert not wide, "\n".join(wide)


def test_the_scan_finds_what_is_wrong(world):
    client = Client()
    door = Sheet.of("/account/sign-in/", client.get("/account/sign-in/"), client)
    with window() as context:
        page = Glass(context).show(door)
        page.evaluate("document.querySelectorAll('label').forEach(one => one.remove())")
        page.evaluate("document.documentElement.removeAttribute('lang')")
        assert {fault.split(" ")[0] for fault in faults(page)} >= {"label", "html-has-lang"}
