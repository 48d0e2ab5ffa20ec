"""Ages and covered days as arithmetic, and permission to enter as it is computed from all its facts."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import Error, transaction
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from standards.models import RuleParameter
from standards.selectors import forget
from tests.support import people, records
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint
from tests.workers.sites import TODAY, site, take
from workers.age import AgeRule, age_fault, first_day_of_age, last_day_of_age
from workers.errors import AgeBarred, NotCertified, PapersMissing
from workers.models import Certificate, Engagement, EntryReview, IdentityCheck
from workers.services import (
    CertificateFacts,
    OwnFacts,
    WorkFacts,
    approve_entry,
    change_certificate,
    edit_engagement,
    permissions,
    record_certificate,
    submit_for_review,
    verify_identity,
)
from workers.spans import changes_after, covered_until
from workers.states import Facts, Review, State, missing_for_entry, state_of

DAY = date(2026, 11, 26)
RULE = AgeRule(16, {"030": 18}, {"男工人": 60, "女工人": 50, "男管理": 0})
SCAFFOLDER, SCAFFOLD_CERTIFICATE = "030", "85"


def born(years: int, days: int = 0) -> date:
    """Somebody who turns so many years old on DAY, or some days later."""
    return DAY.replace(year=DAY.year - years) + timedelta(days=days)


@pytest.mark.parametrize(
    ("born_on", "sex", "kind", "trade", "fault"),
    [
        (born(16), "男", "20", "010", ""),
        (born(16, 1), "男", "20", "010", "未满 16 周岁"),
        (born(17), "男", "20", "030", "架子工须年满 18 周岁"),
        (born(18), "男", "20", "030", ""),
        (born(61, 1), "男", "20", "010", ""),
        (born(61), "男", "20", "010", "超过本地上限 60 周岁"),
        (born(51), "女", "20", "010", "超过本地上限 50 周岁"),
        (born(75), "男", "10", "900", ""),
        (born(75), "女", "10", "900", ""),
        (None, "男", "20", "010", "没有登记"),
    ],
)
def test_the_age_rule_of_a_place_goes_by_sex_class_of_post_and_trade(born_on, sex, kind, trade, fault):
    told = age_fault(RULE, born_on=born_on, sex=sex, kind=kind, trade=trade, trade_name="架子工", day=DAY)
    assert fault in told
    assert bool(told) is bool(fault)


def test_the_days_on_which_an_age_opens_and_closes_the_gate():
    assert first_day_of_age(RULE, born_on=date(2008, 2, 29), trade="030") == date(2026, 3, 1)
    assert last_day_of_age(RULE, born_on=date(1966, 11, 26), sex="男", kind="20") == date(2027, 11, 25)
    assert last_day_of_age(RULE, born_on=date(1966, 11, 26), sex="男", kind="10") is None


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 30))).map(
        lambda one: (
            DAY + timedelta(days=one[0] - 30),
            None if one[1] is None else DAY + timedelta(days=one[0] - 30 + one[1]),
        )
    ),
    max_size=5,
)


@given(SPANS)
def test_every_day_until_the_end_is_covered_and_the_next_is_not(spans):
    until = covered_until(spans, DAY)
    covers = [lambda day, s=span: s[0] <= day and (s[1] is None or day <= s[1]) for span in spans]
    if until is None:
        assert not any(one(DAY) for one in covers)
    elif until == date.max:
        assert any(one(DAY + timedelta(days=400)) for one in covers)
    else:
        days = [DAY + timedelta(days=step) for step in range((until - DAY).days + 2)]
        assert all(any(one(day) for one in covers) for day in days[:-1])
        assert not any(one(days[-1]) for one in covers)


@given(SPANS)
def test_whatever_changes_changes_on_a_day_that_was_foretold(spans):
    foretold = set(changes_after(spans, DAY))
    days = [DAY + timedelta(days=step) for step in range(70)]
    for before, after in pairwise(days):
        if (covered_until(spans, before) is None) != (covered_until(spans, after) is None):
            assert after in foretold


PAPERS: dict[str, Any] = {
    "is_verified": True,
    "has_contract": True,
    "is_trained": True,
    "review": Review.APPROVED,
}


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"is_verified": False}, "身份核验"),
        ({"has_contract": False}, "有效的劳动合同或用工协议"),
        ({"is_trained": False}, "有效的安全培训"),
        ({"is_certified": False}, "有效的特种作业操作资格证"),
        ({"age_fault": "年龄（61 周岁）"}, "年龄（61 周岁）"),
        ({"is_fresh": False}, "一年内的资料更新或再培训"),
        ({"review": Review.PENDING}, "总承包单位批准"),
        ({"is_present": True, "is_away": True}, "返场（暂退场期间不放行）"),
        ({"is_ended": True}, "在册的用工（已结束）"),
    ],
)
def test_each_thing_that_is_missing_is_named(changed, missing):
    assert missing_for_entry(Facts(**PAPERS)) == []
    assert missing_for_entry(Facts(**{**PAPERS, **changed})) == [missing]
    assert missing_for_entry(Facts(**PAPERS), is_open=False) == ["在建的项目（已完工）"]


def test_a_certificate_that_runs_out_suspends_as_a_contract_does():
    lapsed = Facts(**PAPERS, is_certified=False, is_present=True)
    assert state_of(lapsed) == State.SUSPENDED
    assert state_of(Facts(**PAPERS, is_present=True)) == State.ON_SITE


# --- over real rows -------------------------------------------------------------------------------------


def manager() -> Holder:
    actor = Holder(EVERYONE.reach(""), "workers.view", "workers.approve")
    actor.key = "manager"
    return actor


def submitted(order: int = 921, trade: str = "010", *, certified: bool = False) -> Engagement:
    """Somebody whose identity was checked, with papers, submitted for entry."""
    work = take(site(order), order, work=_work(order, trade))
    verify_identity(actor=EVERYONE, engagement=work, today=TODAY)
    if certified:
        certificate(work)
    submit_for_review(actor=EVERYONE, engagement=work, today=TODAY)
    return work


def _work(order: int, trade: str) -> WorkFacts:
    return WorkFacts(trade=trade, phone=people.phone(order))


def certificate(work: Engagement, **changes: object) -> Certificate:
    given = {
        "kind": SCAFFOLD_CERTIFICATE,
        "number": "鄂A042026000001",
        "issued_on": TODAY - timedelta(days=30),
        "valid_to": TODAY + timedelta(days=60),
        "issuer": "住建厅",
        **changes,
    }
    facts = CertificateFacts(**given)  # type: ignore[arg-type]  # as given
    return record_certificate(actor=EVERYONE, engagement=work, facts=facts, today=TODAY)


@pytest.mark.django_db
def test_without_a_valid_certificate_nobody_is_submitted_or_approved_for_special_operations():
    work = take(site(), work=_work(921, SCAFFOLDER))
    verify_identity(actor=EVERYONE, engagement=work, today=TODAY)
    before = fingerprint()
    with pytest.raises(PapersMissing, match="特种作业操作资格证"):
        submit_for_review(actor=EVERYONE, engagement=work, today=TODAY)
    assert fingerprint() == before
    held = certificate(work)
    submit_for_review(actor=EVERYONE, engagement=work, today=TODAY)
    Certificate.all_rows.update(status="3")
    before = fingerprint()
    with pytest.raises(PapersMissing, match="特种作业操作资格证"):
        approve_entry(actor=manager(), engagement=work, today=TODAY)
    assert fingerprint() == before
    Certificate.all_rows.update(status="1")
    approve_entry(actor=manager(), engagement=work, today=TODAY)
    seen = EntryReview.all_rows.get(engagement=work).snapshot or {}
    assert held.valid_to is not None
    assert seen["certificate"] == {
        "public_id": str(held.public_id),
        "kind": SCAFFOLD_CERTIFICATE,
        "valid_to": held.valid_to.isoformat(),
    }
    assert (seen["age_minimum"], seen["age_maximum"]) == (18, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"kind": "79"}, {"valid_to": TODAY - timedelta(days=1)}, {"status": "2"}],
    ids=["another trade's", "over", "cancelled"],
)
def test_a_certificate_of_another_kind_or_one_that_is_over_opens_nothing(wrong):
    work = take(site(), work=_work(921, SCAFFOLDER))
    certificate(work, **wrong)
    (found,) = permissions([work], TODAY)
    assert "有效的特种作业操作资格证" in found.missing


@pytest.mark.django_db
def test_nobody_is_moved_into_special_operations_without_a_certificate():
    work = take(site())
    before = fingerprint()
    with pytest.raises(NotCertified, match="架子工属于特种作业") as refused:
        edit_engagement(actor=EVERYONE, engagement=work, facts=OwnFacts(trade=SCAFFOLDER))
    assert (refused.value.field, fingerprint()) == ("trade", before)
    certificate(work)
    changed = edit_engagement(actor=EVERYONE, engagement=work, facts=OwnFacts(trade=SCAFFOLDER))
    assert changed.trade == SCAFFOLDER


@pytest.mark.django_db
def test_a_place_with_an_upper_age_bars_the_older_and_no_other_place_does():
    work, elsewhere = submitted(), submitted(941)
    region = work.project.region
    RuleParameter.objects.create(
        key="age.maximum",
        region=region,
        value={"男管理": 60, "男工人": 30, "女管理": 55, "女工人": 30},
        unit="周岁",
        name="上限",
        document="荆建〔2026〕1号",
        valid_from=TODAY,
    )
    forget()
    with pytest.raises(AgeBarred, match="超过本地上限 30 周岁"):
        approve_entry(actor=manager(), engagement=work, today=TODAY)
    elsewhere.project.region = records.region("429004")
    elsewhere.project.save()
    approve_entry(actor=manager(), engagement=elsewhere, today=TODAY)


@pytest.mark.django_db
def test_permission_says_until_when_it_holds_and_when_it_may_change():
    work = submitted(trade=SCAFFOLDER, certified=True)
    approve_entry(actor=manager(), engagement=work, today=TODAY)
    (found,) = permissions([work], TODAY)
    assert (found.missing, found.last_on) == ([], TODAY + timedelta(days=60))
    assert found.changes_on == TODAY + timedelta(days=61)
    (later,) = permissions([work], TODAY + timedelta(days=61))
    assert (later.missing, later.last_on) == (["有效的特种作业操作资格证"], None)


@pytest.mark.django_db
def test_judging_many_asks_no_more_than_judging_one(django_assert_max_num_queries):
    team = site()
    people_ = [take(team, 921 + 2 * step, name=f"赵{'一二三四五'[step]}") for step in range(5)]
    with django_assert_max_num_queries(11):
        found = permissions(people_, TODAY)
    assert [one.engagement.pk for one in found] == [one.pk for one in people_]


@pytest.mark.django_db
def test_a_renewed_certificate_keeps_what_it_was_on_the_trail():
    work = take(site())
    held = certificate(work)
    change_certificate(
        actor=EVERYONE,
        certificate=held,
        valid_to=TODAY + timedelta(days=700),
        status="1",
        reason="复核合格，延期两年",
    )
    event = AuditEvent.objects.get(action="workers.certificate_changed")
    assert (event.reason, event.facts["valid_to"]) == (
        "复核合格，延期两年",
        (TODAY + timedelta(days=60)).isoformat(),
    )
    assert held.number not in str(event.facts)


@pytest.mark.django_db
def test_the_strength_of_an_identity_is_never_changed_afterwards():
    work = take(site())
    check = IdentityCheck.all_rows.get(engagement=work)
    assert (check.method, check.strengths["id_number"]) == ("typed", "typed")
    for change in ({"method": "chip"}, {"strengths": {"id_number": "chip"}}, {"proof": "x"}):
        with pytest.raises(Error, match="only ever added"), transaction.atomic():
            IdentityCheck.all_rows.filter(pk=check.pk).update(**change)
