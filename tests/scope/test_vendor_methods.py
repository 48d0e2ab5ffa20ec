"""Every method of `/open.api`, by the vendor of one county with everything of the other's in its data."""

from collections.abc import Callable
from typing import Any

import pytest

from federation.open_api.dispatcher import methods
from federation.simulator.people import Worker
from tests.support.traces import fingerprint, traces_in
from tests.support.vendor import Vendor, vendor_of
from tests.support.world import County, TwoCounties

OK, NOT_ALLOWED, FAILED = 0, -3, 10


def _worker(county: County) -> Worker:
    person = county.worker.person
    return Worker(person.name, person.id_number, "10900000001", "0099990000000000001")


def _at(vendor: Vendor, county: County) -> Vendor:
    """The vendor's gate, turned to the county's firm, team and project."""
    firm = county.firms["contractor"]
    vendor.gate.corp = {"corpCode": firm.uscc, "corpName": firm.name}
    vendor.gate.team = county.teams["contractor"].number
    vendor.gate.project = county.project.code
    return vendor


def _roster(_vendor: Vendor, county: County) -> dict[str, Any]:
    return {"projectCode": county.project.code, "date": str(county.today)}


def _firm(vendor: Vendor, county: County) -> dict[str, Any]:
    when = f"{county.today} 00:00:00"
    return {
        "projectCode": county.project.code,
        **_at(vendor, county).gate.corp,
        "corpType": "006",
        "entryTime": when,
    }


def _site(vendor: Vendor, county: County) -> dict[str, Any]:
    firm = county.firms["contractor"]
    return {
        "projectCode": county.project.code,
        "contractorCorpCode": firm.uscc,
        "contractorCorpName": firm.name,
        "name": county.project.name,
        "category": "01",
        "builderLicenses": [
            {"prjName": "一期", "builderLicenseNum": vendor.api.encrypted(county.permit.number)}
        ],
        "areaCode": county.region.code,
        "prjStatus": "003",
        "thirdPartyProjectCode": "1",
    }


# What each method is sent when it speaks of a county's rows. CheckSign and the poll name no project.
SPEAKS_OF: dict[str, Callable[[Vendor, County], dict[str, Any]]] = {
    "Project.Query": _roster,
    "Project.Add": _site,
    "Project.Update": _site,
    "Project.PartUpdate": _site,
    "CorpCredential.Query": _roster,
    "CorpGoodRecord.Query": _roster,
    "CorpBadRecord.Query": _roster,
    "CorpBlackList.Query": _roster,
    "ProjectSubContractor.Query": _roster,
    "ProjectSubContractor.Update": _firm,
    "Team.Query": _roster,
    "ProjectWorker.Query": _roster,
    "WorkerEntryExit.Query": _roster,
    "WorkerAttendance.Query": _roster,
    "ProjectSubContractor.Add": _firm,
    "Team.Add": lambda v, c: {**_firm(v, c), "teamName": "新班组"},
    "ProjectWorker.Add": lambda v, c: _at(v, c).gate.enrolment([_worker(c)]),
    "WorkerEntryExit.Add": lambda v, c: _at(v, c).gate.entry([_worker(c)], c.today),
    "WorkerAttendance.Add": lambda v, c: _at(v, c).gate.passage([_worker(c)], "01", c.now),
    "Team.Update": lambda v, c: {
        **_firm(v, c),
        "teamSysNo": c.teams["contractor"].number,
        "teamName": "改名",
    },
    "ProjectWorker.Update": lambda v, c: _update(v, c),
    "WorkerContract.Add": lambda v, c: _contract(v, c),
    "WorkerContract.Query": _roster,
    "ProjectTraining.Add": lambda v, c: _training(v, c),
    "ProjectTraining.Query": _roster,
    "Payroll.Add": lambda v, c: _wages(v, c),
    "Payroll.Query": lambda v, c: _wages_sought(v, c),
    "Worker.Query": lambda v, c: _of_one(v, c),
    "WorkerCredential.Query": lambda v, c: _of_one(v, c),
    "WorkerGoodRecord.Query": lambda v, c: _of_one(v, c),
    "WorkerBadRecord.Query": lambda v, c: _of_one(v, c),
    "WorkerBlackList.Query": lambda v, c: _of_one(v, c),
}


def _of_one(vendor: Vendor, county: County) -> dict[str, Any]:
    number = vendor.api.encrypted(county.worker.person.id_number)
    return {"projectCode": county.project.code, "idCardType": "01", "idCardNumber": number}


def _wages_sought(vendor: Vendor, county: County) -> dict[str, Any]:
    month = f"{county.payrolls['contractor'].month:%Y-%m}"
    return {"projectCode": county.project.code, **_at(vendor, county).gate.corp, "payMonth": month}


def _update(vendor: Vendor, county: County) -> dict[str, Any]:
    flat = {**_at(vendor, county).gate.enrolment([]), **_of_one(vendor, county), "specialty": "别处"}
    return {name: value for name, value in flat.items() if name != "workerList"}


def _contract(vendor: Vendor, county: County) -> dict[str, Any]:
    of_one = _of_one(vendor, county)
    code = of_one.pop("projectCode")
    term = {"contractPeriodType": 0, "startDate": "2031-01-01", "endDate": "2031-12-31"}
    return {"projectCode": code, "contractList": [{**_at(vendor, county).gate.corp, **of_one, **term}]}


def _training(vendor: Vendor, county: County) -> dict[str, Any]:
    of_one = _of_one(vendor, county)
    code = of_one.pop("projectCode")
    what = {"trainingName": "教育", "trainingTypeCode": "003001", "trainingDuration": 2}
    when = {"trainingDate": str(county.today)}
    return {"projectCode": code, **what, **when, "workers": [{**of_one, "isPass": 1}]}


def _wages(vendor: Vendor, county: County) -> dict[str, Any]:
    of_one = _of_one(vendor, county)
    code = of_one.pop("projectCode")
    card = vendor.api.encrypted("0999888877776666")
    row = {
        **of_one,
        "payRollBankCardNumber": card,
        "payRollBankCode": "102",
        "payRollBankName": "支行",
        "payBankCardNumber": card,
        "payBankCode": "102",
        "payBankName": "支行",
        "totalPayAmount": 1,
        "actualAmount": 1,
        "isBackPay": 0,
        "balanceDate": str(county.today),
        "thirdPayRollCode": "PS-9",
    }
    outer = {**_at(vendor, county).gate.corp, "teamSysNo": vendor.gate.team}
    return {"projectCode": code, **outer, "payMonth": f"{county.today:%Y-%m}", "detailList": [row]}


NAMELESS: dict[str, Callable[[County], dict[str, Any]]] = {
    "CheckSign.Query": lambda c: {},
    "Corp.Query": lambda c: {"corpCode": c.firms["contractor"].uscc},
    "Corp.Upload": lambda c: {
        "corpCode": c.firms["contractor"].uscc,
        "corpName": "别处的企业名称",
        "areaCode": c.region.code,
    },
    "AsyncHandleResult.Query": lambda c: {"requestSerialCode": c.request.serial},
}


def _vendor(county: County) -> Vendor:
    return vendor_of(county.project, county.now)


def test_every_method_has_its_row_here() -> None:
    assert {method.name for method in methods().values()} == {*SPEAKS_OF, *NAMELESS}


@pytest.mark.parametrize("method", SPEAKS_OF)
def test_a_call_that_names_the_other_project_is_refused_and_changes_nothing(
    method: str, world: TwoCounties
) -> None:
    for county in world:
        other, vendor = world.other(county), _vendor(county)
        data = SPEAKS_OF[method](vendor, other)
        before = fingerprint()
        answer = vendor.send(method, data)
        assert (answer["code"], answer["data"]) == (NOT_ALLOWED, None)
        assert traces_in(str(answer).replace(other.project.code, ""), other) == []
        assert fingerprint() == before


@pytest.mark.parametrize("method", NAMELESS)
def test_a_call_that_names_no_project_answers_nothing_of_the_other(method: str, world: TwoCounties) -> None:
    for county in world:
        other = world.other(county)
        answer = _vendor(county).send(method, NAMELESS[method](other))
        assert traces_in(str(answer).replace(other.request.serial, ""), other) == []
        assert answer["code"] == (-1 if method == "AsyncHandleResult.Query" else OK)


def test_a_statement_of_a_firm_that_works_elsewhere_tells_and_takes_nothing(world: TwoCounties) -> None:
    for county in world:
        other, vendor = world.other(county), _vendor(county)
        before = [type(row).all_rows.filter(pk=row.pk).values().get() for row in other.told]
        status, result = vendor.write("Corp.Upload", NAMELESS["Corp.Upload"](other))
        told = result.replace(other.firms["contractor"].uscc, "")
        assert (status, traces_in(told, other)) == (FAILED, [])
        assert [type(row).all_rows.filter(pk=row.pk).values().get() for row in other.told] == before
        assert vendor.rows("Corp.Query", **NAMELESS["Corp.Query"](other)) == []


# A project's own appid may not add projects at all.
WRITES = [
    method
    for method, entry in ((name, methods()[name.lower()]) for name in SPEAKS_OF)
    if entry.writes and method != "Project.Add"
]


@pytest.mark.parametrize("method", WRITES)
def test_a_write_at_ones_own_project_with_the_others_rows_tells_and_takes_nothing(
    method: str, world: TwoCounties
) -> None:
    for county in world:
        other, vendor = world.other(county), _vendor(county)
        asked = {**SPEAKS_OF[method](vendor, other), "projectCode": county.project.code}
        if "corpName" in asked:
            asked["corpName"] = "别处的企业名称"
        if "areaCode" in asked:
            asked["name"] = "改名"
        before = _rows_of(other)
        status, result = vendor.write(method, asked)
        told = result.replace(other.firms["contractor"].uscc, "").replace(str(vendor.gate.team), "")
        assert status == FAILED
        assert traces_in(told, other) == []
        assert _rows_of(other) == before


def _rows_of(county: County) -> list[Any]:
    """What the county's own regulator finds, unchanged by anybody elsewhere."""
    worker = county.worker
    return [
        list(type(row).all_rows.filter(pk=row.pk).values())
        for row in (county.project, county.teams["contractor"], worker.engagement, worker.presence)
    ]


@pytest.mark.parametrize("method", [m for m in SPEAKS_OF if m.startswith("Worker") and m.endswith(".Query")])
def test_asking_at_ones_own_project_for_the_others_person_finds_nobody(
    method: str, world: TwoCounties
) -> None:
    for county in world:
        other, vendor = world.other(county), _vendor(county)
        own = {"projectCode": county.project.code, "date": str(county.today)}
        asked = {**_of_one(vendor, other), **own}
        answer = vendor.send(method, asked)
        assert (answer["code"], answer["data"]["rows"], answer["data"]["totalCount"]) == (OK, [], 0)
