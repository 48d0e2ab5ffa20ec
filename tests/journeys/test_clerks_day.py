"""The first day of a subcontractor's clerk on the demo world: K1, K2, K3 and K6, with those who answer.

One connected story. The clerk signs in for the first time, enrols a worker from the card, brings thirty as a
table and mends what is wrong, has them verified and reviewed; the contractor approves from a telephone; the
clerk lets many in at once; the supervisor finds two without contract, the clerk answers; last month's ledger
goes to the contractor and comes back with a receipt.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection
from django.utils import timezone
from PIL import Image
from playwright.sync_api import BrowserContext, Page, ViewportSize
from python_calamine import CalamineWorkbook

from accounts.models import User
from attendance.demo.script import WUCHANG_CODE
from attendance.demo.world import write_demo
from integrity.models import SupervisionNotice
from ledgers.models import Ledger
from ledgers.rules import month_before
from outbox.services import deliver_all
from projects.models import Project
from tests.journeys.browsing import overhang, watch, window
from tests.support import people
from tests.support.actors import EVERYONE
from tests.workers.importing import as_book, full, person
from workers.bridge import Desk, serve
from workers.models import CollectionPoint, Engagement, EntryReview, RosterImport
from workers.services import carry_on, renew_reader_key, site_day
from workers.synthetic import people as invented

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OFFICE, PHONE = (1366, 768), (390, 844)
MOST_INPUTS = 12
OWN_PASSWORD = "first-day-at-zhongbei-9"  # of a clerk who does not exist
SHOTS = os.environ.get("SHOTS", "")
# Written and mended in the table: an old word for the trade, a short phone, a wrong last figure.
OLD_WORD, SHORT, WRONG, BARE = range(601, 605, 2), 605, 607, range(609, 613, 2)
GOOD = range(613, 661, 2)


@pytest.fixture
def project(transactional_db: None) -> Project:
    """The demo world, small; the subcontractor's clerk is new and last month's ledgers are not yet filed."""
    write_demo(as_of=timezone.now(), seed=27, scale=0.08)
    User.objects.filter(username="subclerk").update(must_change_password=True)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledgers_ledger")  # rows are never deleted
    return Project.all_rows.get(code=WUCHANG_CODE)


class Somebody:
    """A person at a screen: where they are, what they read, what they press, and what they counted."""

    def __init__(self, context: BrowserContext, home: str, username: str) -> None:
        self.page: Page = context.new_page()
        self.home, self.username = home, username
        self.complaints, _weights = watch(self.page)
        self.inputs = 0
        size = self.page.viewport_size
        assert size is not None
        self.size = size

    def sign_in(self, password: str = site.DEMO_PASSWORD) -> None:
        self.page.goto(f"{self.home}/account/sign-in/")
        self.page.fill("input[name=username]", self.username)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_load_state()

    def open(self, address: str) -> None:
        self.page.goto(f"{self.home}{address}")

    def press(self, words: str, within: str = "") -> None:
        """The first button or link that these words name."""
        place = self.page.locator(within) if within else self.page
        kinds = ", ".join(f"{kind}:has-text('{words}')" for kind in ("button", "a", "summary"))
        place.locator(kinds).first.click()

    def fill(self, name: str, value: str) -> None:
        self.inputs += 1
        self.page.fill(f"[name={name}]", value)

    def choose(self, name: str, words: str) -> None:
        """The first that begins with these words."""
        self.inputs += 1
        offered = self.page.locator(f"[name={name}] option").all_inner_texts()
        found = [text for text in offered if text.startswith(words)]
        assert found, offered
        self.page.select_option(f"[name={name}]", label=found[0])

    def reads(self, *sentences: str) -> None:
        """Each sentence is on the page, now or in a moment."""
        for sentence in sentences:
            self.page.wait_for_selector(f"main >> text={sentence}")

    def tick(self, *names: str) -> None:
        for name in names:
            self.page.locator("#list tbody tr", has_text=name).locator("input[name=who]").check()

    def bulk(self, act: str) -> None:
        self.page.select_option("#bulk-act", label=act)
        self.page.click("#bulk button[type=submit]")

    def confirm(self) -> None:
        """The one solid button of a form."""
        self.page.click("main button.b-main")

    def looks(self, name: str) -> None:
        """Nothing sticks out, in this window and on a telephone; a picture where SHOTS names a folder."""
        self.page.wait_for_load_state()
        for width, height in dict.fromkeys([(self.size["width"], self.size["height"]), PHONE]):
            self.page.set_viewport_size(_size((width, height)))
            assert overhang(self.page) <= 0, f"{name} at {width}"
            if SHOTS:
                Path(SHOTS).mkdir(parents=True, exist_ok=True)
                self.page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
        self.page.set_viewport_size(self.size)


@contextmanager
def card_on_reader(project: Project) -> Iterator[tuple[str, str]]:
    """A simulated reader with one card on it: its address, and the name on the card."""
    card = next(islice(invented(Random(31), today=site_day(project)), 1))
    point = CollectionPoint.all_rows.get(project=project)
    key = renew_reader_key(actor=EVERYONE, point=point, now=timezone.now())
    server = serve(Desk([card], site_day(project), key), 0, lambda _words: None)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", card.name
    finally:
        server.shutdown()
        server.server_close()


def _size(of: tuple[int, int]) -> ViewportSize:
    return {"width": of[0], "height": of[1]}


def _background() -> None:
    """What the worker does with a table."""
    carry_on(RosterImport.objects.latest("pk").pk, timezone.now)


def _first_sign_in(clerk: Somebody) -> None:
    clerk.sign_in()
    clerk.page.wait_for_selector("text=首次登录，请先换一个密码")
    clerk.page.fill("[name=old_password]", site.DEMO_PASSWORD)
    clerk.page.fill("[name=new_password1]", OWN_PASSWORD)
    clerk.page.fill("[name=new_password2]", OWN_PASSWORD)
    clerk.page.click("button.b-main")
    clerk.reads("中北路综合楼", "台账待报送")
    clerk.looks("01-home")


def _enrol_one(clerk: Somebody, project: Project) -> None:
    """K1: a card, and nine inputs."""
    today = site_day(project).isoformat()
    clerk.press("登记工人", ".head")
    clerk.press("读身份证")
    clerk.page.wait_for_selector("aside >> text=芯片读出，签名核验通过")
    clerk.fill("phone", people.phone(955))
    clerk.choose("team", "钢筋班组")
    clerk.choose("trade", "钢筋工")
    clerk.choose("contract_kind", "劳动合同")
    clerk.fill("contract_starts_on", today)
    clerk.choose("wage_form", "按日")
    clerk.fill("unit_price", "320")
    clerk.fill("training_on", today)
    clerk.fill("training_hours", "8")
    clerk.page.locator("[name=training_hours]").blur()
    clerk.page.locator("aside .needs .m-green").nth(2).wait_for(state="attached")
    clerk.looks("02-enrol")
    clerk.page.click("main button.b-main >> text=登记")
    clerk.reads("已登记到", "可以送审")
    assert clerk.inputs + 2 <= MOST_INPUTS  # the card and the button count as well
    clerk.looks("03-enrolled")
    clerk.press("送审")
    clerk.confirm()
    clerk.reads("已为 1 人送审")


def _table(clerk: Somebody, folder: Path) -> Path:
    """Thirty rows under the headings of the template that was downloaded."""
    with clerk.page.expect_download() as download:
        clerk.press("下载模板", "main")
    sheet = CalamineWorkbook.from_path(download.value.path()).get_sheet_by_index(0)
    headings = [str(cell) for cell in sheet.to_python()[0]]
    wrong = people.id_number(WRONG)[:-1] + ("1" if people.id_number(WRONG)[-1] != "1" else "2")
    rows = [full(order, 班组="钢筋班组") for order in GOOD]
    rows += [full(order, 班组="钢筋班组", 工种="扎铁工") for order in OLD_WORD]
    rows += [full(SHORT, 班组="钢筋班组", 手机号="1090000"), full(WRONG, 班组="钢筋班组", 身份证号=wrong)]
    rows += [person(order, 班组="钢筋班组") for order in BARE]
    for row in rows:
        row.pop("进场日期", None)
        assert set(row) <= set(headings)
    path = folder / "钢筋班组花名册.xlsx"
    path.write_bytes(as_book([{name: row.get(name, "") for name in headings} for row in rows]))
    return path


def _import_many(clerk: Somebody, folder: Path) -> None:
    """K2: the template, a dry run, four mended on the page, thirty saved."""
    clerk.open("/")
    clerk.press("批量导入", "main")
    clerk.looks("04-import")
    clerk.page.set_input_files("[name=file]", _table(clerk, folder))
    clerk.press("上传并检查")
    clerk.reads("正在检查")
    _background()
    clerk.reads("检查结果：4 行要改，26 行可以导入", "检查没有写入任何数据。")
    clerk.looks("05-checked")
    trade = clerk.page.locator(".same", has_text="扎铁工")
    trade.locator("select").select_option(label="钢筋工")
    trade.locator("button").click()
    clerk.reads("改了 2 行，已重新检查")
    clerk.page.fill(".cause:has-text('手机号') input.cell", people.phone(SHORT))
    clerk.press("改好这几行", ".cause:has-text('手机号')")
    clerk.reads("检查结果：1 行要改，29 行可以导入")
    clerk.page.fill(".cause input.cell", people.id_number(WRONG))
    clerk.press("改好这几行", ".cause")
    clerk.reads("检查结果：30 行可以导入")
    clerk.press("导入 30 行")
    clerk.reads("正在导入")
    _background()
    clerk.reads("已登记 30 人")
    clerk.looks("06-imported")


def _send_for_review(clerk: Somebody) -> None:
    """K3, its first half: papers checked against the originals, then to the contractor."""
    clerk.press("下一步：核验身份")
    clerk.page.click("[data-pick-page]")
    clerk.bulk("核验身份")
    clerk.reads("可以办理 30 人")
    clerk.looks("07-verify")
    clerk.confirm()
    clerk.reads("已为 30 人核验身份。")
    clerk.looks("08-verified")
    clerk.press("下一步：送审")
    clerk.reads("可以办理 28 人", "不能办理 2 人")
    clerk.looks("09-submit")
    clerk.confirm()
    clerk.reads("已为 28 人送审。2 人没有办理——")
    clerk.looks("10-submitted")


def _approve(contractor: Somebody) -> None:
    """The general contractor decides, on a telephone."""
    contractor.sign_in()
    contractor.reads("待审批进场 29 人")
    contractor.looks("11-contractor-home")
    contractor.page.click(".waits tr:has-text('待审批进场') a.b")
    contractor.page.click("[data-pick-page]")
    contractor.looks("12-pending")
    contractor.bulk("批准进场")
    contractor.reads("可以办理 29 人")
    contractor.looks("13-approve")
    contractor.confirm()
    contractor.reads("已为 29 人批准进场。")
    contractor.looks("14-approved")


def _let_in(clerk: Somebody, name: str) -> None:
    """K3, its second half: all in one dialogue; who is on site already cannot, and is named."""
    clerk.open("/messages/")
    clerk.reads("已批准进场")
    clerk.open("/")
    clerk.press("进退场", "main")
    clerk.press("清空", "main")
    clerk.page.wait_for_url(lambda address: "on_site" not in address)
    clerk.page.click(".sizes >> text=100")
    clerk.page.wait_for_selector(".sizes b >> text=100")
    here = clerk.page.locator("#list tbody tr", has_text="在场").first.locator("td.name a").inner_text()
    clerk.page.click("[data-pick-page]")
    clerk.looks("15-people")
    clerk.bulk("进场")
    clerk.reads("可以办理 31 人", "不能办理", f"{here}")
    clerk.looks("16-enter")
    clerk.confirm()
    clerk.reads("已为 31 人办理进场。", name)
    clerk.looks("17-entered")
    deliver_all()
    clerk.open(f"/people/?q={name}")
    clerk.press(name, "td.name")
    clerk.reads("在闸机名单上")
    clerk.looks("18-on-the-list")


def _notice(supervisor: Somebody) -> str:
    """The supervisor finds two without contract, and asks the subcontractor."""
    supervisor.sign_in()
    supervisor.page.wait_for_url("**/gaps/")
    supervisor.looks("19-gaps")
    supervisor.page.click(".gap >> text=未签合同进场")
    supervisor.page.click(".dock button")
    supervisor.press("改发分包或其他单位")
    supervisor.press("楚天测试建筑劳务有限公司")
    supervisor.page.wait_for_load_state()
    supervisor.looks("20-issue")
    supervisor.press("签发并送达")
    supervisor.page.wait_for_selector(".ident h1")
    supervisor.looks("21-issued")
    return supervisor.page.locator(".ident h1").inner_text()


def _answer(clerk: Somebody, number: str, scan: Path) -> None:
    clerk.open("/")
    clerk.reads(number)
    clerk.looks("22-clerk-home")
    clerk.page.click(f".waits tr:has-text('{number}') a.b")
    clerk.looks("23-notice")
    clerk.press("回复", "main")
    clerk.page.fill("textarea[name=answer_1]", "两人的劳动合同今天补签，签字页见照片")
    clerk.page.set_input_files("input[name=files_1]", scan)
    clerk.looks("24-reply")
    clerk.press("提交回复")
    clerk.reads("回复已提交")


def _accept_answer(supervisor: Somebody, number: str) -> None:
    notice = SupervisionNotice.all_rows.get(number=number)
    supervisor.open(f"/notices/{notice.public_id}/")
    supervisor.press("接受，闭合")
    supervisor.reads("仍未补齐")
    supervisor.page.fill("textarea[name=note]", "现场核对过原件")
    supervisor.looks("25-accept")
    supervisor.press("接受，闭合", "form")
    supervisor.page.wait_for_selector(".tag >> text=已闭合")


def _file(clerk: Somebody, month: str) -> Ledger:
    """K6: one button, a hash and a receipt."""
    clerk.open("/")
    clerk.reads(f"{month} 台账待报送")
    clerk.page.click(".waits tr:has-text('台账待报送') a.b")
    clerk.looks("26-file")
    clerk.confirm()
    clerk.reads("回执见本页")
    ledger = Ledger.all_rows.get()
    clerk.reads(ledger.digest)
    clerk.looks("27-receipt")
    return ledger


def _receive(contractor: Somebody, month: str) -> None:
    """The contractor sees who has filed and who has not, and takes it on file."""
    contractor.open("/")
    contractor.looks("28-contractor-home")
    contractor.press("分包台账", "main")
    contractor.looks("29-ledgers")
    contractor.press("楚天测试建筑劳务有限公司", "#list")
    contractor.looks("30-ledger")
    contractor.press("备案", "main .acts")
    contractor.reads("台账已备案")


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A photograph of a signed page."""
    file = tmp_path / "签字页.jpg"
    Image.new("RGB", (600, 800), "white").save(file)
    return file


def test_a_new_clerk_enrols_imports_has_reviewed_lets_in_answers_and_files(
    live_server: Any, project: Project, settings: Any, tmp_path: Path, scan: Path
) -> None:
    month = f"{month_before(timezone.localdate()):%Y-%m}"
    with card_on_reader(project) as (address, name), window(*OFFICE) as context:
        settings.ID_READER_ADDRESS = address
        assert context.browser is not None
        phones = [
            context.browser.new_context(viewport=_size(PHONE), locale="zh-CN", timezone_id="Asia/Shanghai")
            for _one in range(2)
        ]
        clerk = Somebody(context, live_server.url, "subclerk")
        contractor = Somebody(phones[0], live_server.url, "contractor")
        supervisor = Somebody(phones[1], live_server.url, "supervisor")
        _first_sign_in(clerk)
        _enrol_one(clerk, project)
        _import_many(clerk, tmp_path)
        _send_for_review(clerk)
        _approve(contractor)
        _let_in(clerk, name)
        number = _notice(supervisor)
        _answer(clerk, number, scan)
        _accept_answer(supervisor, number)
        ledger = _file(clerk, month)
        _receive(contractor, month)
        clerk.open(f"/ledgers/{ledger.public_id}/")
        clerk.reads("已备案", ledger.digest)
        clerk.looks("31-on-file")
        assert clerk.complaints == contractor.complaints == supervisor.complaints == []
    assert Engagement.all_rows.filter(person__name__startswith="测试工人").count() == 30
    reviews = EntryReview.all_rows.filter(engagement__person__name__startswith="测试工人")
    assert list(reviews.values_list("outcome", flat=True)) == ["approved"] * 28
    assert SupervisionNotice.all_rows.get(number=number).state == "closed"
