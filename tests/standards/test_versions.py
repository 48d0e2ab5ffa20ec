"""The life of a version (S10): drafted, checked, reviewed by another, published; cities by grant."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import AuditEvent
from kernel.errors import DomainError, NotFound, NotPermitted
from standards import errors
from standards.effective import base_of, in_force, judge, standard_of
from standards.models import CodeItem, ItemMapping, StandardVersion
from standards.selectors import code_name, codes, every_code
from standards.versions import changes_of, coverage, latest_of, standing_of, to_base
from tests.standards.publishing import (
    Drop,
    ItemFacts,
    Put,
    RuleFacts,
    TighteningFacts,
    acts,
    administrator,
    draft,
    element,
    grant,
    publish,
    submit,
)
from tests.support import records
from tests.support.traces import fingerprint

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 26)
TOMORROW = TODAY + timedelta(days=1)
HOUSING = element("housing_type", "住房类型")


def _refused(kind: type[DomainError], act: Any) -> DomainError:
    before = fingerprint()
    with pytest.raises(kind) as refused, transaction.atomic():
        act()
    assert fingerprint() == before
    return refused.value


def _wuhan() -> Any:
    return records.region("420100")


def test_the_seed_is_in_force_and_judges_the_records_that_the_product_makes() -> None:
    standard = standard_of(records.region("420106"), TODAY)
    assert [ref.number for ref in standard.versions] == ["national-2019", "hubei-2026"]
    assert [one.code for one in standard.extras("worker")] == ["skill_grade"]
    (grade,) = standard.extras("worker")
    assert standard.offered(grade)["3"] == "高级工（三级）"
    said = {"name": "张三", "id_number": "420001199001010010", "phone": "10900000001", "trade": "010"}
    found = judge(standard, "worker", said, channel="form")
    assert {(one.element, one.severity) for one in found} == {
        (code, "inform") for code in ("nation", "address", "photo", "issuing_authority", "education")
    }


def test_a_draft_begins_with_all_that_is_in_force_and_its_change_is_a_difference() -> None:
    version = draft("hubei-2027", [HOUSING], today=TODAY)
    assert version.based_on == latest_of("provincial", None)
    assert [(one.act, one.part, one.code) for one in changes_of(version)] == [
        ("added", "element", "housing_type")
    ]
    acts.edit_version(actor=administrator(), version=version, edit=Put(element("skill_grade", "技能等级",
        kind="code", code_list="skill_grade", required="never", length=12, is_retired=True)))  # fmt: skip
    assert next((one.act, one.code) for one in changes_of(version)) == ("retired", "skill_grade")
    acts.edit_version(actor=administrator(), version=version, edit=Drop("element", "housing_type", "worker"))
    _refused(
        errors.PublishedBefore,
        lambda: acts.edit_version(
            actor=administrator(), version=version, edit=Drop("element", "skill_grade", "worker")
        ),
    )


def test_a_version_goes_from_draft_through_another_persons_hands_into_force_on_its_day() -> None:
    version = publish(draft("hubei-2027", [HOUSING], today=TODAY), TOMORROW, today=TODAY)
    wuchang = records.region("420106")
    assert standard_of(wuchang, TODAY).element("worker", "housing_type") is None
    assert standard_of(wuchang, TOMORROW).element("worker", "housing_type") is not None
    assert in_force(wuchang, TOMORROW, "provincial") == str(version.public_id)
    assert standing_of(version, TODAY) == ("blue", "2026-11-27 生效")
    latest = version.based_on
    assert latest is not None
    assert standing_of(latest, TODAY) == ("green", "在用")
    assert standing_of(latest, TOMORROW)[1] == "已被取代，接口接受到 2026-11-27"
    said = list(AuditEvent.objects.filter(action__startswith="standards.").values_list("action", flat=True))
    assert [one.removeprefix("standards.version_") for one in reversed(said)] == [
        "begun", "edited", "checked", "standards.impact_checked", "submitted", "accepted", "published",
    ]  # fmt: skip


def test_nobody_reviews_what_they_drafted_and_the_reviewer_does_not_publish() -> None:
    version = draft("hubei-2027", [HOUSING], today=TODAY)
    me, other = administrator("甲"), administrator("乙")
    assert acts.check_version(actor=me, version=version, today=TODAY) == []
    submit(actor=me, version=version, today=TODAY)
    _refused(errors.OwnDraft, lambda: acts.accept_version(actor=me, version=version))
    _refused(errors.OwnDraft, lambda: acts.return_version(actor=me, version=version, note="不同意此项"))
    acts.accept_version(actor=other, version=version)
    days: Any = {"effective_from": TOMORROW, "cutoff": TOMORROW, "today": TODAY}
    _refused(errors.OwnDraft, lambda: acts.publish_version(actor=other, version=version, **days))
    with pytest.raises(IntegrityError), transaction.atomic():
        StandardVersion.objects.filter(pk=version.pk).update(reviewed_by=version.drafted_by)


def test_an_editor_of_the_draft_does_not_review_it_and_a_return_needs_a_reason() -> None:
    version = draft("hubei-2027", [HOUSING], today=TODAY)
    helper = administrator("丙")
    acts.edit_version(actor=helper, version=version, edit=Put(element("bed_number", "床位号")))
    acts.check_version(actor=helper, version=version, today=TODAY)
    submit(actor=helper, version=version, today=TODAY)
    _refused(errors.OwnDraft, lambda: acts.accept_version(actor=helper, version=version))
    _refused(
        errors.NoReason, lambda: acts.return_version(actor=administrator("乙"), version=version, note=" 否 ")
    )
    row = acts.return_version(actor=administrator("乙"), version=version, note="床位号不属于实名制")
    assert (row.state, row.review_note) == ("returned", "床位号不属于实名制")
    acts.edit_version(actor=helper, version=version, edit=Drop("element", "bed_number", "worker"))
    version.refresh_from_db()
    assert version.state == "draft"


def test_each_act_out_of_its_turn_is_refused_and_changes_nothing() -> None:
    version = draft("hubei-2027", today=TODAY)
    me, other = administrator("甲"), administrator("乙")
    days: Any = {"effective_from": TOMORROW, "cutoff": TOMORROW, "today": TODAY}
    _refused(errors.NotNow, lambda: acts.submit_version(actor=me, version=version, today=TODAY))
    _refused(errors.NotNow, lambda: acts.accept_version(actor=other, version=version))
    _refused(errors.NotNow, lambda: acts.publish_version(actor=me, version=version, **days))
    acts.check_version(actor=me, version=version, today=TODAY)
    _refused(errors.NothingSaid, lambda: acts.submit_version(actor=me, version=version, today=TODAY))
    _refused(errors.DraftExists, lambda: draft("hubei-2028", today=TODAY))
    acts.withdraw_version(actor=me, version=version)
    _refused(errors.NumberTaken, lambda: draft("hubei-2027", today=TODAY))
    published = publish(draft("hubei-2028", [HOUSING], today=TODAY), TOMORROW, today=TODAY)
    _refused(
        errors.NotNow,
        lambda: acts.edit_version(actor=me, version=published, edit=Put(element("a_b", "甲乙"))),
    )


@pytest.mark.parametrize(
    ("days", "kind", "field"),
    [
        ((TODAY - timedelta(days=1), TODAY), errors.BeginsInThePast, "effective_from"),
        ((TOMORROW, TODAY), errors.BadCutoff, "cutoff"),
        ((date(2026, 1, 1), TODAY), errors.BeginsInThePast, "effective_from"),
    ],
)
def test_a_version_is_published_with_days_that_can_be(days: Any, kind: Any, field: str) -> None:
    version = draft("hubei-2027", [HOUSING], today=TODAY)
    me = administrator()
    acts.check_version(actor=me, version=version, today=TODAY)
    submit(actor=me, version=version, today=TODAY)
    acts.accept_version(actor=administrator("乙"), version=version)
    begins, cutoff = days
    refusal = _refused(
        kind,
        lambda: acts.publish_version(
            actor=me, version=version, effective_from=begins, cutoff=cutoff, today=TODAY
        ),
    )
    assert refusal.field == field


def test_whoever_has_no_right_or_no_reach_drafts_reviews_and_grants_nothing() -> None:
    city = administrator("市", "420100")
    version = draft("hubei-2027", [HOUSING], today=TODAY)
    _refused(NotFound, lambda: draft("x-1", by=city, today=TODAY))
    _refused(NotFound, lambda: acts.edit_version(actor=city, version=version, edit=Put(HOUSING)))
    _refused(NotFound, lambda: acts.check_version(actor=city, version=version, today=TODAY))
    _refused(NotFound, lambda: acts.accept_version(actor=city, version=version))
    _refused(NotFound, lambda: draft("x-1", region=records.region("429004"), by=city, today=TODAY))
    _refused(
        NotFound,
        lambda: acts.grant_extension(
            actor=city, region=_wuhan(), objects=["worker"], valid_from=TODAY, document="无"
        ),
    )
    nobody = type(city)(city.reach("standards.edit"), "standards.view")
    _refused(NotPermitted, lambda: draft("x-1", region=_wuhan(), by=nobody, today=TODAY))


def test_a_city_without_a_grant_is_refused_in_a_sentence_that_names_the_grant() -> None:
    city = administrator("市", "420100")
    refusal = _refused(errors.NoGrant, lambda: draft("wuhan-1", region=_wuhan(), by=city, today=TODAY))
    assert "没有扩展数据标准的授权" in refusal.message
    assert "省级数据标准管理员" in refusal.message
    county = records.region("420106")
    _refused(errors.NotACity, lambda: draft("x-1", region=county, by=administrator(), today=TODAY))
    held = grant(_wuhan(), TODAY)
    acts.withdraw_extension(actor=administrator(), grant=held)
    _refused(errors.NoGrant, lambda: draft("wuhan-1", region=_wuhan(), by=city, today=TODAY))


def _city_version(number: str = "wuhan-1", *parts: Any, effective_from: date = TODAY) -> StandardVersion:
    city = administrator("市", "420100")
    said = parts or (
        element("c420100_housing", "住房类型"),
        element("c420100_bed", "床位号", required="never", privacy="sealed"),
        TighteningFacts("worker", "address", required="always"),
        ItemFacts("trade", "420100-01", "超大直径盾构工", mapped_to="414"),
    )
    return publish(
        draft(number, said, region=_wuhan(), by=city, today=TODAY), effective_from, by=city, today=TODAY
    )


def test_a_city_with_a_grant_adds_in_its_own_namespace_and_only_there() -> None:
    grant(_wuhan(), TODAY)
    _city_version()
    here, there = standard_of(records.region("420106"), TODAY), standard_of(records.region("429004"), TODAY)
    assert [one.code for one in here.extras("worker")] == ["skill_grade", "c420100_housing", "c420100_bed"]
    assert [one.code for one in there.extras("worker")] == ["skill_grade"]
    trade = next(one for one in here.elements("worker") if one.code == "trade")
    assert here.offered(trade)["420100-01"] == "超大直径盾构工"
    assert "420100-01" not in codes("trade")
    assert code_name("trade", "420100-01") == "超大直径盾构工"
    said = {"name": "张三", "id_number": "420001199001010010", "phone": "10900000001", "trade": "420100-01"}
    refused = {channel: [one.element for one in judge(here, "worker", said, channel=channel) if one.blocks]
               for channel in ("form", "file", "api", "open_api")}  # fmt: skip
    assert refused["form"] == refused["file"] == ["address", "c420100_housing"]
    assert refused["api"] == []
    assert set(refused["open_api"]) <= {"address", "nation", "photo", "issuing_authority"}
    upstream = to_base(here, "worker", {**said, "c420100_housing": "集体宿舍"})
    assert upstream == {**said, "trade": "414"}
    base = base_of(records.region("420106"), TODAY)
    assert [one for one in judge(base, "worker", upstream, channel="api") if one.blocks] == []


def test_a_new_provincial_version_rechecks_every_city_and_the_base_holds_meanwhile() -> None:
    grant(_wuhan(), TODAY)
    city = _city_version("wuhan-1", element("c420100_housing", "住房类型"), effective_from=TOMORROW)
    later = TODAY + timedelta(days=9)
    version = draft("hubei-2027", [HOUSING], today=TODAY)
    me = administrator()
    acts.check_version(actor=me, version=version, today=TODAY)
    submit(actor=me, version=version, today=TODAY)
    acts.accept_version(actor=administrator("乙"), version=version)
    _row, affected = acts.publish_version(
        actor=me, version=version, effective_from=later, cutoff=later, today=TODAY
    )
    assert affected == [city]
    city.refresh_from_db()
    assert city.needs_action_by == TODAY + timedelta(days=30)
    assert "已有名为“住房类型”的数据元素（housing_type）" in city.conflicts[0]["sentence"]
    assert standing_of(city, later)[0] == "red"
    assert [one.code for one in standard_of(_wuhan(), later).extras("worker")] == [
        "skill_grade", "housing_type", "c420100_housing",
    ]  # fmt: skip
    acts.begin_version(actor=me, region=_wuhan(), number="wuhan-2", title="改名", document="无", today=TODAY)


def test_code_items_come_into_use_on_the_day_and_go_out_of_use_but_never_change_or_vanish() -> None:
    parts = [
        ItemFacts("trade", "2001", "装配式安装工"),
        ItemFacts("trade", "390", retires=True),
        ItemFacts("housing_kind", "1", "集体宿舍", list_name="住房类型"),
    ]
    publish(draft("hubei-2027", parts, today=TODAY), TOMORROW, today=TODAY)
    today, then = codes("trade", on=TODAY), codes("trade", on=TOMORROW)
    assert ("2001" in today, "390" in today) == (False, True)
    assert ("2001" in then, "390" in then) == (True, False)
    assert (every_code("trade")["390"], code_name("trade", "390")) == ("杂工", "杂工")
    assert codes("housing_kind", on=TOMORROW) == {"1": "集体宿舍"}
    row = CodeItem.objects.get(code_list__key="trade", code="2001")
    for change in ({"name": "别的"}, {"code": "2002"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CodeItem.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM standards_codeitem WHERE id = %s", [row.pk])
    version = draft("hubei-2028", [ItemFacts("trade", "390", "新工种")], today=TODAY)
    told = acts.check_version(actor=administrator(), version=version, today=TODAY)
    assert [one.sentence for one in told] == ["代码 390 已用过（杂工），代码永不重复使用，请换一个。"]


def test_no_code_item_ever_changes_meaning_whatever_is_published() -> None:
    before = {key: dict(every_code(key)) for key in ("trade", "skill_grade", "bank")}
    wanted = [("trade", "010", "别的工种"), ("skill_grade", "3", "三级"), ("bank", "NEW-1", "新银行")]
    for number, (key, code, name) in enumerate(wanted):
        version = draft(f"v-{number}", [ItemFacts(key, code, name)], today=TODAY)
        if acts.check_version(actor=administrator(), version=version, today=TODAY):
            acts.withdraw_version(actor=administrator(), version=version)
        else:
            submit(actor=administrator(), version=version, today=TODAY)
            acts.accept_version(actor=administrator("乙"), version=version)
            acts.publish_version(
                actor=administrator(), version=version, effective_from=TODAY, cutoff=TODAY, today=TODAY
            )
    for key, items in before.items():
        assert {code: every_code(key)[code] for code in items} == items
    assert every_code("bank")["NEW-1"] == "新银行"


def test_codes_of_ours_are_mapped_to_national_ones_and_the_rest_is_listed() -> None:
    parts = [
        ItemFacts("trade", "2001", "装配式安装工"),
        ItemFacts("trade", "2002", "盾构工", mapped_to="414"),
    ]
    publish(draft("hubei-2027", parts, today=TODAY), TODAY, today=TODAY)
    mine = next(one for one in coverage() if one["list"].key == "trade")
    assert (mine["own"], mine["mapped"], mine["missing"]) == (2, 1, ["2001"])
    acts.map_item(actor=administrator(), code_list="trade", code="2001", national_code="1000")
    assert ItemMapping.objects.get(code="2001").national_code == "1000"
    _refused(
        DomainError,
        lambda: acts.map_item(actor=administrator(), code_list="trade", code="2001", national_code="4711"),
    )


def test_a_rule_of_a_new_version_judges_from_its_day_with_its_severity_per_channel() -> None:
    rule = RuleFacts(
        "worker", "R-17", {"when": None, "must": {"filled": "card_number"}}, "没有工资卡号。", "请补填卡号。",
        severities={"open_api": "warn", "api": "warn"},
    )  # fmt: skip
    publish(draft("hubei-2027", [rule], today=TODAY), TOMORROW, today=TODAY)
    said = {"name": "张三", "id_number": "420001199001010010", "phone": "10900000001", "trade": "010"}
    told = []
    for day in (TODAY, TOMORROW):
        standard = standard_of(_wuhan(), day)
        for channel in ("form", "open_api"):
            found = judge(standard, "worker", said, channel=channel)
            told.append([one.severity for one in found if one.rule == "R-17"])
    assert told == [[], [], ["block"], ["warn"]]
