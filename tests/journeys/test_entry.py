"""From the card on the reader to the gate: enrolled, approved by another, let in, taken off again."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from attendance.services import sweep
from federation.simulator.allow_list import AllowList, over_http
from outbox.services import deliver_all
from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support.world import County, two_counties
from workers.bridge import Desk, serve
from workers.models import Contract, Engagement, IdentityCheck
from workers.services import renew_reader_key
from workers.synthetic import people as invented

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def county(transactional_db) -> County:
    return two_counties().wuchang


@contextmanager
def reader(desk: Desk) -> Iterator[str]:
    """The simulated bridge on a free port of this machine."""
    server = serve(desk, 0, lambda _words: None)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _enrol(page: Page, home: str, county: County) -> None:
    """K1 with a card on the reader: two presses and nine inputs."""
    sign_in(page, home, county.users["labour_clerk"].username)
    page.goto(f"{home}/projects/{county.project.public_id}/enrol/")
    page.click("text=读身份证")
    page.wait_for_selector("aside >> text=芯片读出，签名核验通过")
    page.wait_for_selector("aside >> text=新建档案")
    assert page.locator("[name=id_number]").get_attribute("readonly") is not None
    page.fill("[name=phone]", "10900000955")
    page.select_option("[name=team]", str(county.teams["contractor"].public_id))
    page.select_option("[name=trade]", "010")
    page.select_option("[name=contract_kind]", "agreement")
    page.fill("[name=contract_starts_on]", county.today.isoformat())
    page.fill("[name=training_on]", county.today.isoformat())
    page.fill("[name=training_hours]", "8")
    page.locator("[name=training_hours]").blur()
    page.locator("aside .needs .m-green").nth(2).wait_for(state="attached")
    _picture(page, f"enrol-chip-{page.viewport_size['width']}")  # type: ignore[index]  # always set
    assert overhang(page) <= 0
    page.click("button.b-main >> text=登记")
    page.wait_for_selector("text=可以送审")
    page.click("a >> text=送审")
    page.click("button.b-main")
    page.wait_for_selector("main >> text=送审")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_a_card_is_read_a_person_approved_and_a_gate_lets_in_until_the_contract_ends(
    live_server, county, settings, width, height
):
    card = next(islice(invented(Random(27), today=county.today), 1))
    key = renew_reader_key(actor=county.actor("contractor_manager"), point=county.point, now=timezone.now())
    gate = AllowList(over_http(live_server.url), county.credential.appid, county.credential.key)
    gate.pull()
    with reader(Desk([card], county.today, key)) as address, window(width, height) as context:
        settings.ID_READER_ADDRESS = address
        page = context.new_page()
        complaints, _weights = watch(page)
        _enrol(page, live_server.url, county)
        work = Engagement.all_rows.get(person__name=card.name)
        deliver_all()
        assert gate.pull() == 0
        context.clear_cookies()
        sign_in(page, live_server.url, county.users["contractor_manager"].username)
        page.goto(f"{live_server.url}/people/{work.public_id}/")
        page.click(".moves >> text=批准进场")
        page.click("button.b-main")
        page.wait_for_selector("main >> text=已为 1 人")
        deliver_all()
        assert gate.pull() == 1
        assert gate.people[str(work.public_id)].name == card.name
        page.goto(f"{live_server.url}/people/{work.public_id}/")
        page.wait_for_selector("text=在闸机名单上")
        _picture(page, f"person-listed-{width}")
        assert overhang(page) <= 0
        page.goto(f"{live_server.url}/people/{work.public_id}/identity/")
        page.wait_for_selector(f"text={county.point.name}")
        _picture(page, f"identity-record-{width}")
        assert overhang(page) <= 0
        contract = Contract.all_rows.get(engagement=work)
        page.goto(f"{live_server.url}/contracts/{contract.public_id}/end/")
        page.fill("[name=date]", county.today.isoformat())
        page.fill("[name=reason]", "协商一致解除")
        page.click("button.b-main")
        page.wait_for_selector("text=没有在有效期内的合同")
        deliver_all()
        sweep(timezone.now())
        assert gate.pull() == 1
        assert gate.removed == {str(work.public_id): ["有效的劳动合同或用工协议"]}
        _picture(page, f"person-off-{width}")
        assert complaints == []
    check = IdentityCheck.all_rows.get(engagement=work)
    assert (check.method, check.point) == ("chip", county.point)
    assert check.portrait


def test_without_a_reader_the_page_says_so_and_everything_is_typed(live_server, county, settings):
    settings.ID_READER_ADDRESS = "http://127.0.0.1:9"
    with window() as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(f"{live_server.url}/projects/{county.project.public_id}/enrol/")
        page.click("text=读身份证")
        page.wait_for_selector("text=没有连上本机的读卡程序")
        assert page.locator("[name=id_number]").get_attribute("readonly") is None
        csp = page.evaluate("fetch(location.href).then(a => a.headers.get('Content-Security-Policy'))")
        assert "connect-src 'self' http://127.0.0.1:9" in csp
        page.goto(f"{live_server.url}/people/")
        csp = page.evaluate("fetch(location.href).then(a => a.headers.get('Content-Security-Policy'))")
        assert "127.0.0.1" not in csp
