"""Firms, teams, workers, entries: carried out once, or refused as a whole in the words clients match."""

import base64
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from federation.simulator.people import Worker, corp_code, id_check_sign
from outbox.models import OutboxEvent
from projects.models import Enterprise, Participation, Team
from tests.federation.conftest import HERE, TODAY
from workers.models import Engagement, Person, Presence

DONE, FAILED = 20, 10


@pytest.fixture
def people(here) -> list[Worker]:
    return list(here.gate.people(3))


def enrolment(here, people, **changes):
    data = here.gate.enrolment(people)
    data["workerList"] = [{**row, **changes} for row in data["workerList"]]
    return data


def counts() -> tuple[int, ...]:
    tables = (Enterprise, Participation, Team, Person, Engagement, Presence)
    rows = (table.all_rows.count() for table in tables)
    return (*rows, AuditEvent.objects.count(), OutboxEvent.objects.count())


# --- ProjectSubContractor ------------------------------------------------------------------------------


def firm(number: int = 77, **changes):
    data = {"projectCode": HERE, "corpCode": corp_code(number), "corpName": "新来的公司", "corpType": "6"}
    return {**data, "entryTime": "2026-11-01", **changes}


def test_a_new_participant_is_recorded_and_answered_by_the_query(here):
    assert here.write("ProjectSubContractor.Add", firm(pmName="张三")) == (DONE, "{}")
    assert here.rows("ProjectSubContractor.Query", corpCode=corp_code(77)) == [
        {
            "projectCode": HERE,
            "corpCode": corp_code(77),
            "corpName": "新来的公司",
            "corpType": "006",
            "entryTime": "2026-11-01 00:00:00",
            "pmName": "张三",
        }
    ]


def test_the_same_participant_again_fails_in_the_words_clients_know(here):
    here.write("ProjectSubContractor.Add", firm())
    before = counts()
    assert here.write("ProjectSubContractor.Add", firm()) == (FAILED, "参建单位已存在")
    assert counts() == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"corpCode": corp_code(77)[:-1] + "~"}, "[corpCode]格式不正确!"),
        ({"corpCode": ""}, "[corpCode]不能为空!"),
        ({"corpType": "099"}, "[corpType]参数值不正确,请参见参建单位类型字典表!"),
        ({"exitTime": "2026-11-22 09:00:01"}, "[exitTime]最晚为当前时间!"),
        ({"exitTime": "2026-10-01"}, "[exitTime]不能早于进场时间"),
        ({"bankInfos": [{"bankCode": "102", "bankName": "x"}]}, "[bankInfos][0][bankNumber]不能为空!"),
    ],
)
def test_a_faulty_participant_is_refused_and_leaves_no_trace(here, changes, words):
    before = counts()
    status, result = here.write("ProjectSubContractor.Add", firm(**changes))
    assert (status, result.startswith(words)) == (FAILED, True), result
    assert counts() == before


def test_a_known_code_under_another_name_is_refused_with_the_registered_name(here):
    status, result = here.write("ProjectSubContractor.Add", firm(1, corpName="别的名字"))
    assert status == FAILED
    assert result.startswith("[corpName]与统一社会信用代码不符!")
    assert "总承包1公司" in result


# --- Team ----------------------------------------------------------------------------------------------


def team(here, **changes):
    return {"projectCode": HERE, **here.gate.corp, "teamName": "钢筋班", "entryTime": "2026-11-02", **changes}


def test_a_new_team_gets_a_number_of_ten_digits_that_fits_32_bits(here):
    status, result = here.write("Team.Add", team(here))
    number = Team.all_rows.get(name="钢筋班").number
    assert (status, result) == (DONE, f'{{"teamSysNo":{number}}}')
    assert 1_000_000_000 <= number <= 2**31 - 1
    rows = here.rows("Team.Query", teamSysNo=str(number))
    assert [(row["teamSysNo"], row["entryTime"]) for row in rows] == [(number, "2026-11-02 00:00:00")]


def test_the_same_team_again_fails_with_the_ten_digits_where_clients_cut_them_out(here):
    here.write("Team.Add", team(here))
    number = Team.all_rows.get(name="钢筋班").number
    before = counts()
    assert here.write("Team.Add", team(here)) == (FAILED, f"班组已存在,已存在班组编号为:{number}!")
    assert counts() == before


def test_a_client_may_leave_the_project_out_because_its_appid_is_the_project(here):
    status, _ = here.write("Team.Add", team(here, projectCode=None))
    assert status == DONE


def test_a_team_of_a_firm_that_does_not_take_part_is_refused_with_what_to_do(here):
    status, result = here.write("Team.Add", team(here, corpCode=corp_code(99)))
    assert status == FAILED
    assert result.startswith("[corpCode]值超出范围或无效!")
    assert "ProjectSubContractor.Add" in result


# --- ProjectWorker -------------------------------------------------------------------------------------


def test_workers_are_registered_and_answered_encrypted_for_the_caller(here, people):
    assert here.write("ProjectWorker.Add", here.gate.enrolment(people)) == (DONE, "{}")
    rows = here.rows("ProjectWorker.Query")
    assert [here.api.decrypted(row["idCardNumber"]) for row in rows] == [one.number for one in people]
    assert [here.api.decrypted(row["payRollBankCardNumber"]) for row in rows] == [one.card for one in people]
    assert [row["workerName"] for row in rows] == [one.name for one in people]
    assert {(row["isTeamLeader"], row["hasContract"], row["workRole"]) for row in rows} == {(0, 0, 20)}
    assert not any(one.number in str(rows) for one in people)


def test_a_photograph_is_kept_in_the_store_and_not_in_the_request(here, people):
    here.write("ProjectWorker.Add", here.gate.enrolment(people[:1]))
    assert len(Engagement.all_rows.get().photo) == 64


def test_numbers_in_quotes_codes_without_zeros_and_odd_spellings_are_taken(here, people):
    data = enrolment(here, people[:1], workType="20", workRole="20", isTeamLeader="1", nation="土家族")
    row = data["workerList"][0]
    row["IdCardNumber"], row["idCardtype"] = row.pop("idCardNumber"), 1
    row.pop("idCardType")
    data["teamSysNo"] = str(data["teamSysNo"])
    assert here.write("ProjectWorker.Add", data) == (DONE, "{}")
    engagement = Engagement.all_rows.select_related("person").get()
    assert (engagement.trade, engagement.is_team_leader, engagement.person.nation) == ("020", True, "土家")
    assert here.rows("Team.Query")[0]["teamLeaderName"] == people[0].name


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("workerName", "null", "[workerList][0][workerName]格式不正确!请按证件填写姓名"),
        (
            "nation",
            "zz",
            "[workerList][0][nation]参数值不正确,请填写证件上的民族(如汉、土家),或GB/T 3304代码!",
        ),
        (
            "cellPhone",
            "abc",
            "[workerList][0][cellPhone]格式不正确!请填写7至20位电话号码,只含数字、空格和连字符",
        ),
    ],
)
def test_a_value_that_nobody_could_mean_is_refused_and_nobody_is_registered(
    here, people, field, value, words
):
    data = enrolment(here, people[:1], **{field: value})
    assert here.write("ProjectWorker.Add", data) == (FAILED, words)
    assert not Engagement.all_rows.exists()


def test_a_worker_who_is_there_already_is_named_by_a_masked_number(here, people):
    here.write("ProjectWorker.Add", here.gate.enrolment(people[:2]))
    before = counts()
    status, result = here.write("ProjectWorker.Add", here.gate.enrolment(people))
    masked = [f"{one.number[:4]}**********{one.number[-4:]}" for one in people]
    assert status == FAILED
    assert result == "\r\n".join(f"项目中已存在身份证为：{number}的工人!" for number in masked[:2])
    assert counts() == before, "the third worker must not stay either"


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({"headImage": ""}, "[workerList][1][headImage]不能为空!"),
        ({"headImage": "x"}, "[workerList][1][headImage]格式无效,目前仅支持:jpg,jpeg,png,jpeg"),
        ({"workType": "777"}, "[workerList][1][workType]参数值不正确,请参见工种字典表!"),
        ({"idCardType": "08"}, "[workerList][1][idCardType]异常,目前只支持身份证类型的证件!"),
        ({"isTeamLeader": 2}, "[workerList][1][isTeamLeader]格式不正确!应为1(是)或0(否)"),
        (
            {"headImage": base64.b64encode(b"\xff\xd8\xff" + b"\0" * 50 * 1024).decode()},
            "[workerList][1][headImage]大小超过限制50KB!",
        ),
        (
            {"headImage": {"file": "0" * 64}},
            "[workerList][1][headImage]格式无效,目前仅支持:jpg,jpeg,png,jpeg",
        ),
    ],
)
def test_one_faulty_worker_refuses_all_and_names_the_row(here, people, changes, result):
    data = here.gate.enrolment(people)
    data["workerList"][1].update(changes)
    before = counts()
    assert here.write("ProjectWorker.Add", data) == (FAILED, result)
    assert counts() == before


def test_a_bad_check_digit_is_named_without_the_number(here, people):
    number = people[0].number
    wrong = number[:-1] + ("0" if id_check_sign(number[:17]) != "0" else "1")
    data = enrolment(here, people[:1], idCardNumber=here.api.encrypted(wrong))
    status, result = here.write("ProjectWorker.Add", data)
    assert status == FAILED
    assert result.startswith("[workerList][0][idCardNumber]格式不正确!")
    assert "校验位" in result
    assert wrong not in result
    assert Person.all_rows.count() == 0


@pytest.mark.parametrize("sent", ["clear text", "A7cHM0jQKuNPLnEa2G/p"])
def test_a_field_that_does_not_decrypt_is_named_in_the_result(here, people, sent):
    status, result = here.write("ProjectWorker.Add", enrolment(here, people[:1], idCardNumber=sent))
    assert status == FAILED
    assert result.startswith("[workerList][0][idCardNumber]格式不正确!无法用appsecret解密")


def test_a_known_number_under_another_name_is_refused_for_the_whole_batch(here, elsewhere, people):
    Person.objects.create(**_as_known(people[1], name="另外一人"))
    before = counts()
    status, result = here.write("ProjectWorker.Add", here.gate.enrolment(people))
    assert status == FAILED
    assert result.startswith("[workerList][1][workerName]")
    assert "另外一人" not in result
    assert counts() == before


def _as_known(one: Worker, name: str) -> dict:
    from workers.services import identity_index

    return {"name": name, "id_number": one.number, "id_index": identity_index("01", one.number)}


def test_more_than_five_workers_in_a_call_are_refused_with_the_number(here):
    data = here.gate.enrolment(list(here.gate.people(6)))
    status, result = here.write("ProjectWorker.Add", data)
    assert (status, result) == (FAILED, "[workerList]每次最多5条,本次6条,请分批上传!")


def test_an_unknown_team_or_the_team_of_another_firm_is_refused(here, people):
    data = here.gate.enrolment(people)
    assert here.write("ProjectWorker.Add", data | {"teamSysNo": 1500999999})[1].startswith(
        "[teamSysNo]值超出范围或无效!"
    )
    contractor = here.project.contractor
    others = data | {"corpCode": contractor.uscc, "corpName": contractor.name}
    status, result = here.write("ProjectWorker.Add", others)
    assert (status, "与corpCode不一致" in result) == (FAILED, True)


def test_a_finished_project_takes_no_workers_teams_or_entries(here, people):
    here.write("ProjectWorker.Add", here.gate.enrolment(people[:1]))
    here.project.status = "004"
    here.project.save()
    before = counts()
    for method, data in (
        ("ProjectWorker.Add", here.gate.enrolment(people[1:])),
        ("WorkerEntryExit.Add", here.gate.entry(people[:1], TODAY)),
        ("Team.Add", team(here)),
        ("ProjectSubContractor.Add", firm()),
    ):
        status, result = here.write(method, data)
        assert (status, result.startswith("项目已完工")) == (FAILED, True), result
    assert counts() == before


# --- WorkerEntryExit -----------------------------------------------------------------------------------


@pytest.fixture
def enrolled(here, people) -> list[Worker]:
    assert here.write("ProjectWorker.Add", here.gate.enrolment(people)) == (DONE, "{}")
    return people


def test_entry_and_exit_are_recorded_and_listed_by_day(here, enrolled):
    entered = TODAY - timedelta(days=3)
    assert here.write("WorkerEntryExit.Add", here.gate.entry(enrolled, entered)) == (DONE, "{}")
    assert here.write("WorkerEntryExit.Add", here.gate.entry(enrolled[:1], TODAY, kind=0)) == (DONE, "{}")
    rows = here.rows("WorkerEntryExit.Query")
    assert [(row["date"], row["type"]) for row in rows] == [("2026-11-19", 1)] * 3 + [("2026-11-22", 0)]
    assert here.api.decrypted(rows[3]["idCardNumber"]) == enrolled[0].number
    assert len(here.rows("WorkerEntryExit.Query", entryExitDate="2026-11-22")) == 1
    assert len(here.rows("WorkerEntryExit.Query", idCardNumber=here.api.encrypted(enrolled[0].number))) == 2


def test_the_same_entry_again_changes_nothing(here, enrolled):
    entry = here.gate.entry(enrolled, TODAY)
    assert here.write("WorkerEntryExit.Add", entry) == (DONE, "{}")
    before = counts()
    assert here.write("WorkerEntryExit.Add", entry) == (DONE, "{}")
    assert counts() == before


@pytest.mark.parametrize(
    ("days", "kind", "words"),
    [
        (1, 1, "[workerList][0][date]不能大于当天!"),
        (-1, 1, "[workerList][0][type]与进退场记录不符!"),
    ],
)
def test_an_impossible_entry_is_refused_and_nobody_enters(here, enrolled, days, kind, words):
    here.write("WorkerEntryExit.Add", here.gate.entry(enrolled[:1], TODAY))
    before = counts()
    status, result = here.write(
        "WorkerEntryExit.Add", here.gate.entry(enrolled, TODAY + timedelta(days), kind)
    )
    assert (status, result.startswith(words)) == (FAILED, True), result
    assert counts() == before


def test_an_exit_before_the_entry_is_refused_in_the_known_words(here, enrolled):
    here.write("WorkerEntryExit.Add", here.gate.entry(enrolled, TODAY))
    status, result = here.write(
        "WorkerEntryExit.Add", here.gate.entry(enrolled, TODAY - timedelta(1), kind=0)
    )
    assert status == FAILED
    assert result.startswith("[workerList][0][date]不能小于历史进退场时间!")


def test_a_stranger_cannot_enter_and_nobody_of_the_batch_does(here, enrolled):
    stranger = next(here.gate.people(1))
    before = counts()
    status, result = here.write("WorkerEntryExit.Add", here.gate.entry([*enrolled, stranger], TODAY))
    masked = f"{stranger.number[:4]}**********{stranger.number[-4:]}"
    assert status == FAILED
    assert result.startswith(f"没有找到证件类型为01,证件号码为{masked}的对应信息,上传失败!")
    assert counts() == before


def test_a_vendor_sees_and_finds_nobody_of_another_project(here, elsewhere, enrolled):
    for method in ("ProjectWorker.Query", "WorkerEntryExit.Query", "Team.Query"):
        assert elsewhere.rows(method) == []
    assert [row["projectCode"] for row in elsewhere.rows("Project.Query")] == [elsewhere.project.code]


def test_a_page_holds_at_most_fifty_rows_and_counts_from_zero(here, enrolled):
    answer = here.send("ProjectWorker.Query", {"projectCode": HERE, "pageIndex": "1", "pageSize": "2"})[
        "data"
    ]
    assert (answer["pageIndex"], answer["pageSize"], answer["pageCount"], answer["totalCount"]) == (
        1,
        2,
        2,
        3,
    )
    assert len(answer["rows"]) == 1
    assert here.send("ProjectWorker.Query", {"projectCode": HERE, "pageSize": 500})["data"]["pageSize"] == 50


@pytest.mark.parametrize(
    ("method", "extra"),
    [
        ("ProjectWorker.Query", {}),
        ("WorkerEntryExit.Query", {}),
        ("Team.Query", {}),
        ("ProjectSubContractor.Query", {}),
        ("Project.Query", {}),
        ("WorkerAttendance.Query", {"date": str(TODAY)}),
    ],
)
def test_a_query_costs_the_same_whatever_the_number_of_rows(here, enrolled, method, extra):
    spent = []
    for step in (enrolled, list(here.gate.people(5))):
        here.write("ProjectWorker.Add", here.gate.enrolment(step))
        here.write("WorkerEntryExit.Add", here.gate.entry(step, TODAY))
        here.write("WorkerAttendance.Add", here.gate.passage(step, "01", here.now))
        here.rows(method, **extra)  # fills the memory of parameters
        with CaptureQueriesContext(connection) as queries:
            here.rows(method, **extra)
        spent.append(len(queries))
    assert spent[0] == spent[1] <= 12


def test_a_birth_date_that_has_not_come_is_refused(here, people):
    body = f"420001{date(2030, 1, 1):%Y%m%d}001"
    data = enrolment(here, people[:1], idCardNumber=here.api.encrypted(body + id_check_sign(body)))
    status, result = here.write("ProjectWorker.Add", data)
    assert (status, result.startswith("[workerList][0][idCardNumber]格式不正确!")) == (FAILED, True)
