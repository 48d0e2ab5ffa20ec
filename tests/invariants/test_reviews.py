"""I-11 and I-12: who enters was approved by another, on papers that held at that instant and are kept."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AuditEvent
from kernel.scoping import Reach
from tests.support import people, records
from tests.support.actors import Holder
from tests.support.traces import fingerprint
from workers.errors import DataTooOld, NotPending, OwnReview, PapersMissing, TooYoung
from workers.models import Contract, Engagement, EntryReview, Training
from workers.services import (
    PersonFacts,
    WorkFacts,
    approve_entry,
    enrol,
    enter,
    leave,
    submit_for_review,
)

pytestmark = pytest.mark.django_db
TODAY = records.site_day()
SINCE = TODAY - timedelta(days=20)
RIGHTS = ("workers.view", "workers.enter", "workers.enrol", "workers.file", "workers.approve")


def _somebody(key: str) -> Holder:
    actor = Holder(Reach(region_paths=frozenset({records.region("420106").path})), *RIGHTS)
    actor.key = key
    return actor


@pytest.fixture
def clerk() -> Holder:
    return _somebody("clerk")


@pytest.fixture
def manager() -> Holder:
    return _somebody("manager")


def _enrolled(clerk: Holder, born_on: date = people.BORN_ON) -> Engagement:
    firm = records.enterprise(980)
    project = records.project("420106202605050980", records.region("420106"), firm)
    team = records.team(records.participation(project, firm), 1_499_000_980)
    number = people.id_number(981, born_on=born_on)
    return enrol(
        actor=clerk,
        project=project,
        team=team,
        person=PersonFacts(name="张三", number=number),
        work=WorkFacts(),
        today=TODAY,
    )


def _with_papers(engagement: Engagement) -> Engagement:
    records.contract(engagement, SINCE, TODAY + timedelta(days=90))
    records.training(engagement, SINCE)
    records.identity_check(engagement)
    return engagement


def _submitted(clerk: Holder, **how: date) -> Engagement:
    engagement = _with_papers(_enrolled(clerk, **how))
    submit_for_review(actor=clerk, engagement=engagement, today=TODAY)
    return engagement


def _refused(error: type[Exception], actor: Holder, engagement: Engagement) -> str:
    before = fingerprint()
    with pytest.raises(error) as refusal, transaction.atomic():
        approve_entry(actor=actor, engagement=engagement, today=TODAY)
    assert fingerprint() == before
    return str(refusal.value)


def test_i_11_an_approval_keeps_what_held_at_that_instant(clerk: Holder, manager: Holder) -> None:
    engagement = _submitted(clerk)
    approve_entry(actor=manager, engagement=engagement, today=TODAY)
    review = EntryReview.all_rows.get()
    contract, training = Contract.all_rows.get(), Training.all_rows.get()
    assert (review.outcome, review.decided_by_key) == ("approved", "manager")
    assert review.snapshot is not None
    assert review.snapshot["contract"] == {
        "public_id": str(contract.public_id),
        "kind": "labour",
        "starts_on": SINCE.isoformat(),
        "ends_on": (TODAY + timedelta(days=90)).isoformat(),
    }
    assert review.snapshot["training"]["public_id"] == str(training.public_id)
    assert review.snapshot["identity"]["method"] == "chip"
    assert review.snapshot["age_minimum"] == 16
    assert engagement.person.id_number not in str(review.snapshot)


@pytest.mark.parametrize(
    ("model", "change", "missing"),
    [
        (Contract, {"ends_on": TODAY - timedelta(days=1)}, "有效的劳动合同或用工协议"),
        (Contract, {"starts_on": TODAY + timedelta(days=1)}, "有效的劳动合同或用工协议"),
        (Training, {"is_passed": False}, "有效的安全培训"),
        (Training, {"valid_to": TODAY - timedelta(days=1)}, "有效的安全培训"),
    ],
)
def test_i_11_what_lapsed_between_asking_and_answering_stops_the_approval(
    model, change: dict[str, object], missing: str, clerk: Holder, manager: Holder
) -> None:
    engagement = _submitted(clerk)
    model.all_rows.update(**change)
    assert missing in _refused(PapersMissing, manager, engagement)


def test_i_11_a_number_that_was_put_right_since_has_to_be_checked_again(
    clerk: Holder, manager: Holder
) -> None:
    engagement = _submitted(clerk)
    number = people.id_number(983)
    records.identity_correction(engagement, number=number, name="张三", corrected_by="clerk")
    assert "身份核验" in _refused(PapersMissing, manager, engagement)


def test_i_11_an_identity_that_was_typed_does_not_open_the_gate(clerk: Holder) -> None:
    engagement = _enrolled(clerk)
    records.contract(engagement, SINCE, TODAY + timedelta(days=90))
    records.training(engagement, SINCE)
    records.identity_check(engagement, method="typed")
    with pytest.raises(PapersMissing, match="身份核验"):
        submit_for_review(actor=clerk, engagement=engagement, today=TODAY)


def test_i_11_nobody_under_age_is_approved(clerk: Holder, manager: Holder) -> None:
    birthday = date(TODAY.year - 16, TODAY.month, TODAY.day) + timedelta(days=1)
    engagement = _submitted(clerk)
    type(engagement.person).all_rows.update(born_on=birthday)
    assert "未满 16 周岁" in _refused(TooYoung, manager, engagement)


def test_i_11_without_a_date_of_birth_the_age_is_not_guessed(clerk: Holder, manager: Holder) -> None:
    engagement = _submitted(clerk)
    type(engagement.person).all_rows.update(born_on=None)
    assert "没有登记出生日期" in _refused(TooYoung, manager, engagement)


def test_i_11_data_that_nobody_has_touched_for_a_year_is_brought_up_to_date_first(
    clerk: Holder, manager: Holder
) -> None:
    engagement = _submitted(clerk)
    long_ago = TODAY - timedelta(days=400)
    Engagement.all_rows.update(updated_at=timezone.now() - timedelta(days=400))
    Training.all_rows.update(held_on=long_ago, valid_to=TODAY)
    assert "超过 365 天没有更新" in _refused(DataTooOld, manager, engagement)
    Training.all_rows.update(held_on=TODAY - timedelta(days=364))
    approve_entry(actor=manager, engagement=engagement, today=TODAY)


def test_i_12_who_submitted_does_not_approve(clerk: Holder) -> None:
    assert "不能审批自己办理的人员" in _refused(OwnReview, clerk, _submitted(clerk))


def test_i_12_who_enrolled_does_not_approve_what_another_submitted(clerk: Holder, manager: Holder) -> None:
    engagement = _with_papers(_enrolled(manager))
    submit_for_review(actor=clerk, engagement=engagement, today=TODAY)
    _refused(OwnReview, manager, engagement)
    approve_entry(actor=_somebody("another"), engagement=engagement, today=TODAY)


@pytest.mark.parametrize("key", ["submitted_by_key", "enrolled_by_key"])
def test_i_12_the_database_itself_refuses_an_approval_of_ones_own(key: str, clerk: Holder) -> None:
    engagement = _enrolled(clerk)
    with (
        pytest.raises(IntegrityError, match="who_enters_a_person_does_not_approve"),
        transaction.atomic(),
    ):
        records.review(engagement, decided_by_key="one", **{key: "one"})
    assert not EntryReview.all_rows.exists()


def test_an_approval_without_a_snapshot_is_refused_by_the_database(clerk: Holder) -> None:
    engagement = _enrolled(clerk)
    with pytest.raises(IntegrityError, match="an_approval_keeps_what_it_saw"), transaction.atomic():
        records.review(engagement, snapshot=None)


def test_one_review_at_a_time_is_in_force(clerk: Holder) -> None:
    engagement = _submitted(clerk)
    with pytest.raises(IntegrityError, match="one_review_in_force_per_engagement"), transaction.atomic():
        records.review(engagement)
    assert EntryReview.all_rows.count() == 1


def test_an_approval_ends_with_the_exit_and_is_asked_for_anew(clerk: Holder, manager: Holder) -> None:
    engagement = _submitted(clerk)
    approve_entry(actor=manager, engagement=engagement, today=TODAY)
    enter(actor=clerk, engagement=engagement, on=TODAY, today=TODAY)
    leave(actor=clerk, engagement=engagement, on=TODAY, today=TODAY)
    assert EntryReview.all_rows.get().ended_at is not None
    _refused(NotPending, manager, engagement)
    assert AuditEvent.objects.filter(action="workers.review_approved").count() == 1
