"""The administrator's tasks in a browser: accounts and posts, vendors' keys, who read whom, parameters."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from accounts.models import Post, User
from audit.services import record
from federation.models import Credential
from standards.models import RuleParameter
from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support.actors import PASSWORD
from tests.support.world import County, two_counties

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1366, 768), (390, 844)]
NEW_PASSWORD = "river-of-hanyang-7"  # of a person who does not exist


@pytest.fixture
def world(transactional_db):
    return two_counties()


def _administrator(page: Page, home: str, county: County) -> None:
    sign_in(page, home, county.users["platform_administrator"].username)


def _another(context: BrowserContext) -> Page:
    """A page in somebody else's browser."""
    assert context.browser is not None
    return context.browser.new_context(locale="zh-CN").new_page()


def _fits(page: Page) -> bool:
    """Nothing makes the page scroll sideways; wide tables scroll in their own frame."""
    return overhang(page) <= 0


def _grant(page: Page, role: str, words: str, scope: str) -> None:
    """The two steps of a post: role and search, then the scope that was found."""
    page.select_option("#role", label=role)
    page.fill("#q", words)
    page.click("#step button")
    page.wait_for_selector("#act")
    page.check(f"#act label:has-text('{scope}') input")


@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_a_new_account_signs_in_changes_the_password_and_leaves_when_the_post_ends(live_server, world, size):
    county, home = world.wuchang, live_server.url
    with window(*size) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        _administrator(page, home, county)
        page.goto(f"{home}/accounts/")
        assert _fits(page)
        page.click("text=开通账号")
        _grant(page, "监理工程师", county.project.code, county.project.name)
        assert _fits(page)
        page.fill("input[name=username]", "zhao-jianli")
        page.fill("input[name=display_name]", "赵监理")
        page.fill("input[name=document]", "聘任书 8 号")
        page.click("#act button[type=submit]")
        page.wait_for_url("**/password/")
        password = page.locator("#secret").inner_text()
        assert _fits(page)
        page.click("text=已交给本人，不再显示")
        page.wait_for_selector("h1 >> text=赵监理")
        assert password not in page.content()

        theirs = _another(context)
        theirs.goto(f"{home}/account/sign-in/")
        theirs.fill("input[name=username]", "zhao-jianli")
        theirs.fill("input[name=password]", password)
        theirs.click("button[type=submit]")
        theirs.wait_for_selector("h1 >> text=首次登录，请先换一个密码")
        theirs.fill("input[name=old_password]", password)
        theirs.fill("input[name=new_password1]", NEW_PASSWORD)
        theirs.fill("input[name=new_password2]", NEW_PASSWORD)
        theirs.click("main button[type=submit]")
        theirs.wait_for_selector(".frame")
        theirs.goto(f"{home}/projects/")
        assert county.project.name in theirs.locator("main").inner_text()

        page.click("main table >> text=终止")
        page.fill("input[name=reason], textarea[name=reason]", "合同到期")
        page.click("#act button[type=submit]")
        page.wait_for_selector("text=已终止；没有其他岗位的")
        theirs.goto(f"{home}/projects/")
        assert "/account/sign-in/" in theirs.url
        assert "岗位已到期或被终止" in theirs.content()
        assert complaints == []


def test_a_post_is_granted_and_prolonged_without_script(live_server, world):
    county, home = world.wuchang, live_server.url
    user = county.users["supervisor"]
    with window(script=False) as context:
        page = context.new_page()
        _administrator(page, home, county)
        page.goto(f"{home}/accounts/")
        page.goto(f"{home}/accounts/?q={user.username}")
        page.click("#list td.name a")
        page.click("text=授予岗位")
        _grant(page, "劳资专管员", county.word, county.project.name)
        page.click("#act button[type=submit]")
        page.wait_for_selector("text=已授予")
        granted = Post.objects.get(user=user, role="labour_clerk")
        assert (granted.project, granted.granted_by) == (
            county.project.public_id,
            county.users["platform_administrator"],
        )
        page.click("main table tr:has-text('劳资专管员') >> text=改期")
        until = timezone.localdate() + timedelta(days=30)
        page.fill("input[name=valid_to]", until.isoformat())
        page.click("#act button[type=submit]")
        page.wait_for_selector("text=截止日期已改")
        assert Post.objects.get(pk=granted.pk).valid_to == until


def test_nothing_is_typed_twice_when_a_name_is_taken(live_server, world):
    county, home = world.wuchang, live_server.url
    taken = county.users["supervisor"].username
    with window() as context:
        page = context.new_page()
        _administrator(page, home, county)
        page.goto(f"{home}/accounts/new/")
        _grant(page, "监理工程师", "", county.project.name)
        page.fill("input[name=username]", taken)
        page.fill("input[name=display_name]", "赵监理")
        page.click("#act button[type=submit]")
        page.wait_for_selector(".errsum")
        assert f"账号“{taken}”已存在" in page.locator(".errsum").inner_text()
        assert page.input_value("input[name=display_name]") == "赵监理"
        assert page.locator("#act input[type=radio]:checked").count() == 1
        assert not User.objects.filter(display_name="赵监理").exists()


@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_a_vendors_key_is_changed_over_and_shown_once(live_server, world, size):
    county, home = world.wuchang, live_server.url
    with window(*size) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        _administrator(page, home, county)
        page.goto(f"{home}/interface/")
        assert _fits(page)
        page.click("#list td.name a")
        page.wait_for_load_state()
        assert "未受理" in page.locator("main").inner_text()
        assert _fits(page)
        page.click("main >> text=轮换")
        page.fill("input[name=valid_until]", (timezone.localdate() + timedelta(days=5)).isoformat())
        page.click("#act button[type=submit]")
        page.wait_for_url("**/secret/")
        fresh = Credential.all_rows.filter(appid=county.project.code).order_by("-pk")[0]
        assert page.locator("#secret").inner_text() == fresh.key
        page.click("text=已交付，不再显示")
        page.wait_for_selector("h1")
        assert fresh.key not in page.content()
        page.go_back()
        assert fresh.key not in page.content()
        county.credential.refresh_from_db()
        assert county.credential.valid_until is not None
        assert complaints == []


def test_who_read_a_person_and_why_is_found_by_name(live_server, world):
    county, home = world.wuchang, live_server.url
    work = county.worker.engagement
    record(county.actor("county_regulator"), "workers.number_read", work, reason="核对投诉当事人身份")
    theirs = world.xiantao
    record(theirs.actor("county_regulator"), "workers.number_read", theirs.worker.engagement, reason="别处")
    with window() as context:
        page = context.new_page()
        _administrator(page, home, county)
        page.click("nav.nav >> text=审计")
        page.click(".chip summary >> text=被查看的人")
        page.fill(".chip[open] input[name=person]", county.worker.person.name)
        page.click(".chip[open] button")
        page.wait_for_selector(".chip-on")
        rows = page.locator("#list tbody tr", has_text="查看完整证件号")
        assert rows.count() == 1
        told = rows.first.inner_text()
        assert "查看完整证件号" in told and "核对投诉当事人身份" in told and county.project.name in told
        rows.first.locator("text=详情").click()
        page.wait_for_selector("h1 >> text=查看完整证件号")
        assert "核对投诉当事人身份" in page.locator("main").inner_text()
        page.goto(f"{home}/trail/?kind=reads")
        assert "别处" not in page.content()


@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_a_parameter_is_set_with_its_document_and_taken_back(live_server, world, size):
    county, home = world.wuchang, live_server.url
    with window(*size) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        _administrator(page, home, county)
        page.goto(f"{home}/standard/parameters/device.silent_hours/")
        assert _fits(page)
        page.click("text=设新值")
        page.select_option("select[name=region]", county.region.code)
        page.fill("input[name=value_0]", "12")
        page.fill("input[name=value_1]", "48")
        page.fill("input[name=valid_from]", (timezone.localdate() + timedelta(days=3)).isoformat())
        page.click("#act button[type=submit]")
        page.wait_for_selector(".errsum")
        assert "请填依据文号" in page.locator(".errsum").inner_text()
        assert county.region.name in page.locator("aside").inner_text()
        page.fill("input[name=document]", "武建〔2026〕12号")
        page.click("#act button[type=submit]")
        page.wait_for_selector("main table >> text=武建〔2026〕12号")
        assert _fits(page)
        row = RuleParameter.objects.get(key="device.silent_hours", region=county.region)
        assert row.value == {"amber": 12, "red": 48}
        page.click("main table >> text=撤回")
        page.click("#act button[type=submit]")
        page.wait_for_selector("text=已撤回")
        assert not RuleParameter.objects.filter(pk=row.pk).exists()
        # The browser notes the refusal that was provoked, and nothing else.
        assert [one for one in complaints if "422" not in one] == []


def test_the_session_of_a_closed_account_ends_and_its_door_stays_shut(live_server, world):
    county, home = world.wuchang, live_server.url
    user = county.users["supervisor"]
    with window() as context:
        page = context.new_page()
        _administrator(page, home, county)
        theirs = _another(context)
        sign_in(theirs, home, user.username)
        page.goto(f"{home}/accounts/{user.public_id}/")
        page.click("text=停用账号")
        page.fill("input[name=reason], textarea[name=reason]", "已离职")
        page.click("#act button[type=submit]")
        page.wait_for_selector("text=账号已停用")
        theirs.goto(f"{home}/projects/")
        assert "/account/sign-in/" in theirs.url
        theirs.fill("input[name=username]", user.username)
        theirs.fill("input[name=password]", PASSWORD)
        theirs.click("button[type=submit]")
        theirs.wait_for_selector(".errsum")
        assert "/account/sign-in/" in theirs.url
