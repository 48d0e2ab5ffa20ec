"""The worker's way in a real browser: phone and code, did today count, what is wrong, who looked."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from attendance.models import AttendanceDay, CorrectionRequest, Punch
from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support import records
from tests.support.world import County, two_counties
from web.delivery import SMS
from web.models import OutgoingMessage
from workers.services import phone_index
from workers.services.sign_in import about_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALLEST_TEXT = """() => Math.min(...[...document.querySelectorAll("main *")]
  .filter(node => node.checkVisibility())
  .filter(node => [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim()))
  .map(node => parseFloat(getComputedStyle(node).fontSize)))"""
# Links within a sentence may be as tall as their line.
LOW_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea")]
  .filter(node => node.checkVisibility() && !["hidden", "radio"].includes(node.type))
  .filter(node => !node.matches(".skip, p.soft a, dd a"))
  .filter(node => node.getBoundingClientRect().height < 48)
  .map(node => node.outerHTML.slice(0, 120))"""


@pytest.fixture
def world(transactional_db):
    return two_counties()


def _code_for(phone: str) -> str:
    message = OutgoingMessage.objects.filter(channel=SMS, about=about_code(phone_index(phone))).first()
    assert message is not None
    found = re.search(r"\d{6}", message.text)
    assert found
    return found[0]


def _enter(page: Page, home: str, county: County) -> None:
    """Through the worker's door, as a worker does."""
    phone = county.worker.engagement.phone or ""
    page.goto(f"{home}/account/sign-in/")
    page.click("text=工人登录（手机号）")
    page.fill("input[name=phone]", phone)
    page.click("text=发验证码")
    page.wait_for_selector("input[name=code]")
    page.fill("input[name=code]", _code_for(phone))
    page.click("button[type=submit]")
    page.wait_for_selector(".own-nav")


def _grave_faults(page: Page) -> list[str]:
    """What a scan of the page finds that keeps somebody out."""
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_worker_enters_by_phone_sees_the_tick_and_asks_for_a_correction(live_server, world, script):
    county = world.wuchang
    punches = Punch.all_rows.count()
    with window(390, 844, script=script) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        _enter(page, live_server.url, county)
        assert page.locator("h1").inner_text() == "今天打上卡了"
        assert county.project.name in page.locator("main").inner_text()
        page.click("main >> text=不对")
        page.check("input[value=other]", force=True)
        page.fill("textarea[name=note]", "闸机没有反应，从侧门进的")
        page.click("text=报上去")
        page.wait_for_selector("text=等总承包单位处理")
        page.click(".own-nav >> text=我报的")
        page.wait_for_load_state()
        assert page.locator(".rows li").count() == 2
        assert complaints == []
    row = CorrectionRequest.all_rows.get(engagement=county.worker.engagement, day=county.today)
    assert (row.wrong, row.is_by_worker, row.state) == ("other", True, "submitted")
    assert Punch.all_rows.count() == punches


def test_the_clerk_sees_the_evidence_and_approves_and_the_day_says_so(live_server, world):
    county = world.wuchang
    day = county.today - timedelta(days=1)
    asked = county.correction
    CorrectionRequest.all_rows.filter(pk=asked.pk).update(
        wrong="missing_out", out_at=records.instant_of(day, 14 * 60)
    )
    with window() as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.click("text=2 条考勤更正待处理")
        page.click(f"#list td.name >> text={county.worker.person.name}")
        page.wait_for_load_state()
        assert "当天的打卡" in page.locator("main").inner_text()
        page.click("button[value=accept]")
        page.wait_for_selector("text=已通过，考勤按更正重新计算。")
        assert complaints == []
    concluded = AttendanceDay.all_rows.get(engagement=county.worker.engagement, day=day)
    assert (concluded.is_corrected, concluded.last_out_at) == (True, records.instant_of(day, 14 * 60))


@pytest.mark.parametrize("width", [390, 360, 1366])
def test_the_workers_pages_are_large_and_fit_every_screen(live_server, world, width):
    county = world.wuchang
    with window(width, 844 if width < 1000 else 768) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/account/worker/")
        assert overhang(page) <= 0
        assert _grave_faults(page) == []
        _enter(page, live_server.url, county)
        paths = (
            "/me/",
            f"/me/days/{county.today}/",
            "/me/corrections/",
            f"/me/corrections/{county.correction.public_id}/",
            f"/me/corrections/new/?day={county.today}",
            "/me/readers/",
            "/me/record/",
        )
        for path in paths:
            page.goto(live_server.url + path)
            assert overhang(page) <= 0, path
            assert page.evaluate(SMALLEST_TEXT) >= 16, path
            assert page.evaluate(LOW_TARGETS) == [], path
            assert page.locator(".own-nav a").count() == 4
            assert _grave_faults(page) == [], path
