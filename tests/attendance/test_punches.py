"""Punches coming in: kept once, counted within presence, evidence otherwise."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendance.models import AttendanceDay, Device, ProjectDay, Punch, Subject
from attendance.services import PunchFacts, make_partitions, receive_punches, recount
from kernel.errors import NotFound, NotPermitted
from kernel.scoping import Reach
from outbox.services import deliver_all
from tests.support import people, records
from tests.support.actors import EVERYONE, Holder
from workers.services import PersonFacts, WorkFacts, enrol, enter, leave

pytestmark = pytest.mark.django_db

TODAY = records.site_day()
NOW = timezone.now()


@pytest.fixture
def team():
    firm = records.enterprise(900)
    project = records.project("420106202603030900", records.region("420106"), firm)
    return records.team(records.participation(project, firm), 1_499_000_900)


@pytest.fixture
def project(team):
    return team.participation.project


def worker(team, order=901, entered=TODAY - timedelta(days=5)):
    person = PersonFacts(name="张三", number=people.id_number(order))
    engagement = enrol(
        actor=EVERYONE,
        project=team.participation.project,
        team=team,
        person=person,
        work=WorkFacts(trade="020"),
        today=TODAY,
    )
    if entered:
        enter(actor=EVERYONE, engagement=engagement, on=entered, today=TODAY)
    return engagement


def punch(order=901, days_ago=1, minutes=180, direction="in", **more):
    at = records.instant_of(TODAY - timedelta(days=days_ago), minutes)
    return PunchFacts(
        number=people.id_number(order), occurred_at=at, direction=direction, channel="1号通道", **more
    )


def send(project, *punches, now=None, **more):
    more.setdefault("origin", Punch.Origin.OPEN_API)
    return receive_punches(actor=EVERYONE, project=project, punches=punches, now=now or NOW, **more)


def counted(project, day):
    while recount(NOW):
        pass
    return ProjectDay.all_rows.get(project=project, day=day)


def test_a_matched_punch_becomes_a_day_with_its_first_entry_and_last_exit(team, project):
    engagement = worker(team)
    receipt = send(
        project, punch(minutes=600, direction="out"), punch(minutes=180), punch(minutes=300, direction="out")
    )
    assert (receipt.added, receipt.repeated, receipt.unmatched, receipt.refused) == (3, 0, {}, {})
    day = AttendanceDay.all_rows.get(engagement=engagement)
    yesterday = TODAY - timedelta(days=1)
    assert day.day == yesterday
    assert day.punches == 3
    assert day.first_in_at == day.first_at == records.instant_of(yesterday, 180)
    assert day.last_out_at == day.last_at == records.instant_of(yesterday, 600)


def test_the_same_batch_sent_again_adds_nothing(team, project):
    worker(team)
    batch = [punch(), punch(minutes=600, direction="out")]
    assert send(project, *batch).added == 2
    again = send(project, *batch, now=NOW + timedelta(hours=1))
    assert (again.added, again.repeated) == (0, 2)
    assert Punch.all_rows.count() == 2
    assert AttendanceDay.all_rows.get().punches == 2


def test_a_stranger_is_evidence_and_counts_once_he_is_enrolled_and_entered(team, project):
    receipt = send(project, punch(order=903))
    assert receipt.added == 1
    assert receipt.unmatched == {0: "该人员未在本项目登记，打卡已留存备查。请先登记人员信息。"}
    yesterday = TODAY - timedelta(days=1)
    before = counted(project, yesterday)
    assert (before.attended, before.unmatched) == (0, 1)

    worker(team, order=903, entered=yesterday)
    deliver_all()
    after = counted(project, yesterday)
    assert (after.attended, after.unmatched, after.on_site) == (1, 0, 1)


def test_a_punch_before_entry_is_named_and_creates_no_presence(team, project):
    engagement = worker(team, entered=TODAY)
    receipt = send(project, punch(days_ago=1))
    assert receipt.unmatched == {0: "该人员当日没有进场记录，打卡已留存备查。请先办理进场。"}
    assert not AttendanceDay.all_rows.exists()
    assert engagement.presences.get().entered_on == TODAY


def test_a_back_dated_exit_takes_days_after_it_away_and_keeps_the_punches(team, project):
    engagement = worker(team)
    send(project, punch(days_ago=3), punch(days_ago=1))
    deliver_all()
    assert AttendanceDay.all_rows.count() == 2
    leave(actor=EVERYONE, engagement=engagement, on=TODAY - timedelta(days=2), today=TODAY)
    deliver_all()
    assert [day.day for day in AttendanceDay.all_rows.all()] == [TODAY - timedelta(days=3)]
    assert Punch.all_rows.count() == 2
    gone = counted(project, TODAY - timedelta(days=1))
    assert (gone.attended, gone.on_site, gone.unmatched) == (0, 0, 1)


def test_a_punch_on_the_day_of_exit_still_counts(team, project):
    engagement = worker(team)
    leave(actor=EVERYONE, engagement=engagement, on=TODAY - timedelta(days=1), today=TODAY)
    assert send(project, punch(days_ago=1)).unmatched == {}
    assert AttendanceDay.all_rows.get().day == TODAY - timedelta(days=1)


def test_a_punch_from_the_future_is_refused_and_the_others_of_the_batch_are_kept(team, project):
    worker(team)
    early = PunchFacts(number=people.id_number(901), occurred_at=NOW + timedelta(minutes=11), direction="in")
    receipt = send(project, punch(), early)
    assert receipt.added == 1
    assert receipt.refused == {1: "考勤时间晚于当前时间，请校准设备时钟后重新上传。"}
    assert Punch.all_rows.count() == 1


def test_one_sequence_with_two_times_is_kept_twice_flagged_and_counted_once(team, project):
    worker(team)
    send(project, punch(minutes=180, token="41"), source="gate-1", origin=Punch.Origin.GATE)
    send(project, punch(minutes=240, token="41"), source="gate-1", origin=Punch.Origin.GATE)
    assert list(Punch.all_rows.order_by("occurred_at").values_list("is_repeat", flat=True)) == [False, True]
    assert AttendanceDay.all_rows.get().punches == 1


def test_the_same_sequence_of_another_device_is_another_punch(team, project):
    worker(team)
    send(project, punch(token="41"), source="gate-1", origin=Punch.Origin.GATE)
    send(project, punch(minutes=185, token="41"), source="gate-2", origin=Punch.Origin.GATE)
    assert AttendanceDay.all_rows.get().punches == 2


def test_who_may_not_punch_for_a_project_changes_nothing(team, project):
    stranger = Holder(Reach(region_paths=frozenset({"420000/429004/"})), "attendance.punch")
    with pytest.raises(NotFound):
        receive_punches(actor=stranger, project=project, origin="open_api", punches=[punch()], now=NOW)
    with pytest.raises(NotPermitted):
        receive_punches(actor=Holder(Reach()), project=project, origin="open_api", punches=[punch()], now=NOW)
    assert (Punch.all_rows.count(), Subject.objects.count(), Device.all_rows.count()) == (0, 0, 0)


def test_the_channel_becomes_a_device_that_knows_its_last_punch(team, project):
    worker(team)
    send(project, punch(days_ago=1, minutes=600))
    send(project, punch(days_ago=2))
    device = Device.all_rows.get(project=project)
    assert device.channel == "1号通道"
    assert device.last_punch_at == records.instant_of(TODAY - timedelta(days=1), 600)


def test_a_month_nobody_prepared_loses_no_punch_and_gets_it_when_made(team, project):
    worker(team, entered=TODAY - timedelta(days=500))
    old = punch(days_ago=450)
    assert send(project, old).added == 1
    assert make_partitions(old.occurred_at.date(), 1) == 1
    assert Punch.all_rows.get().occurred_at == old.occurred_at
    assert send(project, old).repeated == 1


def test_rates_count_papers_in_force_on_the_day(team, project):
    engagement = worker(team)
    records.contract(engagement, TODAY - timedelta(days=30), TODAY - timedelta(days=2))
    records.training(engagement, TODAY - timedelta(days=3))
    records.key_post(engagement, "01", TODAY - timedelta(days=30))
    send(project, punch(days_ago=1), punch(days_ago=2), punch(days_ago=4))
    first = counted(project, TODAY - timedelta(days=4))
    assert (first.on_site, first.contracted, first.trained) == (1, 1, 0)
    second = counted(project, TODAY - timedelta(days=2))
    assert (second.contracted, second.trained) == (1, 1)
    third = counted(project, TODAY - timedelta(days=1))
    assert (third.contracted, third.trained) == (0, 1)
    assert (third.key_posts_present, third.key_posts_required) == (1, 6)
