"""The clerk's roster in a real browser: many enter at once, one leaves, a mistake is taken back."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Route

from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support import people, records
from tests.support.actors import EVERYONE
from tests.support.world import County, two_counties
from workers.models import EntryReview, Presence
from workers.selectors import engagements

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1366, 768), (390, 844)]
# Nothing of a page may stick out sideways.
LABELS = "row => [...row.cells].map(cell => cell.dataset.label).join()"
SHOTS = os.environ.get("JOURNEY_SHOTS", "")


@pytest.fixture
def county(transactional_db) -> County:
    """武昌 with three more people of one team who have not come yet, all papers in hand."""
    county = two_counties().wuchang
    for step in range(3):
        work = records.engagement(
            records.person(people.id_number(701 + 2 * step), f"陈{'甲乙丙'[step]}"),
            county.teams["contractor"],
        )
        records.contract(work, county.today - timedelta(days=5))
        records.training(work, county.today - timedelta(days=5))
    return county


def _shot(page, name: str, width: int) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=width < 800)


def _people(county: County, home: str) -> str:
    return f"{home}/projects/{county.project.public_id}/people/"


def _tick(page, *names: str) -> None:
    for name in names:
        page.locator("#list tbody tr", has_text=name).locator("input[name=who]").check()


def _choose(page, act: str) -> None:
    page.select_option("#bulk-act", label=act)
    page.click("#bulk button[type=submit]")
    page.wait_for_load_state()


def _stays(name: str) -> list[tuple[object, object]]:
    stays = Presence.all_rows.filter(person__name=name).order_by("pk")
    return list(stays.values_list("entered_on", "exited_on"))


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_three_enter_at_once_and_the_one_who_cannot_is_named(live_server, county, width, height, script):
    here = county.workers["contractor"].person.name
    with window(width, height, script) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(_people(county, live_server.url))
        _tick(page, "陈甲", "陈乙", here)
        if script:
            assert page.locator("[data-bulk-said]").inner_text() == "已选 3 人"
        assert overhang(page) <= 0 if script else True
        _shot(page, f"list-{script}", width)
        _choose(page, "进场")
        shown = page.locator("main").inner_text()
        assert "可以办理 2 人" in shown
        assert "不能办理 1 人" in shown
        assert f"该人员已于 {county.workers['contractor'].presence.entered_on} 进场" in shown
        _shot(page, f"move-{script}", width)
        assert overhang(page) <= 0 if script else True
        page.fill("input[name=date]", str(county.today))
        page.click("main button.b-main")
        page.wait_for_selector("h1:has-text('进场已办理')")
        told = page.locator("main").inner_text()
        assert "已为 2 人办理进场。1 人没有办理" in told
        assert here in told
        _shot(page, f"done-{script}", width)
        assert _stays("陈甲") == _stays("陈乙") == [(county.today, None)]
        assert complaints == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_mistaken_entry_is_taken_back_and_the_reason_stays(live_server, county, width, height):
    with window(width, height) as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(_people(county, live_server.url))
        _tick(page, "陈甲", "陈乙")
        _choose(page, "进场")
        page.click("main button.b-main")
        page.click("text=撤销这次办理")
        page.click("main button.b-main")
        page.wait_for_load_state()
        assert "请填理由" in page.locator(".errsum").inner_text()
        page.fill("textarea[name=reason]", "选错了班组")
        _shot(page, "undo", width)
        page.click("main button.b-main")
        page.wait_for_selector("text=已撤销 2 人的办理")
        assert _stays("陈甲") == _stays("陈乙") == []
        page.click("td.name a >> text=陈甲")
        page.wait_for_load_state()
        life = page.locator("ol.line").inner_text()
        assert "撤销进场" in life
        assert "选错了班组" in life
        _shot(page, "person", width)
        assert overhang(page) <= 0


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_an_exit_leaves_the_wages_to_be_settled_and_the_clerk_finds_them_waiting(
    live_server, county, width, height
):
    name = county.workers["contractor"].person.name
    with window(width, height) as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(_people(county, live_server.url))
        _tick(page, name)
        _choose(page, "退场")
        _shot(page, "exit", width)
        page.click("main button.b-main")
        page.wait_for_selector("h1:has-text('退场已办理')")
        page.goto(f"{live_server.url}/")
        assert "退场待结清 1 人" in page.locator("main").inner_text()
        page.goto(f"{_people(county, live_server.url)}?standing=unsettled")
        assert "已退场，待结清" in page.locator("#list table").inner_text()
        _tick(page, name)
        _choose(page, "确认结算")
        page.check("input[value=debt]")
        page.fill("input[name=amount]", "1200.50")
        page.click("main button.b-main")
        page.wait_for_selector("h1:has-text('确认结算已办理')")
        settled = county.workers["contractor"].presence
        settled.refresh_from_db()
        assert str(settled.settlement.amount) == "1200.50"


def test_a_change_of_team_and_an_approval_by_another(live_server, county):
    records.team(county.participations["contractor"], 1_400_000_990, name="钢筋班")
    with window() as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(_people(county, live_server.url))
        _tick(page, "陈甲", "陈乙")
        _choose(page, "调班组")
        offered = page.locator("select[name=team] option").all_inner_texts()
        assert not any("subcontractor" in name for name in offered)
        new = next(name for name in offered if name.startswith("钢筋班"))
        page.select_option("select[name=team]", label=new)
        page.click("main button.b-main")
        page.wait_for_selector("h1:has-text('调班组已办理')")
        moved = engagements(EVERYONE).filter(person__name__in=["陈甲", "陈乙"])
        assert {row.team.name for row in moved} == {"钢筋班"}
        for act in ("核验身份", "送审"):
            page.goto(_people(county, live_server.url))
            _tick(page, "陈甲", "陈乙")
            _choose(page, act)
            page.click("main button.b-main")
            page.wait_for_selector(f"h1:has-text('{act}已办理')")
    with window() as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["contractor_manager"].username)
        assert "待审批进场 2 人" in page.locator("main").inner_text()
        _shot(page, "waiting", 1366)
        page.goto(f"{_people(county, live_server.url)}?standing=pending")
        page.click("[data-pick-page]")
        _choose(page, "批准进场")
        assert "可以办理 2 人" in page.locator("main").inner_text()
        page.click("main button.b-main")
        page.wait_for_selector("h1:has-text('批准进场已办理')")
    decided = EntryReview.all_rows.filter(engagement__person__name__in=["陈甲", "陈乙"])
    assert {review.outcome for review in decided} == {"approved"}


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_party_and_a_team_are_registered_and_a_team_with_people_does_not_end(
    live_server, county, width, height
):
    with window(width, height) as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        tabs = f"{live_server.url}/projects/{county.project.public_id}"
        page.goto(f"{tabs}/parties/")
        page.click("text=登记参建单位")
        page.fill("input[name=uscc]", people.credit_code(79)[:-1])
        page.locator("input[name=uscc]").blur()
        page.wait_for_selector("[data-field=uscc] .msg")
        _shot(page, "party", width)
        page.fill("input[name=uscc]", people.credit_code(79))
        page.fill("input[name=name]", "第79建筑有限公司")
        page.select_option("select[name=kind]", "001")
        page.click("main button.b-main")
        page.wait_for_selector("text=已登记参建单位第79建筑有限公司")
        page.goto(f"{tabs}/teams/")
        _shot(page, "teams", width)
        row = page.locator("tr", has_text=county.teams["contractor"].name)
        row.locator("a", has_text="退场").click()
        page.click("main button.b-main")
        page.wait_for_load_state()
        assert "还有 2 人没有退场" in page.locator(".errsum").inner_text()
        assert overhang(page) <= 0


def test_what_was_filled_in_before_the_script_came_is_judged(live_server, county):
    with window(390, 844) as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        late: list[Route] = []
        page.route("**/page*.js", lambda route: late.append(route))
        address = f"{live_server.url}/projects/{county.project.public_id}/parties/new/"
        page.goto(address, wait_until="commit")
        page.fill("input[name=uscc]", people.credit_code(79)[:-1])
        page.locator("input[name=uscc]").blur()
        assert page.locator("[data-field=uscc] .msg").count() == 0
        while not late:
            page.wait_for_timeout(20)
        late[0].continue_()
        page.wait_for_selector("[data-field=uscc] .msg")


@pytest.mark.parametrize("width", [390, 360])
def test_a_phones_first_screen_shows_two_people_with_their_papers(live_server, county, width):
    """What a row says stands below its name, and the acts on several wait at the end of the list."""
    with window(width, 844) as context:
        page = context.new_page()
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(f"{_people(county, live_server.url)}?on_site=0")
        _shot(page, "cards", width)
        rows = page.locator("#list tbody tr")
        second = rows.nth(1).bounding_box()
        foot = page.locator(".nav4").bounding_box()
        assert second and foot
        assert second["y"] + second["height"] <= foot["y"]
        assert "培训" in rows.first.evaluate(LABELS)
        for cell in rows.first.locator("td").all():
            box = cell.bounding_box()
            assert box is None or box["x"] + box["width"] <= width
        assert page.locator(".bulk").evaluate("form => getComputedStyle(form).position") == "static"
        rows.first.locator("input[name=who]").check()
        assert page.locator(".bulk").evaluate("form => getComputedStyle(form).position") == "sticky"
        page.locator("#list .chips-row details summary").first.click()
        menu = page.locator("#list .chips-row details[open] .drop").bounding_box()
        assert menu and menu["x"] == 0
        _shot(page, "cards-menu", width)
        assert overhang(page) <= 0
