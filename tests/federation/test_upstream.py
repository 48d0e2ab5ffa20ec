"""A whole project is told to another platform by its open.api: in order, once, whatever happens."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from attendance.models import AttendanceDay, Punch
from federation import services
from federation.models import (
    MANAGE_UPSTREAMS,
    AcceptedRequest,
    Upstream,
    UpstreamCall,
    UpstreamProject,
    UpstreamRecord,
)
from federation.services import issue_credential
from federation.simulator.people import Worker
from federation.upstream import work as reporting
from kernel.scoping import Reach
from outbox.services import deliver_all
from payroll.models import PayrollRow
from projects.models import Participation, Permit, Project, ReportedPermit, Team
from tests.federation import reports
from tests.federation.conftest import NOW, TODAY
from tests.support.actors import Holder
from tests.support.upstream import Above, answer_is_lost, breaks, never_arrives, says, states, told_to
from tests.support.vendor import Vendor, vendor_of
from workers.models import Contract, Engagement, Presence, TrainingSession

OVER_THERE = "420106202601010204"
STATE = UpstreamRecord.State


@pytest.fixture
def staffed(here: Vendor) -> list[Worker]:
    """Seven people at work here: registered, entered, three with a contract, trained, paid, and punched."""
    people = list(here.gate.people(7))
    for lot in (people[:5], people[5:]):
        assert here.write("ProjectWorker.Add", reports.enrolment(here, lot))[0] == 20
    assert here.write("WorkerEntryExit.Add", here.gate.entry(people, TODAY))[0] == 20
    assert here.write("WorkerContract.Add", reports.contract(here, people[:3]))[0] == 20
    assert here.write("ProjectTraining.Add", reports.training(here, people))[0] == 20
    assert here.write("Payroll.Add", reports.payroll(here, people))[0] == 20
    assert here.write("WorkerAttendance.Add", here.gate.passage(people, "01", NOW))[0] == 20
    return people


@pytest.fixture
def there(here: Vendor) -> Vendor:
    """The same project at the platform above: its contractor is known there, nothing else."""
    project = Project.objects.create(
        code=OVER_THERE, name="对方的项目", region=here.project.region, contractor=here.project.contractor
    )
    Participation.objects.create(project=project, enterprise=project.contractor, kind="009")
    return vendor_of(project, NOW)


@pytest.fixture
def access(here: Vendor, there: Vendor, staffed: list[Worker]) -> UpstreamProject:
    return told_to(here.project, there.credential)


@pytest.fixture
def above() -> Above:
    return Above(timezone.now() + timedelta(minutes=2))


def of_there(model: Any, lookup: str = "project") -> Any:
    return model.all_rows.filter(**{f"{lookup}__code": OVER_THERE})


def counts() -> dict[str, int]:
    """What the other side has of the project."""
    return {
        "parties": of_there(Participation).count(),
        "teams": of_there(Team, "participation__project").count(),
        "workers": of_there(Engagement).count(),
        "presences": of_there(Presence, "engagement__project").count(),
        "contracts": of_there(Contract, "engagement__project").count(),
        "trainings": of_there(TrainingSession).count(),
        "wages": of_there(PayrollRow, "batch__project").count(),
        "punches": of_there(Punch).count(),
        "days": of_there(AttendanceDay, "engagement__project").count(),
    }


ALL_OF_IT = {
    "parties": 2,
    "teams": 1,
    "workers": 7,
    "presences": 7,
    "contracts": 3,
    "trainings": 1,
    "wages": 7,
    "punches": 7,
    "days": 7,
}


def test_a_project_is_told_whole_in_the_order_of_the_interface_and_within_its_limits(
    access: UpstreamProject, above: Above, staffed: list[Worker]
) -> None:
    above.report(access)
    assert counts() == ALL_OF_IT
    assert {state for of in states(access).values() for state in of} == {STATE.DONE}
    order = list(dict.fromkeys(name for name, _data in above.calls))
    # The contractor is known there already: it is brought up to date.
    roster = ["Corp.Upload", "ProjectSubContractor.Add", "ProjectSubContractor.Update", "Team.Add"]
    assert order[:6] == [*roster, "ProjectWorker.Add", "WorkerEntryExit.Add"]
    assert set(order[6:]) == {
        "WorkerAttendance.Add",
        "WorkerContract.Add",
        "ProjectTraining.Add",
        "Payroll.Add",
    }
    assert [len(data["workerList"]) for data in above.asked("ProjectWorker.Add")] == [5, 2]
    assert [len(data["dataList"]) for data in above.asked("WorkerAttendance.Add")] == [7]
    access.refresh_from_db()
    assert access.punches_done == 7


def test_what_was_told_is_not_told_again(access: UpstreamProject, above: Above) -> None:
    above.report(access)
    told = len(above.calls)
    reporting.mark()
    above.now += timedelta(minutes=5)
    reporting.look(above.now)
    above.report(access)
    assert (len(above.calls), counts()) == (told, ALL_OF_IT)


def test_a_team_there_has_its_own_number_and_people_there_all_that_was_known_here(
    access: UpstreamProject, above: Above, staffed: list[Worker]
) -> None:
    above.report(access)
    ours, theirs = access.records.get(kind="team"), of_there(Team, "participation__project").get()
    assert ours.remote == str(theirs.number) != "1500000777"
    columns = ("person", "kind", "trade", "photo", "bank_code", "gate_card", "education", "political_status")
    here = Engagement.all_rows.filter(project=access.project).order_by("person").values_list(*columns)
    assert list(of_there(Engagement).order_by("person").values_list(*columns)) == list(here)
    cards = {str(row.card_number) for row in of_there(Engagement)}
    assert cards == {str(row.card_number) for row in Engagement.all_rows.filter(project=access.project)}


ADDS = (
    "Corp.Upload", "Team.Add", "ProjectWorker.Add", "WorkerEntryExit.Add", "WorkerAttendance.Add",
    "WorkerContract.Add", "ProjectTraining.Add", "Payroll.Add",
)  # fmt: skip


def test_lost_calls_and_lost_answers_lose_and_double_nothing(access: UpstreamProject, above: Above) -> None:
    for method in ADDS:
        above.fail(method, never_arrives, answer_is_lost, breaks())
    above.report(access, rounds=200)
    assert counts() == ALL_OF_IT
    assert {state for of in states(access).values() for state in of} == {STATE.DONE}
    assert above.faults == []
    # What was sent again under its stamp was taken once; only what grew too old was told under another.
    teams = AcceptedRequest.all_rows.filter(appid=OVER_THERE, method="Team.Add")
    assert teams.count() == 1


def test_an_answer_that_was_lost_for_long_is_told_again_and_found_there(
    access: UpstreamProject, above: Above
) -> None:
    above.fail("ProjectWorker.Add", answer_is_lost)
    reporting.run(access.pk, above.clock, above.connect)
    for _step in range(30):
        above.now += timedelta(seconds=6)
        reporting.run(access.pk, above.clock, above.connect)
        if not above.faults:
            break
    above.now += timedelta(hours=1)  # the stamp is too old by now
    above.report(access)
    assert counts() == ALL_OF_IT
    assert above.asked("ProjectWorker.Update") != []  # those who were there were brought up to date


def test_a_sender_that_dies_after_the_row_of_its_call_leaves_it_to_the_next(
    access: UpstreamProject, above: Above
) -> None:
    class Killed(BaseException):
        pass

    def dies(_above: Above, _body: bytes) -> Any:
        raise Killed

    for method in ("Team.Add", "WorkerAttendance.Add"):
        above.fail(method, dies)
    for _kill in range(2):
        with pytest.raises(Killed):
            above.report(access)
        assert access.calls.filter(state=UpstreamCall.State.SENDING).exists()
    above.report(access)
    assert counts() == ALL_OF_IT


def test_a_refused_worker_holds_only_what_builds_on_it(
    access: UpstreamProject, above: Above, staffed: list[Worker]
) -> None:
    one = access.project.engagements.earliest("pk")
    Engagement.all_rows.filter(pk=one.pk).update(photo="")
    above.report(access)
    refused = access.records.get(kind="worker", state=STATE.REFUSED)
    assert (refused.key, refused.sentence) == (one.public_id, "[headImage]不能为空!")
    held = set(access.records.filter(state=STATE.HELD).values_list("kind", flat=True))
    assert held == {"entry", "contract", "training", "wage"}
    assert counts() == {
        **ALL_OF_IT, "workers": 6, "presences": 6, "contracts": 2, "trainings": 0, "wages": 6,
        "punches": 6, "days": 6,
    }  # fmt: skip
    # Put right here, it goes its way by itself, and all that waited follows.
    Engagement.all_rows.filter(pk=one.pk).update(
        photo=Engagement.all_rows.exclude(photo="").earliest("pk").photo
    )
    reporting.mark()
    above.now += timedelta(minutes=5)
    above.report(access)
    assert counts() == ALL_OF_IT


def test_a_row_that_changes_while_it_is_in_flight_is_told_as_it_stands_now(
    access: UpstreamProject, above: Above
) -> None:
    above.is_slow = True
    team = Team.all_rows.get(participation__project=access.project)
    for _step in range(40):
        reporting.run(access.pk, above.clock, above.connect)
        above.now += timedelta(seconds=31)
        if above.asked("Team.Add"):
            break
        above.carry_out()
    Team.all_rows.filter(pk=team.pk).update(name="新木工班")
    reporting.mark()
    above.is_slow = False
    above.carry_out()
    above.report(access)
    assert of_there(Team, "participation__project").get().name == "新木工班"
    assert [data["teamName"] for data in above.asked("Team.Update")] == ["新木工班"]


def test_too_many_calls_rest_a_minute_and_a_wrong_key_stops_the_project_with_a_sentence(
    access: UpstreamProject, above: Above, there: Vendor
) -> None:
    above.fail("Corp.Upload", says(-5, "访问超过限制!"))
    reporting.run(access.pk, above.clock, above.connect)
    access.refresh_from_db()
    assert (access.trouble, access.retry_at) == ("访问超过限制!", above.now + timedelta(seconds=60))
    access.secret, access.retry_at = "0" * 32, None
    access.save()
    reporting.run(access.pk, above.clock, above.connect)
    access.refresh_from_db()
    assert access.trouble.startswith("签名校验错误!")
    assert access.retry_at == above.now + timedelta(minutes=10)
    assert of_there(Team, "participation__project").count() == 0
    # The other side changes the key over; ours is mended, and nothing was lost meanwhile.
    access.secret, access.retry_at = issue_credential(actor=None, project_code=OVER_THERE).key, None
    access.save()
    above.report(access)
    assert counts() == ALL_OF_IT
    access.refresh_from_db()
    assert (access.trouble, access.failures) == ("", 0)


def test_punches_that_come_later_are_told_from_the_tail_and_those_of_strangers_are_not(
    here: Vendor, access: UpstreamProject, above: Above, staffed: list[Worker]
) -> None:
    above.report(access)
    later = NOW + timedelta(hours=8)
    here.now = later
    strangers = list(here.gate.people(9))[7:]
    assert here.write("WorkerAttendance.Add", here.gate.passage(staffed, "02", later))[0] == 20
    here.write("WorkerAttendance.Add", here.gate.passage(strangers, "02", later))
    above.now = timezone.now() + timedelta(minutes=20)
    reporting.look(above.now)
    above.report(access)
    assert of_there(Punch).count() == 14
    assert set(of_there(Punch).values_list("direction", flat=True)) == {"in", "out"}
    # Looked at again, nothing is told twice.
    reporting.look(above.now + timedelta(minutes=1))
    assert access.calls.filter(state=UpstreamCall.State.READY).count() == 0


def test_a_punch_that_is_refused_by_row_gets_a_record_and_the_others_count(
    access: UpstreamProject, above: Above
) -> None:
    above.fail(
        "WorkerAttendance.Add", says(-1, "[dataList][2][date]不能大于当天!;[dataList][5][channel]无效")
    )
    above.report(access)
    rows = access.records.filter(kind="punch").order_by("pk")
    assert [(row.state, row.sentence) for row in rows] == [
        (STATE.REFUSED, "[date]不能大于当天!"),
        (STATE.REFUSED, "[channel]无效"),
    ]
    assert of_there(Punch).count() == 5
    access.refresh_from_db()
    assert access.punches_done == 5


def test_a_batch_whose_refusal_names_nobody_is_told_one_by_one(access: UpstreamProject, above: Above) -> None:
    above.fail("ProjectWorker.Add", says(-1, "参数异常"))
    above.report(access)
    assert counts() == ALL_OF_IT
    lots = sorted(len(data["workerList"]) for data in above.asked("ProjectWorker.Add"))
    assert lots == [1, 1, 1, 1, 1, 2, 5]


def test_codes_in_which_the_other_side_differs_are_written_as_theirs(
    access: UpstreamProject, above: Above
) -> None:
    trades = set(Engagement.all_rows.values_list("trade", flat=True))
    above_row = Upstream.all_rows.get()
    above_row.codes = [["trade", trade, "1000"] for trade in trades]
    above_row.save()
    above.report(access)
    assert set(of_there(Engagement).values_list("trade", flat=True)) == {"1000"}


def test_an_exit_is_told_after_its_entry_and_a_change_of_people_after_an_event(
    here: Vendor, access: UpstreamProject, above: Above, staffed: list[Worker]
) -> None:
    above.report(access)
    deliver_all()
    UpstreamProject.all_rows.update(is_marked=False)
    assert here.write("WorkerEntryExit.Add", here.gate.entry(staffed[:1], TODAY, kind=0))[0] == 20
    deliver_all()
    access.refresh_from_db()
    assert access.is_marked
    above.now += timedelta(minutes=5)
    above.report(access)
    left = of_there(Presence, "engagement__project").exclude(exited_on=None)
    assert [row.exited_on for row in left] == [TODAY]


def test_whoever_is_given_up_is_left_out_of_a_training_and_can_be_told_again(
    access: UpstreamProject, above: Above
) -> None:
    one = access.project.engagements.earliest("pk")
    photo = one.photo
    Engagement.all_rows.filter(pk=one.pk).update(photo="")
    above.report(access)
    refused = access.records.get(kind="worker", state=STATE.REFUSED)
    admin = Holder(Reach(region_paths=frozenset({"420000/"})), MANAGE_UPSTREAMS)
    services.waive_upstream_record(actor=admin, record_of=refused, reason="已线下更正")
    above.now += timedelta(minutes=5)
    above.report(access)
    assert (counts()["trainings"], counts()["workers"]) == (1, 6)
    assert len(above.asked("ProjectTraining.Add")[0]["workers"]) == 6
    Engagement.all_rows.filter(pk=one.pk).update(photo=photo)
    services.requeue_upstream_record(actor=admin, record_of=refused, now=above.now)
    above.report(access)
    assert (counts()["workers"], counts()["punches"]) == (7, 7)


def test_with_an_account_the_project_is_told_first_and_gets_its_code_from_the_other_side(
    here: Vendor, group: Vendor, staffed: list[Worker], above: Above
) -> None:
    project = here.project
    Permit.all_rows.filter(project=project).delete()
    ReportedPermit.objects.create(project=project, number="420106202601010101SX", works_name="一期")
    Project.all_rows.filter(pk=project.pk).update(category="01", address="测试路1号")
    upstream = Upstream.objects.create(
        name="全国平台",
        url="https://above.invalid",
        region=project.region,
        since=date(2026, 10, 1),
        takes=Upstream.Takes.ALL,
        appid=group.credential.appid,
        secret=group.credential.key,
    )
    reporting.take_up(upstream)
    access = upstream.projects.get(project=project)
    above.report(access)
    assert above.calls[0][0] == "Project.Add"
    access.refresh_from_db()
    there = Project.all_rows.get(code=access.remote_code)
    assert (there.name, there.pk != project.pk) == (project.name, True)
    assert {state for of in states(access).values() for state in of} == {STATE.DONE}
    assert Punch.all_rows.filter(project=there).count() == 7
    Project.all_rows.filter(pk=project.pk).update(address="新路2号")
    reporting.mark()
    above.now += timedelta(minutes=5)
    above.report(access)
    assert [data["address"] for data in above.asked("Project.PartUpdate")] == ["新路2号"]
