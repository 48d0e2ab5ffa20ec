"""A vendor's way without asking anybody: read, open a sandbox, begin a self-test, see its steps ticked."""

import pytest
from playwright.sync_api import Page

from federation.simulator.wire import OpenApi, VendorError
from tests.journeys.browsing import overhang, watch, window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1366, 768), (360, 740)]
READING = (
    "",
    "signing/",
    "results/",
    "punches/",
    "dictionaries/",
    "dictionaries/trade/",
    "ProjectWorker.Add/",
)


def _fits(page: Page) -> bool:
    """Nothing makes the page scroll sideways; wide tables scroll in their own frame."""
    return overhang(page) <= 0


@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_a_vendor_reads_practises_and_sees_its_client_ticked(live_server, transactional_db, size):
    home = live_server.url
    with window(*size) as context:
        page = context.new_page()
        complaints, weights = watch(page)
        for part in READING:
            page.goto(f"{home}/open-api/{part}")
            assert _fits(page), part
        page.goto(f"{home}/open-api/")
        page.click("text=申请联调沙箱")
        page.fill("[name=vendor]", "江汉智能门禁")
        page.click("button:has-text('开通沙箱')")
        page.wait_for_load_state()
        appid, secret = page.locator("code.secret").all_inner_texts()
        assert _fits(page)
        page.click("text=去做自测")
        page.fill("[name=appid]", appid)
        page.fill("[name=secret]", secret)
        page.fill("[name=client]", "江汉闸机网关")
        page.fill("[name=client_version]", "3.2")
        assert _fits(page)
        page.click("button:has-text('开始自测')")
        page.wait_for_selector("#run")
        assert page.locator("#run h1").inner_text() == "江汉闸机网关 3.2"
        with OpenApi(home, appid, secret) as client:
            client.call("CheckSign.Query", {})
        with OpenApi(home, appid, "0" * 32) as wrong, pytest.raises(VendorError, match="-2 签名校验错误"):
            wrong.call("CheckSign.Query", {})
        page.wait_for_selector("text=CheckSign.Query：已答复")
        page.wait_for_selector("#run dd b >> text=2 / 16")
        assert _fits(page)
        assert not [line for line in complaints if "favicon" not in line]
        assert max(weights) < 300 * 1024
