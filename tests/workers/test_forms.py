"""The clerk's forms: twelve inputs, every fault beside its field, nothing half-written."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from audit.models import AuditEvent
from kernel.store import fetch
from projects.models import Participation, Team
from tests.scope.opening import signed_in
from tests.support import people
from tests.support.traces import fingerprint, traces_in
from tests.support.world import County, TwoCounties
from web.models import Draft
from workers.models import Contract, Engagement, IdentityCorrection, LookUp, SessionAttendance, Training
from workers.web.enrol_form import CARRIED, GROUPS, LATER

pytestmark = pytest.mark.django_db


def picture(name: str = "照片.png") -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (20, 20), "white").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue())


def hidden(client: Client, url: str) -> dict[str, str]:
    """The machinery of a form as it stands on the page."""
    html = client.get(url).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(once|by|version)" value="([^"]*)"', html))


def enrol_url(county: County) -> str:
    return f"/projects/{county.project.public_id}/enrol/"


def person_url(county: County, page: str, title: str = "contractor") -> str:
    return f"/people/{county.workers[title].engagement.public_id}/{page}/"


def enrolment(county: County, **more: Any) -> dict[str, Any]:
    return {
        "name": "钱七",
        "id_number": people.id_number(911),
        "phone": people.phone(911),
        "team": county.teams["contractor"].public_id,
        "trade": "010",
        "contract_kind": "labour",
        "contract_starts_on": county.today,
        "wage_form": "day",
        "unit_price": "280",
        "training_on": county.today,
        "training_hours": "8",
        **more,
    }


def is_refused(client: Client, url: str, sent: dict[str, Any], *words: str) -> str:
    """A form that came back with these words above and beside the field, once nothing was written."""
    counted = LookUp._meta.db_table
    before = fingerprint()
    answer = client.post(url, sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    for word in words:
        assert html.count(word) == 2, word
    assert {**fingerprint(), counted: ""} == {**before, counted: ""}
    return html


def test_an_enrolment_is_twelve_inputs_ten_with_a_card_and_five_more_that_may_wait() -> None:
    asked = [name for _title, names in GROUPS for name in names]
    assert asked == [
        "name",
        "id_number",
        "phone",
        "team",
        "trade",
        "contract_kind",
        "contract_starts_on",
        "contract_ends_on",
        "wage_form",
        "unit_price",
        "training_on",
        "training_hours",
    ]
    # The reader fills in the first two.
    assert len(asked) == 12
    assert LATER == ("photo", "point", "entered_on", "training_kind", "education")


def test_the_page_shows_these_inputs_and_no_other(county: County, clerk: Client) -> None:
    html = clerk.get(enrol_url(county)).content.decode()
    form = html[html.index('id="act"') : html.index("</form>", html.index('id="act"'))]
    shown = re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', form)
    machinery = {"csrfmiddlewaretoken", "once", "by", *CARRIED}
    assert [name for name in shown if name not in machinery] == [
        *(name for _title, names in GROUPS for name in names),
        *LATER,
        # What the province's standard adds, and asks of nobody yet.
        "x_skill_grade",
    ]


def test_one_submit_enrols_and_leads_to_the_record(county: County, clerk: Client) -> None:
    answer = clerk.post(enrol_url(county), enrolment(county, photo=picture(), entered_on=county.today))
    work = Engagement.all_rows.get(person__name="钱七")
    assert answer["Location"] == f"/people/{work.public_id}/"
    page = clerk.get(answer["Location"]).content.decode()
    assert "钱七 已登记到" in page
    assert "人工录入，未读卡" in page
    assert people.id_number(911) not in page
    photo = clerk.get(f"/people/{work.public_id}/photo/")
    assert (photo.status_code, photo["Content-Type"]) == (200, "image/jpeg")
    assert photo.content == fetch(work.photo)
    assert AuditEvent.objects.filter(action="workers.photo_read", object_key=str(work.public_id)).count() == 1


def test_a_typed_number_is_no_verified_identity_and_the_way_to_verify_it_is_offered(
    county: County, clerk: Client
) -> None:
    answer = clerk.post(enrol_url(county), enrolment(county))
    work = Engagement.all_rows.get(person__name="钱七")
    page = clerk.get(answer["Location"]).content.decode()
    assert "还差：身份核验（核对证件原件后办理）。" in page
    assert "可以送审" not in page
    verify = f"/projects/{county.project.public_id}/roster/moves/?act=verify&amp;who={work.public_id}"
    assert f'<a href="{verify}">核验身份</a>' in page
    verified = clerk.post(verify.replace("&amp;", "&"), {})
    assert verified.status_code == 302
    assert "act=submit" in clerk.get(answer["Location"]).content.decode()


def test_beside_the_form_a_valid_number_is_not_called_a_verified_identity(
    county: County, clerk: Client
) -> None:
    aside = clerk.post(enrol_url(county), enrolment(county), headers={"X-Check": "1"}).json()["aside"]
    assert re.findall(r"<span>([^<]+)<span class=\"sr\">：([^<]+)<", aside) == [
        ("身份核验", "还没有"),
        ("劳动合同或用工书面协议", "已有"),
        ("安全教育", "已有"),
    ]
    assert "登记后核对证件原件，办理核验身份" in aside


def test_an_age_is_told_and_not_judged_before_the_approval(county: County, clerk: Client) -> None:
    aside = clerk.post(enrol_url(county), enrolment(county), headers={"X-Check": "1"}).json()["aside"]
    assert "周岁" in aside
    assert "符合用工年龄" not in aside


def test_a_second_press_enrols_nobody_twice(county: County, clerk: Client) -> None:
    sent = enrolment(county, **hidden(clerk, enrol_url(county)))
    first, second = clerk.post(enrol_url(county), sent), clerk.post(enrol_url(county), sent)
    assert first["Location"] == second["Location"]
    assert Engagement.all_rows.filter(person__name="钱七").count() == 1


def test_the_next_one_comes_with_the_same_team_and_trade(county: County, clerk: Client) -> None:
    answer = clerk.post(enrol_url(county), enrolment(county, next="1"))
    page = clerk.get(answer["Location"]).content.decode()
    assert f'<option value="{county.teams["contractor"].public_id}" selected' in page
    assert '<option value="010" selected' in page
    assert people.id_number(911) not in answer["Location"]


EMPTY = {
    "name": "请填姓名",
    "id_number": "请填身份证号",
    "phone": "请填手机号",
    "team": "请选择班组",
    "trade": "请选择工种",
    "contract_kind": "请选择合同类型",
    "contract_starts_on": "请填合同开始日期",
    "training_on": "请填安全教育日期",
    "training_hours": "请填学时",
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_field_is_asked_for_beside_it(county: County, clerk: Client, name: str) -> None:
    is_refused(clerk, enrol_url(county), enrolment(county, **{name: ""}), EMPTY[name])


WRONG = [
    ("name", "名" * 51, "姓名最多 50 个字"),
    ("name", "=1+1", "姓名只能由文字"),
    ("name", "钱7", "姓名只能由文字"),
    ("name", "<b>钱七", "姓名只能由文字"),
    ("id_number", "4200" * 9, "最多 30 个字"),
    ("id_number", people.id_number(911)[:-1], "应为 18 位"),
    ("phone", "1380000000", "手机号少 1 位"),
    ("phone", "一二三", "手机号只能由数字组成"),
    ("team", "不是编号", "没有这一项"),
    ("trade", "999999", "没有这个选项"),
    ("contract_kind", "oral", "没有这个选项"),
    ("contract_starts_on", "2026-02-30", "确有这一天"),
    ("contract_ends_on", "2000-01-01", "早于开始日期"),
    ("unit_price", "二百八", "请填数字"),
    ("unit_price", "0", "单价应大于 0"),
    ("training_on", "9999-99-99", "确有这一天"),
    ("training_hours", "-1", "学时应大于 0"),
    ("training_hours", "8.25", "学时最多一位小数"),
]


@pytest.mark.parametrize(("name", "value", "words"), WRONG)
def test_a_wrong_value_is_named_and_nothing_is_written(county, clerk, name, value, words) -> None:
    shown = is_refused(clerk, enrol_url(county), enrolment(county, **{name: value}))
    assert shown.count(words) == 2


def test_no_contract_yet_asks_for_no_day(county: County, clerk: Client) -> None:
    sent = enrolment(
        county, contract_kind="none", contract_starts_on="", training_on="", training_hours="", unit_price=""
    )
    assert clerk.post(enrol_url(county), sent).status_code == 302
    assert not Contract.all_rows.filter(engagement__person__name="钱七").exists()
    assert not Training.all_rows.filter(engagement__person__name="钱七").exists()


def test_another_countys_team_is_nobodys(world: TwoCounties, county: County, clerk: Client) -> None:
    theirs = str(world.xiantao.teams["contractor"].public_id)
    html = is_refused(clerk, enrol_url(county), enrolment(county, team=theirs), "没有这一项")
    assert traces_in(html.replace(theirs, ""), world.xiantao) == []


def test_another_projects_team_of_the_same_firm_is_nobodys_here(county: County, clerk: Client) -> None:
    sub = signed_in(county, "subcontractor_clerk")
    is_refused(sub, enrol_url(county), enrolment(county), "没有这一项")


def test_a_file_that_is_not_a_picture_is_refused(county: County, clerk: Client) -> None:
    wrong = SimpleUploadedFile("照片.jpg", b"MZ\x90\x00 a program")
    is_refused(clerk, enrol_url(county), enrolment(county, photo=wrong), "“照片.jpg”不是能打开的")


def test_who_is_here_already_is_said_at_the_number(county: County, clerk: Client) -> None:
    person = county.workers["gap"].person
    sent = enrolment(county, name=person.name, id_number=person.id_number)
    html = is_refused(clerk, enrol_url(county), sent, "已在本项目登记，无需重复登记")
    assert html.count(person.id_number) == 1  # in the field that was typed, and nowhere else
    assert "已在本项目登记" in check(clerk, enrol_url(county), sent)["errors"]["id_number"][0]


def test_b4_who_is_here_with_another_firm_is_said_without_the_firm_and_sends_to_the_contractor(
    county: County,
) -> None:
    work = county.workers["gap"].engagement
    sub = signed_in(county, "subcontractor_clerk")
    assert sub.get(f"/people/{work.public_id}/").status_code == 404
    own = county.teams["subcontractor"]
    sent = enrolment(county, name=work.person.name, id_number=work.person.id_number, team=own.public_id)
    html = is_refused(sub, enrol_url(county), sent, "不在您管理的班组里，不能再登记一次。请与总承包单位核对")
    assert "修改原登记" not in html


def test_c10_the_session_of_another_firm_shows_the_own_people_and_no_act(county: County) -> None:
    session, sub = county.sessions["judged"], signed_in(county, "subcontractor_clerk")
    url = f"/sessions/{session.public_id}/"
    assert sub.get(url).status_code == 404
    own = county.workers["subcontractor"]
    SessionAttendance.objects.create(session=session, engagement=own.engagement, is_passed=False)
    html = sub.get(url).content.decode()
    assert "由别的单位组织，您只能查看" in html and "由组织培训的单位保管" in html
    assert own.person.name in html and "到场 1 人" in html
    assert not any(
        f"{url}{act}/" in html for act in ("sheet", "badge", "people", "scores", "close", "cancel")
    )
    assert "补考" not in html
    assert sub.get(f"{url}people/").status_code == 404
    listed = sub.get(f"/projects/{county.project.public_id}/sessions/").content.decode()
    assert url in listed


def check(client: Client, url: str, typed: dict[str, Any]) -> dict[str, Any]:
    return client.post(url, typed, headers={"X-Check": "1"}).json()


def test_leaving_a_field_tells_what_the_number_says_and_keeps_a_draft(county: County, clerk: Client) -> None:
    found = check(clerk, enrol_url(county), {"name": "钱七", "id_number": people.id_number(911)})
    assert "id_number" not in found["errors"]
    for words in ("男", "1990-01-02", "新建档案", "登记后核对证件原件"):
        assert words in found["aside"]
    assert Draft.objects.count() == 1
    html = clerk.get(enrol_url(county)).content.decode()
    assert 'value="钱七"' in html
    assert clerk.post(enrol_url(county), enrolment(county)).status_code == 302
    assert Draft.objects.count() == 0


def test_beside_a_known_person_stand_own_earlier_records_and_none_of_elsewhere(
    world: TwoCounties, county: County, clerk: Client
) -> None:
    person = county.workers["shared"].person
    asked = {"name": person.name, "id_number": person.id_number}
    found = check(clerk, enrol_url(county), asked)
    assert "姓名一致" in found["aside"]
    assert str(county.workers["shared"].engagement.public_id) in found["aside"]
    assert traces_in(found["aside"], world.xiantao) == []
    theirs = world.xiantao.worker.person
    found = check(clerk, enrol_url(county), {"name": theirs.name, "id_number": theirs.id_number})
    assert "姓名一致" in found["aside"]
    assert "您可见的登记" not in found["aside"]


def test_a_refused_name_stays_on_record(county: County, clerk: Client) -> None:
    person = county.workers["gap"].person
    is_refused(clerk, enrol_url(county), enrolment(county, id_number=person.id_number), "已以另一姓名登记")
    asked = AuditEvent.objects.filter(action="workers.looked_up").order_by("id").last()
    assert asked is not None
    assert asked.facts == {"found": "other_name"}


def test_an_edit_changes_what_was_typed_and_leaves_phone_and_card(county: County, clerk: Client) -> None:
    url, work = person_url(county, "edit"), county.worker.engagement
    page = clerk.get(url).content.decode()
    assert people.phone(county.order + 1) not in page
    assert "现在是 109****" in page
    sent = {"trade": "020", "kind": "20", "is_team_leader": "no", "address": "示例村", **hidden(clerk, url)}
    assert clerk.post(url, sent).status_code == 302
    kept = Engagement.all_rows.get(pk=work.pk)
    assert (kept.trade, kept.address, kept.phone) == ("020", "示例村", work.phone)
    assert (kept.card_number, kept.version) == (work.card_number, 2)


def test_two_editors_see_both_versions(county: County, clerk: Client) -> None:
    url = person_url(county, "edit")
    mine, theirs = hidden(clerk, url), hidden(clerk, url)
    clerk.post(url, {"trade": "020", "kind": "20", "is_team_leader": "no", **theirs})
    before = fingerprint()
    answer = clerk.post(url, {"trade": "030", "kind": "20", "is_team_leader": "no", **mine})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "钢筋工" in html
    assert "两个版本不同的地方" in html
    assert "109****" not in html[html.index("两个版本不同的地方") : html.index('id="act"')]
    assert fingerprint() == before


def test_a_correction_is_kept_with_its_reason_and_shown_masked(county: County, clerk: Client) -> None:
    url, work = person_url(county, "correct"), county.worker.engagement
    was = county.worker.person.masked_number
    sent = {"name": "张散", "id_number": people.id_number(913), "reason": "登记时看错一位"}
    answer = clerk.post(url, {**sent, **hidden(clerk, url)})
    page = clerk.get(answer["Location"]).content.decode()
    assert "更正记录" in page
    assert was in page
    assert "登记时看错一位" in page
    assert county.worker.person.id_number not in page
    assert IdentityCorrection.all_rows.filter(engagement=work, reason="登记时看错一位").count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "请填姓名"),
        ({"reason": ""}, "请填更正理由"),
        ({"reason": "错"}, "请写明更改的理由"),
        ({"reason": f"应为 {people.id_number(913)}"}, "理由里不要写证件号码"),
        ({"id_number": "123"}, "应为 18 位"),
        ({"name": "名" * 51}, "姓名最多 50 个字"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_beside_its_field(county, clerk, changes, words) -> None:
    sent = {"name": "张散", "id_number": people.id_number(913), "reason": "登记时看错一位", **changes}
    is_refused(clerk, person_url(county, "correct"), sent, words)


def test_a_subcontractors_clerk_corrects_nobody(county: County) -> None:
    sub = signed_in(county, "subcontractor_clerk")
    assert sub.get(person_url(county, "correct", "subcontractor")).status_code == 403
    page = sub.get(f"/people/{county.workers['subcontractor'].engagement.public_id}/").content.decode()
    assert "登记合同" in page
    assert "更正姓名或号码" not in page


def test_a_contract_with_its_scan_is_added_put_right_and_ended(county: County, clerk: Client) -> None:
    work = county.workers["gap"].engagement
    sent = {"contract_kind": "agreement", "contract_starts_on": county.today - timedelta(days=3)}
    answer = clerk.post(person_url(county, "contracts/new", "gap"), {**sent, "scan": picture("合同.png")})
    assert answer["Location"] == f"/people/{work.public_id}/contracts/"
    made = Contract.all_rows.get(engagement=work)
    scan = clerk.get(f"/contracts/{made.public_id}/scan/")
    assert (scan.status_code, scan.content) == (200, fetch(made.scan))
    assert AuditEvent.objects.filter(action="workers.contract_scan_read").count() == 1
    clerk.post(f"/contracts/{made.public_id}/replace/", {**sent, "unit_price": "300", "reason": "漏填单价"})
    new = Contract.all_rows.get(replaces=made)
    assert (new.unit_price, new.scan) == (300, made.scan)
    clerk.post(f"/contracts/{new.public_id}/end/", {"date": county.today, "reason": "双方协商解除"})
    page = clerk.get(f"/people/{work.public_id}/contracts/").content.decode()
    assert f"{county.today} 解除" in page
    assert "更正前" in page
    assert "漏填单价" in page


def test_a_training_is_added_put_right_and_withdrawn(county: County, clerk: Client) -> None:
    work = county.workers["gap"].engagement
    sent = {"training_kind": "003001", "training_on": county.today, "training_hours": "8", "is_passed": "yes"}
    clerk.post(person_url(county, "trainings/new", "gap"), {**sent, "evidence": picture("签到.png")})
    made = Training.all_rows.get(engagement=work)
    assert clerk.get(f"/trainings/{made.public_id}/evidence/").content == fetch(made.evidence)
    url = f"/trainings/{made.public_id}/replace/"
    clerk.post(url, {**sent, "training_hours": "32", "reason": "学时录错"})
    new = Training.all_rows.get(replaces=made)
    assert (new.hours, new.evidence) == (32, made.evidence)
    clerk.post(f"/trainings/{new.public_id}/withdraw/", {"reason": "不是本人参加"})
    page = clerk.get(f"/people/{work.public_id}/trainings/").content.decode()
    assert page.count("已撤回") >= 2


def test_one_training_for_those_who_were_ticked(county: County, clerk: Client) -> None:
    url = f"/projects/{county.project.public_id}/training/"
    crew = [county.workers[title].engagement.public_id for title in ("gap", "subcontractor")]
    sent = {"training_kind": "003002", "training_on": county.today, "training_hours": "4", "is_passed": "yes"}
    is_refused(clerk, url, sent, "请至少选择一人")
    answer = clerk.post(url, {**sent, "people": crew})
    assert "已为 2 人登记培训" in clerk.get(answer["Location"]).content.decode()
    assert Training.all_rows.filter(kind="003002", engagement__public_id__in=crew).count() == 2


def test_a_team_training_offers_own_people_only(world: TwoCounties, county: County) -> None:
    url = f"/projects/{county.project.public_id}/training/"
    sub = signed_in(county, "subcontractor_clerk")
    page = sub.get(url).content.decode()
    assert str(county.workers["subcontractor"].engagement.public_id) in page
    assert str(county.worker.engagement.public_id) not in page
    sent = {"training_kind": "003002", "training_on": county.today, "training_hours": "4", "is_passed": "yes"}
    for stranger in (county.worker, world.xiantao.worker):
        html = is_refused(sub, url, {**sent, "people": [stranger.engagement.public_id]})
        assert "有人不在您的管理范围内" in html


def test_nobody_of_another_firm_or_county_is_shown_a_file(world: TwoCounties, county: County) -> None:
    work, contract, training = county.worker.engagement, county.contract_of(), county.training_of()
    urls = (
        f"/people/{work.public_id}/photo/",
        f"/contracts/{contract.public_id}/scan/",
        f"/trainings/{training.public_id}/evidence/",
    )
    for client in (signed_in(county, "subcontractor_clerk"), signed_in(world.xiantao, "labour_clerk")):
        for url in urls:
            assert client.get(url).status_code == 404
    assert not AuditEvent.objects.filter(action__endswith="_read").exists()


@pytest.mark.parametrize("tab", ["parties", "teams"])
def test_an_entry_on_record_that_has_not_come_is_not_called_present(
    county: County, clerk: Client, tab: str
) -> None:
    day = county.today + timedelta(days=40)
    rows = Participation.all_rows if tab == "parties" else Team.all_rows
    row = county.participations["subcontractor"] if tab == "parties" else county.teams["subcontractor"]
    rows.filter(pk=row.pk).update(entered_on=day)
    page = clerk.get(f"/projects/{county.project.public_id}/{tab}/").content.decode()
    assert page.count(f"将于 {day} 进场") == 1


def test_a_second_contract_over_the_same_days_is_kept_with_a_warning(county: County, clerk: Client) -> None:
    work = county.workers["gap"].engagement
    Contract.all_rows.filter(engagement=work).delete()
    sent = {"contract_kind": "labour", "wage_form": "day", "contract_starts_on": "2026-01-01"}
    page = person_url(county, "contracts/new", "gap")
    first = clerk.post(page, {**sent, "contract_ends_on": "2026-06-30"}, follow=True).content.decode()
    assert "有一段日期重复" not in first
    later = {"contract_starts_on": "2026-07-01", "contract_ends_on": "2026-12-31"}
    assert "有一段日期重复" not in clerk.post(page, {**sent, **later}, follow=True).content.decode()
    over = {"contract_starts_on": "2026-06-30", "contract_ends_on": "2026-06-30"}
    told = clerk.post(page, {**sent, **over}, follow=True).content.decode()
    assert "有一段日期重复：已有 2026-01-01 至 2026-06-30 的合同仍有效。" in told
    assert Contract.all_rows.filter(engagement=work).count() == 3
    Contract.all_rows.filter(engagement=work, starts_on="2026-01-01").update(ended_on="2026-01-01")
    made = Contract.all_rows.get(engagement=work, starts_on="2026-06-30")
    sent = {**sent, **over, "wage_form": "month", "reason": "计酬方式录错"}
    answer = clerk.post(f"/contracts/{made.public_id}/replace/", sent, follow=True).content.decode()
    assert "合同已更正" in answer
    assert "有一段日期重复" not in answer
