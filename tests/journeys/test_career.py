"""W7 in a real browser: the worker shows a code at 390 px, the clerk of another project reads the career."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.journeys.test_worker import LOW_TARGETS, SMALLEST_TEXT, _enter
from tests.support.world import two_counties
from workers.models import CareerCode, CareerReading, Engagement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("JOURNEY_SHOTS", "")


@pytest.fixture
def world(transactional_db):
    """Nobody has shown a code yet."""
    world = two_counties()
    CareerReading.all_rows.all().delete()
    CareerCode.all_rows.all().delete()
    return world


def _shot(page, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def _fits(page, width: int) -> None:
    """Large enough for a thumb, nothing sticks out, nobody is kept out."""
    assert overhang(page) <= 0
    assert page.evaluate(SMALLEST_TEXT) >= 16
    assert page.evaluate(LOW_TARGETS) == []
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_a_worker_shows_a_code_and_the_next_sites_clerk_reads_and_enrols(live_server, world):
    here, there = world.wuchang, world.xiantao
    with window(390, 844) as phone:
        page = phone.new_page()
        complaints, _weights = watch(page)
        _enter(page, live_server.url, here)
        page.click(".own-nav >> text=我的")
        page.click("text=我的履历")
        _fits(page, 390)
        _shot(page, "own-career")
        page.click("text=给下一个工地看")
        _fits(page, 390)
        page.click("main button.b-main")
        page.wait_for_selector("svg.qr")
        _fits(page, 390)
        _shot(page, "own-code")
        figures = page.locator(".qr-figures").inner_text()
        assert complaints == []
        assert phone.browser is not None
        context = phone.browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        clerk = context.new_page()
        said, _weights = watch(clerk)
        sign_in(clerk, live_server.url, there.users["labour_clerk"].username)
        clerk.goto(f"{live_server.url}/projects/{there.project.public_id}/enrol/")
        clerk.click("text=扫从业码")
        clerk.fill("input[name=code]", figures)
        clerk.fill("input[name=last_four]", here.worker.person.id_number[-4:])
        _shot(clerk, "read-form")
        clerk.click("main button.b-main")
        clerk.wait_for_selector("text=登记这名工人")
        shown = clerk.locator("main").inner_text()
        assert here.project.name in shown
        assert here.worker.person.id_number not in clerk.content()
        _shot(clerk, "career")
        clerk.click("text=登记这名工人")
        assert clerk.locator("input[name=name]").is_disabled()
        _shot(clerk, "enrol-by-code")
        clerk.fill("input[name=phone]", "10900000988")
        clerk.select_option("select[name=team]", index=1)
        clerk.select_option("select[name=trade]", "010")
        clerk.select_option("select[name=contract_kind]", "none")
        clerk.click("main button.b-main")
        clerk.wait_for_selector("text=已登记到")
        assert said == []
        page.reload()
        assert there.project.name in page.locator("main").inner_text()
        page.click("text=收回，不给看了")
        page.wait_for_selector("text=已收回")
    assert Engagement.all_rows.filter(project=there.project, person=here.worker.person).exists()


def test_a_scanned_picture_fills_the_code_in_from_behind_the_hash(live_server, world):
    with window() as context:
        page = context.new_page()
        sign_in(page, live_server.url, world.xiantao.users["labour_clerk"].username)
        page.goto(f"{live_server.url}/career/#{'A' * 26}")
        assert page.input_value("input[name=code]") == "A" * 26
        assert "#" not in page.url
        assert page.locator("[data-field=last_four]").is_hidden()
