"""ProjectSubContractor.Add, Update and Query: banks, managers, dates; refused whole."""

from typing import Any

import pytest

from federation.masked import HIDDEN, masked_body
from federation.models import AcceptedRequest
from federation.simulator.people import corp_code
from projects.models import Participation, WageAccount
from tests.federation.conftest import HERE
from tests.federation.enterprises import account, party
from tests.support import people

DONE, FAILED, NOT_ALLOWED = 20, 10, -3
CODE = corp_code(77)
CARDS = [people.card(order) for order in (1, 2, 3)]


def _whole(here, **changes):
    return party(
        entryTime="2026-11-01",
        bankInfos=[account(here, CARDS[0], bankLinkNumber="102521000001"), account(here, CARDS[1])],
        pmName="周平",
        pmPhone=people.phone(8),
        pmIdCardType="1",
        pmIdcardNumber=here.api.encrypted(people.id_number(8).lower()),
        **changes,
    )


def _row(here):
    (row,) = here.rows("ProjectSubContractor.Query", corpCode=CODE)
    banks = [here.api.decrypted(bank.pop("bankNumber")) for bank in row.get("bankInfos", ())]
    number = here.api.decrypted(row.pop("pmIDCardNumber")) if "pmIDCardNumber" in row else None
    return row, banks, number


def test_every_field_is_kept_sealed_and_answered_encrypted(here):
    assert here.write("ProjectSubContractor.Add", _whole(here)) == (DONE, "{}")
    row, banks, number = _row(here)
    assert (banks, number) == (CARDS[:2], people.id_number(8))
    assert row == {
        "projectCode": HERE,
        "corpCode": CODE,
        "corpName": "新来的公司",
        "corpType": "006",
        "entryTime": "2026-11-01 00:00:00",
        "bankInfos": [
            {"bankCode": "102", "bankName": "武昌支行", "bankLinkNumber": "102521000001"},
            {"bankCode": "102", "bankName": "武昌支行", "bankLinkNumber": ""},
        ],
        "pmName": "周平",
        "pmPhone": people.phone(8),
        "pmIDCardType": "01",
    }
    stored = [bytes(vars(one)["number"]) for one in WageAccount.all_rows.all()]
    assert not any(card.encode() in sealed for card in CARDS for sealed in stored)


def test_an_update_changes_what_it_names_and_a_list_of_accounts_is_the_whole_list(here):
    here.write("ProjectSubContractor.Add", _whole(here))
    changed = {"projectCode": HERE, "corpCode": CODE, "corpType": "1", "pmPhone": people.phone(9)}
    banks = [account(here, CARDS[1], bankName="洪山支行"), account(here, CARDS[2])]
    assert here.write("ProjectSubContractor.Update", {**changed, "bankInfos": banks}) == (DONE, "{}")
    row, cards, number = _row(here)
    assert (cards, number, row["pmName"]) == (CARDS[1:], people.id_number(8), "周平")
    assert (row["corpType"], row["pmPhone"], row["entryTime"]) == (
        "001",
        people.phone(9),
        "2026-11-01 00:00:00",
    )
    assert [bank["bankName"] for bank in row["bankInfos"]] == ["洪山支行", "武昌支行"]
    ended = WageAccount.all_rows.exclude(ended_at=None).get()
    assert ended.number == CARDS[0]
    version = Participation.all_rows.get(enterprise__uscc=CODE).version
    assert here.write("ProjectSubContractor.Update", {**changed, "bankInfos": []}) == (DONE, "{}")
    assert (_row(here)[1], Participation.all_rows.get(enterprise__uscc=CODE).version) == (CARDS[1:], version)


def test_an_exit_is_recorded_once_and_waits_for_the_people(here):
    corp = {"projectCode": HERE, **here.gate.corp}
    workers = list(here.gate.people(1))
    here.write("ProjectWorker.Add", here.gate.enrolment(workers))
    here.write("WorkerEntryExit.Add", here.gate.entry(workers, here.now.date()))
    gone = {**corp, "exitTime": "2026-11-22 08:00:00"}
    status, result = here.write("ProjectSubContractor.Update", gone)
    assert (status, result.startswith("还有 1 人没有退场")) == (FAILED, True)
    here.write("WorkerEntryExit.Add", here.gate.entry(workers, here.now.date(), kind=0))
    assert here.write("ProjectSubContractor.Update", gone) == (DONE, "{}")
    assert here.write("ProjectSubContractor.Update", gone) == (DONE, "{}")
    status, result = here.write("ProjectSubContractor.Update", {**corp, "exitTime": "2026-11-21"})
    assert status == FAILED
    contractor = here.project.contractor
    status, result = here.write(
        "ProjectSubContractor.Update",
        {"projectCode": HERE, "corpCode": contractor.uscc, "exitTime": "2026-11-21"},
    )
    assert (status, result.startswith("[corpType]总承包单位由施工许可证确定")) == (FAILED, True)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"corpCode": ""}, "[corpCode]不能为空!"),
    ({"corpName": ""}, "[corpName]不能为空!"),
    ({"corpType": ""}, "[corpType]不能为空!"),
    ({"corpName": "公" * 201}, "[corpName]长度超过限制200!"),
    ({"pmName": "周" * 51}, "[pmName]长度超过限制50!"),
    ({"pmName": 7}, "[pmName]格式不正确!"),
    ({"pmPhone": "call me"}, "[pmPhone]格式不正确!"),
    ({"entryTime": "2026-11-22 09:00:01"}, "[entryTime]最晚为当前时间!"),
    ({"entryTime": "yesterday"}, "[entryTime]格式不正确!应为yyyy-MM-dd HH:mm:ss"),
    ({"pmIDCardType": "77"}, "[pmIDCardType]参数值不正确,请参见人员证件类型字典表!"),
    ({"pmIDCardNumber": "clear"}, "[pmIDCardNumber]格式不正确!无法用appsecret解密"),
    ({"bankInfos": {}}, "[bankInfos]格式不正确!应为列表"),
    ({"bankInfos": [{}] * 11}, "[bankInfos]每次最多10条,本次11条,请分批上传!"),
    ({"bankInfos": ["x"]}, "[bankInfos][0]格式不正确!应为对象"),
]
BANKS = [
    ({"bankCode": ""}, "[bankCode]不能为空!"),
    ({"bankCode": "000"}, "[bankCode]参数值不正确,请参见银行代码字典表!"),
    ({"bankName": ""}, "[bankName]不能为空!"),
    ({"bankName": "行" * 51}, "[bankName]长度超过限制50!"),
    ({"bankNumber": ""}, "[bankNumber]不能为空!"),
    ({"bankNumber": "clear"}, "[bankNumber]格式不正确!无法用appsecret解密"),
    ({"bankLinkNumber": "1" * 31}, "[bankLinkNumber]长度超过限制30!"),
]


@pytest.mark.parametrize("method", ["ProjectSubContractor.Add", "ProjectSubContractor.Update"])
def test_a_faulty_participant_is_refused_whole(here, method):
    corp = party() if method.endswith("Add") else party(**here.gate.corp)
    before = (list(Participation.all_rows.values()), WageAccount.all_rows.count())
    good = account(here, CARDS[0])
    faulty: list[tuple[dict[str, Any], str]] = [
        ({"bankInfos": [good, account(here, CARDS[1], **change)]}, f"[bankInfos][1]{words}")
        for change, words in BANKS
    ]
    faulty += [
        ({"bankInfos": [account(here, "12ab")]}, "[bankInfos][0][bankNumber]格式不正确!请填写银行卡号")
    ]
    number = people.id_number(8)
    wrong = here.api.encrypted(number[:-1] + ("1" if number[-1] == "0" else "0"))
    faulty += [({"pmIDCardNumber": wrong}, "[pmIDCardNumber]格式不正确!身份证号码的校验位不符")]
    for changes, words in WRONG + faulty:
        if method.endswith("Update") and words in ("[corpName]不能为空!", "[corpType]不能为空!"):
            continue
        status, result = here.write(method, {**corp, **changes})
        assert (status, result.startswith(words)) == (FAILED, True), (changes, result)
        assert (list(Participation.all_rows.values()), WageAccount.all_rows.count()) == before


def test_a_manager_may_hold_a_passport(here):
    number = here.api.encrypted("E12345678")
    assert here.write("ProjectSubContractor.Add", party(pmIDCardType="08", pmIDCardNumber=number))[0] == DONE
    assert _row(here)[2] == "E12345678"


def test_an_update_of_a_firm_that_takes_no_part_or_under_another_name_is_refused(here):
    status, result = here.write("ProjectSubContractor.Update", party())
    assert (status, "ProjectSubContractor.Add" in result) == (FAILED, True)
    status, result = here.write(
        "ProjectSubContractor.Update", party(corpCode=here.gate.corp["corpCode"], corpName="别的名字")
    )
    assert (status, result.startswith("[corpName]与统一社会信用代码不符!")) == (FAILED, True)


def test_a_nameless_participant_who_is_there_already_is_told_so(here):
    nameless = party(corpCode=here.gate.corp["corpCode"], corpName="")
    assert here.write("ProjectSubContractor.Add", nameless) == (FAILED, "参建单位已存在")


def test_another_project_cannot_be_named(here, elsewhere):
    for method in ("ProjectSubContractor.Add", "ProjectSubContractor.Update", "ProjectSubContractor.Query"):
        answer = here.send(method, party(projectCode=elsewhere.project.code))
        assert (answer["code"], answer["data"]) == (NOT_ALLOWED, None)


def test_what_is_shown_of_such_calls_holds_nothing_personal(here):
    here.write("ProjectSubContractor.Add", _whole(here))
    row = AcceptedRequest.all_rows.latest("pk")
    shown = masked_body(row.body)
    assert shown.count(HIDDEN) == 6
    assert "周平" not in shown and people.phone(8) not in shown and "武昌支行" in shown
