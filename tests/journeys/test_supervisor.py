"""A supervision notice in real browsers: from a gap to closing, on telephones first, without script too."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page

from integrity.models import SupervisionNotice
from integrity.services import settle_notices
from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support.world import County, wuchang

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, OFFICE = (390, 844), (1366, 768)
MOST_CLICKS = 4


@pytest.fixture
def county(transactional_db: None) -> County:
    return wuchang()


@pytest.fixture
def photo(tmp_path: Path) -> str:
    """A picture as a telephone would take it."""
    drawn = BytesIO()
    Image.new("RGB", (640, 480), "#7a9a6b").save(drawn, "JPEG")
    file = tmp_path / "signed.jpg"
    file.write_bytes(drawn.getvalue())
    return str(file)


def enter(context: Any, home: str, county: County, role: str) -> Page:
    """The first page that somebody of the county sees."""
    page = context.new_page()
    sign_in(page, home, county.users[role].username)
    return page


def tap(page: Page, clicks: list[str], target: str) -> None:
    """One click, counted."""
    page.click(target)
    clicks.append(target)


def issue(page: Page) -> str:
    """From the gaps to an issued notice; its number."""
    clicks: list[str] = []
    tap(page, clicks, ".gap >> text=未签合同进场")
    tap(page, clicks, ".gap >> text=对不上人的打卡")
    tap(page, clicks, ".dock button")
    page.wait_for_selector("h1 >> text=监理通知单")
    tap(page, clicks, "button >> text=签发并送达")
    page.wait_for_selector(".ident h1")
    assert len(clicks) <= MOST_CLICKS
    return page.locator(".ident h1").inner_text()


def answer(page: Page, photo: str, words: str) -> None:
    """The clerk answers both items, the first with a photograph."""
    page.click("a >> text=回复")
    page.fill("textarea[name=answer_1]", words)
    page.set_input_files("input[name=files_1]", photo)
    page.fill("textarea[name=answer_2]", "已核实为送货司机，已清出")
    page.click("button >> text=提交回复")
    page.wait_for_selector("text=回复已提交")


def no_sideways(page: Page) -> bool:
    """Whether nothing passes the edge of the window, at both widths of telephones."""
    wide = page.viewport_size
    assert wide is not None
    fits = []
    for width in (wide["width"], min(wide["width"], 360)):
        page.set_viewport_size({"width": width, "height": wide["height"]})
        fits.append(overhang(page) <= 0)
    page.set_viewport_size(wide)
    return all(fits)


@pytest.mark.parametrize(("size", "script"), [(PHONE, True), (PHONE, False), (OFFICE, True)])
def test_from_a_gap_to_a_closed_notice_with_one_return(
    live_server: Any, county: County, photo: str, size: tuple[int, int], script: bool
) -> None:
    home = live_server.url
    with window(*size, script=script) as context:
        browser = context.browser
        assert browser is not None
        page = enter(context, home, county, "supervisor")
        complaints, _weights = watch(page)
        # Whoever supervises one site begins the day at its gaps.
        page.wait_for_url("**/gaps/")
        assert page.locator(".gap").count() >= 4
        assert no_sideways(page)
        number = issue(page)
        assert no_sideways(page)
        notice = SupervisionNotice.all_rows.get(number=number)
        address = f"{home}/notices/{notice.public_id}/"

        clerks = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=script
        )
        clerk = enter(clerks, home, county, "labour_clerk")
        assert number in clerk.locator("main").inner_text()
        clerk.goto(f"{home}/notices/?open=1")
        clerk.click(f"#list >> text={number}")
        clerk.wait_for_selector(".ident")
        assert no_sideways(clerk)
        answer(clerk, photo, "已与赵六补签劳动合同")

        page.goto(address)
        assert page.locator(".shots img").count() == 1
        # A picture of a busy server may come after its page.
        width = page.locator(".shots img").evaluate("image => image.decode().then(() => image.naturalWidth)")
        assert width == 640
        page.click("a >> text=退回")
        page.fill("textarea[name=reason]", "合同照片看不清签字页")
        page.click("button >> text=退回，要求再改")
        page.wait_for_selector("text=已退回，待再次回复")

        clerk.goto(address)
        clerk.click("a >> text=再次回复")
        clerk.wait_for_load_state()
        assert "合同照片看不清签字页" in clerk.locator("main").inner_text()
        clerk.goto(address)
        clerk.click("a >> text=再次回复")
        clerk.fill("textarea[name=answer_1]", "已重拍签字页")
        clerk.set_input_files("input[name=files_1]", photo)
        clerk.fill("textarea[name=answer_2]", "同前")
        clerk.click("button >> text=提交回复")
        clerk.wait_for_selector("text=回复已提交")

        page.goto(address)
        page.click("a >> text=接受，闭合")
        page.wait_for_load_state()
        assert "仍未补齐" in page.locator("main").inner_text()
        page.fill("textarea[name=note]", "现场核对过原件")
        page.click("button >> text=接受，闭合")
        page.wait_for_selector(".tag >> text=已闭合")
        assert "第 1 次" in page.content()
        assert complaints == []


def test_a_reply_begun_on_the_telephone_survives_a_reload(live_server: Any, county: County) -> None:
    notice = county.notices["issued"]
    with window(*PHONE) as context:
        page = enter(context, live_server.url, county, "labour_clerk")
        page.goto(f"{live_server.url}/notices/{notice.public_id}/reply/")
        page.fill("textarea[name=answer_1]", "正在补签，明天上午完成")
        page.locator("textarea[name=answer_1]").blur()

        page.reload()
        assert page.input_value("textarea[name=answer_1]") == "正在补签，明天上午完成"


def test_a_lapse_is_red_to_all_three_sides_and_to_the_authority(live_server: Any, county: County) -> None:
    number = county.notices["late"].number
    settle_notices(timezone.now())
    for role in ("supervisor", "labour_clerk", "owner", "county_regulator"):
        with window(*PHONE) as context:
            page = enter(context, live_server.url, county, role)
            page.goto(f"{live_server.url}/")
            line = page.locator(".waits tr", has_text=number)
            assert line.locator(".state-red").count() == 1, role
            assert "逾期" in line.inner_text(), role
            page.goto(f"{live_server.url}/notices/?late=1")
            assert number in page.locator("#list").inner_text(), role


def test_the_paper_form_fits_a4_and_the_screen_does_not_print(live_server: Any, county: County) -> None:
    notice = county.notices["replied"]
    with window(*OFFICE) as context:
        page = enter(context, live_server.url, county, "supervisor")
        page.goto(f"{live_server.url}/notices/{notice.public_id}/print/")
        assert page.locator("[data-print]").is_visible()
        page.emulate_media(media="print")
        sheet = page.locator(".a4")
        assert page.locator(".no-paper").is_hidden()
        assert page.locator(".nav").is_hidden()
        for part in ("监理通知单", notice.number, "盖章处", "签字", "签收人", "一式三份"):
            assert part in sheet.inner_text()
        assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") <= 1
