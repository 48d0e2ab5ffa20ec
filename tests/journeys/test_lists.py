"""Lists in a real browser: columns, kept filters, an export from asking to the file, paper, numbers, keys."""

import io
import re
from unicodedata import normalize

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.exports.exporting import sheets, table
from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support import people, records
from tests.support.world import two_counties
from web.exports import work
from web.exports.models import ExportJob

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [pytest.param(1366, 768, id="desk"), pytest.param(390, 740, id="phone")]
REGULATOR = "county_regulator"


@pytest.fixture
def world(transactional_db):
    return two_counties()


def _open(context, live_server, county, path: str, role: str = REGULATOR) -> Page:
    page = context.new_page()
    sign_in(page, live_server.url, county.users[role].username)
    page.goto(live_server.url + path)
    return page


def _fits(page: Page) -> bool:
    return overhang(page) <= 0


def _the_worker_comes_by() -> ExportJob:
    job = ExportJob.objects.get()
    work.make(job.pk, timezone.now)
    job.refresh_from_db()
    return job


def _choose_two_columns(page: Page) -> None:
    page.click("summary:has-text('列')")
    for label in page.locator(".cols-menu .tick").all():
        if label.inner_text().strip() not in ("姓名", "班组"):
            label.locator("input").uncheck()
    page.click(".cols-menu button:has-text('显示')")
    page.wait_for_url("**cols=name,team**")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_from_a_filtered_list_to_the_file_while_the_page_keeps_itself_fresh(
    live_server, world, width, height
):
    county = world.wuchang
    with window(width, height) as context:
        page = _open(context, live_server, county, "/people/?on_site=1")
        complaints, _weights = watch(page)
        _choose_two_columns(page)
        assert [cell.inner_text() for cell in page.locator("#list thead th").all()] == ["姓名", "班组"]
        page.click("#list a:text-is('导出')")
        page.wait_for_selector("form#act")
        assert _fits(page)
        assert re.search(r"3\s*行，2\s*列：姓名、班组", page.locator("main").inner_text())
        page.click("button:has-text('开始导出')")
        page.wait_for_selector(".errsum")
        page.fill("[name=reason]", "核对在场人员")
        page.click("button:has-text('开始导出')")
        page.wait_for_url("**/exports/")
        assert "排队中" in page.locator("#exports").inner_text()
        job = _the_worker_comes_by()
        page.wait_for_selector("#exports >> text=可下载")
        assert _fits(page)
        with page.expect_download() as taken:
            page.click("#exports a:text-is('下载')")
        assert taken.value.suggested_filename.startswith("人员-")
        assert [row[1:] for row in sheets(job)["名单"][1:]] == [
            ["班组"],
            *[[_team(county, row)] for row in _rows(job)],
        ]
        assert [line for line in complaints if "422" not in line] == []
        page.goto(f"{live_server.url}/messages/")
        page.click("text=已生成")
        page.wait_for_url("**/exports/")


def _rows(job: ExportJob) -> list[str]:
    return [row[0] for row in sheets(job)["名单"][2:]]


def _team(county, name: str) -> str:
    title = "subcontractor" if name == county.workers["subcontractor"].person.name else "contractor"
    return county.teams[title].name


def test_the_same_way_without_script(live_server, world):
    county = world.wuchang
    with window(script=False) as context:
        page = _open(context, live_server, county, "/people/?contract=no")
        _choose_two_columns(page)
        page.click("text=存为我的筛选")
        page.fill("#keep-name", "没签合同的")
        page.click(".own-row button:has-text('保存')")
        page.wait_for_selector(".own-row >> text=没签合同的")
        page.click("#list a:text-is('导出')")
        page.check("input[value=csv]")
        page.fill("[name=reason]", "核对未签合同")
        page.click("button:has-text('开始导出')")
        page.wait_for_url("**/exports/")
        job = _the_worker_comes_by()
        page.reload()
        with page.expect_download():
            page.click("#exports a:text-is('下载')")
        assert [row[0] for row in table(job)[2:-1]] == [county.workers["gap"].person.name]
        page.goto(f"{live_server.url}/people/")
        page.click(".own-row >> text=没签合同的")
        assert "contract=no" in page.url
        page.click(".own-row >> text=管理")
        page.fill(".kept-acts input[name=name]", "未签")
        page.click("button:has-text('改名')")
        page.click("button:has-text('设为默认')")
        page.click("nav.nav >> text=人员")
        assert "contract=no" in page.url


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_somebody_is_found_by_the_whole_number_which_stands_in_no_address(
    live_server, world, width, height, script
):
    county = world.wuchang
    number = county.worker.person.id_number
    with window(width, height, script=script) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        sign_in(page, live_server.url, county.users[REGULATOR].username)
        if width < 721:
            page.click(".find button")
            page.fill("#q", number)
            page.press("#q", "Enter")
        else:
            page.fill("#find", number)
            page.press("#find", "Enter")
        page.wait_for_selector("main table td.name a")
        assert page.locator("main td.name a").first.inner_text() == county.worker.person.name
        assert _fits(page)
        assert all(number not in url for url in asked)
        assert number not in page.content()


def test_words_in_the_box_lead_to_an_address_one_can_keep(live_server, world):
    with window() as context:
        page = _open(context, live_server, world.wuchang, "/people/")
        page.keyboard.press("/")
        page.keyboard.type(world.wuchang.word)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/search/\?q="))
        assert page.locator("main section h2").all_inner_texts() == [
            "人员",
            "项目",
            "企业",
            "班组",
            "考勤设备",
        ]


def test_keys_move_through_a_list_and_open_what_they_stand_on(live_server, world):
    county = world.wuchang
    with window() as context:
        page = _open(context, live_server, county, "/people/?sort=name")
        focused = "document.activeElement.textContent"
        names = [link.inner_text() for link in page.locator("#list td.name a").all()]
        page.keyboard.press("j")
        assert page.evaluate(focused) == names[0]
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        assert page.evaluate(focused) == names[1]
        page.keyboard.press("?")
        assert page.locator("dialog#keys").is_visible()
        page.keyboard.press("j")
        page.keyboard.press("Escape")
        assert page.evaluate(focused) == names[1]
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/people/0"))
        third = page.locator(".nav a.entry").nth(2).get_attribute("href")
        # Both keys within the page's patience, however slow the browser's driver is.
        page.evaluate(
            "for (const key of 'g3')"
            " document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))"
        )
        page.wait_for_url(f"**{third}")


def test_letters_typed_into_a_field_stay_letters_and_the_keys_can_be_turned_off(live_server, world):
    with window() as context:
        page = _open(context, live_server, world.wuchang, "/people/")
        page.keyboard.press("/")
        page.keyboard.type("jk?g3")
        assert page.input_value("#find") == "jk?g3"
        page.goto(f"{live_server.url}/lists/keys/")
        page.click("[data-keys-switch]")
        page.goto(f"{live_server.url}/people/")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement === document.body") is True


def test_the_roster_on_paper_repeats_its_head_and_counts_its_pages(live_server, world):
    county = world.wuchang
    for order in range(700, 760):
        records.engagement(
            records.person(people.id_number(order), f"工人{order}"), county.teams["contractor"]
        )
    with window() as context:
        page = _open(context, live_server, county, f"/projects/{county.project.public_id}/people/")
        page.click("#list a:text-is('打印')")
        page.wait_for_selector(".paper")
        assert page.locator("nav.nav, header.bar, nav.nav4").count() == 0
        paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        sides = [side.mediabox for side in paper.pages]
        assert len(sides) > 1 and all(side.width > side.height for side in sides)
        # Fonts draw some characters by their radicals; those are the same words.
        texts = [normalize("NFKC", side.extract_text()) for side in paper.pages]
        assert all("身份证号" in text and "建筑工人花名册" in text for text in texts)
        assert "项目负责人" in texts[-1] and "共 64 人次" in texts[-1]
