"""The worker's pages say whether today counted, what to do if not, and everything that is kept of him."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from attendance.models import AttendanceDay, CorrectionRequest
from audit.services import record
from tests.pages.visiting import text_of, visitor
from tests.support import records
from tests.support.actors import worker_account
from tests.support.traces import fingerprint
from web import words
from workers.models import Presence


def _own(county) -> Client:
    client = Client()
    client.force_login(county.users["worker"])
    return client


def _days(county):
    return AttendanceDay.all_rows.filter(engagement=county.worker.engagement)


@pytest.fixture
def wang(world):
    """王五, who has left both sites."""
    client = Client()
    client.force_login(worker_account(world.wuchang.workers["shared"].person.public_id, "wang", "王五"))
    return client


def test_a_day_that_counted_is_a_large_tick_with_its_times_and_its_site(world):
    county = world.wuchang
    text = text_of(_own(county).get("/me/"))
    assert "今天打上卡了" in text
    assert county.project.name in text
    came = _days(county).get(day=county.today).first_in_at
    assert words.clock(came) in text
    assert "还在场内" in text


def test_both_times_are_shown_once_the_gate_saw_him_leave(world):
    county = world.wuchang
    _days(county).filter(day=county.today).update(
        first_in_at=records.instant_of(county.today, 172), last_out_at=records.instant_of(county.today, 900)
    )
    text = text_of(_own(county).get("/me/"))
    assert "06:52" in text and "19:00" in text
    assert "还在场内" not in text


def test_a_day_without_a_punch_says_what_to_do(world):
    county = world.wuchang
    client = Client()
    client.force_login(worker_account(county.workers["gap"].person.public_id, "zhao", "赵六"))
    text = text_of(client.get("/me/"))
    assert "今天还没有打卡" in text
    assert "在闸机上刷脸或刷卡" in text
    assert "不对" in text


def test_a_punch_that_could_not_be_counted_is_explained(world):
    county = world.wuchang
    _days(county).filter(day=county.today).delete()
    Presence.all_rows.filter(engagement=county.worker.engagement).update(
        exited_on=county.today - timedelta(days=1)
    )
    text = text_of(_own(county).get("/me/"))
    assert "打了卡，还没算上" in text
    assert "劳资专管员补报进场" in text


def test_on_no_site_the_page_says_how_to_get_onto_one(wang):
    text = text_of(wang.get("/me/"))
    assert "现在不在工地名册里" in text
    assert "带身份证找劳资专管员登记" in text


def test_the_month_counts_days_of_every_site_and_points_at_what_lacks(world):
    county = world.wuchang
    answer = _own(county).get(f"/me/?month={county.today:%Y-%m}")
    of_month = [day for day in _days(county).values_list("day", flat=True) if day.month == county.today.month]
    assert answer.context["came_days"] == len(of_month)
    yesterday = county.today - timedelta(days=1)
    if yesterday.month == county.today.month:
        # He never passes the gate outwards in this world, and a request for that day waits already.
        assert answer.context["odd_days"] == 1
        assert answer.context["odd_links"] == []
        CorrectionRequest.all_rows.filter(engagement=county.worker.engagement).update(state="rejected")
        again = _own(county).get("/me/")
        assert [one["words"] for one in again.context["odd_links"]] == [f"{yesterday.day} 日没有出场记录"]
        assert f"day={yesterday}&amp;wrong=missing_out" in again.content.decode()


@pytest.mark.parametrize("asked", ["2026-13", "x", "9999-01", "", "1999-12"])
def test_any_month_in_the_address_is_survived(world, asked):
    assert _own(world.wuchang).get(f"/me/?month={asked}").status_code == 200


def test_a_day_shows_what_the_gates_saw_and_what_was_asked(world):
    county = world.wuchang
    yesterday = county.today - timedelta(days=1)
    text = text_of(_own(county).get(f"/me/days/{yesterday}/"))
    assert county.device.channel in text
    assert "别的不对" in text and "等总承包单位处理" in text


def test_days_to_come_and_days_that_are_none_are_not_found(world):
    client = _own(world.wuchang)
    assert client.get(f"/me/days/{world.wuchang.today + timedelta(days=1)}/").status_code == 404
    assert client.get("/me/days/2026-02-31/").status_code == 404


def test_who_looked_is_shown_with_time_and_reason_and_own_visits_are_none(world):
    county = world.wuchang
    visitor(county, "county_regulator").get(f"/people/{county.worker.engagement.public_id}/")
    record(
        county.actor("labour_clerk"), "workers.number_read", county.worker.engagement, reason="核对工资卡户名"
    )
    client = _own(county)
    client.get("/me/record/")
    answer = client.get("/me/readers/")
    text = text_of(answer)
    assert [one["what"] for one in answer.context["readers"]] == ["看了完整证件号", "看了档案"]
    assert "核对工资卡户名" in text and "劳资专管员" in text and county.project.name in text


def test_the_record_shows_both_sites_with_papers_and_no_full_number(world, wang):
    county = world.wuchang
    text = text_of(wang.get("/me/record/"))
    assert all(one.project.name in text for one in world)
    worker = county.workers["shared"]
    assert worker.person.id_number not in text and (worker.engagement.phone or "x") not in text
    assert "劳动合同" in text and "合格" in text
    assert f"{worker.presence.entered_on} 进场，{worker.presence.exited_on} 退场" in text


def test_the_file_holds_the_own_days_and_opens_in_a_spreadsheet(world):
    county = world.wuchang
    answer = _own(county).get("/me/record/days.csv")
    assert answer.content.startswith("\ufeff日期,项目,进场,出场".encode())
    lines = answer.content.decode().splitlines()
    assert len(lines) == 1 + _days(county).count()
    assert lines[1].startswith(f"{county.today},{county.project.name},")
    assert re.match(r'attachment; filename="kaoqin-.*\.csv"', answer["Content-Disposition"])


def _claim(today, **more: object) -> dict[str, object]:
    return {"wrong": "other", "day": today, "note": "闸机没有反应", **more}


def test_what_was_asked_can_be_followed(world):
    county = world.wuchang
    client = _own(county)
    answer = client.post("/me/corrections/new/", _claim(county.today), follow=True)
    assert "报上去了。有结果会告诉您。" in text_of(answer)
    row = CorrectionRequest.all_rows.get(engagement=county.worker.engagement, day=county.today)
    assert answer.redirect_chain[-1][0] == f"/me/corrections/{row.public_id}/"
    assert text_of(client.get("/me/corrections/")).count("等总承包单位处理") == 2


def test_a_double_tap_asks_once(world):
    county = world.wuchang
    client = _own(county)
    key = re.search(r'name="once" value="([^"]+)"', client.get("/me/corrections/new/").content.decode())
    assert key
    first, second = (
        client.post("/me/corrections/new/", _claim(county.today, once=key[1])) for _tap in range(2)
    )
    assert first["Location"] == second["Location"]
    assert (
        CorrectionRequest.all_rows.filter(engagement=county.worker.engagement, day=county.today).count() == 1
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"wrong": ""}, "请选择哪里不对"),
        ({"wrong": "none"}, "没有这个选项，请从图里选一个。"),
        ({"day": ""}, "请填哪一天"),
        ({"day": "2026-02-31"}, "日期要写成"),
        ({"day": "2020-01-01"}, "不在可以更正的日子里"),
        ({"note": ""}, "请写明情况"),
        ({"note": "很" * 301}, "说明最多 300 个字"),
        ({"wrong": "missing_in", "in_time": "25:00"}, "时间要写成 07:00 这样"),
        ({"wrong": "missing_out", "out_time": ""}, "请填出场时间"),
    ],
)
def test_each_wrong_field_is_named_in_a_sentence_and_nothing_is_written(world, more, words):
    county = world.wuchang
    client = _own(county)
    before = fingerprint()
    answer = client.post("/me/corrections/new/", _claim(county.today, **more))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert 'role="alert"' in answer.content.decode()
    assert fingerprint() == before


def test_a_file_that_is_no_photograph_is_refused_by_name(world):
    county = world.wuchang
    photo = SimpleUploadedFile("门卫.jpg", b"no picture at all", content_type="image/jpeg")
    client = _own(county)
    before = fingerprint()
    answer = client.post("/me/corrections/new/", _claim(county.today, photo=photo))
    assert answer.status_code == 422
    assert "门卫.jpg" in text_of(answer)
    assert fingerprint() == before


def test_a_photograph_goes_to_the_worker_and_to_the_site_and_to_nobody_else(world):
    county = world.wuchang
    key = county.correction.public_id
    assert _own(county).get(f"/me/corrections/{key}/photo/").status_code == 200
    url = f"/attendance/corrections/{key}/photo/"
    assert visitor(county, "labour_clerk").get(url).status_code == 200
    assert visitor(county, "subcontractor_clerk").get(url).status_code == 404
    assert visitor(world.xiantao, "labour_clerk").get(url).status_code == 404


def test_the_clerk_finds_the_request_on_the_home_page_and_its_evidence_behind_it(world):
    county = world.wuchang
    clerk = visitor(county, "labour_clerk")
    assert "2 条考勤更正待处理" in text_of(clerk.get("/"))
    shown = clerk.get(f"/attendance/corrections/?project={county.project.public_id}&state=submitted")
    assert shown.context["total"] == 2
    page = clerk.get(f"/attendance/corrections/{county.correction.public_id}/")
    assert page.context["may_answer"]
    assert county.device.channel in text_of(page)
    assert county.worker.person.id_number not in page.content.decode()


def test_regulators_and_supervisors_read_a_request_and_cannot_answer_it(world):
    county = world.wuchang
    url = f"/attendance/corrections/{county.correction.public_id}/"
    clients = [visitor(county, role) for role in ("county_regulator", "supervisor", "owner")]
    before = fingerprint()
    for client in clients:
        assert not client.get(url).context["may_answer"]
        assert client.post(url, {"verdict": "accept"}).status_code == 403
    assert fingerprint() == before


def test_a_rejection_without_words_is_shown_at_its_field(world):
    county = world.wuchang
    url = f"/attendance/corrections/{county.correction.public_id}/"
    clerk = visitor(county, "labour_clerk")
    answer = clerk.post(url, {"verdict": "reject", "reason": ""})
    assert answer.status_code == 422
    assert "请写明理由（至少 4 个字），申请人看得到。" in text_of(answer)
    assert clerk.post(url, {}).status_code == 422


def test_the_outcome_waits_on_the_workers_first_page_until_it_was_opened(world):
    county = world.wuchang
    client = _own(county)
    client.post("/me/corrections/new/", _claim(county.today))
    row = CorrectionRequest.all_rows.get(engagement=county.worker.engagement, day=county.today)
    url = f"/attendance/corrections/{row.public_id}/"
    visitor(county, "labour_clerk").post(url, {"verdict": "reject", "reason": "门卫没有登记"})
    page = client.get("/me/").content.decode()
    opened = re.search(r'<a href="(/messages/[^"]+)">您报的更正没有通过。点开看', page)
    assert opened
    assert client.get(opened[1])["Location"] == f"/me/corrections/{row.public_id}/"
    assert "门卫没有登记" in text_of(client.get(f"/me/corrections/{row.public_id}/"))
    assert "点开看" not in client.get("/me/").content.decode()
    kept = client.get("/messages/").content.decode()
    assert "您报的更正没有通过。" in kept
    assert '<nav class="own-nav"' in kept
    assert 'class="find"' not in kept
    assert 'href="/messages/"' in client.get("/me/record/").content.decode()


def test_a_clerk_asks_for_a_worker_in_four_inputs_and_cannot_answer_it(world):
    county = world.wuchang
    clerk = visitor(county, "labour_clerk")
    url = f"/people/{county.workers['gap'].engagement.public_id}/correction/?day={county.today}"
    assert 'value="' + str(county.today) in clerk.get(url).content.decode()
    answer = clerk.post(url, _claim(county.today), follow=True)
    assert "已提交，等另一位有审核权限的人处理。" in text_of(answer)
    assert "须由本项目另一位有审核权限的人处理" in text_of(answer)
    assert not answer.context["may_answer"]


def test_the_code_is_shown_to_the_clerk_of_the_demo_and_to_no_regulator(world):
    county = world.wuchang
    Client().post("/account/worker/", {"phone": county.worker.engagement.phone})
    url = f"/people/{county.worker.engagement.public_id}/"
    assert "登录验证码（演示）" in text_of(visitor(county, "labour_clerk").get(url))
    assert "登录验证码" not in text_of(visitor(county, "county_regulator").get(url))
    assert "登录验证码" not in text_of(visitor(county, "supervisor").get(url))


OWN_COUNTS = {
    "/me/": 8,
    "/me/days/{day}/": 9,
    "/me/corrections/": 4,
    "/me/corrections/new/": 10,
    "/me/readers/": 9,
    "/me/record/": 9,
}


def _asked(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_the_own_pages_ask_a_fixed_number_of_questions(world):
    county = world.wuchang
    client = _own(county)
    urls = {url: url.format(day=county.today) for url in OWN_COUNTS}
    before = {name: _asked(client, url) for name, url in urls.items()}
    for step in range(4):
        project = records.project(f"420106202601{step:02}0888", county.region, county.firms["contractor"])
        team = records.team(
            records.participation(project, county.firms["contractor"], "009"), 1_460_000_000 + step
        )
        work = records.engagement(county.worker.person, team)
        records.presence(work, county.today, is_conflict=True)
        records.contract(work, county.today)
        records.training(work, county.today)
        records.correction(work, county.today)
        record(county.actor("labour_clerk"), "workers.record_read", work)
    after = {name: _asked(client, url) for name, url in urls.items()}
    assert after == before
    # On the first of a month no day of it lies behind, and nobody asks which are being corrected.
    assert before == OWN_COUNTS | ({"/me/": 7} if county.today.day == 1 else {})


def test_the_workers_pages_need_no_inline_script_or_style(world):
    client = _own(world.wuchang)
    for url in OWN_COUNTS:
        html = client.get(url.format(day=world.wuchang.today)).content.decode()
        assert html.count("<h1") == 1
        assert not re.search(r"<[^>]+\sstyle=|<script(?![^>]*\bsrc=)|<[^>]+\son[a-z]+=", html)
