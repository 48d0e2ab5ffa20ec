"""The roster's pages and API under every kind of bad input: sentences, and nothing half-written."""

import base64
import json
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kernel.ids import new_id
from projects.models import Participation, Team
from standards.models import RuleParameter
from standards.selectors import forget
from tests.pages.visiting import text_of
from tests.scope.opening import signed_in
from tests.support import people, records
from tests.support.traces import fingerprint, traces_in
from tests.support.world import two_counties
from workers.models import (
    Contract,
    ContractFile,
    EngagementEvent,
    EntryReview,
    Presence,
    TemporaryLeave,
    Training,
)
from workers.services import enter, site_day

pytestmark = pytest.mark.django_db
KIT = ("web_", "django_")  # what the pages keep of their own: drafts, keys, sessions


@pytest.fixture
def world():
    return two_counties()


@pytest.fixture
def county(world):
    return world.wuchang


@pytest.fixture
def clerk(county):
    return signed_in(county, "labour_clerk")


def page(county, act, *who, of=None):
    query = urlencode({"act": act, "who": [str(key) for key in who]}, doseq=True)
    return f"/projects/{(of or county).project.public_id}/roster/moves/?{query}"


def key(county, title="contractor"):
    return county.workers[title].engagement.public_id


def same(before):
    return {name: digest for name, digest in before.items() if not name.startswith(KIT)} == {
        name: digest for name, digest in fingerprint().items() if not name.startswith(KIT)
    }


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "请先选择要办的事"),
        ("?act=nonsense&who=1", "请先选择要办的事"),
        ("?act=exit", "请先勾选要办理的人员"),
        ("?act=exit&who=nonsense", "请先勾选要办理的人员"),
        ("?act=exit&who=01a218e0-c200-7824-ad6c-78f2fb754744", "请先勾选要办理的人员"),
    ],
)
def test_without_people_or_act_one_is_led_back_to_the_list(clerk, county, query, words):
    address = f"/projects/{county.project.public_id}/roster/moves/{query}"
    for answer in (clerk.get(address, follow=True), clerk.post(address, {}, follow=True)):
        assert answer.redirect_chain[-1][0] == f"/projects/{county.project.public_id}/people/"
        assert words in text_of(answer)


def test_whoever_ticked_nobody_comes_back_to_the_list_as_it_was_filtered(clerk, county):
    people_page = f"/projects/{county.project.public_id}/people/"
    listed = clerk.get(f"{people_page}?trade=001&on_site=1").content.decode()
    assert 'name="back" value="trade=001&amp;on_site=1"' in listed
    address = f"/projects/{county.project.public_id}/roster/moves/?"
    kept = urlencode({"act": "exit", "back": "trade=001&on_site=1"})
    assert clerk.get(address + kept)["Location"] == f"{people_page}?trade=001&on_site=1"
    assert clerk.get(address + urlencode({"act": "exit", "back": "//elsewhere"}))["Location"].startswith(
        people_page
    )


def test_people_of_the_other_county_are_left_out_as_if_nobody_knew_them(clerk, world):
    county, other = world.wuchang, world.xiantao
    answer = clerk.get(page(county, "exit", key(county), key(other)))
    assert "可以办理 1 人" in text_of(answer)
    body = answer.content.decode().replace(str(key(other)), "")
    assert traces_in(body, other) == []
    assert clerk.get(page(county, "exit", key(other), of=other)).status_code == 404


def test_a_subcontractors_clerk_finds_and_moves_its_own_people_only(county):
    clerk = signed_in(county, "subcontractor_clerk")
    address = page(county, "leave", key(county), key(county, "subcontractor"))
    assert "可以办理 1 人" in text_of(clerk.get(address))
    clerk.post(address, {"date": str(county.today)})
    assert TemporaryLeave.all_rows.filter(returned_on=None).count() == 1
    assert TemporaryLeave.all_rows.get(returned_on=None).presence == county.workers["subcontractor"].presence


def test_who_approves_is_told_where_no_signed_page_or_evidence_is_kept(county):
    row = county.workers["contractor"].engagement
    EntryReview.all_rows.filter(engagement=row).update(
        outcome="pending", submitted_by_key="", enrolled_by_key=""
    )
    manager = signed_in(county, "contractor_manager")
    kept = ({"scan": ""}, {"evidence": "", "session": None})
    Contract.all_rows.filter(engagement=row).update(**kept[0])
    Training.all_rows.filter(engagement=row).update(**kept[1])
    ContractFile.all_rows.filter(contract__engagement=row).delete()
    opened = page(county, "approve", key(county))
    assert "没有上传合同签字页、培训材料，请核对原件" in text_of(manager.get(opened))
    Contract.all_rows.filter(engagement=row).update(scan="0" * 64)
    Training.all_rows.filter(engagement=row).update(evidence="0" * 64)
    assert "请核对原件" not in text_of(manager.get(opened))


def test_who_may_not_approve_does_not_open_the_approval(clerk, county):
    assert clerk.get(page(county, "approve", key(county))).status_code == 403
    assert signed_in(county, "supervisor").get(page(county, "exit", key(county))).status_code == 403


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"date": ""}, "date", "请填日期"),
        ({"date": "2026-02-30"}, "date", "日期要写成"),
        ({"date": "昨天"}, "date", "日期要写成"),
        ({"date": str(timezone.localdate() + timedelta(days=1))}, "date", "晚于今天"),
        ({"date": "2000-01-01"}, "date", "退场日期不能早于"),
        ({"outcome": "nonsense"}, "outcome", "没有这个选项"),
        ({"outcome": "debt"}, "amount", "申报欠薪的，请填欠薪金额"),
        ({"outcome": "debt", "amount": "0"}, "amount", "金额应大于 0"),
        ({"outcome": "debt", "amount": "12.345"}, "amount", "最多两位小数"),
        ({"outcome": "debt", "amount": "很多"}, "amount", "金额要写成数字"),
        ({"outcome": "settled", "amount": "5"}, "amount", "不填欠薪金额"),
        ({"note": "长" * 201}, "note", "最多 200 个字"),
    ],
)
def test_each_field_of_an_exit_says_what_is_wrong_with_it(clerk, county, given, field, words):
    before = fingerprint()
    sent = {"date": str(county.today), "outcome": "later", **given}
    answer = clerk.post(page(county, "exit", key(county)), sent)
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert same(before)


def test_a_voucher_that_is_no_picture_is_refused_and_nobody_enters(clerk, county):
    before = fingerprint()
    fake = SimpleUploadedFile("进场单.jpg", b"MZ\x90 not a picture", "image/jpeg")
    sent = {"date": str(county.today), "voucher": fake}
    answer = clerk.post(page(county, "enter", key(county, "shared")), sent)
    assert answer.status_code == 422
    assert "不是能打开的" in text_of(answer)
    assert same(before)


def test_when_nobody_can_the_page_stays_and_says_why_for_each(clerk, county):
    before = fingerprint()
    address = page(county, "enter", key(county), key(county, "gap"))
    answer = clerk.post(address, {"date": str(county.today)})
    assert answer.status_code == 422
    assert "所选人员都不能办理" in text_of(answer)
    assert text_of(answer).count("尚未退场，无需重复办理进场") == 2
    assert same(before)


def test_a_team_that_people_are_in_already_is_the_reason_given_for_each(clerk, county):
    before = fingerprint()
    own = county.workers["contractor"].engagement.team
    for who in ([key(county)], [key(county), key(county, "gap")]):
        address = page(county, "team", *who)
        answer = clerk.post(address, {"team": str(own.public_id), "date": str(county.today)})
        assert answer.status_code == 422
        assert "可以办理 0 人" in text_of(answer)
        assert "judged-none" in answer.context["judged"] and "m-green" not in answer.context["judged"]
        assert f"不能办理 {len(who)} 人" in text_of(answer)
        assert answer.context["judged"].count("该人员已在该班组") == len(who)
    assert same(before)


def test_who_is_not_on_site_cannot_leave_for_a_time_and_the_sentence_says_so(clerk, county):
    clerk.post(page(county, "exit", key(county)), {"date": str(county.today), "outcome": "settled"})
    shown = text_of(clerk.get(page(county, "leave", key(county))))
    assert "不能办理暂退场" in shown
    assert "不能办理退场" not in shown


def test_before_the_cut_moves_are_dated_by_the_attendance_day_and_go_on_from_there(clerk, county):
    # But for the last hour of a day the calendar is then ahead of the attendance day.
    RuleParameter.objects.filter(key="attendance.day_cutoff_hour").update(value=23)
    forget()
    today = site_day(county.project)
    clerk.post(page(county, "exit", key(county)), {"date": str(today), "outcome": "settled"})
    entry = page(county, "enter", key(county))
    assert f'value="{today}"' in clerk.get(entry).content.decode()
    before = fingerprint()
    refused = clerk.post(entry, {"date": str(today + timedelta(days=1))})
    assert (refused.status_code, "晚于今天" in text_of(refused)) == (422, True)
    assert same(before)
    sent = {"engagements": [str(key(county))], "date": str(today + timedelta(days=1))}
    assert clerk.post("/api/v1/roster/enter/", sent, content_type="application/json").status_code == 422
    assert clerk.post(entry, {"date": str(today)}).status_code == 302
    record = text_of(clerk.get(f"/people/{key(county)}/"))
    assert "退场" in record
    assert "撤销最近一次进退场" in record
    left = clerk.get(page(county, "exit", key(county)))
    assert "可以办理 1 人" in text_of(left)
    assert f'value="{today}"' in left.content.decode()


def test_who_became_impossible_since_the_page_was_opened_is_named_and_the_others_move(clerk, county):
    address = page(county, "exit", key(county), key(county, "gap"))
    assert "可以办理 2 人" in text_of(clerk.get(address))
    clerk.post(page(county, "exit", key(county)), {"date": str(county.today), "outcome": "settled"})
    answer = clerk.post(address, {"date": str(county.today), "outcome": "later"}, follow=True)
    assert "已为 1 人办理退场。1 人没有办理" in text_of(answer)
    assert "该人员目前不在场" in text_of(answer)


def test_a_double_click_moves_once_and_leads_to_the_same_place(clerk, county):
    address = page(county, "leave", key(county))
    once = re.search(r'name="once" value="([^"]+)"', clerk.get(address).content.decode())
    assert once is not None
    sent = {"date": str(county.today), "reason": "农忙", "once": once[1]}
    first, second = clerk.post(address, sent), clerk.post(address, sent)
    assert first["Location"] == second["Location"]
    assert EngagementEvent.all_rows.filter(act="leave_temporarily").count() == 1


def test_leaving_the_field_of_the_date_judges_anew(clerk, county):
    address = page(county, "exit", key(county))
    early = county.workers["contractor"].presence.entered_on - timedelta(days=1)
    before = fingerprint()
    answer = clerk.post(address, {"date": str(early)}, headers={"X-Check": "1"})
    assert "不能办理 1 人" in answer.json()["aside"]
    assert same(before)


def test_a_reversal_of_what_is_no_longer_the_latest_is_refused(clerk, county):
    work = county.workers["shared"].engagement
    address = f"/people/{work.public_id}/roster/reverse/"
    assert "撤销王五的退场" in text_of(clerk.get(address))
    enter(actor=county.actor("labour_clerk"), engagement=work, on=county.today, today=county.today)
    before = fingerprint()
    answer = clerk.post(address, {"reason": "退错了人", "expected": "exit"})
    assert answer.status_code == 422
    assert "最近一次办理已是进场，不能再撤销之前的退场" in text_of(answer)
    assert same(before)


def test_a_team_that_another_changed_meanwhile_shows_both_versions(clerk, county):
    team = county.teams["contractor"]
    address = f"/teams/{team.public_id}/edit/"
    assert 'name="version" value="1"' in clerk.get(address).content.decode()
    Team.all_rows.filter(pk=team.pk).update(name="钢筋一班", version=2)
    before = fingerprint()
    answer = clerk.post(address, {"name": "钢筋二班", "version": "1"})
    assert answer.status_code == 409
    assert "钢筋一班" in text_of(answer)
    assert "钢筋二班" in answer.content.decode()
    assert same(before)


def test_a_participation_with_people_does_not_end_and_names_them(county):
    clerk = signed_in(county, "labour_clerk")
    row = county.participations["subcontractor"]
    before = fingerprint()
    answer = clerk.post(f"/parties/{row.public_id}/end/", {"date": str(county.today)})
    assert answer.status_code == 422
    name = county.workers["subcontractor"].person.name
    assert f"还有 1 人没有退场（{name}），不能办理退场" in text_of(answer)
    assert same(before)
    shared = county.participations["shared"]
    clerk.post(f"/parties/{shared.public_id}/end/", {"date": str(county.today)})
    assert Participation.all_rows.get(pk=shared.pk).exited_on == county.today
    assert Team.all_rows.get(pk=county.teams["shared"].pk).exited_on == county.today
    clerk.post(f"/parties/{shared.public_id}/resume/", {})
    assert Participation.all_rows.get(pk=shared.pk).exited_on is None


def test_the_general_contractor_neither_leaves_nor_becomes_another_kind(clerk, county):
    row = county.participations["contractor"]
    before = fingerprint()
    for address, sent in (
        (f"/parties/{row.public_id}/end/", {"date": str(county.today)}),
        (f"/parties/{row.public_id}/edit/", {"kind": "001"}),
    ):
        answer = clerk.post(address, sent)
        assert answer.status_code == 422
        assert "总承包单位由施工许可证确定" in text_of(answer)
    assert same(before)


def test_a_known_enterprise_need_not_be_written_out_where_it_is_seen(county):
    manager = signed_in(county, "contractor_manager")
    other = records.project("420106202608080001", county.region, county.firms["contractor"], name="二期")
    records.participation(other, county.firms["contractor"])
    address = f"/projects/{other.public_id}/parties/new/"
    sent = {"uscc": county.firms["supervisor"].uscc, "kind": "007"}
    checked = manager.post(address, sent, headers={"X-Check": "1"}).json()
    assert county.firms["supervisor"].name in checked["aside"]
    manager.post(address, sent)
    assert Participation.all_rows.filter(project=other, enterprise=county.firms["supervisor"]).count() == 1
    unknown = manager.post(address, {"uscc": people.credit_code(79), "kind": "007"})
    assert "请填企业名称" in text_of(unknown)
    wrong = manager.post(address, {"uscc": people.credit_code(79)[:-1], "name": "某公司", "kind": "007"})
    assert "应为 18 位" in text_of(wrong)


# The same over the REST API --------------------------------------------------------------------------


def post(client, path, body, **headers):
    return client.post(
        f"/api/v1/{path}", json.dumps(body, default=str), content_type="application/json", headers=headers
    )


def test_over_the_api_those_who_can_move_and_the_others_are_named(clerk, county):
    body = {"engagements": [key(county), key(county, "shared")], "date": county.today}
    answer = post(clerk, "roster/enter/", body)
    assert answer.status_code == 200
    told = answer.json()
    assert told["done"] == [str(key(county, "shared"))]
    assert [(row["engagement"], row["code"]) for row in told["refused"]] == [
        (str(key(county)), "already_on_site")
    ]
    assert Presence.all_rows.filter(entered_on=county.today).count() == 1


def test_over_the_api_one_person_refused_is_a_problem_in_a_sentence(clerk, county):
    before = fingerprint()
    answer = post(clerk, "roster/enter/", {"engagements": [key(county)], "date": county.today})
    assert answer.status_code == 422
    assert answer.json()["code"] == "already_on_site"
    assert same(before)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "engagements"),
        ({"engagements": []}, "engagements"),
        ({"engagements": "x"}, "engagements"),
        ({"engagements": ["x"]}, "engagements"),
        ({"engagements": [str(new_id())]}, "engagements"),
        ({"date": None}, "date"),
        ({"date": "2026-13-01"}, "date"),
        ({"dates": "2026-01-01"}, "dates"),
        ({"settlement": {"outcome": "debt"}}, "settlement"),
        ({"settlement": {"outcome": "debt", "amount": "-1"}}, "settlement"),
        ({"settlement": {"outcome": "settled", "amount": "1"}}, "settlement"),
        ({"voucher": "x"}, "voucher"),
        ({"voucher": {"name": "a.jpg", "content": base64.b64encode(b"MZ").decode()}}, "voucher"),
    ],
)
def test_over_the_api_a_bad_body_names_its_field_and_writes_nothing(clerk, county, body, field):
    given = {"engagements": [key(county)], "date": county.today} if body else {}
    before = fingerprint()
    answer = post(clerk, "roster/exit/", {**given, **body})
    assert answer.status_code in (400, 422)
    assert field in answer.json()["errors"]
    assert same(before)


def test_over_the_api_the_same_key_moves_once(clerk, county):
    body = {"engagements": [key(county)], "date": county.today}
    answers = [post(clerk, "roster/leave-temporarily/", body, **{"Idempotency-Key": "k-1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert EngagementEvent.all_rows.filter(act="leave_temporarily").count() == 1


def test_over_the_api_a_team_of_the_other_county_is_nobodys(clerk, world):
    county, other = world.wuchang, world.xiantao
    before = fingerprint()
    body = {
        "engagements": [key(county)],
        "date": county.today,
        "team": other.teams["contractor"].public_id,
    }
    answer = post(clerk, "roster/change-team/", body)
    assert answer.status_code == 400
    assert "没有这条记录" in answer.content.decode()
    assert same(before)


def test_over_the_api_a_stale_version_is_answered_with_a_conflict(clerk, county):
    team = county.teams["contractor"]
    Team.all_rows.filter(pk=team.pk).update(version=3)
    before = fingerprint()
    answer = post(clerk, f"teams/{team.public_id}/edit/", {"name": "新名", "expected_version": 1})
    assert answer.status_code == 409
    assert same(before)


def test_the_lists_of_the_api_show_stays_and_reviews_of_ones_own(county):
    clerk = signed_in(county, "subcontractor_clerk")
    stays = clerk.get("/api/v1/presences/").json()["results"]
    assert [row["name"] for row in stays] == [county.workers["subcontractor"].person.name]
    assert stays[0]["settlement"] is None
    assert len(stays[0]["leaves"]) == 1
    reviews = clerk.get("/api/v1/reviews/?outcome=approved").json()["results"]
    assert [row["outcome"] for row in reviews] == ["approved"]
    assert len(clerk.get("/api/v1/teams/").json()["results"]) == 1
    assert len(clerk.get("/api/v1/participations/").json()["results"]) == 1


def test_the_page_of_an_exit_says_beforehand_that_a_key_post_falls_vacant(clerk, county):
    said = f"任项目经理，任职到 {site_day(county.project)} 为止，次日起岗位空缺，请另行任命"
    assert said in text_of(clerk.get(page(county, "exit", key(county))))
    assert said not in text_of(clerk.get(page(county, "leave", key(county))))


def test_who_was_verified_is_one_press_from_review_and_the_list_finds_both_steps(clerk, county):
    keys = []
    for order, name in ((731, "钱甲"), (733, "钱乙")):
        work = records.engagement(records.person(people.id_number(order), name), county.teams["contractor"])
        records.contract(work, county.today - timedelta(days=5))
        records.training(work, county.today - timedelta(days=5))
        keys.append(work.public_id)
    listed = f"/projects/{county.project.public_id}/people/?standing="
    assert [name in text_of(clerk.get(f"{listed}unverified")) for name in ("钱甲", "钱乙")] == [True, True]
    asked = page(county, "verify", *keys)
    # What the act itself brings is no warning beside each name.
    assert "还缺" not in text_of(clerk.get(asked))
    done = clerk.post(asked, {}, follow=True)
    assert "已为 2 人核验身份。" in text_of(done)
    following = re.search(r'href="([^"]*)">下一步：送审', done.content.decode())
    assert following is not None
    assert "可以办理 2 人" in text_of(clerk.get(following[1].replace("&amp;", "&")))
    assert "钱甲" not in text_of(clerk.get(f"{listed}unverified"))
    assert "钱甲" in text_of(clerk.get(f"{listed}to_submit"))
