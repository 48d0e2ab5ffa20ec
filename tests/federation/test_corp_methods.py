"""Corp.Upload, Corp.Query, CorpCredential.Query and the three lists: what is stated, and to whom told."""

from datetime import timedelta
from typing import Any

import pytest

from federation.simulator.people import corp_code
from integrity.models import CreditRecord
from projects.models import Enterprise, EnterpriseParticulars, Participation, Qualification
from regions.models import Region
from tests.federation.conftest import TODAY
from tests.federation.enterprises import corp, party
from tests.support import people
from tests.support.traces import fingerprint

DONE, FAILED, REFUSED = 20, 10, -1
CODE = corp_code(77)


def _whole(vendor) -> dict:
    """Every field, as clients write them: numbers in quotes, codes bare, dates with times, odd spellings."""
    return {
        "CorpCode": CODE,
        "corpName": "新来的公司",
        "corpType": 173,
        "licenseNum": "420100000012345",
        "areaCode": 310115,
        "address": "世纪大道1号",
        "zipCode": "200120",
        "legalMan": "孙丽",
        "legalManDuty": "董事长",
        "legaManProTitle": "高级工程师",
        "legalManIdCardType": "1",
        "legalManIdCardNumber": vendor.api.encrypted(people.id_number(7)),
        "regCapital": "8000.5",
        "factRegCapital": 0,
        "capitalCurrencyType": "CNY",
        "registerDate": "2009-05-06 00:00:00",
        "establishDate": "",
        "officePhone": "021-5888 0000",
        "faxNumber": None,
        "linkMan": "周平",
        "linkTel": "021-58880000转8",
        "email": "office@example.cn",
        "website": "www.example.cn",
        "remark": "  ",
        "ApiPass": "not a field",
    }


def test_every_field_is_kept_and_answered_to_whoever_has_sent_it(here):
    assert here.write("Corp.Upload", _whole(here)) == (DONE, "{}")
    (row,) = here.rows("Corp.Query", corpCode=CODE.lower())
    number = row.pop("legalManIDCardNumber")
    assert here.api.decrypted(number) == people.id_number(7)
    assert row == {
        "corpCode": CODE,
        "corpName": "新来的公司",
        "corpType": "173",
        "licenseNum": "420100000012345",
        "areaCode": "310115",
        "address": "世纪大道1号",
        "zipCode": "200120",
        "legalMan": "孙丽",
        "legalManDuty": "董事长",
        "legalManProTitle": "高级工程师",
        "legalManIDCardType": "01",
        "regCapital": 8000.5,
        "capitalCurrencyType": "CNY",
        "registerDate": "2009-05-06",
        "officePhone": "021-5888 0000",
        "linkman": "周平",
        "linkTel": "021-58880000转8",
        "email": "office@example.cn",
        "website": "www.example.cn",
    }
    told = EnterpriseParticulars.all_rows.get()
    assert (told.project, told.stated_by, told.enterprise.source) == (here.project, None, "reported")
    assert people.id_number(7).encode() not in bytes(vars(told)["legal_id_number"])


def test_what_is_empty_or_left_out_the_second_time_stays(here):
    here.write("Corp.Upload", _whole(here))
    assert here.write("Corp.Upload", corp(address="新址", legalMan=""))[0] == DONE
    (row,) = here.rows("Corp.Query", corpCode=CODE)
    assert (row["address"], row["legalMan"], row["zipCode"]) == ("新址", "孙丽", "200120")


def test_the_same_statement_again_changes_nothing(here):
    here.write("Corp.Upload", corp())
    before = EnterpriseParticulars.all_rows.values().get()
    assert here.write("Corp.Upload", corp()) == (DONE, "{}")
    assert EnterpriseParticulars.all_rows.values().get() == before


LONG = {
    "corpName": 200, "licenseNum": 50, "address": 200, "legalManDuty": 50, "legalManProTitle": 50,
    "linkTel": 50, "officePhone": 20, "faxNumber": 20, "remark": 500,
}  # fmt: skip
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"corpCode": ""}, "[corpCode]不能为空!"),
    ({"corpName": None}, "[corpName]不能为空!"),
    ({"areaCode": ""}, "[areaCode]不能为空!"),
    ({"corpCode": CODE[:-1] + "~"}, "[corpCode]格式不正确!"),
    ({"corpCode": "721435695"}, "[corpCode]格式不正确!统一社会信用代码应为 18 位"),
    ({"corpCode": CODE + "1"}, "[corpCode]长度超过限制18!"),
    ({"corpType": "999"}, "[corpType]参数值不正确,请参见企业登记注册类型字典表!"),
    ({"areaCode": "999999"}, "[areaCode]参数值不正确,请参见行政区划字典表!"),
    ({"areaCode": "4201"}, "[areaCode]参数值不正确,请参见行政区划字典表!"),
    ({"address": {"x": 1}}, "[address]格式不正确!应为文本"),
    ({"zipCode": "20012"}, "[zipCode]格式不正确!应为6位数字"),
    ({"legalMan": "null"}, "[legalMan]格式不正确!"),
    ({"legalManIDCardType": "77"}, "[legalManIDCardType]参数值不正确,请参见人员证件类型字典表!"),
    ({"legalManIDCardNumber": "clear"}, "[legalManIDCardNumber]格式不正确!无法用appsecret解密"),
    ({"regCapital": "many"}, "[regCapital]格式不正确!应为数字"),
    ({"regCapital": -1}, "[regCapital]值超出范围或无效!"),
    ({"regCapital": "100000000000000"}, "[regCapital]值超出范围或无效!"),
    ({"capitalCurrencyType": "EUR"}, "[capitalCurrencyType]参数值不正确,请参见币种字典表!"),
    ({"registerDate": "2026-11-23"}, "[registerDate]不能大于当天!"),
    ({"registerDate": "06/05/2009"}, "[registerDate]格式不正确!应为yyyy-MM-dd"),
    ({"email": "office"}, "[email]格式不正确!"),
    ({"website": "一个网站"}, "[webSite]格式不正确!"),
    *(({name: "0" * (most + 1)}, f"[{name}]长度超过限制{most}!") for name, most in LONG.items()),
]


def test_a_faulty_statement_is_refused_and_leaves_no_trace(here):
    before = _things()
    for changes, words in WRONG:
        status, result = here.write("Corp.Upload", corp(**changes))
        assert (status, result.startswith(words)) == (FAILED, True), (changes, result)
        assert _things() == before, changes
    number = here.api.encrypted(people.id_number(7)[:-1] + "~")
    for changes in (
        {"legalManIDCardNumber": number},
        {"legalManIDCardNumber": here.api.encrypted("1234567")},
    ):
        status, result = here.write("Corp.Upload", corp(**changes))
        assert (status, result.startswith("[legalManIDCardNumber]格式不正确!")) == (FAILED, True)
        assert people.id_number(7) not in result
    assert _things() == before


def _things() -> tuple[int, int, int]:
    return (
        Enterprise.all_rows.count(),
        EnterpriseParticulars.all_rows.count(),
        Participation.all_rows.count(),
    )


def test_a_known_code_under_another_name_is_refused(here):
    status, result = here.write("Corp.Upload", corp(corpCode=corp_code(1), corpName="别的名字"))
    assert (status, result.startswith("[corpName]与统一社会信用代码不符!")) == (FAILED, True)
    assert EnterpriseParticulars.all_rows.count() == 0


def test_each_project_states_for_itself_and_is_not_overwritten(here, elsewhere):
    here.write("Corp.Upload", _whole(here))
    assert elsewhere.rows("Corp.Query", corpCode=CODE) == []
    elsewhere.write("Corp.Upload", corp(address="仙桃路1号"))
    assert [row["address"] for row in here.rows("Corp.Query", corpCode=CODE)] == ["世纪大道1号"]
    (theirs,) = elsewhere.rows("Corp.Query", corpCode=CODE)
    assert (theirs["address"], "legalMan" in theirs) == ("仙桃路1号", False)


def test_an_enterprises_word_of_itself_is_told_on_its_projects_without_the_number(here, group):
    own = {
        **_whole(group),
        "CorpCode": group.project.contractor.uscc,
        "corpName": group.project.contractor.name,
    }
    assert group.write("Corp.Upload", own) == (DONE, "{}")
    (row,) = here.rows("Corp.Query", corpCode=group.project.contractor.uscc)
    assert (row["legalMan"], "legalManIDCardNumber" in row) == ("孙丽", False)
    (same,) = group.send("Corp.Query", {"corpCode": group.project.contractor.uscc})["data"]["rows"]
    assert group.api.decrypted(same["legalManIDCardNumber"]) == people.id_number(7)


def test_pages_of_enterprises_count_from_zero_and_end_behind_the_last(here):
    for number in range(60, 63):
        here.write("ProjectSubContractor.Add", party(corpCode=corp_code(number), corpName=f"第{number}公司"))
    for asked, shown in (
        ({"pageIndex": "1", "pageSize": "2"}, (1, 2, 3, 5, 2)),
        ({"pageIndex": 9, "pageSize": 2}, (9, 2, 3, 5, 0)),
        ({"pageIndex": -1, "pageSize": 51}, (0, 50, 1, 5, 5)),
        ({"pageIndex": "", "pageSize": 0}, (0, 50, 1, 5, 5)),
    ):
        page = here.send("Corp.Query", asked)["data"]
        counters = (page["pageIndex"], page["pageSize"], page["pageCount"], page["totalCount"])
        assert (*counters, len(page["rows"])) == shown
    assert here.send("Corp.Query", {"pageIndex": "x"})["code"] == REFUSED
    assert here.rows("Corp.Query", corpName="第60公司")[0]["corpCode"] == corp_code(60)


def test_qualifications_are_told_of_the_enterprises_on_the_project_and_no_others(here, elsewhere):
    for vendor in (here, elsewhere):
        Qualification.objects.create(
            enterprise=vendor.project.contractor, kind="3", number=f"D{vendor.project.code}",
            trade="71401001", level="3-77", limits="可承担", approval_number="建许1号", approved_on=TODAY,
            addition="002",
        )  # fmt: skip
    (row,) = here.rows("CorpCredential.Query")
    assert row == {
        "corpCode": here.project.contractor.uscc,
        "corpName": here.project.contractor.name,
        "certTypeNum": "3",
        "certId": f"D{here.project.code}",
        "certTradeStatusNum": "001",
        "tradeBoundNum": "71401001",
        "titleLevelNum": "77",
        "limitContent": "可承担",
        "noteNumber": "建许1号",
        "noteDate": "2026-11-22",
        "addTypeNum": "002",
    }
    assert here.rows("CorpCredential.Query", corpCode=elsewhere.project.contractor.uscc) == []
    foreign = here.send("CorpCredential.Query", {"projectCode": elsewhere.project.code})
    assert (foreign["code"], foreign["data"]) == (-3, None)


KINDS = {"CorpGoodRecord.Query": "good", "CorpBadRecord.Query": "bad", "CorpBlackList.Query": "blacklist"}


def _credit(enterprise, region: str, kind: str, **fields) -> CreditRecord:
    given = {"decided_on": TODAY - timedelta(9), "valid_from": TODAY - timedelta(8), "behaviour": "001"}
    number = CreditRecord.all_rows.count()
    return CreditRecord.objects.create(
        enterprise=enterprise, region=Region.objects.get(code=region), record_kind=kind, content="事由",
        authority="住建局", document=f"〔2026〕{number}号", **given | fields,
    )  # fmt: skip


@pytest.mark.parametrize("method", KINDS)
def test_an_authoritys_records_are_told_on_projects_below_it_while_they_are_published(
    here, elsewhere, method
):
    firm, kind = here.project.contractor, KINDS[method]
    shown = [_credit(firm, code, kind, project=here.project) for code in ("420106", "420100", "420000")]
    _credit(firm, "429004", kind)
    _credit(firm, "420106", kind, valid_to=TODAY - timedelta(1))
    _credit(firm, "420106", kind, valid_from=TODAY + timedelta(1))
    _credit(firm, "420106", kind, withdrawn_at=here.now)
    _credit(elsewhere.project.contractor, "420000", kind)
    rows = here.rows(method)
    assert {row["recordId"] for row in rows} == {str(one.public_id) for one in shown}
    assert {(row["projectCode"], row["decideDate"], row["creditType"]) for row in rows} == {
        (here.project.code, "2026-11-13", "001")
    }
    assert here.rows(method, creditType="2") == []
    assert len(here.rows(method, creditType="1", corpCode=firm.uscc, corpName=firm.name)) == 3
    assert here.send(method, {"creditType": "777"})["code"] == REFUSED
    assert here.send(method, {"projectCode": elsewhere.project.code})["code"] == -3


def test_a_query_changes_nothing_but_the_memory_of_nonces(here):
    here.rows("Corp.Query")
    before = fingerprint()
    for method in ("Corp.Query", "CorpCredential.Query", *KINDS):
        here.rows(method)
    after = fingerprint()
    assert {name for name in after if after[name] != before[name]} == {"federation_answeredquery"}
