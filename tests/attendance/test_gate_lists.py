"""The gates' lists: nobody unapproved is ever on one; each cause takes one off, its cure puts one back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from attendance.models import GatePass
from attendance.receivers import GATES
from attendance.selectors.passes import PULL, gate_changes
from attendance.services import recheck, sweep
from audit.models import AuditEvent
from kernel.scoping import Reach
from outbox.services import deliver_all
from standards.selectors import forget
from standards.services import enter_parameter
from tests.support import people, records
from tests.support.actors import EVERYONE, Holder
from tests.workers.sites import TODAY, contract, site, take, training
from workers.errors import AgeBarred
from workers.models import Certificate, Contract, Engagement, EntryReview, Training
from workers.services import (
    CertificateFacts,
    OwnFacts,
    WorkFacts,
    approve_entry,
    change_certificate,
    correct_identity,
    edit_engagement,
    end_contract,
    end_engagement,
    enter,
    leave,
    leave_temporarily,
    record_certificate,
    record_contract,
    record_training,
    return_to_site,
    reverse_move,
    submit_for_review,
    verify_identity,
    withdraw_training,
)

pytestmark = pytest.mark.django_db
SCAFFOLDER = "030"


def manager() -> Holder:
    actor = Holder(EVERYONE.reach(""), "workers.view", "workers.approve")
    actor.key = "manager"
    return actor


@pytest.fixture
def work() -> Engagement:
    """A scaffolder with everything, approved and on the list."""
    one = take(site(), work=WorkFacts(trade=SCAFFOLDER, phone=people.phone(921)))
    verify_identity(actor=EVERYONE, engagement=one, today=TODAY)
    certified(one)
    submit_for_review(actor=EVERYONE, engagement=one, today=TODAY)
    approve_entry(actor=manager(), engagement=one, today=TODAY)
    deliver_all()
    return one


def certified(one: Engagement) -> Certificate:
    facts = CertificateFacts(
        "85", "鄂A042026000001", TODAY - timedelta(days=30), TODAY + timedelta(days=60), issuer="住建厅"
    )
    return record_certificate(actor=EVERYONE, engagement=one, facts=facts, today=TODAY)


def listed(one: Engagement) -> GatePass:
    return GatePass.all_rows.get(engagement=one)


def told(one: Engagement, since: int) -> list[tuple[bool, list[str]]]:
    """What a gate is told after a position: who may pass now, and why not."""
    rows = gate_changes(Holder(EVERYONE.reach(""), PULL), one.project, since)
    return [(row.is_allowed, row.causes) for row in rows]


def test_who_was_approved_with_everything_is_on_the_list_until_the_first_paper_ends(work):
    row = listed(work)
    assert (row.is_allowed, row.causes) == (True, [])
    assert row.valid_until == records.instant_of(TODAY + timedelta(days=61))
    assert row.check_at == row.valid_until
    joined = AuditEvent.objects.get(action="attendance.gate_list_joined")
    assert joined.object_key == str(work.public_id)


def _ended_contract(work: Engagement) -> None:
    held = Contract.all_rows.get(engagement=work)
    end_contract(actor=EVERYONE, contract=held, on=TODAY, reason="协商解除", today=TODAY)


def _new_contract(work: Engagement) -> None:
    given = contract()
    record_contract(
        actor=EVERYONE, engagement=work, starts_on=given.starts_on, ends_on=given.ends_on, kind="agreement"
    )


def _withdrawn_training(work: Engagement) -> None:
    withdraw_training(actor=EVERYONE, training=Training.all_rows.get(engagement=work), reason="不是本人")


def _new_training(work: Engagement) -> None:
    given = training()
    record_training(
        actor=EVERYONE,
        engagement=work,
        kind=given.kind,
        held_on=given.held_on,
        hours=given.hours,
        is_passed=True,
    )


def _certificate(status: str) -> Callable[[Engagement], None]:
    def change(work: Engagement) -> None:
        held = Certificate.all_rows.get()
        change_certificate(
            actor=EVERYONE, certificate=held, valid_to=held.valid_to, status=status, reason="主管部门决定"
        )

    return change


def _left_for_a_time(work: Engagement) -> None:
    enter(actor=EVERYONE, engagement=work, on=TODAY, today=TODAY)
    leave_temporarily(actor=EVERYONE, engagement=work, on=TODAY, today=TODAY)


def _returned(work: Engagement) -> None:
    return_to_site(actor=EVERYONE, engagement=work, on=TODAY, today=TODAY)


def _left(work: Engagement) -> None:
    enter(actor=EVERYONE, engagement=work, on=TODAY, today=TODAY)
    leave(actor=EVERYONE, engagement=work, on=TODAY, today=TODAY)


def _exit_reversed(work: Engagement) -> None:
    reverse_move(actor=EVERYONE, engagement=work, reason="选错了人", today=TODAY)


def _corrected(work: Engagement) -> None:
    correct_identity(
        actor=EVERYONE,
        engagement=work,
        name="张三",
        number=people.id_number(923),
        reason="登记时看错一位",
        today=TODAY,
        now=timezone.now(),
    )


def _verified(work: Engagement) -> None:
    verify_identity(actor=EVERYONE, engagement=work, today=TODAY)


CAUSES: dict[str, tuple[Callable[[Engagement], None], str, Callable[[Engagement], None] | None]] = {
    "contract": (_ended_contract, "有效的劳动合同或用工协议", _new_contract),
    "training": (_withdrawn_training, "有效的安全培训", _new_training),
    "certificate": (_certificate("3"), "有效的特种作业操作资格证", _certificate("1")),
    "leave": (_left_for_a_time, "返场（暂退场期间不放行）", _returned),
    "exit": (_left, "总承包单位批准", _exit_reversed),
    "identity": (_corrected, "身份核验", _verified),
}


@pytest.mark.parametrize("name", CAUSES)
def test_each_cause_takes_one_off_the_list_and_its_cure_puts_one_back(name, work):
    cause, words, cure = CAUSES[name]
    before = listed(work).position
    cause(work)
    deliver_all()
    ((allowed, causes),) = told(work, before)
    assert (allowed, words in causes) == (False, True)
    left = AuditEvent.objects.get(action="attendance.gate_list_left")
    assert words in left.facts["causes"]
    after = listed(work).position
    assert after > before
    if cure:
        cure(work)
        deliver_all()
        assert told(work, after) == [(True, [])]


def test_an_ended_engagement_never_comes_back(work):
    end_engagement(actor=EVERYONE, engagement=work, today=TODAY)
    deliver_all()
    assert "在册的用工（已结束）" in listed(work).causes


def test_a_finished_project_lets_nobody_in(work):
    work.project.status = "004"
    work.project.save()
    recheck(timezone.now())
    sweep(timezone.now())
    assert listed(work).causes == ["在建的项目（已完工）"]


def _days_later(days: int) -> datetime:
    return records.instant_of(TODAY + timedelta(days=days), 1)


def test_time_alone_takes_one_off_on_the_morning_after_and_a_paper_in_the_future_puts_one_back(work):
    before = listed(work).position
    assert sweep(_days_later(60)) == 0
    assert sweep(_days_later(61)) == 1
    assert told(work, before) == [(False, ["有效的特种作业操作资格证"])]
    assert sweep(_days_later(61)) == 0


def test_a_contract_that_begins_when_the_old_one_ends_leaves_no_gap(work):
    last = Contract.all_rows.get(engagement=work).ends_on
    assert last is not None
    record_contract(
        actor=EVERYONE,
        engagement=work,
        starts_on=last + timedelta(days=1),
        ends_on=last + timedelta(days=100),
    )
    Certificate.all_rows.update(valid_to=None)
    Training.all_rows.update(valid_to=TODAY + timedelta(days=900))
    Engagement.all_rows.update(updated_at=timezone.now() + timedelta(days=800))
    deliver_all()
    recheck(timezone.now())
    sweep(timezone.now())
    assert listed(work).valid_until == records.instant_of(last + timedelta(days=101))


def test_another_photo_or_card_is_a_change_and_the_same_is_none(work):
    before = listed(work).position
    edit_engagement(actor=EVERYONE, engagement=work, facts=OwnFacts(gate_card="0012345"))
    deliver_all()
    assert told(work, before) == [(True, [])]
    after = listed(work).position
    edit_engagement(actor=EVERYONE, engagement=work, facts=OwnFacts(address="新住址 1 号"))
    deliver_all()
    recheck(timezone.now())
    assert sweep(timezone.now()) == 1
    assert told(work, after) == []


@pytest.mark.parametrize("step", ["enrolled", "verified", "submitted", "entered", "returned"])
def test_without_an_approval_nobody_is_ever_on_a_list(step):
    one = take(site())
    if step != "enrolled":
        verify_identity(actor=EVERYONE, engagement=one, today=TODAY)
    if step in ("submitted", "returned"):
        submit_for_review(actor=EVERYONE, engagement=one, today=TODAY)
    if step == "entered":
        enter(actor=EVERYONE, engagement=one, on=TODAY, today=TODAY)
    if step == "returned":
        EntryReview.all_rows.update(outcome="returned", decided_at=timezone.now(), decided_by_key="manager")
    deliver_all()
    recheck(timezone.now())
    assert not GatePass.all_rows.exists()


def test_the_database_itself_keeps_causes_and_permission_together(work):
    with pytest.raises(IntegrityError, match="told_why"), transaction.atomic():
        GatePass.all_rows.update(is_allowed=False)


def test_positions_are_those_of_the_commits_and_each_is_given_once(work):
    other = take(site(941), 941, name="李四")
    verify_identity(actor=EVERYONE, engagement=other, today=TODAY)
    submit_for_review(actor=EVERYONE, engagement=other, today=TODAY)
    approve_entry(actor=manager(), engagement=other, today=TODAY)
    deliver_all()
    assert listed(other).position == listed(work).position + 1


def test_only_a_gates_own_right_reads_a_list(work):
    reader = Holder(EVERYONE.reach(""), "workers.view", "attendance.view")
    assert list(gate_changes(reader, work.project, None)) == []
    elsewhere = Holder(Reach(projects=frozenset({site(941).participation.project.public_id})), PULL)
    assert list(gate_changes(elsewhere, work.project, None)) == []


def test_whatever_opens_or_closes_a_gate_is_listened_to():
    told: Any = set(GATES)
    assert {
        "workers.review_changed.v1",
        "workers.presence_changed.v1",
        "workers.contract_ended.v1",
        "workers.certificate_changed.v1",
    } <= told


def test_an_age_limit_that_holds_from_today_takes_off_whom_it_concerns_and_lets_nobody_be_submitted(work):
    other = take(site(931), order=5)
    verify_identity(actor=EVERYONE, engagement=other, today=TODAY)
    enter_parameter(
        key="age.maximum",
        region=work.project.region,
        value={"男管理": 20, "男工人": 20, "女管理": 20, "女工人": 20},
        valid_from=TODAY,
        valid_to=None,
        document="武建〔2026〕9号",
        today=TODAY,
    )
    forget()
    sweep(timezone.now())
    assert listed(work).is_allowed
    sweep(timezone.now() + timedelta(minutes=1))
    assert not listed(work).is_allowed
    assert "20 周岁" in "".join(listed(work).causes)
    with pytest.raises(AgeBarred, match="不能进场"), transaction.atomic():
        submit_for_review(actor=EVERYONE, engagement=other, today=TODAY)
