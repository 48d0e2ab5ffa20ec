"""Pages and API of points, certificates and the record of an identity; reminders on the work list."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from attendance.services import recheck
from audit.models import AuditEvent
from standards.selectors import codes
from tests.scope.opening import signed_in
from tests.support import people, records
from tests.support.world import County
from tests.workers.test_forms import enrol_url, enrolment, hidden
from web.waiting import waiting_for
from workers.models import Certificate, CollectionPoint, Engagement, IdentityCheck

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(county: County) -> Client:
    return signed_in(county, "contractor_manager")


def read_picture(content: bytes) -> dict[str, str]:
    """A plugged-in program that reads every picture alike."""
    return {"name": "钱七", "id_number": people.id_number(911)} if b"card" in content else {}


def test_a_point_is_opened_changed_and_closed_and_stays_in_what_was_taken_there(county, clerk):
    tab = f"/projects/{county.project.public_id}/devices/"
    facts = {"name": "北门办公室", "location": "北门内", "equipment": "读卡器", "operator": "吴十"}
    answer = clerk.post(f"/projects/{county.project.public_id}/points/new/", facts)
    assert answer["Location"] == tab
    point = CollectionPoint.all_rows.get(name="北门办公室")
    sent = enrolment(county, point=point.public_id)
    clerk.post(enrol_url(county), sent)
    work = Engagement.all_rows.get(person__name="钱七")
    assert IdentityCheck.all_rows.get(engagement=work).point == point
    clerk.post(f"/points/{point.public_id}/edit/", {**facts, "name": "东门办公室"})
    clerk.post(f"/points/{point.public_id}/close/", {"reason": "搬到东门"})
    html = clerk.get(tab).content.decode()
    assert "东门办公室" in html
    assert "已停用" in html
    page = clerk.get(f"/people/{work.public_id}/identity/").content.decode()
    assert "东门办公室，北门内（读卡器）" in page
    assert "人工录入" in page
    assert people.id_number(911) not in page
    assert str(point.public_id) not in clerk.get(enrol_url(county)).content.decode()


def test_the_next_one_is_taken_at_the_same_point(county, clerk):
    answer = clerk.post(enrol_url(county), enrolment(county, point=county.point.public_id, next="1"))
    page = clerk.get(answer["Location"]).content.decode()
    assert f'<option value="{county.point.public_id}" selected' in page


def test_the_key_of_a_reader_is_shown_once_to_who_approves_and_to_nobody_who_only_enrols(
    county, clerk, manager
):
    url = f"/points/{county.point.public_id}/key/"
    assert clerk.get(url).status_code == 403
    assert "原来的密钥立即作废" in manager.get(url).content.decode()
    shown = manager.post(url, hidden(manager, url))
    key = CollectionPoint.all_rows.get(pk=county.point.pk).reader_key
    assert key in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert key not in manager.get(url).content.decode()
    assert key not in manager.get(f"/projects/{county.project.public_id}/devices/").content.decode()


def test_a_certificate_is_renewed_on_its_page_and_over_the_api(county, clerk):
    held = county.workers["contractor"].certificate
    assert held is not None
    url = f"/certificates/{held.public_id}/change/"
    until = county.today + timedelta(days=700)
    sent = {"valid_to": until, "status": "1", "reason": "复核合格，延期两年", **hidden(clerk, url)}
    assert clerk.post(url, sent).status_code == 302
    assert Certificate.all_rows.get(pk=held.pk).valid_to == until
    api = f"/api/v1/certificates/{held.public_id}/change/"
    body = {"valid_to": None, "status": "3", "reason": "主管部门暂扣", "version": 2}
    told = clerk.post(api, body, content_type="application/json")
    assert (told.status_code, told.json()["status"], told.json()["version"]) == (200, "3", 3)
    again = clerk.post(api, body, content_type="application/json")
    assert again.status_code == 409
    listed = clerk.get("/api/v1/certificates/?valid=false").json()["results"]
    assert str(held.public_id) in {one["public_id"] for one in listed}
    assert held.number not in str(listed)


def test_an_old_version_of_a_certificate_shows_both(county, clerk):
    held = county.workers["contractor"].certificate
    assert held is not None
    url = f"/certificates/{held.public_id}/change/"
    mine, theirs = hidden(clerk, url), hidden(clerk, url)
    day = {"status": "1", "reason": "复核合格"}
    clerk.post(url, {**day, "valid_to": county.today + timedelta(days=9), **theirs})
    answer = clerk.post(url, {**day, "valid_to": county.today + timedelta(days=8), **mine})
    assert answer.status_code == 409


def _scaffolder(county: County, ends_in: int | None) -> Engagement:
    work = county.workers["contractor"].engagement
    work.trade = "030"
    work.save()
    Certificate.all_rows.filter(person=work.person).delete()
    if ends_in is not None:
        records.certificate(
            work.person, "鄂A1", kind="85", valid_to=county.today + timedelta(days=ends_in), issuer="厅"
        )
    return work


@pytest.mark.parametrize(
    ("ends_in", "level", "since"),
    [
        (31, None, None),
        (30, "amber", "还有 30 天"),
        (7, "red", "还有 7 天"),
        (0, "red", "还有 0 天"),
        (-1, "red", "没有或已过期"),
        (None, "red", "没有或已过期"),
    ],
)
def test_the_work_list_reminds_of_certificates_thirty_and_seven_days_before(county, ends_in, level, since):
    _scaffolder(county, ends_in)
    found = [
        one
        for one in waiting_for(county.actor("labour_clerk"), county.today, county.now)
        if one.what.startswith("特种作业证")
    ]
    assert [(one.level, one.since, one.what) for one in found] == (
        [(level, since, "特种作业证到期 1 人")] if level else []
    )
    assert [
        one
        for one in waiting_for(county.actor("county_regulator"), county.today, county.now)
        if one.what.startswith("特种作业证")
    ] == []


def test_the_list_behind_the_reminder_shows_the_same_person(county, clerk):
    # The list counts by the calendar, which is ahead of the site's day until four in the morning.
    _scaffolder(county, 20 + (timezone.localdate() - county.today).days)
    html = clerk.get(f"/certificates/?state=ending&project={county.project.public_id}").content.decode()
    assert "还有 20 天到期" in html
    assert county.workers["contractor"].person.name in html


def test_what_is_missing_is_named_on_the_page_and_over_the_api(county, clerk):
    work = _scaffolder(county, -1)
    recheck(timezone.now())
    api = clerk.get(f"/api/v1/engagements/{work.public_id}/").json()
    assert api["missing_for_entry"] == ["有效的特种作业操作资格证"]
    gap = county.workers["gap"].engagement
    page = clerk.get(f"/people/{gap.public_id}/").content.decode()
    assert "还差身份核验、有效的劳动合同或用工协议、有效的安全培训、总承包单位批准" in page
    listed = county.workers["subcontractor"].engagement
    assert "在闸机名单上" in clerk.get(f"/people/{listed.public_id}/").content.decode()
    assert clerk.get(f"/api/v1/engagements/{listed.public_id}/").json()["missing_for_entry"] == []


def test_the_people_on_the_gates_list_are_a_filter(county, clerk):
    url = f"/projects/{county.project.public_id}/people/?gate="
    on, off = (clerk.get(f"{url}{value}").context["total"] for value in ("yes", "no"))
    assert (on, off) == (2, 2)


def test_beside_the_form_a_special_trade_asks_for_its_certificate(county, clerk):
    aside = clerk.post(enrol_url(county), enrolment(county, trade="030"), headers={"X-Check": "1"})
    assert "架子工的特种作业操作资格证" in aside.json()["aside"]


def test_a_new_certificate_offers_the_kinds_that_open_the_trade_first_and_an_only_one_is_chosen(
    county, clerk
):
    work = county.workers["subcontractor"].engagement
    for trade, first, chosen in (
        ("030", ["85", "86", "87", "123", "157"], None),
        ("270", ["83"], "83"),
        ("020", [], None),
    ):
        Engagement.all_rows.filter(pk=work.pk).update(trade=trade)
        form = clerk.get(f"/people/{work.public_id}/certificates/new/").context["form"]
        offered = [code for code, _name in form.fields["kind"].choices][1:]
        assert offered[: len(first)] == first
        assert sorted(offered) == sorted(codes("certificate_kind"))
        assert form["kind"].value() == chosen


def test_without_a_plugged_in_program_no_picture_is_read(county, clerk):
    assert "从照片读出" not in clerk.get(enrol_url(county)).content.decode()


def test_a_picture_of_a_card_fills_in_name_and_number_and_is_marked_for_ever(county, clerk, settings):
    settings.CARD_TEXT_READER = "tests.workers.test_entry_pages.read_picture"
    picture = SimpleUploadedFile("card.jpg", b"a card")
    answer = clerk.post(enrol_url(county), {"ocr": "1", "card_image": picture, "phone": people.phone(911)})
    html = answer.content.decode()
    assert f'value="{people.id_number(911)}"' in html
    assert 'name="is_ocr" value="1"' in html
    clerk.post(enrol_url(county), enrolment(county, is_ocr="1"))
    work = Engagement.all_rows.get(person__name="钱七")
    assert IdentityCheck.all_rows.get(engagement=work).method == "ocr"
    assert "证件照片识别，未读卡" in clerk.get(f"/people/{work.public_id}/").content.decode()
    nothing = clerk.post(enrol_url(county), {"ocr": "1", "card_image": SimpleUploadedFile("x.jpg", b"x")})
    assert "没有读出姓名和号码" in nothing.content.decode()


def test_opening_the_record_of_an_identity_is_itself_on_record(county, clerk):
    work = county.workers["contractor"].engagement
    before = AuditEvent.objects.filter(action="workers.record_read", object_key=str(work.public_id)).count()
    page = clerk.get(f"/people/{work.public_id}/identity/").content.decode()
    after = AuditEvent.objects.filter(action="workers.record_read", object_key=str(work.public_id)).count()
    assert after == before + 1
    assert county.point.name in page


def test_points_over_the_api(county, clerk):
    base = f"/api/v1/projects/{county.project.public_id}/points/"
    facts: dict[str, Any] = {
        "name": "北门办公室",
        "location": "北门内",
        "equipment": "读卡器",
        "operator": "吴十",
    }
    made = clerk.post(f"{base}open/", facts, content_type="application/json").json()
    changed = clerk.post(
        f"/api/v1/points/{made['public_id']}/change/",
        {**facts, "operator": "吴十一", "version": made["version"]},
        content_type="application/json",
    ).json()
    assert changed["operator"] == "吴十一"
    closed = clerk.post(
        f"/api/v1/points/{made['public_id']}/close/", {"reason": "搬走了"}, content_type="application/json"
    )
    assert closed.status_code == 422
    closed = clerk.post(
        f"/api/v1/points/{made['public_id']}/close/",
        {"reason": "搬到东门去了"},
        content_type="application/json",
    )
    assert closed.json()["closed_at"]
    open_ones = clerk.get(f"{base}?closed=false").json()["results"]
    assert [one["name"] for one in open_ones] == [county.point.name]
