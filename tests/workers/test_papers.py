"""Contracts and trainings: put right by new records, ended or withdrawn with a reason, never in silence."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from audit.models import AuditEvent
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.scoping import Reach
from outbox.models import OutboxEvent
from standards.models import RuleParameter
from standards.selectors import forget
from tests.support import people
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint
from tests.workers.sites import TODAY, contract, site, take, training
from workers.errors import BadPaper, PaperEnded, WhyHoldsNumber, WhyMissing
from workers.models import Contract, Engagement, Training
from workers.selectors import contracted_on, trained_on, with_state_on
from workers.services import (
    end_contract,
    record_trainings,
    replace_contract,
    replace_training,
    withdraw_training,
)

pytestmark = pytest.mark.django_db
AGO = TODAY - timedelta(days=30)


def put(order=921, **changes):
    return take(site(900 + order % 90), order=order, contract=contract(starts_on=AGO), **changes)


def state(work, day=TODAY):
    row: Any = with_state_on(Engagement.all_rows.filter(pk=work.pk), day).get()
    return row.has_contract, row.is_trained


def is_refused(kind: type[DomainError], act, **facts) -> DomainError:
    before = fingerprint()
    with pytest.raises(kind) as refusal:
        act(actor=facts.pop("actor", EVERYONE), **facts)
    assert fingerprint() == before
    return refusal.value


def test_a_contract_put_right_keeps_the_old_record_which_never_held():
    work = put()
    old = Contract.all_rows.get(engagement=work)
    facts = contract(starts_on=AGO + timedelta(days=10), unit_price=Decimal("300.00"))
    new = replace_contract(actor=EVERYONE, contract=old, facts=facts, reason="开始日期录错")
    old.refresh_from_db()
    assert (old.ended_on, old.end_reason, old.version) == (AGO, "开始日期录错", 2)
    assert (new.replaces, new.starts_on, new.unit_price) == (old, AGO + timedelta(days=10), Decimal("300.00"))
    assert state(work) == (True, True)
    assert state(work, AGO + timedelta(days=5))[0] is False


def test_a_contract_ended_early_no_longer_holds_from_that_day():
    work = put()
    held = Contract.all_rows.get(engagement=work)
    end_contract(actor=EVERYONE, contract=held, on=TODAY - timedelta(days=2), reason="本人辞工", today=TODAY)
    days = [state(work, TODAY - timedelta(days=step))[0] for step in (3, 2, 0)]
    assert days == [True, False, False]
    event = AuditEvent.objects.get(action="workers.contract_ended")
    assert (event.reason, event.object_key) == ("本人辞工", str(work.public_id))


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (TODAY + timedelta(days=1), "晚于今天"),
        (AGO - timedelta(days=1), "不能早于合同开始日期"),
    ],
)
def test_a_contract_ends_within_its_term_and_not_in_the_future(on, words):
    held = Contract.all_rows.get(engagement=put())
    refusal = is_refused(BadPaper, end_contract, contract=held, on=on, reason="协商解除", today=TODAY)
    assert (refusal.field, words in refusal.message) == ("date", True)


def test_an_expired_contract_needs_no_ending():
    term = contract(starts_on=AGO, ends_on=TODAY - timedelta(days=5))
    held = Contract.all_rows.get(engagement=take(site(), contract=term))
    refusal = is_refused(BadPaper, end_contract, contract=held, on=TODAY, reason="协商解除", today=TODAY)
    assert "到期，无需再办理解除" in refusal.message


def test_an_ended_contract_is_neither_ended_nor_put_right_again():
    held = Contract.all_rows.get(engagement=put())
    end_contract(actor=EVERYONE, contract=held, on=TODAY, reason="协商解除", today=TODAY)
    is_refused(PaperEnded, end_contract, contract=held, on=TODAY, reason="协商解除", today=TODAY)
    is_refused(PaperEnded, replace_contract, contract=held, facts=contract(), reason="开始日期录错")


@pytest.mark.parametrize(("reason", "kind"), [("", WhyMissing), ("错 ", WhyMissing)])
def test_a_change_of_papers_needs_a_reason(reason, kind):
    work = put()
    held, taught = Contract.all_rows.get(engagement=work), Training.all_rows.get(engagement=work)
    is_refused(kind, replace_contract, contract=held, facts=contract(), reason=reason)
    is_refused(kind, end_contract, contract=held, on=TODAY, reason=reason, today=TODAY)
    is_refused(kind, withdraw_training, training=taught, reason=reason)
    is_refused(kind, replace_training, training=taught, facts=training(), reason=reason, today=TODAY)


def test_a_reason_repeats_no_number():
    taught = Training.all_rows.get(engagement=put())
    for number in (people.id_number(921), people.phone(921), "6222 0000 0000 0000"):
        refusal = is_refused(WhyHoldsNumber, withdraw_training, training=taught, reason=f"号码 {number} 录错")
        assert number not in refusal.message


def test_a_withdrawn_training_trains_nobody_and_stays_readable():
    work = put()
    taught = Training.all_rows.get(engagement=work)
    withdraw_training(actor=EVERYONE, training=taught, reason="不是本人参加")
    assert state(work) == (True, False)
    kept = Training.all_rows.get(engagement=work)
    assert (kept.withdrawal_reason, kept.version) == ("不是本人参加", 2)
    is_refused(PaperEnded, withdraw_training, training=taught, reason="不是本人参加")


def test_a_training_put_right_is_withdrawn_and_recorded_anew():
    work = put()
    old = Training.all_rows.get(engagement=work)
    facts = training(hours=Decimal("32.0"), held_on=AGO)
    new = replace_training(actor=EVERYONE, training=old, facts=facts, reason="学时录错", today=TODAY)
    assert (new.replaces, new.hours, new.valid_to) == (old, Decimal("32.0"), AGO + timedelta(days=365))
    assert state(work) == (True, True)
    told = OutboxEvent.objects.filter(event="workers.training_recorded.v1").order_by("-id")[0]
    assert told.facts["since"] == AGO.isoformat()


def test_a_trainings_change_leaves_nothing_when_the_new_facts_are_refused():
    taught = Training.all_rows.get(engagement=put())
    wrong = training(hours=Decimal(0))
    is_refused(BadPaper, replace_training, training=taught, facts=wrong, reason="学时录错", today=TODAY)


def test_one_training_is_kept_for_all_who_attended():
    team = site()
    crew = [take(team, order, training=None) for order in (921, 923, 925)]
    facts = training(trainer="示例安全员", evidence="0" * 64)
    kept = record_trainings(actor=EVERYONE, engagements=crew, facts=facts, today=TODAY)
    assert [row.engagement for row in kept] == crew
    assert {(row.trainer, row.evidence, row.hours) for row in kept} == {
        ("示例安全员", "0" * 64, Decimal("8.0"))
    }
    assert [state(work) for work in crew] == [(True, True)] * 3


def test_one_person_beyond_the_actors_scope_refuses_the_whole_training():
    own, other = site(930), site(931)
    crew = [take(own, 921, training=None), take(other, 923, training=None)]
    clerk = Holder(Reach(projects=frozenset({own.participation.project.public_id})), "workers.file")
    is_refused(NotFound, record_trainings, actor=clerk, engagements=crew, facts=training(), today=TODAY)
    viewer = Holder(Reach(projects=frozenset({own.participation.project.public_id})), "workers.view")
    is_refused(
        NotPermitted, record_trainings, actor=viewer, engagements=crew[:1], facts=training(), today=TODAY
    )


def test_a_training_of_nobody_or_of_more_than_the_parameter_allows_is_refused():
    crew = [take(site(), order, training=None) for order in (921,)]
    refusal = is_refused(BadPaper, record_trainings, engagements=[], facts=training(), today=TODAY)
    assert (refusal.field, "请至少选择一人" in refusal.message) == ("people", True)
    RuleParameter.objects.filter(key="training.most_people_at_once").update(value=0)
    forget()
    refusal = is_refused(BadPaper, record_trainings, engagements=crew, facts=training(), today=TODAY)
    assert "一次最多登记 0 人，现选了 1 人" in refusal.message


def test_lists_and_conditions_agree_on_what_holds():
    work = put()
    assert Engagement.all_rows.filter(contracted_on(TODAY), trained_on(TODAY), pk=work.pk).exists()
