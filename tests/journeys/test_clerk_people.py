"""The clerk's people in a real browser: enrolled, edited, corrected, with contract and training."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support import people
from tests.support.world import County, two_counties
from workers.models import Contract, Engagement, IdentityCorrection, Training

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1366, 768), (390, 844)]


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
        # What is known of the person is read beside the number, or right after it, never at the foot.
        top = "part => part.getBoundingClientRect().top"
        assert page.locator("aside[data-aside]").evaluate(top) < page.locator("[name=team]").evaluate(top)
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
        page.locator("aside .needs .m-green").nth(1).wait_for(state="attached")
        _picture(page, f"enrol-filled-{width}")
        assert overhang(page) <= 0
        page.click("button.b-main >> text=登记")
        page.wait_for_selector("text=钱七 已登记到")
        _picture(page, f"person-{width}")
        assert overhang(page) <= 0
        assert people.id_number(911) not in page.content()
        assert complaints == []
    work = Engagement.all_rows.get(person__name="钱七")
    assert Contract.all_rows.get(engagement=work).unit_price == 280
    assert Training.all_rows.get(engagement=work).hours == 8


def test_what_is_being_typed_is_kept_before_the_field_is_left(live_server, county):
    with window(1366, 900) as context:
        page = context.new_page()
        _enrol_page(page, live_server.url, county)
        page.locator("[name=name]").focus()
        page.keyboard.type("钱七")
        page.locator("[name=id_number]").focus()
        page.wait_for_selector("text=草稿")
        # Kept by the pause alone: the field is not left, and nothing is said of it.
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.keyboard.type("4201")
        assert page.locator("[data-field=id_number] .msg").count() == 0
        page.keyboard.type("06")
        # Closed before the pause is over: the page sends it as it goes, and nobody waits for it to arrive.
        for _look in range(20):
            page.reload()
            if page.input_value("[name=id_number]") == "420106":
                break
            page.wait_for_timeout(250)
        assert page.input_value("[name=id_number]") == "420106"


def test_without_script_the_same_form_enrols_and_says_what_is_wrong(live_server, county):
    with window(script=False) as context:
        page = context.new_page()
        _enrol_page(page, live_server.url, county)
        _fill_identity(page, 911)
        page.fill("[name=phone]", "1380000000")
        _fill_work(page, county)
        page.click("button.b-main >> text=登记")
        page.wait_for_load_state()
        assert "有 1 处要改" in page.locator(".errsum").inner_text()
        assert page.input_value("[name=name]") == "钱七"
        assert "新建档案" in page.locator("aside").inner_text()
        page.fill("[name=phone]", people.phone(911))
        page.click("text=登记，继续下一人")
        page.wait_for_load_state()
        assert "钱七 已登记到" in page.locator("main").inner_text()
        assert page.input_value("[name=name]") == ""
        assert page.input_value("[name=team]") == str(county.teams["contractor"].public_id)
    assert Engagement.all_rows.filter(person__name="钱七").count() == 1


def test_a_subcontractors_clerk_enrols_into_the_only_own_team_it_is_offered(live_server, county):
    with window(390, 844) as context:
        page = context.new_page()
        _enrol_page(page, live_server.url, county, "subcontractor_clerk")
        own = county.teams["subcontractor"]
        assert page.input_value("[name=team]") == str(own.public_id)
        assert page.locator("[name=team] option").count() == 2
        _fill_identity(page, 911)
        _fill_work(page, county, "subcontractor")
        page.click("button.b-main >> text=登记")
        page.wait_for_selector("text=钱七 已登记到")
    assert Engagement.all_rows.get(person__name="钱七").team == own


# Fields whose lower edge lies under what stays at the bottom of the window once they have the focus.
COVERED = """() => [...document.querySelectorAll("#act input, #act select")].filter((field) => {
  if (!field.checkVisibility() || field.type === "hidden" || field.type === "file") return false;
  document.activeElement.blur();
  window.scrollTo(0, 0);
  window.scrollTo(0, field.getBoundingClientRect().bottom - innerHeight + 70);
  field.focus();
  return field.getBoundingClientRect().bottom > document.querySelector(".actbar").getBoundingClientRect().top;
}).map((field) => field.name)"""


def test_on_the_telephone_the_main_button_is_whole_and_no_field_in_use_is_covered(live_server, county):
    with window(390, 844) as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        for address, main in (("people", "登记工人"),):
            page.goto(f"{live_server.url}/projects/{county.project.public_id}/{address}/")
            button = page.locator(".head .end >> text=" + main).bounding_box()
            _picture(page, f"phone-{address}")
            assert button is not None
            assert button["x"] >= 0
            assert button["x"] + button["width"] <= 390
            assert overhang(page) <= 0
        page.goto(f"{live_server.url}/projects/{county.project.public_id}/people/")
        page.click("text=登记工人")
        page.wait_for_selector("h1 >> text=登记一名工人")
        assert page.evaluate(COVERED) == []
        page.focus("[name=phone]")
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/phone-focus.png")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_record_is_edited_and_a_wrong_number_put_right(live_server, county, width, height):
    person = f"{live_server.url}/people/{county.worker.engagement.public_id}/"
    with window(width, height) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(person)
        page.click("text=修改资料")
        page.fill("[name=phone]", people.phone(915))
        page.select_option("[name=trade]", "020")
        _picture(page, f"edit-{width}")
        assert overhang(page) <= 0
        page.click("button.b-main >> text=保存")
        page.wait_for_selector("text=的资料已保存")
        assert "109****0915" in page.locator("main").inner_text()
        page.click("text=更正姓名或号码")
        page.fill("[name=id_number]", people.id_number(913))
        page.fill("[name=reason]", "登记时看错一位，已核对原件")
        _picture(page, f"correct-{width}")
        page.click("button.b-main >> text=更正")
        page.wait_for_selector("h2 >> text=更正记录")
        _picture(page, f"corrected-{width}")
        assert overhang(page) <= 0
        assert complaints == []
    corrected = IdentityCorrection.all_rows.filter(reason="登记时看错一位，已核对原件")
    assert [row.engagement for row in corrected] == [county.worker.engagement]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_contract_and_training_are_filed_with_scans_and_put_right(live_server, county, scan, width, height):
    work = county.workers["gap"].engagement
    with window(width, height) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(f"{live_server.url}/people/{work.public_id}/contracts/")
        page.click("section >> text=登记合同")
        page.select_option("[name=contract_kind]", "labour")
        page.fill("[name=contract_starts_on]", county.today.isoformat())
        page.set_input_files("[name=scan]", scan)
        page.click("button.b-main >> text=登记合同")
        page.wait_for_selector("text=合同已登记")
        page.click("section table >> text=更正")
        page.fill("[name=unit_price]", "300")
        page.fill("[name=reason]", "漏填单价，已核对原件")
        page.click("button.b-main >> text=更正合同")
        page.wait_for_selector("text=合同已更正")
        _picture(page, f"contracts-{width}")
        assert overhang(page) <= 0
        page.click(".tabs >> text=培训")
        page.click("section >> text=登记培训")
        page.fill("[name=training_on]", county.today.isoformat())
        page.fill("[name=training_hours]", "8")
        page.set_input_files("[name=evidence]", scan)
        page.click("button.b-main >> text=登记培训")
        page.wait_for_selector("text=培训已登记")
        _picture(page, f"trainings-{width}")
        assert complaints == []
    assert [row.unit_price for row in Contract.all_rows.filter(engagement=work, ended_on=None)] == [300]
    assert Training.all_rows.get(engagement=work).evidence != ""


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_one_training_is_recorded_for_a_crew(live_server, county, width, height):
    with window(width, height) as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(f"{live_server.url}/projects/{county.project.public_id}/people/")
        page.click("text=登记培训")
        page.fill("[name=training_on]", county.today.isoformat())
        page.fill("[name=training_hours]", "4")
        for title in ("gap", "subcontractor"):
            page.check(f"[value='{county.workers[title].engagement.public_id}']")
        _picture(page, f"team-training-{width}")
        assert overhang(page) <= 0
        page.click("button.b-main >> text=登记培训")
        page.wait_for_selector("text=已为 2 人登记培训")
    assert Training.all_rows.filter(held_on=county.today, hours=4).count() == 2
