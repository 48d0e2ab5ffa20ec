"""The permit window in a real browser: a permit by form, a list with a fault mended, an account claimed."""

import csv
import os
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from accounts.models import Post
from projects.models import AccountCode, Permit
from projects.permit_file import COLUMNS
from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support import people
from tests.support.world import County, two_counties

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1366, 768), (390, 844)]
SECRET = "brick-by-brick-7"
NUMBER, CODE = "420106202611200101", "420106202611200001"
ROW = {
    "项目编码": "420106202611200002",
    "项目名称": "沙湖路学校扩建",
    "行政区划代码": "420106",
    "施工许可证编号": "420106202611200201",
    "发证日期": "2026-04-04",
    "总承包单位统一社会信用代码": people.credit_code(811),
    "总承包单位名称": "测试建设有限公司",
}


@pytest.fixture
def county(transactional_db) -> County:
    return two_counties().wuchang


def _shot(page: Page, name: str) -> None:
    """A picture of the page for whoever looks after its looks: SHOTS names the folder."""
    width = page.evaluate("innerWidth")
    assert overhang(page) <= 0, name
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def _is_one_a5_sheet(page: Page) -> None:
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    if folder := os.environ.get("SHOTS"):
        Path(folder, "slip.pdf").write_bytes(printed)
    sheets = PdfReader(BytesIO(printed)).pages
    sizes = [(round(float(sheet.mediabox.width)), round(float(sheet.mediabox.height))) for sheet in sheets]
    assert sizes == [(420, 595)]
    assert "领取代码" in sheets[0].extract_text()


def _fill(page: Page, county: County) -> None:
    page.fill("[name=permit_number]", NUMBER)
    page.fill("[name=issued_on]", str(county.today))
    page.fill("[name=project_code]", CODE)
    page.fill("[name=project_name]", "沙湖路综合楼")
    page.fill("[name=contractor_uscc]", people.credit_code(811))
    page.fill("[name=contractor_name]", "测试建设有限公司")


def _file(folder: Path, name: str, *rows: dict[str, str]) -> str:
    text = StringIO()
    table = csv.DictWriter(text, [column.heading for column in COLUMNS if column.heading in ROW])
    table.writeheader()
    table.writerows(rows)
    file = folder / name
    file.write_text(text.getvalue(), encoding="utf-8-sig")
    return str(file)


def _claim(page: Page, home: str, number: str, code: str) -> None:
    page.goto(f"{home}/account/sign-in/")
    page.click("text=凭领取代码开通项目账号")
    page.fill("[name=permit_number]", number)
    page.fill("[name=code]", code.lower())
    page.click("main button[type=submit]")
    page.wait_for_selector("[name=username]")


def _open(page: Page, username: str) -> None:
    page.fill("[name=display_name]", "郑建工")
    page.fill("[name=username]", username)
    page.fill("[name=password]", SECRET)
    page.fill("[name=again]", SECRET)
    page.click("main button[type=submit]")
    page.wait_for_selector(".frame")
    page.wait_for_load_state()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_from_the_permit_to_the_project_home(live_server, county, width, height):
    with window(width, height) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        sign_in(page, live_server.url, county.users["county_regulator"].username)
        page.goto(f"{live_server.url}/permits/new/")
        page.fill("[name=contractor_uscc]", "91420099000000000X")
        page.press("[name=contractor_uscc]", "Tab")
        page.wait_for_selector("[data-field=contractor_uscc] .msg")
        assert "校验位不符" in page.inner_text("[data-field=contractor_uscc]")
        page.fill("[name=project_code]", county.project.code)
        page.press("[name=project_code]", "Tab")
        page.wait_for_selector("aside >> text=第 2 个施工许可证")
        _shot(page, "permit-form")
        page.reload()
        assert page.input_value("[name=project_code]") == county.project.code
        _fill(page, county)
        page.click("#act button[type=submit]")
        page.wait_for_selector("text=签发领取代码")
        _shot(page, "issue")
        page.click("#act button[type=submit]")
        page.wait_for_selector(".slip")
        code = page.inner_text(".slip-code b")
        _shot(page, "slip")
        _is_one_a5_sheet(page)
        assert Permit.all_rows.filter(number=NUMBER).exists()
        assert complaints == []
    with window(width, height) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        _claim(page, live_server.url, NUMBER, code)
        _shot(page, "claim-open")
        _open(page, "zheng-jian")
        assert "沙湖路综合楼" in page.inner_text("main")
        _shot(page, "project-home")
        assert complaints == []
    assert Post.objects.filter(user__username="zheng-jian", role="contractor_manager").count() == 1


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_list_with_a_fault_is_mended_and_written_whole(live_server, county, tmp_path, width, height):
    other = ROW | {"项目编码": "420106202611200003", "施工许可证编号": "420106202611200301"}
    wrong = other | {"发证日期": "2026-13-01", "总承包单位名称": "别的名称"}
    with window(width, height) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        sign_in(page, live_server.url, county.users["county_regulator"].username)
        page.goto(f"{live_server.url}/permits/unclaimed/")
        _shot(page, "unclaimed")
        page.click("text=从表格导入")
        page.set_input_files("[name=file]", _file(tmp_path, "一.csv", ROW, wrong))
        _shot(page, "import")
        page.click("#act button[type=submit]")
        page.wait_for_selector("h1 >> text=1 行要改，1 行没有问题")
        assert page.locator("button >> text=登记").count() == 0
        _shot(page, "dry-run-fault")
        with page.expect_download() as download:
            page.click("text=下载错误表")
        assert "不是日期" in Path(download.value.path()).read_text(encoding="utf-8-sig")
        page.click("text=改好了，重新上传")
        page.set_input_files("[name=file]", _file(tmp_path, "二.csv", ROW, other))
        page.click("#act button[type=submit]")
        page.wait_for_selector("h1 >> text=2 个许可证可以登记")
        _shot(page, "dry-run-good")
        assert not Permit.all_rows.filter(number=ROW["施工许可证编号"]).exists()
        page.click("button >> text=登记 2 行")
        page.wait_for_selector("h1 >> text=已登记 2 个施工许可证")
        _shot(page, "imported")
        page.click("text=签发账号 >> nth=0")
        page.click("#act button[type=submit]")
        page.wait_for_selector(".slip")
        assert Permit.all_rows.filter(number__in=[one["施工许可证编号"] for one in (ROW, other)]).count() == 2
        assert AccountCode.all_rows.filter(permit__number=ROW["施工许可证编号"]).count() == 1
        page.goto(f"{live_server.url}/")
        page.wait_for_selector("text=已发证，没有签发项目账号")
        _shot(page, "county-home")
        assert complaints == []


def test_form_slip_and_claim_work_without_script(live_server, county):
    with window(script=False) as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["county_regulator"].username)
        page.goto(f"{live_server.url}/permits/new/")
        _fill(page, county)
        page.fill("[name=contractor_uscc]", "91420099000000000X")
        page.click("#act button[type=submit]")
        page.wait_for_load_state()
        assert "有 1 处要改" in page.inner_text("main")
        assert page.input_value("[name=project_name]") == "沙湖路综合楼"
        page.fill("[name=contractor_uscc]", people.credit_code(811))
        page.click("#act button[type=submit]")
        page.click("#act button[type=submit]")
        page.wait_for_load_state()
        code = page.inner_text(".slip-code b")
    with window(script=False) as context:
        page = context.new_page()
        _claim(page, live_server.url, NUMBER, code)
        _open(page, "zheng-jian")
        assert "沙湖路综合楼" in page.inner_text("main")
