"""A clerk's papers in a real browser: a team's contracts to the end, and a training."""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page
from pypdf import PdfReader

from standards.models import RuleParameter
from standards.selectors import forget
from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support import people, records
from tests.support.world import County, two_counties
from workers.models import Contract, ContractPaper, Engagement, Training, TrainingSession

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def county(transactional_db) -> County:
    return two_counties().wuchang


@pytest.fixture
def trio(county: County) -> list[Engagement]:
    """Three newcomers of one team."""
    found = []
    for step, name in enumerate(("钱一", "孙二", "李三")):
        who = records.person(people.id_number(811 + step), name)
        work = records.engagement(who, county.teams["contractor"], trade="020", address="武昌新村")
        records.presence(work, county.today)
        found.append(work)
    return found


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    file = tmp_path / "签字页.jpg"
    Image.new("RGB", (600, 800), "white").save(file)
    return file


def _picture(page: Page, name: str) -> None:
    """Kept where SHOTS names a folder, to be looked at; no page is wider than its window."""
    assert overhang(page) <= 0, name
    if folder := os.environ.get("SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _make(page: Page, home: str, county: County, trio: list[Engagement]) -> None:
    page.goto(f"{home}/projects/{county.project.public_id}/contracts/")
    _picture(page, "contracts-1366")
    page.click("text=制作合同")
    page.wait_for_selector("h1 >> text=制作合同")
    page.fill("[name=contract_ends_on]", f"{county.today.year + 1}-12-31")
    page.fill("[name=unit_price]", "320")
    page.fill("[name=pay_day]", "15")
    for box in page.locator("[name=people]").all():
        box.uncheck()
    for one in trio:
        page.check(f"[value='{one.public_id}']")
    _picture(page, "make-1366")
    page.click("button.b-main >> text=生成合同草稿")
    page.wait_for_selector("text=已生成 3 份合同草稿")


def _ticked(page: Page, act: str) -> None:
    for one in ("钱一", "孙二", "李三"):
        page.locator("tr", has_text=one).locator("[name=who]").check()
    page.select_option("#bulk-act", act)


def _print(page: Page, home: str, county: County) -> str:
    keys = [
        str(one.public_id)
        for one in ContractPaper.all_rows.filter(engagement__person__name__in=("钱一", "孙二", "李三"))
    ]
    asked = "&".join(f"who={key}" for key in keys)
    url = f"{home}/projects/{county.project.public_id}/contracts/chosen/?act=print&{asked}"
    answer = page.request.get(url)
    assert answer.headers["content-type"] == "application/pdf"
    if folder := os.environ.get("SHOTS"):
        Path(folder, "contracts.pdf").write_bytes(answer.body())
    return "".join(one.extract_text() for one in PdfReader(BytesIO(answer.body())).pages)


def test_contracts_for_a_team_go_from_draft_to_verified(live_server, county, trio, scan):
    home = live_server.url
    with window(1366, 768) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        sign_in(page, home, county.users["labour_clerk"].username)
        _make(page, home, county, trio)
        _ticked(page, "sign")
        _picture(page, "papers-1366")
        page.click(".bulk >> text=下一步")
        page.wait_for_selector("text=把 3 份合同送签")
        page.click("button.b-main >> text=送签")
        page.wait_for_selector("text=3 份合同已送签")
        text = _print(page, home, county).replace("\n", "")
        for said in ("钱一", "孙二", "李三", "320.00 元/日", "建筑工人劳动合同", people.id_number(811)):
            assert said in text, said
        assert complaints == []
    first = ContractPaper.all_rows.get(engagement=trio[0])
    with window(390, 844) as context:
        page = context.new_page()
        sign_in(page, home, county.users["labour_clerk"].username)
        page.goto(f"{home}/contracts/papers/{first.public_id}/")
        _picture(page, "paper-390")
        page.click("text=上传签字页")
        page.set_input_files("[name=scan]", scan)
        _picture(page, "scan-390")
        page.click("button.b-main >> text=上传")
        page.wait_for_selector("text=等总承包单位的另一位管理人员核验")
        assert page.locator(f"a[href='/contracts/papers/{first.public_id}/verify/']").count() == 0
    with window(1366, 768) as context:
        page = context.new_page()
        sign_in(page, home, county.users["contractor_manager"].username)
        assert "待核验合同" in page.locator("main").inner_text()
        page.goto(f"{home}/contracts/papers/{first.public_id}/")
        _picture(page, "paper-scanned-1366")
        page.click("a.b-main >> text=核验")
        _picture(page, "verify-1366")
        page.click("button.b-main >> text=核对无误")
        page.wait_for_selector("text=的合同已核验生效")
        page.goto(f"{home}/projects/{county.project.public_id}/contracts/wording/")
        _picture(page, "wording-1366")
        page.goto(f"{home}/projects/{county.project.public_id}/contracts/wording/labour/")
        _picture(page, "edit-wording-1366")
    assert Contract.all_rows.get(engagement=trio[0]).number == first.number


@pytest.mark.parametrize("width", [1366, 390])
def test_a_training_with_two_passes_and_a_fail(live_server, county, trio, scan, width):
    home = live_server.url
    with window(width, 800) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        sign_in(page, home, county.users["labour_clerk"].username)
        page.goto(f"{home}/projects/{county.project.public_id}/trainings/")
        _picture(page, f"trainings-of-project-{width}")
        page.click("text=安排培训")
        page.fill("[name=name]", "钢筋班组进场安全教育")
        page.fill("[name=training_hours]", "8")
        page.fill("[name=trainer]", "王工")
        _picture(page, f"session-new-{width}")
        page.click("button.b-main >> text=安排培训")
        page.wait_for_selector("text=培训已安排")
        page.click("text=扫码签到")
        page.fill("[name=badge]", str(trio[0].public_id))
        page.keyboard.press("Enter")
        page.wait_for_selector("text=钱一 签到成功")
        _picture(page, f"session-badge-{width}")
        session = TrainingSession.all_rows.get(name="钢筋班组进场安全教育")
        page.goto(f"{home}/sessions/{session.public_id}/people/")
        for one in trio[1:]:
            page.check(f"[value='{one.public_id}']")
        page.click("button.b-main >> text=登记到场")
        page.wait_for_selector("text=已登记 2 人到场")
        page.click("text=登记成绩")
        page.wait_for_selector("[name^=score_]")
        for score, box in zip(("92", "75", "41"), page.locator("[name^=score_]").all(), strict=True):
            box.fill(score)
        _picture(page, f"session-scores-{width}")
        page.click("button.b-main >> text=保存成绩")
        page.wait_for_selector("text=成绩已保存")
        page.click("a.b-main >> text=结束")
        page.set_input_files("[name=evidence]", scan)
        page.click("button.b-main >> text=结束培训")
        page.wait_for_selector("text=合格的人已有培训记录")
        _picture(page, f"session-closed-{width}")
        assert complaints == []
    assert Training.all_rows.filter(session=session, is_passed=True).count() == 2


@pytest.fixture
def two_at_once(transactional_db) -> Iterator[None]:
    """Contracts are made for two people at once; afterwards for as many as the seed says."""
    rows = RuleParameter.objects.filter(key="contract.most_at_once")
    before = rows.get().value
    rows.update(value=2)
    forget()
    yield
    rows.update(value=before)
    forget()


def test_a_team_of_many_is_contracted_batch_by_batch_on_a_telephone(live_server, county, trio, two_at_once):
    """The page says how many wait, a team narrows the choice, and the terms stay."""
    with window(390, 844) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(f"{live_server.url}/projects/{county.project.public_id}/contracts/new/")
        page.wait_for_selector("text=这里先办 2 人")
        page.select_option("[name=team]", str(trio[0].team.public_id))
        page.click("button >> text=查找")
        page.wait_for_selector("text=看全部")
        page.fill("[name=contract_ends_on]", f"{county.today.year + 1}-12-31")
        page.fill("[name=unit_price]", "320")
        page.fill("[name=pay_day]", "15")
        _picture(page, "choose-390")
        assert page.locator("[name=people]:checked").count() == 2
        page.click("button.b-main >> text=生成合同草稿")
        page.wait_for_selector("text=已生成 2 份合同草稿。还有")
        assert page.input_value("[name=pay_day]") == "15"
        _picture(page, "choose-next-390")
        page.set_viewport_size({"width": 1366, "height": 900})
        _picture(page, "choose-next-1366")
        page.fill("#choose-name", "钱一")
        page.click("button >> text=查找")
        page.wait_for_url("**q=%E9%92%B1%E4%B8%80")
        page.wait_for_selector(f"[name=people][value='{trio[0].public_id}']:not(:checked)")
        assert page.locator("[name=people]").count() == 1
        assert complaints == []
