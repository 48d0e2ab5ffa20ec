"""The two commands: a secret for a vendor, and the vendor itself, who knows only HTTP."""

import json
import re
import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from attendance.models import AttendanceDay, Punch
from attendance.services import settle_step
from federation import work
from federation.models import AcceptedRequest, Credential
from tests.federation.conftest import ELSEWHERE, HERE
from workers.models import Engagement, Person, Presence


def run(*arguments: str, **options) -> list[str]:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue().splitlines()


def test_the_last_line_of_the_command_is_the_appid_and_its_new_secret(here):
    access = json.loads(run("open_api_credential", HERE)[-1])
    assert access.keys() == {"appid", "secret"}
    assert access["appid"] == HERE
    assert re.fullmatch(r"[0-9a-f]{32}", access["secret"])
    assert Credential.all_rows.filter(appid=HERE).count() == 2


def test_an_unknown_project_is_named(db):
    with pytest.raises(CommandError, match="没有编码为“4201”的项目"):
        run("open_api_credential", "4201")


@pytest.fixture
def worker():
    """The node's worker and settler, on a database connection of its own."""
    over = threading.Event()

    def works():
        try:
            while not over.wait(0.05):
                for appid in (HERE, ELSEWHERE):
                    work.drain(appid, timezone.now())
                settle_step(timezone.now())
        finally:
            connection.close()

    thread = threading.Thread(target=works)
    thread.start()
    yield
    over.set()
    thread.join(10)


@pytest.mark.django_db(transaction=True)
def test_the_simulated_gate_enrols_enters_and_punches_over_http_only(elsewhere, worker, live_server):
    said = run("simulate_gate", ELSEWHERE, workers=7, url=live_server.url)
    assert said[-1].startswith("完成：登记 7 人，进场 7 人，打卡 7 人次")
    assert [Person.all_rows.count(), Engagement.all_rows.count(), Presence.all_rows.count()] == [7, 7, 7]
    assert (Punch.all_rows.count(), AttendanceDay.all_rows.count()) == (7, 7)
    assert set(AcceptedRequest.all_rows.values_list("state", flat=True)) == {AcceptedRequest.State.DONE}
    access = json.loads(run("open_api_credential", ELSEWHERE)[-1])
    again = run("simulate_gate", ELSEWHERE, workers=2, url=live_server.url, **access)
    assert again[-1].startswith("完成：登记 2 人")
    assert Person.all_rows.count() == 9


@pytest.mark.django_db(transaction=True)
def test_the_simulated_gate_says_what_the_platform_refused(elsewhere, live_server):
    with pytest.raises(CommandError, match="签名校验错误"):
        run("simulate_gate", ELSEWHERE, url=live_server.url, appid=ELSEWHERE, secret="0" * 32)
