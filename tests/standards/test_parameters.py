"""Values of parameters by place and date: typed by kind, never edited, in force from their day on."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from audit.models import AuditEvent
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.scoping import Reach
from regions.models import Region
from standards import rules
from standards.models import RuleParameter
from standards.selectors import affected, default_of, forget, in_force, parameter, values_of
from tests.support import records
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint
from web.parameter_acts import set_parameter, take_back_parameter

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 26)


def _administrator(code: str = "420106") -> Holder:
    return Holder(Reach(region_paths=frozenset({records.region(code).path})), "standards.set_parameters")


def _set(value=7, code: str | None = "420106", actor=EVERYONE, key: str = "key_post.absent_days", **more):
    more.setdefault("valid_from", TODAY)
    more.setdefault("document", "鄂建办〔2026〕15号")
    region = records.region(code) if code else None
    row = set_parameter(actor=actor, key=key, region=region, value=value, today=TODAY, **more)
    forget()
    return row


def _refused(act, kind=DomainError) -> DomainError:
    before = fingerprint()
    with pytest.raises(kind) as refused, transaction.atomic():
        act()
    assert fingerprint() == before
    return refused.value


def test_a_value_holds_at_its_place_from_its_day_to_its_day_and_then_the_former_holds_again() -> None:
    _set(3, None, valid_from=TODAY + timedelta(days=2))
    _set(7, valid_from=TODAY + timedelta(days=5), valid_to=TODAY + timedelta(days=6))
    here, elsewhere = records.region("420106"), records.region("429004")
    told = [
        (parameter("key_post.absent_days", here, day), parameter("key_post.absent_days", elsewhere, day))
        for day in (TODAY + timedelta(days=step) for step in (1, 2, 4, 5, 6, 7))
    ]
    assert told == [(5, 5), (3, 3), (3, 3), (7, 3), (7, 3), (3, 3)]


def test_a_future_value_is_not_in_force_where_no_day_is_named(monkeypatch) -> None:
    monkeypatch.setattr("standards.selectors.timezone.localdate", lambda: TODAY)
    _set(3, None, valid_from=TODAY + timedelta(days=1))
    assert parameter("key_post.absent_days") == 5


def test_setting_a_value_is_on_the_trail_of_its_place_with_the_document() -> None:
    _set(7, actor=_administrator())
    event = AuditEvent.objects.get()
    assert (event.action, event.place) == ("standards.parameter_set", records.region("420106").path)
    assert event.facts == {
        "key": "key_post.absent_days",
        "region": "420106",
        "value": 7,
        "valid_from": "2026-11-26",
        "valid_to": "",
        "document": "鄂建办〔2026〕15号",
    }


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"document": " "}, "no_document", "document"),
        ({"valid_from": TODAY - timedelta(days=1)}, "past_date", "valid_from"),
        ({"valid_to": TODAY - timedelta(days=1)}, "wrong_order", "valid_to"),
        ({"value": -1}, "bad_value", "value"),
        ({"value": "7"}, "bad_value", "value"),
        ({"value": True}, "bad_value", "value"),
        ({"value": 0.5}, "bad_value", "value"),
        ({"value": [7]}, "bad_value", "value"),
        ({"key": "no.such_key"}, "unknown_parameter", None),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused_and_leaves_nothing(more, code, field) -> None:
    refusal = _refused(lambda: _set(**more))
    assert (refusal.code, refusal.field) == (code, field)


def test_a_value_that_a_later_one_would_cut_short_is_refused_with_the_day_that_fits() -> None:
    _set(7, valid_from=TODAY + timedelta(days=10))
    refusal = _refused(lambda: _set(8))
    assert refusal.message == (
        "武昌区已有自 2026-12-06 起的值，与所填期间重叠。请把截止日期改为 2026-12-05 或更早，或先撤回那一条。"
    )
    assert "同一天不能有两个值" in _refused(lambda: _set(8, valid_from=TODAY + timedelta(days=10))).message
    _set(8, valid_to=TODAY + timedelta(days=9))
    _set(9, valid_from=TODAY + timedelta(days=20))
    assert RuleParameter.objects.filter(region__code="420106").count() == 3


def test_a_value_not_yet_in_force_is_taken_back_and_one_in_force_is_history() -> None:
    future, present = _set(7, valid_from=TODAY + timedelta(days=1)), _set(8, "429004")
    take_back_parameter(actor=_administrator(), row=future, today=TODAY)
    assert AuditEvent.objects.get(action="standards.parameter_taken_back").facts["value"] == 7
    for row in (present, default_of("key_post.absent_days")):
        refusal = _refused(lambda row=row: take_back_parameter(actor=EVERYONE, row=row, today=TODAY))
        assert refusal.code == "in_force"
    assert not RuleParameter.objects.filter(region__code="420106").exists()


def test_a_county_sets_nothing_beyond_itself_and_nobody_without_the_permission() -> None:
    for code in ("429004", "420100", None):
        _refused(lambda code=code: _set(7, code, actor=_administrator()), NotFound)
    row = _set(7, "429004", valid_from=TODAY + timedelta(days=1))
    _refused(lambda: take_back_parameter(actor=_administrator(), row=row, today=TODAY), NotFound)
    clerk = Holder(Reach(region_paths=frozenset({"420000/"})), "standards.view")
    _refused(lambda: _set(7, actor=clerk), NotPermitted)


def test_who_is_affected_leaves_out_whoever_has_a_value_of_their_own() -> None:
    _set(7)
    city = affected("key_post.absent_days", records.region("420100"), TODAY)
    counties = Region.objects.filter(path__startswith="420000/420100/", is_county=True).count()
    assert [region.name for region in city.keep] == ["武昌区"]
    assert len(city.regions) == counties - 1
    assert "武昌区" not in {region.name for region in city.regions}
    one = affected("key_post.absent_days", records.region("429004"), TODAY)
    assert ([region.name for region in one.regions], one.keep) == (["仙桃市"], [])
    assert len(affected("key_post.absent_days", None, TODAY).regions) == (
        Region.objects.filter(is_county=True).count() - 1
    )


def test_one_value_a_place_is_in_force() -> None:
    _set(7), _set(8, valid_from=TODAY + timedelta(days=3)), _set(3, None)
    rows = list(values_of("key_post.absent_days"))
    deciding = [row.value for row in rows if row.pk in in_force(rows, TODAY)]
    assert sorted(deciding) == [3, 7]
    assert [row.value for row in rows] == [3, 5, 8, 7]


@pytest.mark.parametrize(
    ("value", "default", "unit", "fault"),
    [
        (0.9, 0.7, "比例", ""),
        (1.1, 0.7, "比例", "比例应在 0% 到 100% 之间，请重填。"),
        ({"amber": 12, "red": 24}, {"amber": 24, "red": 72}, "小时", ""),
        ({"amber": 48, "red": 24}, {"amber": 24, "red": 72}, "小时", "提示线不能高于告警线，请核对两个数。"),
        ({"amber": 12}, {"amber": 24, "red": 72}, "小时", "请逐项填写：amber、red。"),
        (["01"], ["01", "02"], "", ""),
        ([], ["01", "02"], "", "请至少选一项。"),
        (["99"], ["01", "02"], "", "代码表中没有“99”，请从代码表中选择。"),
        (["01", "01"], ["01", "02"], "", "同一代码只能选一次。"),
        (1_000_001, 5, "天", "请填 0 到 1000000 之间的数。"),
    ],
)
def test_a_value_is_of_the_kind_of_its_default(value, default, unit, fault) -> None:
    assert rules.fault_of(value, default, unit, {"01", "02"}) == fault
