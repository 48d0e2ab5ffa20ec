"""The county's pages at the permit window, and the contractor's at the door, with good and bad input."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Post, User
from projects.models import AccountCode, Permit, PermitUpload, Project
from projects.services import issue_project_account
from projects.web.permit_import import UploadForm
from tests.pages.visiting import text_of, visitor
from tests.support import people
from tests.support.traces import fingerprint, traces_in
from tests.support.world import County, TwoCounties, two_counties

pytestmark = pytest.mark.django_db
SECRET = "brick-by-brick-7"


@pytest.fixture
def world() -> TwoCounties:
    return two_counties()


@pytest.fixture
def county(world: TwoCounties) -> County:
    return world.wuchang


def filled(county: County, **changes: object) -> dict[str, object]:
    return {
        "permit_number": "420106202611200101",
        "issued_on": county.today,
        "project_code": "420106202611200001",
        "project_name": "沙湖路综合楼",
        "region": "420106",
        "category": "01",
        "amount": "12,000,000.50",
        "contractor_uscc": people.credit_code(811),
        "contractor_name": "测试建设有限公司",
        "owner_uscc": people.credit_code(812),
        "owner_name": "测试置业有限公司",
        **changes,
    }


def test_a_permit_is_registered_by_form_and_leads_to_its_account(county: County) -> None:
    client = visitor(county, "county_regulator")
    answer = client.post("/permits/new/", filled(county))
    permit = Permit.all_rows.get(number="420106202611200101")
    assert answer["Location"] == f"/permits/{permit.public_id}/account/"
    assert (permit.project.code, permit.project.category, str(permit.amount)) == (
        "420106202611200001",
        "01",
        "12000000.50",
    )
    page = text_of(client.get(answer["Location"]))
    assert "已登记施工许可证 420106202611200101" in page
    assert "签发领取代码" in page


def test_the_only_county_of_a_regulator_is_chosen_already(county: County) -> None:
    html = visitor(county, "county_regulator").get("/permits/new/").content.decode()
    assert re.findall(r'<option value="(\d+)"', html.split('name="region"')[1].split("</select>")[0]) == [
        "420106"
    ]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"permit_number": ""}, "permit_number", "请填施工许可证编号"),
        ({"project_name": ""}, "project_name", "请填项目名称"),
        ({"project_name": "楼" * 201}, "project_name", "项目名称最多 200 个字"),
        ({"issued_on": ""}, "issued_on", "请填发证日期"),
        ({"issued_on": "2026-02-30"}, "issued_on", "确有这一天"),
        ({"issued_on": "2099-01-01"}, "issued_on", "发证日期不能晚于今天"),
        ({"region": "429004"}, "region", "不在您的管理范围内"),
        ({"region": "420100"}, "region", "不在您的管理范围内"),
        ({"region": ""}, "region", "请选择所在县"),
        ({"category": "98"}, "category", "没有这个选项"),
        ({"amount": "1200万"}, "amount", "不是金额或面积"),
        ({"building_area": "-1"}, "building_area", "不是金额或面积"),
        ({"contractor_uscc": "91420099000000000X"}, "contractor_uscc", "校验位不符"),
        ({"contractor_uscc": "123"}, "contractor_uscc", "应为 18 位"),
        ({"owner_name": ""}, "owner_name", "就须填名称"),
        ({"starts_on": "2026-05-01", "completes_on": "2026-04-01"}, "completes_on", "早于开工日期"),
        ({"project_code": "4.20106E+17"}, "project_code", "科学计数法"),
        ({"project_code": "4201062026"[:-1]}, "project_code", "有 9 位，应为 10 到 40 位"),
        ({"project_code": "420106-武昌-0001"}, "project_code", "只能由字母、数字和连字符组成"),
        ({"permit_number": "X1"}, "permit_number", "有 2 位，应为 6 到 50 位"),
        ({"permit_number": "4201062026/0001"}, "permit_number", "“4201062026/0001”不合格式"),
        ({"permit_number": "-420106202601"}, "permit_number", "连字符只在中间"),
        ({"permit_number": "正在办理之中"}, "permit_number", "并含有数字"),
    ],
)
def test_a_bad_field_is_said_above_and_beside_it_and_nothing_is_written(
    county: County, changes: dict[str, object], field: str, sentence: str
) -> None:
    client = visitor(county, "county_regulator")
    before = fingerprint()
    answer = client.post("/permits/new/", filled(county, **changes))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in html
    assert html.count(sentence) == 2
    assert fingerprint() == before


def test_what_the_act_refuses_stands_at_its_field(county: County) -> None:
    client = visitor(county, "county_regulator")
    before = fingerprint()
    own = county.firms["owner"]
    html = client.post(
        "/permits/new/", filled(county, contractor_uscc=own.uscc, contractor_name="记错的名称")
    ).content.decode()
    assert 'href="#id_contractor_name"' in html
    assert html.count(f"已登记为“{own.name}”") == 2
    html = client.post(
        "/permits/new/", filled(county, project_code=county.project.code, project_name="别的名称")
    ).content.decode()
    assert 'href="#id_project_code"' in html
    assert fingerprint() == before


def test_a_project_code_of_another_county_is_refused_without_a_word_of_it(
    county: County, world: TwoCounties
) -> None:
    other, client = world.xiantao, visitor(county, "county_regulator")
    before = fingerprint()
    answer = client.post("/permits/new/", filled(county, project_code=other.project.code))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count("这个项目编码不在您的管理范围内") == 2
    assert traces_in(html.replace(other.project.code, ""), other) == []
    assert fingerprint() == before


def check(client: Client, **given: object) -> dict[str, Any]:
    return client.post("/permits/new/", given, headers={"X-Check": "1"}).json()


def test_leaving_a_field_says_what_is_known_and_keeps_a_draft(county: County) -> None:
    client = visitor(county, "county_regulator")
    told = check(
        client,
        project_code=county.project.code,
        contractor_uscc=county.firms["contractor"].uscc,
        contractor_name="别名",
    )
    assert "登记为它的第 2 个施工许可证" in told["aside"]
    assert county.project.name in told["aside"]
    assert "与所填名称不一致" in told["aside"]
    assert "再次登记不产生变化" in check(client, permit_number=county.permit.number)["aside"]
    assert "校验位不符" in str(check(client, contractor_uscc="91420099000000000X")["errors"])
    page = client.get("/permits/new/").content.decode()
    assert "91420099000000000X" in page
    assert "还没有提交" in page


def test_leaving_a_field_says_nothing_of_what_lies_elsewhere(county: County, world: TwoCounties) -> None:
    other = world.xiantao
    told = check(
        visitor(county, "county_regulator"),
        project_code=other.project.code,
        permit_number=other.permit.number,
        contractor_uscc=other.firms["owner"].uscc,
    )
    assert traces_in(str(told["aside"]), other) == []


def upload(client: Client, content: bytes, name: str = "许可证.csv"):
    return client.post("/permits/import/", {"file": SimpleUploadedFile(name, content, "text/csv")})


def table(county: County, **changes: str) -> bytes:
    row = {
        "项目编码": "420106202611200001",
        "项目名称": "沙湖路综合楼",
        "行政区划代码": "420106",
        "施工许可证编号": "420106202611200101",
        "发证日期": str(county.today),
        "总承包单位统一社会信用代码": people.credit_code(811),
        "总承包单位名称": "测试建设有限公司",
        **changes,
    }
    return (",".join(row) + "\n" + ",".join(row.values()) + "\n").encode()


def test_a_file_is_checked_shown_and_written_by_a_second_press(county: County) -> None:
    client = visitor(county, "county_regulator")
    page = upload(client, table(county))["Location"]
    shown = text_of(client.get(page))
    assert "检查结果：1 个许可证可以登记" in shown
    assert "还没有写入任何数据" in shown
    assert not Project.all_rows.filter(code="420106202611200001").exists()
    assert client.post(page)["Location"] == page
    done = client.get(page).content.decode()
    assert "已登记 1 个施工许可证" in done
    permit = Permit.all_rows.get(number="420106202611200101")
    assert f"/permits/{permit.public_id}/account/" in done
    before = fingerprint()
    assert client.post(page)["Location"] == page
    after = fingerprint()
    after["web_submission"] = before["web_submission"]
    assert after == before


def test_faults_are_shown_by_cause_and_as_a_file_and_there_is_no_button_to_write(county: County) -> None:
    client = visitor(county, "county_regulator")
    page = upload(client, table(county, 发证日期="昨天", 行政区划代码="429004"))["Location"]
    shown = text_of(client.get(page))
    assert "检查结果：1 行要改，0 行没有问题" in shown
    assert "发证日期：不是日期" in " ".join(shown.split())
    assert "登记 0 行" not in shown
    answer = client.get(f"{page}faults/")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("2,发证日期,昨天,不是日期,")
    before = fingerprint()
    answer = client.post(page, follow=True)
    assert "一行也没有写入" in text_of(answer)
    after = fingerprint()
    assert {name for name in after if after[name] != before[name]} <= {
        "web_submission",
        "projects_permitupload",
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04" + b"x" * 50, "这是 Excel 工作簿"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "这是图片"),
        ("姓名,年龄\n".encode(), "不认识的列：姓名、年龄"),
        (b"x" * (1024 * 1024 + 1), "上限是 1,024 KB"),
    ],
)
def test_a_wrong_file_gets_a_sentence_at_its_field(county: County, content: bytes, sentence: str) -> None:
    answer = upload(visitor(county, "county_regulator"), content)
    assert answer.status_code == 422
    assert answer.content.decode().count(sentence) == 2
    assert PermitUpload.objects.count() == 2  # those of the world


def test_a_file_of_200_mb_is_refused_unread(county: County) -> None:
    sent = SimpleUploadedFile("许可证.csv", b"x")
    sent.size = 200 * 1024 * 1024
    form = UploadForm({}, {"file": sent}, actor=county.actor("county_regulator"))
    assert "文件有 200.0 MB" in str(form.errors)


def test_no_file_is_said(county: County) -> None:
    answer = visitor(county, "county_regulator").post("/permits/import/", {})
    assert "请选择CSV 文件" in answer.content.decode()


def test_the_template_opens_in_a_spreadsheet(county: County) -> None:
    answer = visitor(county, "county_regulator").get("/permits/import/template/")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer["Content-Disposition"]


def issue(county: County) -> tuple[Client, str, str]:
    client = visitor(county, "county_regulator")
    answer = client.post(f"/permits/{county.permit.public_id}/account/")
    html = client.get(answer["Location"]).content.decode()
    return client, answer["Location"], re.findall(r"<b>(\w{4}-\w{4}-\w{4})</b>", html)[0]


def test_the_slip_shows_the_code_to_its_issuer_alone_and_a_new_one_replaces_it(county: County) -> None:
    client, slip, text = issue(county)
    assert "http://testserver/account/claim/" in client.get(slip).content.decode()
    colleague = visitor(county, "county_regulator")
    assert text not in colleague.get(slip).content.decode()
    assert "领取代码现在看不到" in text_of(colleague.get(slip))
    colleague.post(f"/permits/{county.permit.public_id}/account/")
    assert text not in client.get(slip).content.decode()
    assert AccountCode.all_rows.filter(project=county.project, voided_at=None).count() == 1


def test_a_double_click_issues_one_code(county: County) -> None:
    client = visitor(county, "county_regulator")
    page = f"/permits/{county.permit.public_id}/account/"
    once = re.findall(r'name="once" value="([^"]+)"', client.get(page).content.decode())[0]
    before = AccountCode.all_rows.count()
    assert client.post(page, {"once": once})["Location"] == client.post(page, {"once": once})["Location"]
    assert AccountCode.all_rows.count() == before + 1


def account(**changes: str) -> dict[str, str]:
    return {
        "display_name": "郑建工",
        "username": "zheng-jian",
        "password": SECRET,
        "again": SECRET,
        **changes,
    }


def shown_at_the_door(county: County) -> Client:
    _client, _slip, text = issue(county)
    stranger = Client()
    answer = stranger.post("/account/claim/", {"permit_number": county.permit.number, "code": text})
    assert answer["Location"] == "/account/claim/open/"
    return stranger


def test_the_contractor_claims_the_account_and_is_signed_in(county: County) -> None:
    stranger = shown_at_the_door(county)
    assert county.project.name in stranger.get("/account/claim/open/").content.decode()
    assert stranger.post("/account/claim/open/", account())["Location"] == "/"
    page = stranger.get("/")
    assert page.status_code == 200
    assert county.project.name in text_of(page)
    post = Post.objects.get(user__username="zheng-jian")
    assert (post.role, post.project) == ("contractor_manager", county.project.public_id)
    assert stranger.get("/account/claim/")["Location"] == "/"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"username": ""}, "username", "请填账号名"),
        ({"username": "13800000000"}, "username", "不要用身份证号或手机号"),
        ({"username": "420106199001011234"}, "username", "不要用身份证号或手机号"),
        ({"username": "郑 建工"}, "username", "请去掉空格"),
        ({"username": "z" * 151}, "username", "账号名最多 150 个字"),
        ({"username": "county_regulator-420106"}, "username", "已存在"),
        ({"display_name": ""}, "display_name", "请填姓名"),
        ({"password": "short", "again": "short"}, "password", "密码太短"),
        ({"password": "1234567890123", "again": "1234567890123"}, "password", "密码"),
        ({"again": "another-one-9"}, "again", "两次输入的密码不一致"),
    ],
)
def test_a_bad_account_is_said_at_its_field_and_the_code_is_not_used_up(
    county: County, changes: dict[str, str], field: str, sentence: str
) -> None:
    stranger = shown_at_the_door(county)
    before = fingerprint()
    answer = stranger.post("/account/claim/open/", account(**changes))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in html
    assert sentence in html
    assert SECRET not in html
    assert fingerprint() == before
    assert stranger.post("/account/claim/open/", account())["Location"] == "/"


def test_without_a_code_shown_there_is_nothing_to_open(county: County) -> None:
    for answer in (
        Client().get("/account/claim/open/"),
        Client().post("/account/claim/open/", account()),
    ):
        assert answer["Location"] == "/account/claim/"
    assert not User.objects.filter(username="zheng-jian").exists()


def test_five_wrong_codes_lock_the_door_and_nothing_typed_is_kept(county: County) -> None:
    _client, _slip, text = issue(county)
    stranger = Client()
    given = {"permit_number": county.permit.number, "code": "AAAA-BBBB-CCCC"}
    answers = [stranger.post("/account/claim/", given).status_code for _try in range(6)]
    assert answers == [422] * 5 + [429]
    answer = stranger.post("/account/claim/", {**given, "code": text})
    assert answer.status_code == 429
    assert "15 分钟后再试" in text_of(answer)
    elsewhere = Client(REMOTE_ADDR="203.0.113.77")
    assert elsewhere.post("/account/claim/", {**given, "code": text}).status_code == 302


def test_the_list_filters_by_state_days_and_words(county: County) -> None:
    client = visitor(county, "county_regulator")
    client.post("/permits/new/", filled(county))
    assert "共 2 个项目" in text_of(client.get("/permits/unclaimed/"))
    for query, name in (
        ("state=open", county.project.name),
        ("state=none", "沙湖路综合楼"),
        ("days=14", county.project.name),
        ("q=沙湖路", "沙湖路综合楼"),
        ("q=420106202611200101", "沙湖路综合楼"),
    ):
        page = text_of(client.get(f"/permits/unclaimed/?{query}"))
        assert "符合条件 1 个项目" in page, query
        assert name in page
    assert "没有待领账号的项目" in text_of(client.get("/permits/unclaimed/?state=over"))


def test_upper_tiers_see_who_waits_and_cannot_issue(county: County) -> None:
    for role in ("city_regulator", "province_regulator"):
        client = visitor(county, role)
        html = client.get("/permits/unclaimed/").content.decode()
        assert county.project.name in html
        assert "重新签发" not in html
        assert client.get(f"/permits/{county.permit.public_id}/account/").status_code == 403
        assert client.get("/permits/new/").status_code == 403
    assert visitor(county, "labour_clerk").get("/permits/unclaimed/").status_code == 403


def test_the_county_is_reminded_of_what_waits_at_the_permit(county: County) -> None:
    client = visitor(county, "county_regulator")
    assert "没有领取" not in text_of(client.get("/"))
    old = timezone.now() - timedelta(days=20)
    issue_project_account(actor=county.actor("county_regulator"), permit=county.permit, now=old)
    page = text_of(client.get("/"))
    assert "签发 20 天没有领取" in page
    assert "签发 20 天没有领取" not in text_of(visitor(county, "labour_clerk").get("/"))
