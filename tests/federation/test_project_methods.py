"""Project.Add, Update, PartUpdate and Query: reported by an enterprise, stated anew, refused whole."""

from typing import Any

import pytest
from django.utils import timezone

from federation.models import AcceptedRequest
from projects.models import Participation, Permit, Project, ProjectParticulars, ReportedPermit
from projects.services import PermitFacts, receive_permit
from regions.models import Region
from tests.federation.conftest import HERE, TODAY
from tests.federation.enterprises import licence, site
from tests.support.actors import EVERYONE

DONE, FAILED, NOT_ALLOWED = 20, 10, -3
NUMBER = "420106202611220101"


def _whole(vendor) -> dict:
    """Every field, as careless clients write them; latitude and longitude are swapped."""
    return site(
        vendor,
        description="住宅 3 栋",
        category=1,
        buildCorpName="业主公司",
        buildCorpCode="",
        buildPlanNum=vendor.api.encrypted("地字第1号"),
        prjPlanNum=vendor.api.encrypted("建字第2号"),
        areaCode=420106,
        invest="12000.5",
        buildingArea=33000,
        buildingLength=0,
        startDate="2026-11-01 00:00:00",
        completeDate="2028-05-01",
        linkman="周平",
        linkPhone="027-88880000",
        prjStatus="3",
        lat="114.305393",
        lng=30.593098999999997,
        address="临江大道1号",
        approvalNum="鄂发改〔2026〕1号",
        approvalLevelNum="2",
        prjSize="1",
        propertyNum="001",
        functionNum="100",
        nationNum=156,
        thirdpartyprojectcode="BJ-2",
    ) | {"thirdPartyProjectCode": ""}


def _added(group) -> str:
    status, result = group.write("Project.Add", _whole(group))
    assert status == DONE, result
    return Project.all_rows.latest("pk").code


def test_a_new_project_gets_a_code_and_every_field_is_answered(group, here):
    code = _added(group)
    assert code == f"420106{_day()}9001"
    (row,) = group.send("Project.Query", {"projectCode": code})["data"]["rows"]
    (permit,) = row.pop("builderLicenses")
    plans = [group.api.decrypted(row.pop(name)) for name in ("buildPlanNum", "prjPlanNum")]
    assert (permit["prjName"], group.api.decrypted(permit["builderLicenseNum"])) == ("滨江二期工程", NUMBER)
    assert plans == ["地字第1号", "建字第2号"]
    assert row == {
        "projectCode": code,
        "contractorCorpCode": here.project.contractor.uscc,
        "contractorCorpName": here.project.contractor.name,
        "name": "滨江二期",
        "description": "住宅 3 栋",
        "category": "01",
        "buildCorpName": "业主公司",
        "areaCode": "420106",
        "invest": 12000.5,
        "buildingArea": 33000.0,
        "startDate": "2026-11-01",
        "completeDate": "2028-05-01",
        "linkMan": "周平",
        "linkPhone": "027-88880000",
        "prjStatus": "003",
        "lat": 30.593098999999997,
        "lng": 114.305393,
        "address": "临江大道1号",
        "approvalNum": "鄂发改〔2026〕1号",
        "approvalLevelNum": "002",
        "prjSize": "01",
        "propertyNum": "001",
        "functionNum": "100",
        "nationNum": "156",
        "thirdPartyProjectCode": "BJ-2",
    }


def _day() -> str:
    return f"{timezone.localdate():%Y%m%d}"


def test_a_report_registers_no_permit_and_the_call_is_found_by_the_county(group):
    code = _added(group)
    project = Project.all_rows.get(code=code)
    assert (project.source, project.permits.count()) == ("reported", 0)
    assert [row.number for row in project.reported_permits.all()] == [NUMBER]
    assert Participation.all_rows.get(project=project).kind == "009"
    assert AcceptedRequest.all_rows.latest("pk").project == project
    assert group.write("Team.Add", {"projectCode": code, **_corp(group), "teamName": "木工班"})[0] == DONE


def _corp(group) -> dict:
    contractor = group.project.contractor
    return {"corpCode": contractor.uscc, "corpName": contractor.name}


@pytest.mark.parametrize("changes", [{}, {"thirdPartyProjectCode": "BJ-2", "builderLicenses": None}])
def test_the_same_project_again_is_told_its_code(group, changes):
    code = _added(group)
    again = site(group) | ({"builderLicenses": [licence(group, "XK000001")]} if changes else {})
    before = _things()
    assert group.write("Project.Add", again) == (FAILED, f"项目已存在,已存在项目编码为:{code}!")
    assert _things() == before


def test_a_project_whose_permit_the_county_has_registered_is_told_its_code(group, here):
    number = Permit.all_rows.get(project=here.project).number
    again = site(group, builderLicenses=[licence(group, number)], thirdPartyProjectCode="neu")
    assert group.write("Project.Add", again) == (FAILED, f"项目已存在,已存在项目编码为:{HERE}!")


def _things() -> list[int]:
    tables = (Project, ProjectParticulars, ReportedPermit, Participation, Permit)
    return [table.all_rows.count() for table in tables]


LONG = {
    "name": 200, "description": 1000, "buildCorpName": 200, "buildCorpCode": 18, "areaCode": 6, "linkMan": 50,
    "linkPhone": 50, "address": 200, "approvalNum": 50, "nationNum": 3, "thirdPartyProjectCode": 50,
}  # fmt: skip
REQUIRED = (
    "contractorCorpCode", "contractorCorpName", "name", "category", "builderLicenses", "areaCode",
    "prjStatus", "thirdPartyProjectCode",
)  # fmt: skip
CODES = {
    "category": "项目分类", "prjStatus": "项目状态", "approvalLevelNum": "立项级别", "prjSize": "建设规模",
    "propertyNum": "建设性质", "functionNum": "工程用途",
}  # fmt: skip
WRONG: list[tuple[dict[str, Any], str]] = [
    *(({name: ""}, f"[{name}]不能为空!") for name in REQUIRED),
    *(({name: "0" * (most + 1)}, f"[{name}]长度超过限制{most}!") for name, most in LONG.items()),
    *(({name: "777"}, f"[{name}]参数值不正确,请参见{title}字典表!") for name, title in CODES.items()),
    ({"areaCode": "310115"}, "[areaCode]参数值不正确,请参见行政区划字典表!"),
    ({"areaCode": "420100"}, "[areaCode]参数值不正确,请参见行政区划字典表!武汉市下设县(市、区)"),
    ({"name": ["x"]}, "[name]格式不正确!应为文本"),
    ({"invest": "x"}, "[invest]格式不正确!应为数字"),
    ({"invest": -1}, "[invest]值超出范围或无效!"),
    ({"buildingArea": "1e17"}, "[buildingArea]值超出范围或无效!"),
    ({"startDate": "next"}, "[startDate]格式不正确!应为yyyy-MM-dd"),
    ({"startDate": "2026-12-01", "completeDate": "2026-11-01"}, "[completeDate]竣工日期不能早于开工日期"),
    ({"lat": 51.5, "lng": 0.1}, "[lat]值超出范围或无效!"),
    ({"lat": 1000, "lng": 1000}, "[lat]值超出范围或无效!"),
    ({"linkPhone": "no phone"}, "[linkPhone]格式不正确!"),
    ({"nationNum": "CN"}, "[nationNum]格式不正确!"),
    ({"buildPlanNum": "clear"}, "[buildPlanNum]格式不正确!无法用appsecret解密"),
    ({"builderLicenses": "x"}, "[builderLicenses]格式不正确!应为列表"),
    ({"builderLicenses": [{"prjName": "一期"}]}, "[builderLicenses][0][builderLicenseNum]不能为空!"),
    ({"builderLicenses": [{"builderLicenseNum": "x"}]}, "[builderLicenses][0][prjName]不能为空!"),
    ({"builderLicenses": [{}] * 51}, "[builderLicenses]每次最多50条,本次51条,请分批上传!"),
    ({"contractorCorpName": "别的名字"}, "[contractorCorpName]与统一社会信用代码不符!"),
    ({"buildCorpCode": "91420099000000000X"}, "[buildCorpCode]格式不正确!"),
]


def test_a_faulty_project_is_refused_and_leaves_no_trace(group, elsewhere):
    before = _things()
    foreign = elsewhere.project.contractor
    taken = Permit.all_rows.get(project=elsewhere.project).number
    more = [
        (
            {"contractorCorpCode": foreign.uscc, "contractorCorpName": foreign.name},
            "[contractorCorpCode]值超出范围或无效!",
        ),
        (
            {"buildCorpCode": foreign.uscc, "buildCorpName": "别的名字"},
            "[buildCorpName]与统一社会信用代码不符!",
        ),
        (
            {"builderLicenses": [licence(group, "XK000001"), licence(group, taken)]},
            "[builderLicenses][1][builderLicenseNum]值超出范围或无效!",
        ),
        (
            {"builderLicenses": [licence(group, "X 1")]},
            "[builderLicenses][0][builderLicenseNum]格式不正确!施工许可证编号由",
        ),
    ]
    for changes, words in [*WRONG, *more]:
        status, result = group.write("Project.Add", site(group, **changes))
        assert (status, result.startswith(words)) == (FAILED, True), (changes, result)
        assert foreign.name not in result.replace(str(changes), "")
        assert _things() == before, changes


def test_a_projects_own_appid_adds_no_project(here):
    answer = here.send("Project.Add", site(here))
    assert (answer["code"], answer["data"]) == (NOT_ALLOWED, None)
    assert answer["message"].startswith("无API访问权限!该appid未开通接口Project.Add")


def test_an_update_of_a_project_beyond_reach_is_turned_away(group, here, elsewhere):
    for vendor in (group, here):
        for method in ("Project.Update", "Project.PartUpdate"):
            data = {**site(vendor), "projectCode": elsewhere.project.code}
            assert vendor.send(method, data)["code"] == NOT_ALLOWED
            assert vendor.send(method, {**data, "projectCode": "420106209901010101"})["code"] == NOT_ALLOWED


def test_a_part_update_changes_what_it_names_and_nothing_else(here):
    before: dict[str, Any] = dict(Project.all_rows.values().get(code=HERE))
    said = {"projectCode": HERE, "prjStatus": "5", "lat": 0, "lng": 0, "invest": "0", "approvalNum": "A1"}
    assert here.write("Project.PartUpdate", said) == (DONE, f'{{"projectCode":"{HERE}"}}')
    row = Project.all_rows.get(code=HERE)
    assert (row.status, row.version, row.latitude, row.particulars.approval_number) == ("005", 2, None, "A1")
    kept = ("name", "region_id", "contractor_id", "category", "owner_name", "starts_on")
    assert {name: getattr(row, name) for name in kept} == {name: before[name] for name in kept}


@pytest.mark.parametrize("said", [{}, {"name": "", "invest": None}, {"name": "武昌区测试项目"}])
def test_a_part_update_that_says_nothing_new_changes_nothing(here, said):
    before = (Project.all_rows.values().get(code=HERE), _things())
    assert here.write("Project.PartUpdate", {"projectCode": HERE, **said})[0] == DONE
    assert (Project.all_rows.values().get(code=HERE), _things()) == before


def test_an_update_requires_the_whole_and_a_part_update_only_the_code(here):
    status, result = here.write("Project.Update", {"projectCode": HERE})
    missing = [name for name in REQUIRED if not name.startswith("contractor")]
    assert (status, result) == (FAILED, ";".join(f"[{name}]不能为空!" for name in missing))
    for method in ("Project.Update", "Project.PartUpdate"):
        assert here.write(method, {"name": "x"})[1].startswith("[projectCode]不能为空!")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": "改名"}, "[name]项目名称已由县（市、区）随施工许可证登记为“武昌区测试项目”"),
        ({"areaCode": "429004"}, "[areaCode]项目所在地已由县（市、区）随施工许可证登记为“武昌区”"),
    ],
)
def test_what_the_county_has_registered_is_not_changed_by_a_vendor(here, said, words):
    before = Project.all_rows.values().get(code=HERE)
    status, result = here.write("Project.PartUpdate", {"projectCode": HERE, "prjStatus": "5", **said})
    assert (status, result.startswith(words)) == (FAILED, True), result
    assert Project.all_rows.values().get(code=HERE) == before


def test_a_reported_project_may_be_renamed_until_the_county_registers_its_permit(group):
    code = _added(group)
    renamed = {"projectCode": code, "name": "滨江三期", "builderLicenses": [licence(group, "XK000002")]}
    assert group.write("Project.PartUpdate", renamed)[0] == DONE
    project = Project.all_rows.get(code=code)
    assert (project.name, [row.number for row in project.reported_permits.all()]) == (
        "滨江三期",
        ["XK000002"],
    )
    # I-25: a number that another node was told of is that node's to take back, and is not told twice.
    project.reported_permits.update(origin="away-1")
    for number in ("XK000003", "XK000002"):
        again = {"projectCode": code, "builderLicenses": [licence(group, number)]}
        assert group.write("Project.PartUpdate", again)[0] == DONE
        assert project.reported_permits.filter(origin="away-1", number="XK000002").count() == 1
    assert project.reported_permits.count() == 1
    facts = PermitFacts(
        project_code=code,
        project_name="滨江三期",
        region=Region.objects.get(code="420106"),
        permit_number="XK000002",
        issued_on=TODAY,
        contractor_uscc=project.contractor.uscc,
        contractor_name=project.contractor.name,
    )
    assert receive_permit(actor=EVERYONE, facts=facts) == project
    status, result = group.write("Project.PartUpdate", {"projectCode": code, "name": "滨江四期"})
    assert (status, result.startswith("[name]")) == (FAILED, True)
    (row,) = group.send("Project.Query", {"projectCode": code})["data"]["rows"]
    assert [group.api.decrypted(one["builderLicenseNum"]) for one in row["builderLicenses"]] == ["XK000002"]


def test_a_project_with_people_on_its_roster_is_not_finished_and_a_finished_one_stays_so(here):
    people = list(here.gate.people(1))
    here.write("ProjectWorker.Add", here.gate.enrolment(people))
    here.write("WorkerEntryExit.Add", here.gate.entry(people, TODAY))
    said = {"projectCode": HERE, "prjStatus": "004"}
    status, result = here.write("Project.PartUpdate", said)
    assert (status, result.startswith("[prjStatus]项目还有 1 人没有退场")) == (FAILED, True)
    here.write("WorkerEntryExit.Add", here.gate.entry(people, TODAY, kind=0))
    assert here.write("Project.PartUpdate", said)[0] == DONE
    status, result = here.write("Project.PartUpdate", {"projectCode": HERE, "prjStatus": "003"})
    assert (status, result.startswith("项目已完工")) == (FAILED, True)
    assert Project.all_rows.get(code=HERE).status == "004"


def test_the_query_of_projects_answers_every_habit_of_filtering(group, here):
    code = _added(group)
    contractor = here.project.contractor
    both = [HERE, code]
    for vendor, asked, codes in (
        (here, {}, [HERE]),
        (here, {"projectCode": HERE, "contractorCorpCode": "", "contractorCorpName": ""}, [HERE]),
        (group, {}, both),
        (group, {"pageIndex": "0", "pageSize": "50", "contractorCorpCode": contractor.uscc.lower()}, both),
        (group, {"contractorCorpName": contractor.name, "pageSize": 1, "pageIndex": 1}, [code]),
        (group, {"contractorCorpName": "别的名字"}, []),
    ):
        rows = vendor.send("Project.Query", asked)["data"]["rows"]
        assert [row["projectCode"] for row in rows] == codes, asked
