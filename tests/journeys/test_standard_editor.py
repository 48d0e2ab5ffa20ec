"""The administrators of the standard in a browser: a draft on its way to the form, a city's two fields."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page
from python_calamine import CalamineWorkbook

from accounts.models import User
from federation.models import AcceptedRequest
from standards.models import StandardVersion
from tests.journeys.browsing import PATIENCE_MS, overhang, sign_in, watch, window
from tests.support import people, records
from tests.support.actors import account, give_post
from tests.support.vendor import Vendor, vendor_of
from tests.support.world import County, two_counties
from web.editor import impact_work
from web.editor.models import ImpactCheck

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Clock = Callable[[date], datetime]


@pytest.fixture
def county(transactional_db: None) -> County:
    return two_counties().wuchang


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the platform's clock to noon in Shanghai of a day."""

    def to(day: date) -> datetime:
        now = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)
        return now

    return to


@pytest.fixture
def desk() -> Iterator[BrowserContext]:
    with window() as context:
        yield context


def _administrator(name: str, region: str = "420000") -> User:
    user = account(f"standards-{name}", display_name=name)
    give_post(user, "standards_administrator", region=records.region(region))
    return user


def _page(context: BrowserContext, home: str, user: User) -> Page:
    """A page in a browser of this person's own."""
    assert context.browser is not None
    theirs = context.browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    theirs.set_default_timeout(PATIENCE_MS)
    page = theirs.new_page()
    sign_in(page, home, user.username)
    return page


def _picture(page: Page, name: str) -> None:
    """For whoever looks at the pages, desk and phone; in any case nothing scrolls sideways."""
    folder = os.environ.get("SHOTS")
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert overhang(page) <= 0, f"{name} at {width}"
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1366, "height": 768})


def _begin(page: Page, home: str, number: str, title: str) -> None:
    page.goto(f"{home}/standard/")
    page.click("main >> text=版本")
    page.click("main >> text=起草新版本")
    page.fill("[name=number]", number)
    page.fill("[name=title]", title)
    page.click("#act button[type=submit]")
    page.wait_for_selector(f"text=已起草 {number}")


def _element(page: Page, name: str, code: str, kind: str, **more: str) -> None:
    """From the tab of elements: a new required one of people's records."""
    page.click("nav.tabs >> text=数据元素")
    page.locator("main a >> text=新增数据元素").first.click()
    page.fill("[name=name]", name)
    page.fill("[name=code]", code)
    page.select_option("[name=kind]", label=kind)
    page.select_option("[name=required]", "always")
    for field, value in more.items():
        page.select_option(f"[name={field}]", value)


def _draft(page: Page, home: str) -> None:
    """A list with two codes, and a required element of it, with the preview beside the form."""
    _begin(page, home, "hubei-2027", "湖北省建筑工人数据标准（2027 年）")
    _picture(page, "draft-begun")
    page.click("nav.tabs >> text=代码")
    page.click("main >> text=新建代码表")
    page.fill("[name=code_list]", "housing_kind")
    page.fill("[name=list_name]", "住房类型")
    page.fill("[name=code]", "1")
    page.fill("[name=name]", "集体宿舍")
    _picture(page, "item")
    page.click("#act >> text=存入并再加一个")
    page.wait_for_selector("text=已存入草案")
    page.fill("[name=code]", "2")
    page.fill("[name=name]", "自行租住")
    page.click("#act button[type=submit]")
    page.wait_for_selector("main table >> text=自行租住")
    _picture(page, "codes")
    _element(page, "住房类型", "housing_type", "代码", code_list="housing_kind")
    page.fill("[name=help]", "现在住在哪里")
    page.locator("[name=help]").blur()
    aside = page.locator("aside[data-aside]")
    aside.locator("text=住房类型 *").wait_for()
    assert "自行租住" in aside.inner_text()
    assert '"enum"' in aside.inner_text()
    _picture(page, "element")
    page.click("#act button[type=submit]")
    page.wait_for_selector("main table >> text=housing_type")
    _picture(page, "elements")


def _check(page: Page, version: StandardVersion) -> None:
    """Differences, contradictions, and the records that would fail, made while the page watches."""
    page.click("nav.tabs >> text=改动")
    page.wait_for_selector("main >> text=3 处变化")
    _picture(page, "changes")
    page.click(".head a >> text=对照检查")
    page.click("button.b-main")
    page.wait_for_selector("text=检查通过")
    _picture(page, "conflicts")
    page.click(".head a >> text=影响检查")
    page.click("button.b-main")
    page.wait_for_selector("h2 >> text=排队中")
    _picture(page, "impact-waiting")
    impact_work.run(ImpactCheck.objects.get(version=version).pk, timezone.now)
    page.wait_for_selector("#impact >> text=按草案会新出现的问题")
    _picture(page, "impact")
    page.click("#impact td.num a >> nth=0")
    page.wait_for_selector("h1 >> text=没有填")
    _picture(page, "impact-line")
    page.go_back()


def _reviewed(mine: Page, theirs: Page, home: str, version: StandardVersion) -> None:
    """Submitted, by its author not to be accepted, by another it is, and published by the author."""
    mine.goto(f"{home}/standard/versions/{version.public_id}/")
    mine.click(".head a >> text=送审")
    _picture(mine, "submit")
    mine.click("button.b-main")
    mine.wait_for_selector("text=您起草或修改过这个版本，不能评审它")
    assert mine.locator(".head a >> text=评审通过").count() == 0
    answer = mine.goto(f"{home}/standard/versions/{version.public_id}/accept/")
    assert answer is not None
    mine.click("#act button[type=submit]")
    mine.wait_for_selector(".errsum >> text=不能评审")
    theirs.goto(home)
    theirs.click("main >> text=评审")
    theirs.wait_for_selector("h1 >> text=hubei-2027")
    _picture(theirs, "review")
    theirs.click(".head a >> text=评审通过")
    theirs.fill("[name=note]", "同意")
    theirs.click("#act button[type=submit]")
    theirs.wait_for_selector("text=您评审了这个版本，不能自己发布")


def _published(page: Page, home: str, version: StandardVersion, days: dict[str, date]) -> None:
    page.goto(f"{home}/standard/versions/{version.public_id}/")
    page.click(".head a >> text=发布")
    page.fill("[name=effective_from]", days["begins"].isoformat())
    page.fill("[name=cutoff]", days["cutoff"].isoformat())
    page.fill("[name=document]", "鄂建办〔2026〕21号")
    _picture(page, "publish")
    page.click("#act button[type=submit]")
    page.wait_for_selector("text=已发布")
    _picture(page, "published")
    page.goto(f"{home}/standard/versions/")
    _picture(page, "versions")


def _columns(page: Page, home: str, county: County) -> list[str]:
    """The headings of the project's import template, as the clerk downloads it."""
    answer = page.request.get(f"{home}/projects/{county.project.public_id}/people/import/template/")
    sheet = CalamineWorkbook.from_filelike(BytesIO(answer.body())).get_sheet_by_index(0)
    return [str(one) for one in sheet.to_python()[0]]


def _schema(page: Page, home: str, county: County) -> list[str]:
    """What the public JSON Schema of the place requires."""
    found = page.request.get(f"{home}/api/v1/standards/effective/worker/?region={county.region.code}")
    required: list[str] = json.loads(found.text())["required"]
    return required


def _vendor(county: County) -> Vendor:
    vendor = vendor_of(county.project, timezone.now())
    team = county.teams["contractor"]
    firm = team.participation.enterprise
    vendor.gate.team = team.number
    vendor.gate.corp = {"corpCode": firm.uscc, "corpName": firm.name}
    return vendor


def _reported(vendor: Vendor, now: datetime) -> tuple[int, str, str]:
    """One enrolment as vendors send it: its status, all that they are told of it, and its number."""
    vendor.now = now
    status, result = vendor.write("ProjectWorker.Add", vendor.gate.enrolment(list(vendor.gate.people(1))))
    serial = AcceptedRequest.all_rows.latest("pk").serial
    polled: dict[str, Any] = vendor.send("AsyncHandleResult.Query", {"requestSerialCode": serial})
    return status, f"{result}{polled['message']}", serial


def test_a_version_is_written_reviewed_and_published_and_asks_from_its_day_on(
    live_server: Any, county: County, clock: Clock, desk: BrowserContext
) -> None:
    home, today = live_server.url, county.today
    days = {
        "before": today + timedelta(days=9),
        "begins": today + timedelta(days=10),
        "cutoff": today + timedelta(days=30),
        "after": today + timedelta(days=31),
    }
    mine = _page(desk, home, _administrator("甲"))
    complaints, _weights = watch(mine)
    _draft(mine, home)
    version = StandardVersion.objects.get(number="hubei-2027")
    _check(mine, version)
    _reviewed(mine, _page(desk, home, _administrator("乙")), home, version)
    _published(mine, home, version, days)
    # The browser notes the one refusal that was provoked, and nothing else.
    assert [one for one in complaints if "403" not in one] == []
    vendor = _vendor(county)
    enrol = f"{home}/projects/{county.project.public_id}/enrol/"

    now = clock(days["before"])
    clerk = _page(desk, home, county.users["labour_clerk"])
    clerk.goto(enrol)
    assert clerk.locator("[name=x_housing_type]").count() == 0
    assert not any("住房类型" in one for one in _columns(clerk, home, county))
    assert "housing_type" not in _schema(clerk, home, county)
    assert _reported(vendor, now)[:2] == (20, "{}成功")

    now = clock(days["begins"])
    clerk = _page(desk, home, county.users["labour_clerk"])
    clerk.goto(enrol)
    clerk.fill("[name=name]", "钱七")
    clerk.fill("[name=id_number]", people.id_number(911))
    clerk.fill("[name=phone]", people.phone(911))
    clerk.select_option("[name=team]", str(county.teams["contractor"].public_id))
    clerk.select_option("[name=trade]", "010")
    clerk.select_option("[name=contract_kind]", "none")
    clerk.click("button.b-main >> text=登记")
    clerk.wait_for_selector(".errsum >> text=请选择住房类型")
    _picture(clerk, "enrol-refused")
    clerk.select_option("[name=x_housing_type]", label="自行租住")
    clerk.click("button.b-main >> text=登记")
    clerk.wait_for_selector("h1 >> text=钱七")
    assert any("住房类型" in one for one in _columns(clerk, home, county))
    assert "housing_type" in _schema(clerk, home, county)
    status, told, _serial = _reported(vendor, now)
    assert (status, f"{days['cutoff']}之后将拒绝" in told) == (20, True)
    status, told, serial = _reported(vendor, clock(days["after"]))
    assert (status, "“住房类型”没有填。请填写住房类型。" in told) == (10, True)
    regulator = _page(desk, home, county.users["county_regulator"])
    regulator.goto(f"{home}/standard/")
    regulator.click("main >> text=为什么被拒绝")
    regulator.fill("[name=id]", serial)
    regulator.click("text=查原因")
    regulator.wait_for_selector("main >> text=请填写住房类型")
    assert "hubei-2027" in regulator.locator("main").inner_text()
    _picture(regulator, "why")


def test_a_city_with_a_grant_adds_two_fields_and_one_without_is_refused_in_a_sentence(
    live_server: Any, county: County, desk: BrowserContext, clock: Clock
) -> None:
    # At noon: until four in the morning the calendar, by which a standard begins, is ahead of the site's day.
    home, today = live_server.url, county.today + timedelta(days=1)
    clock(today)
    province = _page(desk, home, _administrator("甲"))
    without = _page(desk, home, _administrator("戊", "420600"))
    without.goto(f"{home}/standard/versions/begin/")
    without.fill("[name=number]", "xiangyang-1")
    without.fill("[name=title]", "襄阳市扩展")
    without.click("#act button[type=submit]")
    without.wait_for_selector(".errsum >> text=没有扩展数据标准的授权")
    _picture(without, "without-grant")
    assert not StandardVersion.objects.filter(number="xiangyang-1").exists()

    province.goto(f"{home}/standard/grants/")
    province.click("[aria-label='授权武汉市']")
    province.check("label:has-text('人员') input")
    province.fill("[name=most_required]", "2")
    province.fill("[name=document]", "鄂建办〔2026〕15号")
    _picture(province, "grant")
    province.click("#act button[type=submit]")
    province.wait_for_selector("text=已授权武汉市")
    _picture(province, "grants")

    city = _page(desk, home, _administrator("丁", "420100"))
    _begin(city, home, "wuhan-1", "武汉市扩展")
    version = StandardVersion.objects.get(number="wuhan-1")
    for name, code in (("宿舍号", "c420100_dormitory"), ("床位号", "c420100_bed")):
        _element(city, name, code, "文字")
        city.click("#act button[type=submit]")
        city.wait_for_selector(f"main table >> text={code}")
    city.click(".head a >> text=对照检查")
    city.click("button.b-main")
    city.wait_for_selector("text=检查通过")
    city.click(".head a >> text=影响检查")
    city.click("button.b-main")
    city.wait_for_selector("h2 >> text=排队中")
    impact_work.run(ImpactCheck.objects.get(version=version).pk, timezone.now)
    city.wait_for_selector("#impact >> text=按草案会新出现的问题")
    city.click(".head a >> text=送审")
    city.click("button.b-main")
    city.wait_for_selector("main >> text=已送审")
    province.goto(f"{home}/standard/versions/{version.public_id}/")
    province.click(".head a >> text=评审通过")
    province.click("#act button[type=submit]")
    province.wait_for_selector("text=评审通过，由起草人")
    city.goto(f"{home}/standard/versions/{version.public_id}/publish/")
    city.fill("[name=effective_from]", today.isoformat())
    city.fill("[name=cutoff]", today.isoformat())
    city.fill("[name=document]", "武建〔2026〕3号")
    city.click("#act button[type=submit]")
    city.wait_for_selector("text=已发布")
    _picture(city, "city-published")
    clerk = _page(desk, home, county.users["labour_clerk"])
    clerk.goto(f"{home}/projects/{county.project.public_id}/enrol/")
    assert clerk.locator("[name=x_c420100_dormitory], [name=x_c420100_bed]").count() == 2
    assert {"宿舍号", "床位号"} <= {one.strip(" *") for one in _columns(clerk, home, county)}
