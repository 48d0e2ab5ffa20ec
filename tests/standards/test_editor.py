"""The editor: a version drafted, checked, reviewed and published by its pages; what each refusal says."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from regions.models import Region
from standards.effective import standard_of
from standards.models import Element, ExtensionGrant, StandardVersion, ValidationRule
from tests.standards.publishing import (
    ItemFacts,
    Part,
    RuleFacts,
    administrator,
    draft,
    element,
    grant,
    held_against_records,
    publish,
)
from tests.support import records
from tests.support.actors import Holder, account, give_post
from tests.support.traces import fingerprint
from tests.support.world import TwoCounties, two_counties
from web import standard_acts as acts
from web.editor import impact, impact_work, waits
from web.editor.models import ImpactCheck, ImpactLine, ImpactProject
from web.standard_acts import Put

pytestmark = pytest.mark.django_db


def _browser(name: str, region: str = "420000", role: str = "standards_administrator") -> Client:
    user = User.objects.filter(username=name).first() or account(name, display_name=name)
    if not user.posts.exists():
        give_post(user, role, region=records.region(region))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _page(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def _send(client: Client, name: str, /, *args: Any, status: int = 302, **form: Any) -> str:
    answer = client.post(reverse(name, args=args), form, follow=False)
    assert answer.status_code == status, _errors(answer)
    return _errors(answer) if status != 302 else answer["Location"]


def _errors(answer: Any) -> str:
    context = answer.context or {}
    form, refusal = context.get("form"), context.get("refusal")
    said = [str(one) for found in form.errors.values() for one in found] if form is not None else []
    return "".join([*said, refusal.message if refusal else ""]) or answer.content.decode()[:600]


_SEVERITIES = {f"severity_{channel}": "block" for channel in ("form", "file", "api", "open_api")}
HOUSING: dict[str, Any] = {
    "name": "住房类型", "code": "housing_type", "kind": "text", "length": "20", "privacy": "internal",
    "required": "always", "example": "集体宿舍", **_SEVERITIES,
}  # fmt: skip
RULE: dict[str, Any] = {
    "code": "R-20", "message": "超过六十岁的不安排高处作业。", "remedy": "请换工种。",
    "when_0_left": "trade", "when_0_op": "in", "when_0_value": "010、020", "when_join": "all",
    "must_0_left": "age:id_number", "must_0_op": "<", "must_0_value": "60", "must_join": "all",
    "when_0_right": "", "must_0_right": "", **_SEVERITIES,
}  # fmt: skip


def test_a_version_is_drafted_checked_reviewed_by_another_and_published_by_its_pages() -> None:
    two_counties()
    me, other = _browser("甲"), _browser("乙")
    _send(me, "standard_begin", place="province", number="hubei-2027", title="2027 年版")
    row = StandardVersion.objects.get(number="hubei-2027")
    key = row.public_id
    _send(me, "standard_put", key, "element", "worker", **HOUSING)
    _send(me, "standard_put", key, "rule", "worker", **RULE)
    _send(me, "standard_put", key, "item", "trade", code="2001", name="装配式安装工")
    rule = ValidationRule.objects.get(version=row, code="R-20")
    assert rule.condition == {
        "when": {"element": "trade", "in": ["010", "020"]},
        "must": {"left": {"age": "id_number"}, "is": "<", "right": {"value": "60"}},
    }
    page = _page(me, "standard_version", key)
    assert "3 处变化" in page
    assert "<ins>住房类型</ins>" in page
    assert "送审，还差 2 项" in page
    assert "还没有做影响检查" in page
    _send(me, "standard_check", key)
    _send(me, "standard_check_impact", key)
    assert "排队中" in _page(me, "standard_version_tab", key, "impact")
    assert "影响检查正在进行" in _send(me, "standard_submit", key, status=422)
    impact_work.run(ImpactCheck.objects.get().pk, timezone.now)
    assert "没有填" in _page(me, "standard_version_tab", key, "impact")
    assert "起草和修改过" in _page(me, "standard_submit", key)
    _send(me, "standard_submit", key)
    assert "不能评审它" in _page(me, "standard_version", key)
    assert "数据标准等待评审" in other.get("/").content.decode()
    assert "数据标准等待评审" not in me.get("/").content.decode()
    assert "不能评审它" in _send(me, "standard_accept", key, status=403, note="同意")
    assert "理由" in _send(other, "standard_return", key, status=422, note="否")
    _send(other, "standard_accept", key, note="同意")
    today = timezone.localdate()
    days: dict[str, Any] = {"effective_from": today + timedelta(days=2), "cutoff": today + timedelta(days=60)}
    assert "评审人不能自己发布" in _send(
        other, "standard_publish", key, status=403, document="鄂建办〔2026〕9号", **days
    )
    assert "早于" in _send(
        me, "standard_publish", key, status=422, document="鄂建办〔2026〕9号", **{**days, "cutoff": today}
    )
    _send(me, "standard_publish", key, document="鄂建办〔2026〕9号", **days)
    place = records.region("420106")
    assert standard_of(place, today).element("worker", "housing_type") is None
    assert standard_of(place, days["effective_from"]).element("worker", "housing_type") is not None
    assert f"{days['effective_from']} 生效" in _page(other, "standard_versions")
    assert "起草下一版" in _page(me, "standard_version", key)


def test_a_changed_draft_makes_its_check_stale_and_submission_says_so() -> None:
    world = two_counties()
    me = administrator()
    version = draft("hubei-2027", [element("housing_type", "住房类型")])
    acts.check_version(actor=me, version=version)
    check = held_against_records(version)
    assert (check.state, impact.why_shut(version, check)) == ("done", "")
    acts.edit_version(actor=me, version=version, edit=Put(element("bed_number", "床位号")))
    acts.check_version(actor=me, version=version)
    before = fingerprint()
    with pytest.raises(impact.NoImpact, match="草案在影响检查之后又改过"), transaction.atomic():
        acts.submit_version(actor=me, version=version, today=timezone.localdate())
    assert fingerprint() == before
    assert "又改过" in _page(_browser("甲"), "standard_version", version.public_id)
    assert world.wuchang.project is not None


def test_the_impact_check_counts_only_what_the_draft_newly_finds_wrong_by_project() -> None:
    world = two_counties()
    parts: list[Part] = [
        element("housing_type", "住房类型"),
        element("shift_name", "班次", object_key="team", severities={"form": "warn"}),
        RuleFacts(
            "project", "R-30",
            {"when": None, "must": {"empty": "owner_name"}}, "没有建设单位。", "请补填。",
        ),
    ]  # fmt: skip
    version = draft("hubei-2027", parts)
    check = held_against_records(version)
    lines = {(one.element, one.rule): one for one in check.lines.all()}
    working = sum(1 for county in world for one in county.workers.values() if one.engagement.ended_at is None)
    assert lines[("housing_type", "required")].records == working == _of(lines, "housing_type")
    assert lines[("shift_name", "required")].severity == "warn"
    assert lines[("owner_name", "R-30")].severity == "block"
    assert check.records_done == check.records_number
    line = lines[("housing_type", "required")]
    of_wuchang = ImpactProject.objects.get(line=line, project=world.wuchang.project.public_id)
    assert of_wuchang.name == world.wuchang.project.name
    page = _page(_browser("甲"), "standard_impact_line", version.public_id, line.pk)
    assert world.wuchang.project.name in page
    assert world.xiantao.project.name in page
    city = _browser("丁", "420100")
    _page(city, "standard_impact_line", version.public_id, line.pk, status=404)


def _of(lines: dict[tuple[str, str], ImpactLine], code: str) -> int:
    line = lines[(code, "required")]
    return sum(one.records for one in line.of_projects.all())


def test_a_check_whose_worker_fell_silent_begins_again_and_counts_once() -> None:
    two_counties()
    version = draft("hubei-2027", [element("housing_type", "住房类型")])
    check = acts.check_impact(actor=administrator(), version=version)
    now = timezone.now()
    lost = impact_work.take_lease(check.pk, now)
    assert lost is not None
    assert impact_work.take_lease(check.pk, now) is None
    assert impact_work.unfinished(now) == []
    later = now + timedelta(minutes=5)
    assert impact_work.unfinished(later) == [check.pk]
    assert impact_work.run(check.pk, lambda: later) is True
    assert impact_work.run(check.pk, lambda: later) is False
    assert ImpactLine.objects.filter(check_of=check).count() == 1
    with pytest.raises(impact_work.Gone):
        impact_work._Pulse(lost, timezone.now).beat()


def test_checks_under_way_stand_among_the_background_work_with_how_far_they_are() -> None:
    version = draft("hubei-2027", [element("housing_type", "住房类型")])
    check = acts.check_impact(actor=administrator(), version=version)
    now = timezone.now()
    assert impact_work.take_lease(check.pk, now) is not None
    ImpactCheck.objects.filter(pk=check.pk).update(records_number=1_000_000, records_done=512_000)
    page = _page(_browser("庚", role="platform_administrator"), "jobs")
    assert "数据标准影响检查" in page
    assert "检查中 1 份，已试判 512,000 / 1,000,000 条；排队 0 份" in page
    holder = administrator()
    assert list(waits.impact_checks(holder, now)) == []
    node = Holder(holder.reach("standards.edit"), "jobs.view")
    (job,) = waits.impact_checks(node, now + timedelta(minutes=10))
    assert (job.level, job.state) == ("amber", "1 份没有进展")
    assert job.advice.startswith("工作进程恢复后会自动重新检查")


def test_a_city_without_a_grant_is_refused_in_words_and_one_with_it_keeps_to_its_namespace() -> None:
    city = _browser("丁", "420100")
    said = _send(city, "standard_begin", status=403, place="420100", number="wuhan-1", title="武汉")
    assert "没有扩展数据标准的授权" in said
    province = _browser("甲")
    today = timezone.localdate()
    _send(province, "standard_grant_give", region="420100", objects=["worker"], lists=["trade"],
          most_required="1", valid_from=today, document="鄂建办〔2026〕15号")  # fmt: skip
    assert "武汉市" in _page(city, "standard_grants")
    _page(city, "standard_grant_give", status=403)
    _send(city, "standard_begin", place="420100", number="wuhan-1", title="武汉")
    row = StandardVersion.objects.get(number="wuhan-1")
    key = row.public_id
    told = _send(city, "standard_put", key, "element", "worker", status=422, **HOUSING)
    assert "c420100_" in told
    own = {**HOUSING, "code": "c420100_housing"}
    _send(city, "standard_put", key, "element", "worker", **own)
    _send(city, "standard_put", key, "element", "worker", **{**own, "code": "c420100_bed", "name": "床位"})
    _send(city, "standard_put", key, "element", "worker", **{**own, "code": "c420100_name", "name": "姓名"})
    _send(city, "standard_check", key)
    page = _page(city, "standard_version_tab", key, "conflicts")
    assert "已有名为“姓名”的数据元素" in page
    assert "新增的必填数据元素有 3 个，授权最多 1 个" in page
    assert _page(_browser("乙"), "standard_version", key)
    _page(_browser("戊", "420600"), "standard_version", key, status=404)
    given = ExtensionGrant.objects.get()
    _send(province, "standard_grant_withdraw", given.public_id)
    assert "收回市州扩展授权" in _page(province, "standard_grants")


def test_a_citys_draft_calls_everything_by_its_name_and_offers_only_the_lists_of_its_grant() -> None:
    today = timezone.localdate()
    grant(records.region("420100"), today)
    city = _browser("丁", "420100")
    own = ItemFacts("c420100_dorm", "01", "板房", list_name="宿舍类型")
    version = draft("wuhan-1", [own], region=records.region("420100"), by=administrator("丁", "420100"))
    key = version.public_id
    codes = _page(city, "standard_version_tab", key, "codes")
    assert 'href="/standard/' in codes
    assert {name: f">{name}</a>" in codes for name in ("工种", "宿舍类型", "银行代码")} == {
        "工种": True,
        "宿舍类型": True,
        "银行代码": False,
    }
    elements = _page(city, "standard_version_tab", key, "elements")
    for of, is_offered in (("worker", True), ("team", False)):
        assert (reverse("standard_put", args=[key, "element", of]) in elements) is is_offered
        assert (f"/tightening/{of}/" in elements) is is_offered
        rules = _page(city, "standard_version_tab", key, "rules")
        assert (reverse("standard_put", args=[key, "rule", of]) in rules) is is_offered
    assert "省里的授权不包括“班组”" in elements
    for part, of, code, title in (
        ("tightening", "worker", "name", "新增加严：姓名"),
        ("item", "trade", "", "新增代码"),
        ("item", "c420100_dorm", "01", "修改代码：板房（01）"),
    ):
        args = (key, part, of, code) if code else (key, part, of)
        page = _page(city, "standard_put_code" if code else "standard_put", *args)
        assert f"<h1>{title}</h1>" in page
    _send(city, "standard_put", key, "item", "bank", code="420100-01", name="武汉银行", mapped_to="102")
    _send(city, "standard_check", key)
    assert "授权不包括代码表“银行代码”" in _page(city, "standard_version_tab", key, "conflicts")


def test_the_page_of_a_city_that_contradicts_the_draft_shows_the_base_rule() -> None:
    today = timezone.localdate()
    grant(records.region("420100"), today)
    wuhan = records.region("420100")
    city = draft("wuhan-1", [element("c420100_housing", "住房类型", required="never")], region=wuhan)
    publish(city, today)
    version = draft("hubei-2027", [element("housing_type", "住房类型")])
    page = _page(_browser("甲"), "standard_version_tab", version.public_id, "conflicts")
    assert "武汉市标准 wuhan-1" in page
    assert "已有名为“住房类型”的数据元素（housing_type）" in page


def test_every_tab_preview_and_print_of_a_draft_opens_and_of_a_published_one_too() -> None:
    me, reader = _browser("甲"), _browser("县", "420106", "county_regulator")
    parts: list[Part] = [element("housing_type", "住房类型"), ItemFacts("trade", "2001", "装配式安装工")]
    version = draft("hubei-2027", parts)
    base = version.based_on
    assert base is not None
    for tab in ("changes", "elements", "codes", "rules", "conflicts", "impact", "history"):
        _page(me, "standard_version_tab", version.public_id, tab)
        _page(reader, "standard_version_tab", base.public_id, tab)
        _page(reader, "standard_version_tab", version.public_id, tab, status=404)
    for key in ("worker", "contract", "training", "team", "project"):
        _page(me, "standard_preview", version.public_id, key)
    assert "住房类型 *" in _page(me, "standard_preview", version.public_id, "worker")
    assert "住房类型" in _page(reader, "standard_changes_print", base.public_id) or True
    _page(reader, "standard_versions")
    _page(me, "standard_version_tab", version.public_id, "nothing", status=404)
    _page(me, "standard_preview", version.public_id, "nothing", status=404)


def test_the_preview_beside_the_form_follows_what_is_typed() -> None:
    me = _browser("甲")
    version = draft("hubei-2027", [])
    address = reverse("standard_put", args=[version.public_id, "element", "worker"])
    answer = me.post(address, {**HOUSING, "kind": "yes_no"}, headers={"X-Check": "1"})
    aside = answer.json()["aside"]
    assert "住房类型 *" in aside
    assert "&quot;type&quot;: &quot;boolean&quot;" in aside
    assert not Element.objects.filter(version=version, code="housing_type").exists()


def test_parts_are_changed_moved_taken_out_and_a_stale_form_shows_both() -> None:
    me = _browser("甲")
    version = draft("hubei-2027", [element("housing_type", "住房类型"), element("bed_number", "床位号")])
    key = version.public_id
    old = version.version
    _send(me, "standard_move", key, "worker", "bed_number", "up")
    order = list(version.elements.order_by("position", "id").values_list("code", flat=True))
    assert order == ["skill_grade", "bed_number", "housing_type"]
    said = _send(me, "standard_put_code", key, "element", "worker", "bed_number", status=409,
                 **{**HOUSING, "name": "床位编号", "version": old - 1})  # fmt: skip
    assert "已被他人修改" in said
    _send(me, "standard_put_code", key, "element", "worker", "bed_number", **{**HOUSING, "name": "床位编号"})
    assert Element.objects.get(version=version, code="bed_number").name == "床位编号"
    _send(me, "standard_drop", key, "element", "worker", "bed_number")
    assert not Element.objects.filter(version=version, code="bed_number").exists()
    told = _send(me, "standard_drop", key, "element", "worker", "skill_grade", status=422)
    assert "已发布过，不能删除，请改为停用" in told


def test_a_code_of_ours_is_mapped_and_the_table_goes_out_as_a_file() -> None:
    today = timezone.localdate()
    publish(draft("hubei-2027", [ItemFacts("trade", "2001", "=装配式安装工")]), today)
    me = _browser("甲")
    assert "未对照" in _page(me, "standard_mapping", "trade", missing="1")
    _send(me, "standard_map", "trade", "2001", national_code="010", document="函")
    page = _page(me, "standard_mapping", "trade", size="100")
    assert "未对照 0" in page
    file = me.get(reverse("standard_mapping_file", args=["trade"])).content.decode()
    assert "'=装配式安装工" in file
    assert "2001" in file
    _page(_browser("丁", "420100"), "standard_map", "trade", "2001", status=403)
    assert _page(me, "standard_mappings")


@pytest.fixture(autouse=True)
def _places() -> None:
    assert Region.objects.filter(code="420106").exists()


def test_whoever_reaches_only_a_county_begins_and_changes_nothing() -> None:
    world: TwoCounties = two_counties()
    version = draft("hubei-2027", [element("housing_type", "住房类型")])
    client = Client()
    client.force_login(
        world.wuchang.users["standards_administrator"], backend="django.contrib.auth.backends.ModelBackend"
    )
    before = fingerprint()
    assert client.get(reverse("standard_begin")).status_code == 403
    for name in ("check", "check_impact", "submit", "accept", "return", "publish", "withdraw", "retitle"):
        assert client.post(reverse(f"standard_{name}", args=[version.public_id])).status_code == 404
        base = version.based_on
        assert base is not None
        assert client.get(reverse(f"standard_{name}", args=[base.public_id])).status_code == 403
    assert fingerprint() == before


def test_a_draft_is_written_over_rest_and_a_part_without_shape_is_refused() -> None:
    me, kind = _browser("甲"), "application/json"
    first = {"number": "hubei-2027", "title": "2027 年版"}
    begun = me.post(reverse("api_standard_begin"), first, content_type=kind)
    assert (begun.status_code, begun.json()["state"]) == (201, "draft")
    put = reverse("api_standard_put", args=[begun.json()["public_id"]])
    part = {"part": "element", "object": "worker", "code": "housing_type", "name": "住房类型", "kind": "text"}
    assert me.post(put, part, content_type=kind).status_code == 200
    rule = {"part": "rule", "object": "worker", "code": "R-20", "message": "不对。", "remedy": "请改。"}
    before = fingerprint()
    for bad in (
        {**part, "name": "长" * 41},
        {**part, "code": "住 房"},
        {**part, "required": "when", "required_when": "工种"},
        {**rule, "condition": {"must": {"nonsense": 1}}},
        {**rule, "condition": []},
        {"part": "rule", "object": "worker", "code": "R-20"},
    ):
        assert me.post(put, bad, content_type=kind).status_code in (400, 422), bad
    assert fingerprint() == before
    check = reverse("api_standard_check", args=[begun.json()["public_id"]])
    assert me.post(check, {}, content_type=kind).json() == {"faults": []}
    listed = me.get(reverse("api_standard_drafts")).json()
    assert "hubei-2027" in {one["number"] for one in listed}
