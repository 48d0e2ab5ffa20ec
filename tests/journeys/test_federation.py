"""`./dev federation up` for real: four nodes as processes of their own, and what goes up and down."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.browsing import window
from tests.support import people
from tools import ports
from tools.federation.plan import NODES, PROJECT, folder_of
from tools.installation import Installation
from tools.paths import ROOT
from tools.testbed import OWN

pytestmark = [pytest.mark.journey, pytest.mark.browser]
READY_SECONDS, PATIENCE_SECONDS = 600.0, 300.0
READY = re.compile(r"^READY (http://\S+)", re.MULTILINE)
PASSWORD = "demo-2019-27"
_TEAM = """
import json
from projects.models import Participation
from projects.services import add_team
from web.console import CONSOLE
part = Participation.all_rows.get(project__code={project!r}, kind="009")
team = add_team(actor=CONSOLE, participation=part, name="联调木工班")
print(json.dumps({{"team": str(team.public_id), "project": str(part.project.public_id)}}))
"""
_STANDARD = """
import time
from accounts.actors import UserActor
from attendance.selectors.clock import current_day
from accounts.models import User
from standards.services import ElementFacts
from web import standard_acts as acts
from web.standard_acts import Put
mine, other = (UserActor.of(User.objects.get(username=name)) for name in ("standards", "standards2"))
# The day of the site, by which the form asks: until four in the morning the calendar is ahead of it.
today = current_day()
said = {"number": "hubei-2027", "title": "试验标准", "document": "鄂建办〔2026〕1号"}
version = acts.begin_version(actor=mine, region=None, **said)
more = {"kind": "text", "required": "always"}
facts = ElementFacts(object_key="worker", code="dormitory_room", name="宿舍房号", **more)
acts.edit_version(actor=mine, version=version, edit=Put(facts))
assert not acts.check_version(actor=mine, version=version, today=today)
check = acts.check_impact(actor=mine, version=version)
while check.is_open:
    # The node's own worker is at it.
    time.sleep(0.2)
    check.refresh_from_db()
acts.submit_version(actor=mine, version=version, today=today)
acts.accept_version(actor=other, version=version)
acts.publish_version(actor=mine, version=version, effective_from=today, cutoff=today, today=today)
print("published")
"""


class Nodes:
    """The whole as one process that is started, asked through its nodes' own command lines, and stopped."""

    def __init__(self, folder: Path) -> None:
        self.var, self.port = folder / "var", ports.pick(str(folder), number=len(NODES) + 1)
        kept = {name: value for name, value in os.environ.items() if name not in OWN}
        self.env = {**kept, "VAR_DIR": str(self.var)}
        self.words = folder / "up.log"
        with self.words.open("wb") as words:
            self.process = subprocess.Popen(
                ["./dev", "federation", "up", "--port", str(self.port)],
                cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not READY.search(self.said()):
            assert self.process.poll() is None, f"it ended before READY:\n{self.said()}"
            assert time.monotonic() < deadline, f"not READY in time:\n{self.said()}"
            time.sleep(0.2)

    def said(self) -> str:
        return self.words.read_text(encoding="utf-8", errors="replace")

    def url(self, code: str) -> str:
        place = next(number for number, plan in enumerate(NODES) if plan.code == code)
        return f"http://127.0.0.1:{self.port + place}"

    def shell(self, code: str, program: str) -> str:
        """A program in Django's shell of one node; its last line."""
        plan = next(plan for plan in NODES if plan.code == code)
        done = subprocess.run(
            ["./dev", "manage", "shell", "-v0", "-c", program],
            cwd=ROOT,
            env={**self.env, "VAR_DIR": str(folder_of(self.var / "federation", plan))},
            capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip().splitlines()[-1]

    def stop(self) -> None:
        """In order if it still can; in any case nothing of it is left."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=90)
            except subprocess.TimeoutExpired:
                self.process.kill()
        for plan in NODES:
            Installation(folder_of(self.var / "federation", plan)).end_leftovers()


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    """All four, READY."""
    # As root, the database's user must be able to reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="dev-federation-"))
    folder.chmod(0o711)
    found = Nodes(folder)
    try:
        found.wait_until_ready()
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _sign_in(page: Page, home: str, username: str) -> None:
    page.goto(f"{home}/account/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector(".frame")


def _until_seen(page: Page, address: str, selector: str) -> None:
    """Load the page again until it shows what is looked for."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while page.goto(address) is None or not page.locator(selector).count():
        assert time.monotonic() < deadline, f"{address} does not show {selector}"
        time.sleep(1.0)


def _enrol(page: Page, home: str, told: dict[str, str], serial: int, name: str, **more: str) -> None:
    page.goto(f"{home}/projects/{told['project']}/enrol/")
    page.fill("[name=name]", name)
    page.fill("[name=id_number]", people.id_number(serial))
    page.fill("[name=phone]", people.phone(serial))
    page.select_option("[name=team]", told["team"])
    page.select_option("[name=trade]", "010")
    page.select_option("[name=contract_kind]", "none")
    for field, value in more.items():
        page.fill(f"[name={field}]", value)
    page.click("button.b-main >> text=登记")


def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_worker_of_the_enterprise_is_seen_at_the_province_and_its_standard_governs_their_form(
    nodes: Nodes,
) -> None:
    assert "READY" in nodes.said()
    told: dict[str, Any] = json.loads(nodes.shell("liantiao", _TEAM.format(project=PROJECT)))
    with window() as context:
        assert context.browser is not None
        clerk, province = context.new_page(), context.browser.new_context(locale="zh-CN").new_page()
        for page in (clerk, province):
            # Four nodes and their servers share what one page usually has for itself.
            page.set_default_timeout(PATIENCE_SECONDS * 1000)
        _sign_in(clerk, nodes.url("liantiao"), "clerk")
        _enrol(clerk, nodes.url("liantiao"), told, 41, "联调甲")
        clerk.wait_for_selector("h1 >> text=联调甲")
        _sign_in(province, nodes.url("hb"), "province")
        _until_seen(province, f"{nodes.url('hb')}/people/", "main table >> text=联调甲")
        _picture(province, "seen-at-the-province")

        assert nodes.shell("hb", _STANDARD) == "published"
        form = f"{nodes.url('liantiao')}/projects/{told['project']}/enrol/"
        _until_seen(clerk, form, "[name=x_dormitory_room]")
        _enrol(clerk, nodes.url("liantiao"), told, 42, "联调乙")
        clerk.wait_for_selector(".errsum >> text=宿舍房号")
        _picture(clerk, "the-provinces-standard-at-the-enterprise")
        clerk.fill("[name=x_dormitory_room]", "3-201")
        clerk.click("button.b-main >> text=登记")
        clerk.wait_for_selector("h1 >> text=联调乙")
        _until_seen(province, f"{nodes.url('hb')}/people/", "main table >> text=联调乙")
