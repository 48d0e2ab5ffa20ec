"""Two settlers, lost connections, a step that dies: each punch is kept once, and the days are right."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from attendance.models import AttendanceDay, Inbox, Punch, PunchReceipt, Subject
from attendance.services import settle_step, sources
from attendance.services.settler import become_settler
from attendance.services.settling_loop import Settler
from tests.support import inbox, people, records
from tests.support.traces import fingerprint
from workers.models import Engagement

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
DAY = records.site_day() - timedelta(days=2)


@pytest.fixture
def work() -> Engagement:
    firm = records.enterprise(900)
    project = records.project("420106202603030900", records.region("420106"), firm)
    team = records.team(records.participation(project, firm), 1_499_000_900)
    work = records.engagement(records.person(people.id_number(901)), team)
    records.presence(work, DAY)
    return work


def _accept(work: Engagement, first: int, number: int) -> PunchReceipt:
    rows = [
        inbox.row(records.instant_of(DAY, 200 + minute), people.id_number(901), token=str(minute))
        for minute in range(first, first + number)
    ]
    return inbox.accept(work.project, rows, NOW, source="gate-1")


def _added(receipt: PunchReceipt) -> int:
    receipt.refresh_from_db()
    return (receipt.result or {})["added"]


def _until(done: Callable[[], bool]) -> bool:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.05)
    return False


class _Interrupted:
    """A source whose turn comes after the inbox's, and breaks the step."""

    def __init__(self, how: Callable[[], None]) -> None:
        self.how, self.broken = how, 0

    def take(self, limit: int) -> Sequence[Any]:
        if self.broken == 0:
            self.broken += 1
            self.how()
        return []

    def finish(self, settled: Sequence[Any], now: Any) -> None:
        raise AssertionError

    def set_aside(self, taken: Sequence[Any], why: str, now: Any) -> None:
        raise AssertionError

    def waiting_since(self) -> None:
        """Nothing here waits for long."""


def _interrupt(request: pytest.FixtureRequest, how: Callable[[], None]) -> _Interrupted:
    source = _Interrupted(how)
    request.addfinalizer(sources.register(source))
    return source


def _kill_own_backend() -> None:
    """What a crash of the database, or a kill of the process, does to the transaction: it never happened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_step_that_dies_leaves_no_trace_and_the_next_settles_all(
    work: Engagement, request: pytest.FixtureRequest
) -> None:
    receipt = _accept(work, 0, 5)
    before = fingerprint()
    _interrupt(request, _kill_own_backend)
    with pytest.raises(OperationalError):
        settle_step(NOW)
    connection.close()
    assert {name: before[name] for name in before if not name.startswith("settling_")} == fingerprint()
    assert settle_step(NOW) == 1
    assert (_added(receipt), Punch.all_rows.count(), Inbox.objects.count()) == (5, 5, 0)
    assert AttendanceDay.all_rows.get().punches == 5


def test_a_settler_whose_connection_is_lost_comes_back_by_itself(
    work: Engagement, request: pytest.FixtureRequest
) -> None:
    _accept(work, 0, 5)
    source = _interrupt(request, _kill_own_backend)
    settler = Settler()
    settler.run_once()
    assert (source.broken, settler.settled, Punch.all_rows.count()) == (1, 1, 5)
    assert AttendanceDay.all_rows.get().punches == 5


@pytest.fixture
def another_hand() -> Iterator[Callable[[Callable[[], Any]], threading.Thread]]:
    """Runs an act on a connection of its own."""
    threads: list[threading.Thread] = []

    def start(act: Callable[[], Any]) -> threading.Thread:
        def run() -> None:
            try:
                act()
            finally:
                connection.close()

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return threads[-1]

    yield start
    for thread in threads:
        thread.join(30)


def test_a_second_settler_waits_and_takes_over_when_the_first_is_gone(
    work: Engagement, another_hand: Any
) -> None:
    assert become_settler()
    second = Settler()
    another_hand(second.run)
    receipt = _accept(work, 0, 3)
    time.sleep(0.3)
    assert (second.settled, Punch.all_rows.count()) == (0, 0)
    connection.close()  # the first one dies
    assert _until(lambda: Punch.all_rows.count() == 3)
    second.stop()
    assert _added(receipt) == 3


def test_two_steps_at_once_settle_each_call_once(work: Engagement, another_hand: Any) -> None:
    """Even without the lock of the one settler: a call that one has taken is not the other's."""
    receipts = [_accept(work, first, 4) for first in (0, 2, 4)]
    hands = [another_hand(lambda: settle_step(NOW)) for _hand in range(3)]
    for hand in hands:
        hand.join(30)
    assert Punch.all_rows.count() == 8
    assert AttendanceDay.all_rows.get().punches == 8
    assert (Subject.objects.count(), Inbox.objects.count()) == (1, 0)
    assert sum(map(_added, receipts)) == 8


def test_a_killed_settler_loses_and_doubles_nothing(work: Engagement) -> None:
    """The real process, killed while it works, and its successor."""
    for first in range(0, 400, 5):
        _accept(work, first, 10)
    place = settings.DATABASES["default"]
    url = f"postgres://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
    command = [sys.executable, "manage.py", "settle"]
    environment = {**os.environ, "DATABASE_URL": f"{url}/{connection.settings_dict['NAME']}"}
    for how in (signal.SIGKILL, signal.SIGTERM):
        settler = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL)
        try:
            if how is signal.SIGKILL:
                assert _until(Punch.all_rows.exists)
            else:
                assert _until(lambda: not Inbox.objects.exists())
            settler.send_signal(how)
            assert settler.wait(60) == (-signal.SIGKILL if how is signal.SIGKILL else 0)
        finally:
            settler.kill()
            settler.wait()
        _accept(work, 0, 10)
    settle_step(NOW)
    assert Punch.all_rows.count() == 405
    assert AttendanceDay.all_rows.get().punches == 405
