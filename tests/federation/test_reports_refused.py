"""What no report may say: every field of every method missing, too long, of another kind or unknown.

The faults are drawn from the table that validates, so a new field is tried as soon as it stands there. The
faulty row stands between two good ones: nothing of the report stays.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from federation.open_api import values
from federation.open_api.dispatcher import method
from federation.open_api.elements import further_elements
from federation.open_api.schema import Field
from federation.simulator.people import Worker, corp_code
from projects.models import Enterprise, Participation, Team
from standards.selectors import parameter
from tests.federation import reports
from tests.federation.conftest import HERE, TODAY
from tests.support.vendor import Vendor

DONE, FAILED = 20, 10
Data = dict[str, Any]
Build = Callable[[Vendor, list[Worker]], Data]


def _update_of_team(here: Vendor, _people: list[Worker]) -> Data:
    return {**reports.team(here), "teamSysNo": here.gate.team}


def _update_of_people(here: Vendor, people: list[Worker]) -> Data:
    return reports.enrolment(here, people)


REPORTS: dict[str, Build] = {
    "Team.Add": lambda here, _people: reports.team(here),
    "Team.Update": _update_of_team,
    "ProjectWorker.Add": reports.enrolment,
    "ProjectWorker.Update": _update_of_people,
    "WorkerEntryExit.Add": lambda here, people: here.gate.entry(people, TODAY),
    "WorkerContract.Add": reports.contract,
    "ProjectTraining.Add": reports.training,
    "Payroll.Add": reports.payroll,
}
APPS = ("projects_", "workers_", "payroll_", "integrity_")


@pytest.fixture
def people(here) -> list[Worker]:
    return list(here.gate.people(3))


@pytest.fixture
def known(here, people) -> list[Worker]:
    """Three people who are registered, and three others who are not."""
    assert here.write("ProjectWorker.Add", here.gate.enrolment(people)) == (DONE, "{}")
    return people


def _report(here: Vendor, name: str, known: list[Worker]) -> Data:
    """A good report; people are registered anew, all else is of registered ones."""
    return REPORTS[name](here, list(here.gate.people(3)) if name == "ProjectWorker.Add" else known)


def _standing() -> dict[str, str]:
    return reports.kept(APPS)


@pytest.mark.parametrize("name", REPORTS)
def test_every_fault_of_every_field_is_named_and_nothing_of_the_report_stays(here, known, name):
    good = _report(here, name, known)
    before, tried = _standing(), 0
    for what, data, words in _faults(here, method(name).fields, good):
        status, result = here.write(name, data)
        assert (status, words in result) == (FAILED, True), f"{what}: {result}"
        tried += 1
    assert tried >= 15
    assert _standing() == before
    assert here.write(name, good)[0] == DONE, "the report itself was good"


def _faults(here: Vendor, fields: tuple[Field, ...], good: Data) -> Iterator[tuple[str, Data, str]]:
    is_flat_too = {item.name for item in fields if item.rows and item.name == "workerList"}
    for item in fields:
        if item.rows:
            yield from _faults_of_rows(here, item, good)
        elif item.name in good or not is_flat_too:
            for what, value, words in _of_value(here, item):
                yield f"{item.name} {what}", {**good, item.name: value}, f"[{item.name}]{words}"


def _faults_of_rows(here: Vendor, item: Field, good: Data) -> Iterator[tuple[str, Data, str]]:
    if not good.get(item.name):
        return
    yield f"{item.name} is no list", {**good, item.name: "x"}, f"[{item.name}]格式不正确!应为列表"
    place = min(1, len(good[item.name]) - 1)
    for inner in item.rows:
        if inner.rows:
            continue
        for what, value, words in _of_value(here, inner):
            data = copy.deepcopy(good)
            data[item.name][place][inner.name] = value
            yield f"{inner.name} {what}", data, f"[{item.name}][{place}][{inner.name}]{words}"


def _of_value(here: Vendor, item: Field) -> Iterator[tuple[str, Any, str]]:
    """Values that a field does not take, with the words that say so."""
    sent = here.api.encrypted if item.encrypted else str
    if item.name == "projectCode":
        return  # judged at the door; see below
    if item.required:
        for nothing in ("", None):
            yield "missing", nothing, "不能为空!"
    if item.encrypted:
        yield "in the clear", "420001199001010016", "格式不正确!无法用appsecret解密"
    if item.dictionary:
        yield "unknown code", "ZZ9", f"参数值不正确,请参见{item.dictionary.title}字典表!"
    elif isinstance(item.most, int) and item.kind is values.text:
        yield "too long", sent("测" * (item.most + 1)), f"长度超过限制{item.most}!"
    yield from _of_another_kind(item)


def _of_another_kind(item: Field) -> Iterator[tuple[str, Any, str]]:
    if item.kind is values.image:
        for what in ("http://example.cn/a.jpg", "bm90IGEgcGljdHVyZQ==", "/9j/AAAA"):
            yield f"no picture {what[:4]}", what, values.IMAGE_TYPES
    elif item.kind is further_elements:
        yield "no object", "abc", "格式不正确!应为对象"
    elif item.kind is values.attachment:
        yield "no file", "bm90IGEgcGljdHVyZQ==", "格式无效,目前仅支持:jpg,jpeg,png,pdf"
    elif item.kind in (values.day, values.month):
        yield "no date", "2026-13-01", "格式不正确!应为"
    elif item.kind is values.flag:
        yield "neither yes nor no", 2, "格式不正确!应为1(是)或0(否)"
    elif item.kind is values.text and not item.dictionary and not item.encrypted:
        yield "an object", {"a": 1}, "格式不正确!应为文本"
    elif item.kind is not values.text:
        yield "no number", "abc", "格式不正确!应为数字"


def _one_more(here: Vendor, name: str, path: str, most: int) -> Data:
    people = list(here.gate.people(most + 1)) if path != "attachments" else list(here.gate.people(1))
    data = REPORTS[name](here, people)
    holder = data["contractList"][0] if (name, path) == ("WorkerContract.Add", "attachments") else data
    if "ttachments" in path:
        holder[path] = [reports.scan()] * (most + 1)
    return data


@pytest.mark.parametrize(
    ("name", "path", "key", "part"),
    [
        ("ProjectWorker.Add", "workerList", "open_api.rows", "ProjectWorker.Add"),
        ("ProjectWorker.Update", "workerList", "open_api.rows", "ProjectWorker.Add"),
        ("WorkerEntryExit.Add", "workerList", "open_api.rows", "WorkerEntryExit.Add"),
        ("WorkerContract.Add", "contractList", "open_api.rows", "WorkerContract.Add"),
        ("WorkerContract.Add", "attachments", "open_api.attachments", "WorkerContract"),
        ("Payroll.Add", "detailList", "open_api.rows", "Payroll.Add"),
        ("Payroll.Add", "attachments", "open_api.attachments", "Payroll"),
        ("ProjectTraining.Add", "workers", "open_api.training_people", ""),
        ("ProjectTraining.Add", "attachments", "open_api.attachments", "ProjectTraining"),
        ("Team.Add", "entryAttachments", "open_api.attachments", "Team"),
        ("Team.Add", "exitAttachments", "open_api.attachments", "Team"),
    ],
)
def test_one_row_or_file_above_the_limit_is_refused_with_the_limit(here, name, path, key, part):
    most = parameter(key)[part] if part else parameter(key)
    before = _standing()
    status, result = here.write(name, _one_more(here, name, path, most))
    assert (status, f"[{path}]每次最多{most}条,本次{most + 1}条" in result) == (FAILED, True), result
    assert _standing() == before


@pytest.mark.parametrize("name", [name for name in REPORTS if name not in ("Team.Add", "Team.Update")])
def test_a_report_of_people_whom_nobody_registered_is_refused_with_what_to_do(here, people, name):
    if name == "ProjectWorker.Add":
        data, words = {**reports.enrolment(here, people), "teamSysNo": 1500999999}, "[teamSysNo]"
    else:
        data, words = REPORTS[name](here, people), "没有找到证件类型为01,证件号码为"
    before = _standing()
    status, result = here.write(name, data)
    assert (status, result.startswith(words)) == (FAILED, True), result
    assert not any(one.number in result for one in people)
    assert _standing() == before


def test_an_update_of_a_team_that_is_not_there_is_refused(here):
    status, result = here.write("Team.Update", {"teamSysNo": 1500999999, "teamName": "x"})
    assert (status, result.startswith("[teamSysNo]值超出范围或无效!")) == (FAILED, True)


def test_a_team_is_not_renamed_to_the_name_of_another_nor_given_to_another_firm(here):
    here.write("Team.Add", reports.team(here))
    other = Team.all_rows.get(name="钢筋班").number
    status, result = here.write("Team.Update", {"teamSysNo": here.gate.team, "teamName": "钢筋班"})
    assert (status, result) == (FAILED, f"班组已存在,已存在班组编号为:{other}!")
    contractor = here.project.contractor
    status, result = here.write(
        "Team.Update", {"teamSysNo": other, "teamName": "钢筋班", "corpCode": contractor.uscc}
    )
    assert (status, result.startswith("[corpCode]与班组所在企业不一致!")) == (FAILED, True)


DATES = {
    "WorkerContract.Add": (
        {"startDate": "2027-01-01", "endDate": "2026-01-01"},
        "[contractList][0][endDate]",
    ),
    "ProjectTraining.Add": ({"trainingDate": "2026-11-23"}, "[trainingDate]不能大于当天!"),
    "ProjectWorker.Add": (
        {"startDate": "2027-01-01", "expiryDate": "2026-01-01"},
        "[workerList][0][expiryDate]证件有效期的结束日期早于开始日期",
    ),
}


@pytest.mark.parametrize("name", DATES)
def test_dates_that_cross_or_have_not_come_are_refused(here, known, name):
    changes, words = DATES[name]
    people = list(here.gate.people(2)) if name == "ProjectWorker.Add" else known
    before = _standing()
    status, result = here.write(name, _changed(here, name, people, changes))
    assert (status, result.startswith(words)) == (FAILED, True), result
    assert _standing() == before


def _changed(here: Vendor, name: str, people: list[Worker], changes: Data) -> Data:
    build = {
        "WorkerContract.Add": reports.contract,
        "ProjectTraining.Add": reports.training,
        "ProjectWorker.Add": reports.enrolment,
    }[name]
    return build(here, people, **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"payMonth": "2026-12"}, "[payMonth]不能大于今天!"),
        ({"balanceDate": "2026-11-23"}, "[detailList][0][balanceDate]发放日期不能大于今天"),
        ({"totalPayAmount": "-1"}, "[detailList][0][totalPayAmount]值超出范围或无效!不能为负数"),
        ({"actualAmount": "1.005"}, "[detailList][0][actualAmount]值超出范围或无效!"),
        ({"workHours": "1000"}, "[detailList][0][workHours]值超出范围或无效!"),
        ({"days": 32}, "[detailList][0][days]值超出范围或无效!应在0与31之间"),
        (
            {"isBackPay": 1, "backPayMonth": "2026-11"},
            "[detailList][0][backPayMonth]补发月份不能晚于发放月份",
        ),
        ({"thirdPayRollCode": ""}, "[detailList][0][thirdPayRollCode]不能为空!"),
    ],
)
def test_wages_that_cannot_be_are_refused_and_nothing_is_kept(here, known, changes, words):
    before = _standing()
    status, result = here.write("Payroll.Add", reports.payroll(here, known, **changes))
    assert (status, result.startswith(words)) == (FAILED, True), result
    assert _standing() == before


def test_wages_are_reported_by_the_firm_that_employs(here, known):
    contractor = here.project.contractor
    taking_part = Participation.all_rows.get(enterprise=contractor)
    other = Team.objects.create(participation=taking_part, name="总包班", number=1500000779)
    data = reports.payroll(here, known) | {"teamSysNo": other.number}
    data |= {"corpCode": contractor.uscc, "corpName": contractor.name}
    before = _standing()
    status, result = here.write("Payroll.Add", data)
    assert (status, result.startswith("[detailList][0][idCardNumber]该工人由本项目的另一参建单位用工")) == (
        FAILED,
        True,
    )
    assert _standing() == before


@pytest.mark.parametrize(
    "name", ["WorkerContract.Add", "ProjectTraining.Add", "Payroll.Add", "ProjectWorker.Update"]
)
def test_one_person_twice_in_one_report_is_named(here, known, name):
    if name == "WorkerContract.Add":
        words = "[contractList][1]合同已存在!"
    elif name == "Payroll.Add":
        words = "[detailList][1][thirdPayRollCode]"
    else:
        path = "workers" if name == "ProjectTraining.Add" else "workerList"
        words = f"[{path}][1][idCardNumber]与本次其他行重复!"
    data = REPORTS[name](here, [known[0], known[0]])
    if name == "Payroll.Add":
        data["detailList"][1]["thirdPayRollCode"] = data["detailList"][0]["thirdPayRollCode"]
    before = _standing()
    status, result = here.write(name, data)
    assert (status, words in result) == (FAILED, True), result
    assert _standing() == before


def test_a_contract_with_a_firm_that_does_not_employ_the_person_is_refused(here, known):
    Enterprise.objects.create(uscc=corp_code(55), name="别家公司")
    changes = {"corpCode": corp_code(55), "corpName": "别家公司"}
    status, result = here.write("WorkerContract.Add", reports.contract(here, known, **changes))
    assert (status, result.startswith("[contractList][0][corpCode]与该工人的用人单位不一致!")) == (
        FAILED,
        True,
    )


QUERIES = (
    "Team.Query",
    "ProjectWorker.Query",
    "WorkerEntryExit.Query",
    "WorkerContract.Query",
    "ProjectTraining.Query",
    "Payroll.Query",
    "Worker.Query",
    "WorkerCredential.Query",
    "WorkerGoodRecord.Query",
    "WorkerBadRecord.Query",
    "WorkerBlackList.Query",
)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_with_a_value_of_another_kind_is_refused_at_once_with_the_field(here, known, name):
    number = here.api.encrypted(known[0].number)
    good = {
        "projectCode": HERE,
        **here.gate.corp,
        "payMonth": "2026-10",
        "idCardType": 1,
        "idCardNumber": number,
    }
    assert here.send(name, good)["code"] == 0
    wrong = {"pageIndex": "x", "idCardNumber": "x", "payMonth": "2026", "teamSysNo": "x", "trainingDate": "x"}
    names = {item.name for item in method(name).fields}
    for field, value in wrong.items():
        if field in names:
            answer = here.send(name, {**good, field: value})
            assert (answer["code"], f"[{field}]" in answer["message"]) == (-1, True), answer
    assert here.send(name, {**good, "projectCode": "429004202601010101"})["code"] == -3
