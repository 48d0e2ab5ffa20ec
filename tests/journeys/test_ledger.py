"""K6 in a real browser: the subcontractor files, the contractor returns, it is filed again and accepted."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from ledgers.models import Ledger
from ledgers.rules import month_before
from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support import people, records
from tests.support.world import County, wuchang
from workers.models import Presence

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("JOURNEY_SHOTS", "")


@pytest.fixture
def county(transactional_db) -> County:
    """武昌, whose 王五 of the subcontractor was on site all of last month with nothing filed."""
    county = wuchang()
    month = month_before(timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledgers_ledger")  # rows are never deleted
    work = county.workers["subcontractor"]
    Presence.all_rows.filter(pk=work.presence.pk).update(entered_on=month)
    for order, name in ((991, "何九"), (993, "郭十")):
        bare = records.engagement(
            records.person(people.id_number(order), name), county.teams["subcontractor"]
        )
        records.presence(bare, month + timedelta(days=4))
    return county


def _shot(page, name: str, width: int) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_a_ledger_is_filed_returned_filed_again_and_accepted(live_server, county, width, height):
    month = f"{month_before(timezone.localdate()):%Y-%m}"
    with window(width, height) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        sign_in(page, live_server.url, county.users["subcontractor_clerk"].username)
        assert f"{month} 台账待报送" in page.locator("main").inner_text()
        page.click("main a:has-text('去报送')")
        page.wait_for_load_state()
        assert "有缺项，可以照样报送" in page.locator("main").inner_text()
        _shot(page, "file", width)
        assert overhang(page) <= 0
        page.click("main button.b-main")
        page.wait_for_selector("text=回执见本页")
        _shot(page, "receipt", width)
        assert overhang(page) <= 0
        assert complaints == []
    with window(width, height) as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(f"{live_server.url}/projects/{county.project.public_id}/ledgers/?month={month}")
        _shot(page, "list", width)
        assert overhang(page) <= 0
        page.click("td.name a")
        page.click("text=退回")
        page.fill("textarea[name=reason]", "何九、郭十没有合同")
        page.click("main button.b-main")
        page.wait_for_selector("text=台账已退回")
    with window(width, height) as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["subcontractor_clerk"].username)
        assert "台账被退回，待再报" in page.locator("main").inner_text()
        page.goto(f"{live_server.url}/ledgers/{Ledger.all_rows.get().public_id}/")
        page.click("text=补齐后再报")
        page.wait_for_load_state()
        assert "一字不差" in page.locator("main").inner_text()
        _shot(page, "again", width)
        page.click("main button.b-main")
        page.wait_for_selector("text=第 2 次报送")
    with window(width, height) as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["contractor_manager"].username)
        second = Ledger.all_rows.get(round=2)
        page.goto(f"{live_server.url}/ledgers/{second.public_id}/")
        page.click("main button.b-main >> text=备案")
        page.wait_for_selector("text=台账已备案")
        page.goto(f"{live_server.url}/ledgers/{second.public_id}/print/")
        _shot(page, "print", width)
    assert list(Ledger.all_rows.order_by("round").values_list("state", flat=True)) == ["returned", "accepted"]
