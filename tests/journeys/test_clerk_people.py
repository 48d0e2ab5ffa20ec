"""The clerk's people in a real browser: enrolled, edited, corrected, with contract and training."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.journeys.browsing import sign_in, watch, window
from tests.support import people
from tests.support.world import County, two_counties
from workers.models import Contract, Engagement, Training

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1366, 768), (390, 844)]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def county(transactional_db) -> County:
    return two_counties().wuchang


@pytest.fixture
def scan(tmp_path: Path) -> Iterator[Path]:
    """A photograph of a signed page."""
    file = tmp_path / "合同.jpg"
    Image.new("RGB", (600, 800), "white").save(file)
    yield file


def _enrol_page(page: Page, home: str, county: County, role: str = "labour_clerk") -> None:
    """From sign-in through the project's people to the form."""
    sign_in(page, home, county.users[role].username)
    page.goto(f"{home}/projects/{county.project.public_id}/people/")
    page.click("text=登记工人")
    page.wait_for_selector("h1 >> text=登记一名工人")


def _fill_identity(page: Page, order: int, name: str = "钱七") -> None:
    page.fill("[name=name]", name)
    page.fill("[name=id_number]", people.id_number(order))
    page.fill("[name=phone]", people.phone(order))


def _fill_work(page: Page, county: County, team: str = "contractor") -> None:
    page.select_option("[name=team]", str(county.teams[team].public_id))
    page.select_option("[name=trade]", "010")
    page.select_option("[name=contract_kind]", "labour")
    page.fill("[name=contract_starts_on]", county.today.isoformat())
    page.select_option("[name=wage_form]", "day")
    page.fill("[name=unit_price]", "280")
    page.fill("[name=training_on]", county.today.isoformat())
    page.fill("[name=training_hours]", "8")


def _picture(page: Page, name: str) -> None:
    """Kept where SHOTS names a folder, to be looked at."""
    import os

    if folder := os.environ.get("SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_worker_is_enrolled_with_contract_and_training_in_one_form(live_server, county, width, height):
    with window(width, height) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        _enrol_page(page, live_server.url, county)
        _picture(page, f"enrol-empty-{width}")
        _fill_identity(page, 911)
        page.locator("[name=phone]").blur()
        page.wait_for_selector("aside >> text=新建档案")
        assert "周岁" in page.locator("aside").inner_text()
        page.fill("[name=phone]", "1380000000")
        page.locator("[name=phone]").blur()
        page.wait_for_selector("text=手机号少 1 位，应为 11 位")
        page.wait_for_selector("text=草稿")
        page.reload()
        assert page.input_value("[name=name]") == "钱七"
        page.fill("[name=phone]", people.phone(911))
        _fill_work(page, county)
        page.locator("[name=training_hours]").blur()
        page.locator("aside .needs .m-green").nth(2).wait_for(state="attached")
        _picture(page, f"enrol-filled-{width}")
        assert page.evaluate(SIDEWAYS) <= 0
        page.click("button.b-main >> text=登记")
        page.wait_for_selector("text=钱七 已登记到")
        _picture(page, f"person-{width}")
        assert page.evaluate(SIDEWAYS) <= 0
        assert people.id_number(911) not in page.content()
        assert complaints == []
    work = Engagement.all_rows.get(person__name="钱七")
    assert Contract.all_rows.get(engagement=work).unit_price == 280
    assert Training.all_rows.get(engagement=work).hours == 8
