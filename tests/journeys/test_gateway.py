"""The outward gateway in a real browser: drafted, approved by another, read, and told to the worker."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from tests.journeys.browsing import PATIENCE_MS, overhang, sign_in, watch, window
from tests.support import records
from tests.support.actors import account, give_post
from tests.support.counties import County, wuchang

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = ((1366, 768), (390, 844), (360, 780))


@pytest.fixture
def county(transactional_db: None) -> County:
    return wuchang(staff=("contractor",))


@pytest.fixture
def desk() -> Iterator[BrowserContext]:
    with window() as context:
        yield context


def _answer(url: str, key: dict[str, str]) -> httpx.Response:
    return httpx.get(url, headers=key, timeout=60.0, trust_env=False)


def _page(context: BrowserContext, home: str, role: str) -> Page:
    """A page of somebody with a post over the whole province."""
    user = account(f"journey-{role}", display_name=role)
    give_post(user, role, region=records.region("420000"))
    assert context.browser is not None
    page = context.browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    page.set_default_timeout(PATIENCE_MS)
    sign_in(page, home, user.username)
    return page


def _picture(page: Page, name: str) -> None:
    """For whoever looks at the pages; in any case nothing scrolls sideways, at a desk or on a phone."""
    folder = os.environ.get("SHOTS")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert overhang(page) <= 0, f"{name} at {width}"
        if folder and width != 360:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1366, "height": 768})


def _own_page(context: BrowserContext, home: str, county: County) -> Page:
    """The worker's own phone, signed in by a code some time ago."""
    client = Client()
    client.force_login(
        county.users["worker"],
        backend="django.contrib.auth.backends.ModelBackend",
    )
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": home}])
    return context.new_page()


def _enter(page: Page) -> None:
    page.click("nav >> text=对外共享")
    page.click("main a >> text=登记共享单位")
    page.fill("[name=name]", "湖北省人力资源和社会保障厅")
    page.select_option("[name=sort]", "labour")
    page.fill("[name=contact_name]", "钱一")
    page.fill("[name=contact_phone]", "027-68870000")
    _picture(page, "partner-new")
    page.click("#act button[type=submit]")
    page.wait_for_selector("text=已登记")


def _draft(page: Page) -> None:
    page.click("main a >> text=起草共享协议")
    page.fill("[name=number]", "鄂建共享〔2026〕1 号")
    page.fill("[name=title]", "农民工参保核对")
    page.fill("[name=purpose]", "核对农民工参保和工资发放")
    page.fill("[name=legal_basis]", "保障农民工工资支付条例 第四十九条")
    page.click("#act button[type=submit]")
    page.wait_for_selector("text=草稿已保存")
    page.click("main a >> text=在册人员（进退场）")
    page.check("[name=field_name]")
    page.check("[name=field_id_number]")
    page.click("#act button[type=submit]")
    page.wait_for_selector("text=须写明提供它的法律依据")
    page.fill("[name=basis_id_number]", "社会保险法 第七十四条")
    _picture(page, "object")
    page.click("#act button[type=submit]")
    page.wait_for_selector("text=已写入草稿")
    _picture(page, "version-draft")


def _approve(page: Page, home: str, version: str) -> None:
    page.goto(home)
    page.wait_for_selector("text=共享协议待批准")
    page.goto(version)
    page.click("main a >> text=核对并批准")
    _picture(page, "approve")
    page.check("[name=is_read]")
    page.click("#act button[type=submit]")
    page.wait_for_selector("text=已批准")
    _picture(page, "agreement")


def _secret(page: Page) -> str:
    page.click("main a >> text=湖北省人力资源和社会保障厅")
    page.click("main a >> text=签发密钥")
    page.fill("[name=addresses]", "127.0.0.1")
    page.click("#act button[type=submit]")
    _picture(page, "secret")
    return page.inner_text("#secret")


def test_from_the_first_form_to_what_the_worker_reads(
    county: County, desk: BrowserContext, live_server: object
) -> None:
    home = str(live_server)
    admin, regulator = (_page(desk, home, role) for role in ("platform_administrator", "province_regulator"))
    complaints, _weights = watch(admin)
    _enter(admin)
    _draft(admin)
    version = admin.url
    _approve(regulator, home, version)
    admin.goto(version)
    admin.click("main a >> text=接口说明")
    _picture(admin, "document")
    admin.goto(f"{home}/sharing/")
    _picture(admin, "partners")
    key = {"Authorization": f"Bearer {_secret(admin)}"}
    answer = _answer(f"{home}/gateway/v1/persons-at-work", key).json()
    assert [row["id_number"] for row in answer["rows"]] == [county.worker.person.id_number]
    _answer(f"{home}/gateway/v1/training", key)
    admin.click("text=已交付")
    assert "hbgw_" not in admin.content()
    _picture(admin, "partner")
    for name in ("log", "refusals"):
        admin.goto(f"{home}/sharing/{name}/")
        admin.wait_for_selector("main >> text=湖北省人力资源和社会保障厅")
        _picture(admin, name)
    own = _own_page(desk, home, county)
    own.goto(f"{home}/me/recipients/")
    own.wait_for_selector("text=核对农民工参保和工资发放")
    _picture(own, "own-recipients")
    # A draft that was refused on purpose is the one answer that the browser counts as a fault.
    assert [one for one in complaints if "422" not in one] == []
