"""Pictures of the main pages for the documents, taken from a running `./dev up` with the demo world.

    .venv/bin/python -m tools.screenshots [--url http://127.0.0.1:8000] [--to docs/screenshots] [--only NAME]

Run it again after a page has changed; the pictures are committed. What nobody waits for in the demo world is
taken by the clerk's journey: day-*.png come from `SHOTS=folder ./dev test tests/journeys/test_clerks_day.py`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, sync_playwright

from tools import browser
from tools.paths import ROOT

MOST_BYTES = 250_000
DESK, WIDE, PHONE = (1366, 768), (1440, 900), (390, 844)
# The one call of the demo world's first morning that the standard refuses.
REFUSED = f"projectworker-add-{datetime.now(ZoneInfo('Asia/Shanghai')):%Y%m%d}08-hb-0002"
# The way to the province's next version, which the demo world leaves in the making.
DRAFT = ("/standard/versions/", "main table a >> text=hubei-2027")
_PROJECT = ("/projects/", "td.name a")
_OWN_CODE = (".own-nav >> text=我的", "text=出示从业码", "main button.b-main")
Step = str | Callable[[Page, str], None]


def _read_career(page: Page, url: str) -> None:
    """A worker shows a code on the telephone; the six figures are typed in here."""
    chromium = page.context.browser
    assert chromium is not None
    with _window(chromium, url, "worker", PHONE) as phone:
        _go(phone, url, ("/me/", ".own-nav >> text=我的"))
        ending = phone.locator("dt:has-text('证件号') + dd").inner_text()[-4:]
        _go(phone, url, _OWN_CODE[1:])
        figures = phone.locator(".qr-figures").inner_text()
    page.fill("input[name=code]", figures)
    page.fill("input[name=last_four]", ending)
    page.click("main button.b-main")


# File, account, size, and the way to the page: an address, a query, the text of a link to follow, or an act.
PICTURES: tuple[tuple[str, str, tuple[int, int], tuple[Step, ...]], ...] = (
    ("sign-in", "", DESK, ("/account/sign-in/",)),
    ("home-county", "wuchang", DESK, ("/",)),
    ("province", "province", WIDE, ("/regions/",)),
    ("unit", "wuhan", WIDE, ("/regions/",)),
    ("county", "wuchang", DESK, ("/regions/",)),
    ("projects", "wuchang", DESK, ("/projects/?status=003&sort=on_post_rate",)),
    ("project", "wuchang", DESK, ("/projects/?q=中北路", "td.name a")),
    ("people-without-contract", "wuchang", DESK, ("/people/?on_site=1&contract=no",)),
    ("person", "wuchang", DESK, ("/people/?on_site=1&attended=yes&kind=20", "td.name a")),
    ("punches", "wuchang", DESK, ("/attendance/punches/",)),
    ("punch", "wuchang", DESK, ("/attendance/punches/", "td.name a")),
    ("home-clerk", "clerk", DESK, ("/",)),
    ("enrol", "clerk", DESK, ("/", "text=登记工人")),
    ("roster", "clerk", DESK, ("/projects/", "td.name a", "nav.tabs >> text=人员")),
    ("home-contractor", "contractor", DESK, ("/",)),
    ("notices", "contractor", DESK, ("/notices/",)),
    ("notice", "supervisor", DESK, ("/notices/", "td.name a")),
    ("permits-waiting", "wuchang", DESK, ("/permits/unclaimed/",)),
    ("roster-import", "clerk", DESK, ("/", "text=批量导入")),
    ("permit-import", "wuchang", DESK, ("/permits/import/",)),
    ("accounts", "admin", DESK, ("/accounts/",)),
    ("trail", "admin", DESK, ("/trail/",)),
    ("jobs", "admin", DESK, ("/jobs/",)),
    ("parameter", "admin", DESK, ("/standard/parameters/key_post.absent_days/",)),
    ("export", "wuchang", DESK, ("/people/?on_site=1&contract=no", "main >> text=导出")),
    ("vendor-key", "wuchang", DESK, ("/interface/", "td a")),
    ("vendor-document", "", DESK, ("/open-api/",)),
    ("vendor-method", "", DESK, ("/open-api/workerattendance.add/",)),
    ("vendor-self-test", "", DESK, ("/open-api/conformance/",)),
    ("phone-gaps", "supervisor", PHONE, ("/gaps/",)),
    ("phone-worker", "worker", PHONE, ("/me/",)),
    ("standard", "standards", DESK, ("/standard/",)),
    ("standard-changes", "standards", DESK, (*DRAFT,)),
    (
        "standard-element",
        "standards",
        DESK,
        (*DRAFT, "nav.tabs >> text=数据元素", "a[aria-label=修改住房类型]"),
    ),
    ("standard-codes", "standards", DESK, (*DRAFT, "nav.tabs >> text=代码")),
    ("standard-impact", "standards", DESK, (*DRAFT, "nav.tabs >> text=影响检查")),
    ("standard-projects", "standards", DESK, (*DRAFT, "nav.tabs >> text=影响检查", "#impact td.num a")),
    ("standard-preview", "standards", DESK, (*DRAFT, "text=预览表单与模板")),
    ("standard-why", "wuchang", DESK, (f"/standard/why/?id={REFUSED}",)),
    ("standard-grants", "standards", DESK, ("/standard/grants/",)),
    ("standard-mappings", "standards", DESK, ("/standard/mappings/",)),
    ("standard-mapping", "standards", DESK, ("/standard/mappings/skill_grade/",)),
    ("import-errors", "clerk", DESK, ("/", "text=批量导入", "section table a.break")),
    ("gate-list", "contractor", DESK, ("/projects/", "td.name a", "nav.tabs >> text=人员", "?gate=yes")),
    (
        "contract-paper",
        "clerk",
        DESK,
        (*_PROJECT, "nav.tabs >> text=合同", "text=制作和签订", "#list td.name a"),
    ),
    (
        "training-session",
        "clerk",
        DESK,
        (*_PROJECT, "nav.tabs >> text=培训", "text=培训场次", "#list tr:has-text('已结束') td.name a"),
    ),
    ("ledgers", "contractor", DESK, ("/projects/", "td.name a", "nav.tabs >> text=台账")),
    ("ledger", "subclerk", DESK, ("/ledgers/", "td.name a")),
    ("quantities", "contractor", DESK, ("/projects/", "td.name a", "nav.tabs >> text=完工数量")),
    ("owner-terms", "owner", DESK, ("/", "text=合同条款")),
    ("career", "clerk", DESK, ("/", "text=登记工人", "text=扫从业码", _read_career)),
    (
        "phone-career-code",
        "worker",
        PHONE,
        ("/me/", *_OWN_CODE),
    ),
    ("phone-home", "wuchang", PHONE, ("/",)),
    ("phone-person", "wuchang", PHONE, ("/people/?on_site=1&attended=yes&kind=20", "td.name a")),
)


def main() -> int:
    """Take every picture; 1 when one is too heavy to commit."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--url", default="http://127.0.0.1:8000")
    asked.add_argument("--to", type=Path, default=ROOT / "docs" / "screenshots")
    asked.add_argument("--only", nargs="*", help="names of the pictures to take (all)")
    options = asked.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    heavy = 0
    with sync_playwright() as play:
        chromium = play.chromium.launch(
            executable_path=browser.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, account, size, way in PICTURES:
            if options.only and name not in options.only:
                continue
            target = options.to / f"{name}.png"
            with _window(chromium, options.url, account, size) as page:
                _go(page, options.url, way)
                page.screenshot(path=target)
            weight = target.stat().st_size
            heavy += weight > MOST_BYTES
            print(f"{target.name}  {weight // 1024} KB")
        chromium.close()
    return 1 if heavy else 0


@contextmanager
def _window(chromium: Browser, url: str, account: str, size: tuple[int, int]) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    if account:
        page.goto(f"{url}/account/sign-in/")
        page.fill("input[name=username]", account)
        page.fill("input[name=password]", os.environ.get("DEMO_PASSWORD", "demo-2019-27"))
        page.click("main button[type=submit]")
        page.wait_for_url(lambda address: "/sign-in/" not in address)
    yield page
    context.close()


def _go(page: Page, url: str, way: tuple[Step, ...]) -> None:
    for step in way:
        if not isinstance(step, str):
            step(page, url)
        elif step.startswith("/"):
            page.goto(url + step)
        elif step.startswith("?"):
            page.goto(page.url.split("?")[0] + step)
        else:
            page.locator(step).first.click()
        page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    raise SystemExit(main())
