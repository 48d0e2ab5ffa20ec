"""A vendor's appid reaches its own project: nothing of the other county is answered, found or written to."""

from datetime import timedelta

import pytest

from attendance.models import Punch
from federation.simulator.people import Worker
from projects.models import Team
from tests.support.counties import SHARED, TwoCounties
from tests.support.vendor import Vendor, vendor_of
from workers.models import Engagement, Presence

FAILED = 10
QUERIES = (
    "Project.Query",
    "ProjectSubContractor.Query",
    "Team.Query",
    "ProjectWorker.Query",
    "WorkerEntryExit.Query",
    "WorkerAttendance.Query",
)


@pytest.fixture
def vendors(world: TwoCounties) -> tuple[Vendor, Vendor]:
    """The vendor of 武昌's project and that of 仙桃's."""
    return vendor_of(world.wuchang.project, world.wuchang.now), vendor_of(
        world.xiantao.project, world.xiantao.now
    )


@pytest.mark.parametrize("method", QUERIES)
def test_a_query_answers_own_rows_and_none_of_the_other_county(world, vendors, method):
    for vendor, county in zip(vendors, world, strict=True):
        other = world.other(county)
        found = vendor.rows(method, date=str(county.today))
        assert found
        assert {row["projectCode"] for row in found} == {county.project.code}
        numbers = [vendor.api.decrypted(row["idCardNumber"]) for row in found if "idCardNumber" in row]
        assert not any(trace in f"{found} {numbers}" for trace in other.traces())


@pytest.mark.parametrize("method", QUERIES)
def test_the_other_countys_project_cannot_be_named(world, vendors, method):
    data = {"projectCode": world.xiantao.project.code, "date": str(world.xiantao.today)}
    answer = vendors[0].send(method, data)
    assert (answer["code"], answer["data"]) == (-3, None)


def test_a_result_is_told_to_the_appid_that_wrote_and_to_no_other(world, vendors):
    serial = vendors[1].send("Team.Add", {"teamName": "x"})["data"]["requestSerialCode"]
    assert vendors[1].send("AsyncHandleResult.Query", {"requestSerialCode": serial})["code"] == 0
    assert vendors[0].send("AsyncHandleResult.Query", {"requestSerialCode": serial})["code"] == -1


def test_a_firm_that_takes_part_only_elsewhere_forms_no_team_here(world, vendors):
    theirs = world.xiantao.firms["subcontractor"]
    data = {"projectCode": world.wuchang.project.code, "corpCode": theirs.uscc, "corpName": theirs.name}
    before = Team.all_rows.count()
    status, result = vendors[0].write("Team.Add", {**data, "teamName": "新班组"})
    assert status == FAILED
    assert result.startswith("[corpCode]值超出范围或无效!")
    assert world.xiantao.word not in result.replace(theirs.uscc, "")
    assert Team.all_rows.count() == before


def test_a_firm_that_takes_part_in_both_forms_its_team_where_it_is_named(world, vendors):
    firm = world.wuchang.firms[SHARED]
    for vendor, county in zip(vendors, world, strict=True):
        data = {"projectCode": county.project.code, "corpCode": firm.uscc, "corpName": firm.name}
        assert vendor.write("Team.Add", {**data, "teamName": "两地班"})[0] == 20
        team = Team.all_rows.order_by("-id")[0]
        assert team.participation_id == county.participations[SHARED].pk


def test_the_number_of_the_other_countys_team_is_no_team(world, vendors):
    number = world.xiantao.teams["contractor"].number
    vendors[0].gate.team = number
    worker = Worker("甲", world.wuchang.worker.person.id_number, "10900000000", "0")
    batch = vendors[0].gate.passage([worker], "02", vendors[0].now)
    status, result = vendors[0].write("WorkerAttendance.Add", batch)
    assert status == FAILED
    assert result.startswith("[teamSysNo]值超出范围或无效!")
    assert Punch.all_rows.filter(team__number=number, project=world.wuchang.project).count() == 0


def test_a_person_who_works_only_elsewhere_cannot_enter_here(world, vendors):
    theirs = world.xiantao.worker.person
    firm, team = world.wuchang.firms["contractor"], world.wuchang.teams["contractor"]
    gate = vendors[0].gate
    gate.corp, gate.team = {"corpCode": firm.uscc, "corpName": firm.name}, team.number
    before = (Presence.all_rows.count(), Engagement.all_rows.count())
    entry = gate.entry([Worker(theirs.name, theirs.id_number, "", "")], world.wuchang.today - timedelta(1))
    status, result = vendors[0].write("WorkerEntryExit.Add", entry)
    assert status == FAILED
    assert result.startswith("没有找到证件类型为01,证件号码为")
    assert theirs.name not in result
    assert (Presence.all_rows.count(), Engagement.all_rows.count()) == before


def test_without_a_filter_the_query_of_projects_answers_the_appids_own(world, vendors):
    for vendor, county in zip(vendors, world, strict=True):
        rows = vendor.send("Project.Query", {"pageSize": 50})["data"]["rows"]
        assert [row["projectCode"] for row in rows] == [county.project.code]
