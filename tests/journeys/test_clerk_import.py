"""批量导入 in a real browser: template, a file with mistakes, mending on the page, people on the roster."""

import os
from pathlib import Path

import pytest
from django.utils import timezone

from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support import people
from tests.support.world import County, wuchang
from tests.workers.importing import as_book, full, named, person
from workers.models import Engagement, RosterImport
from workers.services import carry_on

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1366, 768, True), (390, 844, True), (1366, 768, False)]
SHOTS = os.environ.get("JOURNEY_SHOTS", "")


@pytest.fixture
def county(transactional_db) -> County:
    return wuchang()


def _shot(page, name: str, width: int) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


def _file(county: County, folder: Path) -> Path:
    """Twelve people: eight can come, two have an old trade, one a short phone, one a wrong number."""
    team = county.teams["contractor"].name
    rows = [full(401 + 2 * step, 班组=team) for step in range(8)]
    rows += [person(431 + 2 * step, 班组=team, 工种="钢筋工(旧写法)") for step in range(2)]
    wrong = people.id_number(441)[:-1] + ("1" if people.id_number(441)[-1] != "1" else "2")
    rows += [person(439, 班组=team, 手机号="1090000"), person(441, 班组=team, 身份证号=wrong)]
    path = folder / "一班花名册.xlsx"
    path.write_bytes(as_book(rows))
    return path


def _worker() -> None:
    """What the background does."""
    carry_on(RosterImport.objects.latest("pk").pk, timezone.now)


@pytest.mark.parametrize(("width", "height", "script"), SIZES)
def test_a_clerk_imports_twelve_people_and_mends_four_on_the_page(
    live_server, county, tmp_path, width, height, script
):
    with window(width, height, script) as context:
        page = context.new_page()
        complaints, _weights = watch(page)
        sign_in(page, live_server.url, county.users["labour_clerk"].username)
        page.goto(f"{live_server.url}/projects/{county.project.public_id}/people/")
        page.click("text=批量导入")
        with page.expect_download() as download:
            page.click("text=下载模板")
        assert Path(download.value.path()).read_bytes().startswith(b"PK")
        _shot(page, f"new-{script}", width)
        page.set_input_files("[name=file]", _file(county, tmp_path))
        page.click("#act button[type=submit]")
        page.wait_for_selector("h1 >> text=正在检查")
        _shot(page, f"checking-{script}", width)
        _worker()
        if not script:
            page.click("text=刷新看进度")
        page.wait_for_selector("h1 >> text=检查结果：4 行要改，8 行可以导入")
        _shot(page, f"result-{script}", width)
        if script:
            assert overhang(page) <= 0
        page.click("text=2 行都改")
        page.wait_for_selector("text=改了 2 行，已重新检查")
        page.fill(".cause:has-text('手机号少了几位') input.cell", people.phone(439))
        page.click(".cause:has-text('手机号少了几位') >> text=改好这几行")
        page.wait_for_selector("h1 >> text=检查结果：1 行要改，11 行可以导入")
        page.click("#act button[type=submit]")
        page.wait_for_selector("h1 >> text=正在导入")
        _worker()
        if not script:
            page.click("text=刷新看进度")
        page.wait_for_selector("h1 >> text=已登记 11 人，1 行要改")
        _shot(page, f"saved-{script}", width)
        page.fill(".cause input.cell", people.id_number(441))
        page.click("text=改好这几行")
        page.wait_for_selector("h1 >> text=检查结果：1 行可以导入")
        page.click("#act button[type=submit]")
        page.wait_for_selector("h1 >> text=正在导入")
        _worker()
        if not script:
            page.click("text=刷新看进度")
        page.wait_for_selector("h1 >> text=已登记 12 人")
        page.click("text=已登记 12 行")
        page.wait_for_selector(f"td a >> text={named(401)}")
        _shot(page, f"rows-{script}", width)
        if script:
            assert overhang(page) <= 0
        page.click(f"td a >> text={named(401)}")
        page.wait_for_selector(f"h1 >> text={named(401)}")
        assert (
            Engagement.all_rows.filter(project=county.project, person__name__startswith="测试工人").count()
            == 12
        )
        assert complaints == []
