"""The settler's step: all of a step or nothing, whatever goes wrong; spoilt content stops nobody."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from attendance.batches import Row
from attendance.models import AsideBatch, AttendanceDay, Inbox, ProjectDay, Punch, PunchReceipt, Subject
from attendance.services import make_partitions, recount, settle_step, sources
from attendance.services.receipts import forget_receipts
from attendance.services.settler import become_settler
from attendance.services.settling_loop import Settler, put_back
from attendance.services.sources import Settled
from attendance.web.settling_job import settler as settler_job
from outbox.services import deliver_all
from tests.support import inbox, people, records
from tests.support.actors import EVERYONE
from workers.models import Engagement
from workers.services import PersonFacts, WorkFacts, enrol, enter

pytestmark = pytest.mark.django_db

TODAY = records.site_day()
DAY = TODAY - timedelta(days=2)
NOW = timezone.now()
STRANGER = "该人员未在本项目登记，打卡已留存备查。请先登记人员信息。"
ABSENT = "该人员当日没有进场记录，打卡已留存备查。请先办理进场。"
TAKEN = "该序号与另一人员在同一时刻的打卡相同，本条未留存。请为每次通行使用不同的序号后重新上传。"
UNKNOWN = "本项目没有这条用工记录，打卡未留存。请更新设备的人员名单后重新上传。"


@pytest.fixture
def work() -> Engagement:
    firm = records.enterprise(900)
    project = records.project("420106202603030900", records.region("420106"), firm)
    team = records.team(records.participation(project, firm), 1_499_000_900)
    work = records.engagement(records.person(people.id_number(901)), team)
    records.presence(work, DAY)
    return work


def _row(minute: int = 240, order: int = 901, **more: Any) -> Row:
    return inbox.row(records.instant_of(DAY, minute), people.id_number(order), **more)


def _result(receipt: PunchReceipt) -> Any:
    receipt.refresh_from_db()
    return receipt.result


def test_a_call_is_settled_answered_by_row_and_leaves_the_inbox(work: Engagement) -> None:
    key = work.public_id.bytes
    receipt = inbox.accept(
        work.project,
        [
            _row(240, token="1", mark=10),
            _row(600, order=903, token="2", mark=11),
            _row(-600, token="3", mark=12),
            inbox.row(NOW + timedelta(minutes=11), people.id_number(901), token="4", mark=13),
            inbox.row(records.instant_of(DAY, 700), engagement=key, direction="out", token="5", mark=14),
            inbox.row(records.instant_of(DAY, 800), engagement=b"\1" * 16, token="6", mark=15),
        ],
        NOW,
        source="gate-1",
    )
    assert settle_step(NOW) == 1
    assert _result(receipt) == {
        "added": 4,
        "repeated": 0,
        "unmatched": [
            {"mark": 11, "seq": "2", "sentence": STRANGER},
            {"mark": 12, "seq": "3", "sentence": ABSENT},
        ],
        "refused": [
            {"mark": 13, "seq": "4", "sentence": "考勤时间晚于当前时间，请校准设备时钟后重新上传。"},
            {"mark": 15, "seq": "6", "sentence": UNKNOWN},
        ],
    }
    assert receipt.settled_at == receipt.accepted_at == NOW
    assert (Inbox.objects.count(), Punch.all_rows.count(), settle_step(NOW)) == (0, 4, 0)
    day = AttendanceDay.all_rows.get()
    assert (day.engagement, day.day, day.punches) == (work, DAY, 2)
    assert (day.first_in_at, day.last_out_at) == (
        records.instant_of(DAY, 240),
        records.instant_of(DAY, 700),
    )
    again = inbox.accept(work.project, [_row(240, token="1")], NOW, source="gate-1")
    settle_step(NOW)
    assert _result(again) == {"added": 0, "repeated": 1, "unmatched": [], "refused": []}


@pytest.mark.parametrize("at_once", [True, False])
def test_a_second_person_under_one_sequence_and_instant_is_no_repetition(
    work: Engagement, at_once: bool
) -> None:
    rows = [_row(240, token="1", mark=1), _row(240, order=903, token="1", mark=2)]
    for batch in [rows] if at_once else [[row] for row in rows]:
        receipt = inbox.accept(work.project, batch, NOW, source="gate-1")
        settle_step(NOW)
    result = _result(receipt)
    assert (result["added"], result["repeated"]) == (int(at_once), 0)
    assert [(one["mark"], one["seq"], one["sentence"]) for one in result["refused"]] == [(2, "1", TAKEN)]
    assert Punch.all_rows.get().subject.person == work.person


def test_the_engagement_of_another_project_is_as_unknown_as_none(work: Engagement) -> None:
    firm = work.project.contractor
    other = records.project("420106202603030902", records.region("420106"), firm)
    row = inbox.row(records.instant_of(DAY, 240), engagement=work.public_id.bytes, token="1")
    receipt = inbox.accept(other, [row], NOW, source="gate-2")
    settle_step(NOW)
    assert [one["sentence"] for one in _result(receipt)["refused"]] == [UNKNOWN]
    assert (Punch.all_rows.count(), Subject.objects.count(), AttendanceDay.all_rows.count()) == (0, 0, 0)


def test_a_punch_before_enrolment_and_entry_counts_once_they_arrive(work: Engagement) -> None:
    inbox.accept(work.project, [_row(order=905)], NOW)
    settle_step(NOW)
    assert not AttendanceDay.all_rows.exists()
    person = PersonFacts(name="李四", number=people.id_number(905))
    late = enrol(
        actor=EVERYONE, project=work.project, team=work.team, person=person, work=WorkFacts(), today=TODAY
    )
    enter(actor=EVERYONE, engagement=late, on=DAY, today=TODAY)
    deliver_all()
    while recount(NOW):
        pass
    assert AttendanceDay.all_rows.get().engagement == late
    counted = ProjectDay.all_rows.get(project=work.project, day=DAY)
    assert (counted.attended, counted.unmatched) == (1, 0)


SPOILT: dict[str, dict[str, Any]] = {
    "a sign no text may hold": {"token": "1\0"},
    "a latitude that is none": {"latitude": "north"},
    "a channel too long": {"channel": "门" * 51},
    "an instant beyond the calendar": {"at": 9 * 10**18},
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_spoilt_call_is_put_aside_and_those_around_it_are_settled(spoilt: str, work: Engagement) -> None:
    good = [inbox.accept(work.project, [_row(minute, token=str(minute))], NOW) for minute in (240, 600)]
    bad = _row(300, token="300")
    for name, value in SPOILT[spoilt].items():
        setattr(bad, name, value)
    receipt = inbox.accept(work.project, [bad], NOW)
    good += [inbox.accept(work.project, [_row(900, token="900")], NOW)]
    assert settle_step(NOW) == 4
    assert [_result(one)["added"] for one in good] == [1, 1, 1]
    assert AttendanceDay.all_rows.get().punches == 3
    if spoilt == "an instant beyond the calendar":
        assert len(_result(receipt)["refused"]) == 1  # it lies in the future
        return
    assert set(_result(receipt)) == {"aside"}
    assert (Inbox.objects.count(), AsideBatch.objects.get().punches) == (0, 1)
    assert put_back() == 1
    assert (settle_step(NOW), AsideBatch.objects.count(), Punch.all_rows.count()) == (1, 1, 3)


def test_content_that_does_not_open_is_put_aside_and_the_next_is_settled(work: Engagement) -> None:
    Inbox.objects.create(content=b"no such seal", punches=7, accepted_at=NOW)
    inbox.accept(work.project, [_row()], NOW)
    assert settle_step(NOW) == 1
    aside = AsideBatch.objects.get()
    assert (bytes(aside.content), aside.punches, aside.why) == (b"no such seal", 7, "Unreadable")
    assert (Inbox.objects.count(), Punch.all_rows.count()) == (0, 1)


class _Call:
    """A call of a source above, as federation has them."""

    def __init__(self, batch: Any) -> None:
        self.batch = batch


class _Source:
    def __init__(self, calls: list[_Call]) -> None:
        self.calls, self.told = calls, []  # type: tuple[list[_Call], list[Settled]]

    def take(self, limit: int) -> Sequence[_Call]:
        return self.calls[:limit]

    def finish(self, settled: Sequence[tuple[_Call, Settled]], now: Any) -> None:
        self.told += [what for _call, what in settled]
        self.calls = [one for one in self.calls if one not in [call for call, _what in settled]]

    def set_aside(self, taken: Sequence[_Call], why: str, now: Any) -> None:
        raise AssertionError(why)

    def waiting_since(self) -> None:
        """Nothing here waits for long."""


@pytest.fixture
def another_source() -> Iterator[_Source]:
    source = _Source([])
    take_away = sources.register(source)
    yield source
    take_away()


def test_a_source_above_is_settled_in_the_same_step_and_hears_of_its_own(
    work: Engagement, another_source: _Source
) -> None:
    inbox.accept(work.project, [_row(240)], NOW)
    another_source.calls = [
        _Call(inbox.batch(work.project, [_row(600, order=903)], NOW)),
        _Call(None),
    ]
    assert settle_step(NOW) == 3
    assert another_source.told == [Settled(1, 0, {0: STRANGER}, {}), Settled()]
    assert Punch.all_rows.count() == 2


def test_a_month_nobody_made_loses_nothing_and_its_punches_move_when_it_is_made(work: Engagement) -> None:
    day = date(2024, 3, 15)
    records.presence(work, date(2024, 3, 1), date(2024, 3, 31))
    rows = [inbox.row(records.instant_of(day, minute), people.id_number(901)) for minute in (240, 600)]
    inbox.accept(work.project, rows, NOW)
    settle_step(NOW)
    assert (_in("attendance_punch_default"), AttendanceDay.all_rows.get().punches) == (2, 2)
    assert make_partitions(day, 1) == 1
    assert (_in("attendance_punch_default"), _in("attendance_punch_202403")) == (0, 2)
    receipt = inbox.accept(
        work.project, [*rows, inbox.row(records.instant_of(day, 900), people.id_number(901))], NOW
    )
    settle_step(NOW)
    assert (_result(receipt)["added"], _result(receipt)["repeated"]) == (1, 2)
    assert (AttendanceDay.all_rows.get().punches, _in("attendance_punch_202403")) == (3, 3)


def _in(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_receipts_are_forgotten_after_their_time_unless_they_wait(work: Engagement) -> None:
    old = inbox.accept(work.project, [_row(240)], NOW - timedelta(days=31))
    settle_step(NOW)
    waiting = inbox.accept(work.project, [_row(600)], NOW - timedelta(days=31))
    fresh = inbox.accept(work.project, [_row(660)], NOW)
    assert forget_receipts(NOW) == 1
    assert set(PunchReceipt.all_rows.values_list("pk", flat=True)) == {waiting.pk, fresh.pk} != {old.pk}


def test_the_number_of_statements_does_not_grow_with_projects_or_calls(
    work: Engagement, django_assert_max_num_queries: Any
) -> None:
    firm = work.project.contractor
    for order in range(20):
        code = f"42010620260303{order:04d}"
        project = records.project(code, records.region("420106"), firm)
        for minute in (240, 600):
            inbox.accept(project, [_row(minute, order=1 + 2 * order)], NOW)
    with django_assert_max_num_queries(32):
        assert settle_step(NOW) == 40


def test_the_command_settles_what_waits_and_counts_it(
    work: Engagement, capsys: pytest.CaptureFixture
) -> None:
    inbox.accept(work.project, [_row()], NOW)
    call_command("settle", "--once")
    assert "已处理 1 批打卡" in capsys.readouterr().out
    assert ProjectDay.all_rows.get(project=work.project, day=DAY).attended == 1


def test_a_settler_told_to_stop_ends_without_another_step(work: Engagement) -> None:
    inbox.accept(work.project, [_row()], NOW)
    settler = Settler()
    settler.stop()
    settler.run()
    assert (settler.settled, Inbox.objects.count()) == (0, 1)


def _no_settler() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


@pytest.fixture
def a_settler_runs() -> Iterator[None]:
    assert become_settler()
    yield
    _no_settler()


def test_a_settler_that_does_not_run_is_red_whatever_waits() -> None:
    _no_settler()  # the connection may have been the settler's before
    (job,) = settler_job(EVERYONE, NOW)
    assert (job.level, job.state, job.facts) == ("red", "没有运行", "待入账 0 条打卡")
    assert "manage.py settle" in job.advice


@pytest.mark.usefixtures("a_settler_runs")
def test_the_page_of_background_work_says_what_waits_and_what_was_put_aside(work: Engagement) -> None:
    inbox.accept(work.project, [_row(240), _row(300)], NOW - timedelta(seconds=61))
    (job,) = settler_job(EVERYONE, NOW)
    assert (job.level, job.state, job.facts) == ("amber", "落后", "待入账 2 条打卡，最早一批在 1 分钟前收下")
    inbox.accept(work.project, [_row(600, token="1\0")], NOW)
    settle_step(NOW)
    (job,) = settler_job(EVERYONE, NOW)
    assert (job.level, job.state) == ("red", "1 批打卡无法入账，已搁置")
    put_back()
    Inbox.objects.all().delete()
    (job,) = settler_job(EVERYONE, NOW)
    assert (job.level, job.state) == ("green", "已跟上")
