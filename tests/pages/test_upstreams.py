"""上报: an administrator enters a platform, sees what was refused and why, and does something about it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from federation.models import Upstream, UpstreamProject, UpstreamRecord
from federation.upstream import verdicts
from tests.pages.visiting import text_of, visitor
from tests.support.world import County, TwoCounties

STATE = UpstreamRecord.State


@pytest.fixture
def admin(world: TwoCounties) -> Client:
    return visitor(world.wuchang, "platform_administrator")


@pytest.fixture
def county(world: TwoCounties) -> County:
    return world.wuchang


def _posted(client: Client, route: str, row: Any = None, **form: Any) -> Any:
    return client.post(reverse(route, args=[row.public_id] if row else []), form, follow=True)


FORM = {"name": "全国平台", "url": "https://above.invalid", "takes": "chosen", "since": "2026-11-01"}


def test_a_platform_is_entered_for_ones_own_area(admin: Client, county: County) -> None:
    answer = _posted(admin, "upstream_new", region=county.region.code, codes="trade 501 390", **FORM)
    row = Upstream.all_rows.get(name="全国平台")
    assert (row.region, row.codes) == (county.region, [["trade", "501", "390"]])
    assert "上级平台已登记" in text_of(answer)
    assert AuditEvent.objects.filter(action="federation.upstream_added", object_key=row.public_id).exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"url": "ftp://above.invalid"}, "接口地址应以 https:// 或 http:// 开头"),
        ({"takes": "all"}, "上报区域内全部项目要用一个账号"),
        ({"appid": "A-1"}, "请填这个 appid 的密钥"),
        ({"appid": "A-1", "secret": "short"}, "密钥（appsecret）应为 32 个字符"),
        ({"codes": "trade 501"}, "代码对照“trade 501”读不懂"),
        ({"codes": "nothing 501 390"}, "代码对照“nothing 501 390”读不懂"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_kept(
    admin: Client, county: County, changes: dict[str, str], sentence: str
) -> None:
    before = Upstream.all_rows.count()
    answer = _posted(admin, "upstream_new", **{"region": county.region.code, **FORM, **changes})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert Upstream.all_rows.count() == before


def test_the_page_counts_by_object_and_names_what_stops_a_project(admin: Client, county: County) -> None:
    text = text_of(admin.get(reverse("upstream", args=[county.upstream.public_id])))
    assert "签名校验错误!" in text
    assert "请核对密钥（对方可能已轮换），改正后自动继续。" in text
    assert "处理退回 1 条" in text


def test_a_refused_record_says_what_to_do_and_a_held_one_what_it_waits_for(
    admin: Client, county: County
) -> None:
    refused = text_of(admin.get(reverse("upstream_record", args=[county.told_records["worker"].public_id])))
    assert "[headImage]不能为空!" in refused
    assert "请在本平台把这一项补填完整；保存后会自动重新上报。" in refused
    held = text_of(admin.get(reverse("upstream_record", args=[county.told_records["entry"].public_id])))
    assert "等待的前置记录" in held
    assert "被退回" in held


def test_a_refused_record_is_told_again_or_given_up_for_a_reason(admin: Client, county: County) -> None:
    row = county.told_records["worker"]
    _posted(admin, "upstream_record_requeue", row)
    row.refresh_from_db()
    assert (row.state, row.is_alone, row.sentence) == (STATE.QUEUED, True, "")
    assert _posted(admin, "upstream_record_requeue", row).status_code == 422
    held = county.told_records["entry"]
    assert _posted(admin, "upstream_record_waive", held, reason=" ").status_code == 422
    _posted(admin, "upstream_record_waive", held, reason="已线下更正")
    held.refresh_from_db()
    assert (held.state, held.waive_reason) == (STATE.WAIVED, "已线下更正")
    actions = set(
        AuditEvent.objects.filter(object_key__in=[row.public_id, held.public_id]).values_list("action")
    )
    assert actions == {("federation.upstream_record_requeued",), ("federation.upstream_record_waived",)}


def test_reporting_is_paused_for_a_reason_and_goes_on(admin: Client, county: County) -> None:
    _posted(admin, "upstream_pause", county.upstream, reason="对方升级")
    county.upstream.refresh_from_db()
    assert (county.upstream.state, county.upstream.pause_reason) == ("paused", "对方升级")
    UpstreamProject.all_rows.update(is_marked=False)
    _posted(admin, "upstream_resume", county.upstream)
    county.upstream.refresh_from_db()
    county.told_project.refresh_from_db()
    assert (county.upstream.state, county.told_project.is_marked) == ("active", True)


def test_a_new_key_is_tried_at_once_and_shown_nowhere(admin: Client, county: County) -> None:
    row, secret = county.told_project, "9f" * 16
    _posted(admin, "upstream_project_edit", row, remote_code="U-1", appid="U-1", secret=secret)
    row.refresh_from_db()
    assert (row.secret, row.retry_at, row.trouble) == (secret, None, "")
    for name in ("upstream_project_edit", "upstream_projects", "upstream"):
        of = row if name == "upstream_project_edit" else county.upstream
        assert secret not in admin.get(reverse(name, args=[of.public_id])).content.decode()


def test_the_check_before_reporting_names_element_and_record(admin: Client, county: County) -> None:
    work = county.worker.engagement
    type(work).all_rows.filter(pk=work.pk).update(photo="", address=None)
    answer = admin.get(reverse("upstream_project_check", args=[county.told_project.public_id]))
    text = text_of(answer)
    assert str(work.public_id) in text
    assert "headImage" in text
    assert "不能为空!" in text
    assert work.person.name not in text


@pytest.mark.parametrize(
    ("code", "message", "fault"),
    [
        (-1, "请求参数无效:appid无效!", "key"),
        (-1, "timestamp无效!应为yyyyMMddHHmmss", "clock"),
        (-1, "nonce重复!同一timestamp与nonce的请求已受理,编号team-add-1,请用", "repeated"),
        (-1, "[teamName]不能为空!", "data"),
        (1001, "参数异常", "data"),
        (-2, "签名校验错误!", "key"),
        (-3, "无API访问权限!", "key"),
        (-4, "IP校验错误!", "key"),
        (-5, "访问超过限制!", "often"),
        (9999, "其他错误", "theirs"),
        (-1, "Internal Error", "theirs"),
    ],
)
def test_a_code_and_its_words_say_who_is_meant(code: int, message: str, fault: str) -> None:
    from federation.upstream.client import Answer

    assert verdicts.fault_of(Answer(code, message, {})).value == fault


def test_words_of_theirs_are_read_by_row_and_kept_without_numbers() -> None:
    text = "[workerList][0][idCardType]异常;[workerList][2][headImage]不能为空!;[workerList][2][nation]无效!"
    assert verdicts.by_row(text, "workerList") == {
        0: "[idCardType]异常",
        2: "[headImage]不能为空!;[nation]无效!",
    }
    assert verdicts.remote_in("班组已存在,已存在班组编号为:1500123456!") == "1500123456"
    assert verdicts.serial_in("nonce重复!请求已受理,编号team-add-1-0262,请用") == "team-add-1-0262"
    number = "42000119900307001X"
    assert number not in verdicts.clean(f"项目中已存在身份证为：{number}的工人!卡号0123456789012345678")
    assert "0123456789012345678" not in verdicts.clean("卡号0123456789012345678")
