"""Putting a wrong number or name right: by an act with a reason, and the days follow the right person."""

from datetime import timedelta
from typing import TypeVar

import pytest

from attendance.models import AttendanceDay, Punch, Subject
from attendance.services import PunchFacts, receive_punches
from audit.models import AuditEvent
from kernel.errors import DomainError, NotFound, NotPermitted, Stale
from kernel.scoping import Reach
from outbox.services import deliver_all
from tests.support import people, records
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint
from tests.workers.sites import NOW, TODAY, contract, site, take
from workers.errors import (
    AlreadyEngaged,
    BadIdentity,
    BeyondOwnReach,
    IdentityNameDiffers,
    NothingToCorrect,
    WhyHoldsNumber,
    WhyMissing,
)
from workers.models import Engagement, IdentityCheck, IdentityCorrection, LookUp, Person, Presence
from workers.selectors import identity_checks
from workers.services import correct_identity, enter, leave

pytestmark = pytest.mark.django_db
Refusal = TypeVar("Refusal", bound=DomainError)
WRONG, RIGHT, ELSEWHERE = 921, 923, 925
AGO = TODAY - timedelta(days=5)


def put(team, order=WRONG, name="张三", entered_on=AGO):
    return take(team, order, name, contract=contract(starts_on=AGO), entered_on=entered_on)


def correct(work, actor=EVERYONE, name="张三", order=RIGHT, reason="登记时看错一位", expected_version=None):
    return correct_identity(
        actor=actor,
        engagement=Engagement.all_rows.select_related("person", "project").get(pk=work.pk),
        name=name,
        number=people.id_number(order) if order else "",
        reason=reason,
        today=TODAY,
        now=NOW,
        expected_version=expected_version,
    )


def is_refused(kind: type[Refusal], work, **changes) -> Refusal:
    """The refusal, once it is sure that nothing but the counted question was left behind."""
    before = fingerprint()
    with pytest.raises(kind) as refusal:
        correct(work, **changes)
    after = fingerprint()
    counted = LookUp._meta.db_table
    assert {**after, counted: ""} == {**before, counted: ""}
    return refusal.value


def clerk_of(team) -> Holder:
    reach = Reach(projects=frozenset({team.participation.project.public_id}))
    return Holder(reach, "workers.view", "workers.correct")


def punch(team, order, day, minutes=240):
    at = records.instant_of(day, minutes)
    facts = PunchFacts(number=people.id_number(order), occurred_at=at, direction="in", channel="南门")
    receive_punches(
        actor=EVERYONE,
        project=team.participation.project,
        origin=Punch.Origin.OPEN_API,
        punches=[facts],
        now=NOW,
    )


def days_of(work):
    return sorted(AttendanceDay.all_rows.filter(engagement=work).values_list("day", flat=True))


def test_a_number_that_nobody_has_changes_the_person_and_keeps_what_it_was_sealed():
    work = put(site())
    was = Person.all_rows.get(pk=work.person_id)
    correct(work, name="张珊", order=924)
    person = Person.all_rows.get(pk=was.pk)
    assert (person.id_number, person.name, person.sex, person.version) == (
        people.id_number(924),
        "张珊",
        "女",
        2,
    )
    kept = IdentityCorrection.all_rows.get(engagement=work)
    assert (kept.name_before, kept.number_before, kept.is_number_changed, kept.is_moved) == (
        "张三",
        people.id_number(WRONG),
        True,
        False,
    )
    assert (kept.reason, kept.corrected_by) == ("登记时看错一位", "测试准备")
    assert kept.masked_number == "4200**********" + people.id_number(WRONG)[-4:]
    assert list(IdentityCheck.all_rows.values_list("method", flat=True)) == ["typed", "typed"]


def test_a_chips_reading_of_the_wrong_number_no_longer_speaks_for_the_right_one():
    work = put(site())
    records.identity_check(work)
    assert {check.method for check in identity_checks(EVERYONE, work)} == {"typed", "chip"}
    correct(work)
    assert [check.method for check in identity_checks(EVERYONE, work)] == ["typed"]
    assert IdentityCheck.all_rows.filter(engagement=work).count() == 3


def test_the_act_is_on_record_with_its_reason_and_without_a_number():
    work = put(site())
    correct(work)
    event = AuditEvent.objects.get(action="workers.identity_corrected")
    assert (event.reason, event.object_key) == ("登记时看错一位", str(work.public_id))
    trail = str(list(AuditEvent.objects.values()))
    assert not [order for order in (WRONG, RIGHT) if people.id_number(order) in trail]


def test_a_name_alone_is_corrected_without_knowing_the_number():
    work = put(site())
    correct(work, name="张山", order=0)
    person = Person.all_rows.get(pk=work.person_id)
    assert (person.name, person.id_number) == ("张山", people.id_number(WRONG))
    assert IdentityCorrection.all_rows.get(engagement=work).is_number_changed is False
    assert IdentityCheck.all_rows.filter(engagement=work).count() == 1


def test_a_known_persons_number_moves_the_work_with_its_presence_to_that_person():
    here, elsewhere = site(930), site(931)
    right = put(elsewhere, RIGHT, entered_on=None)
    work = put(here)
    moved = correct(work, actor=clerk_of(here))
    assert moved.person == right.person
    assert Presence.all_rows.get(engagement=work).person == right.person
    assert Person.all_rows.get(pk=work.person_id).id_number == people.id_number(WRONG)
    assert IdentityCorrection.all_rows.get(engagement=work).is_moved is True


def test_a_known_number_under_another_name_is_refused_without_the_name():
    put(site(931), RIGHT, name="李四", entered_on=None)
    refusal = is_refused(IdentityNameDiffers, put(site(930)))
    assert "李四" not in refusal.message
    asked = AuditEvent.objects.filter(action="workers.looked_up").order_by("id")
    assert list(asked.values_list("facts", flat=True))[-1] == {"found": "other_name"}


def test_a_person_who_works_on_the_project_already_is_not_put_there_twice():
    team = site()
    put(team, RIGHT, entered_on=None)
    is_refused(AlreadyEngaged, put(team))


def test_a_person_with_work_beyond_the_actors_reach_is_left_to_a_wider_one():
    here, elsewhere = site(930), site(931)
    work = put(here)
    put(elsewhere, entered_on=None)
    refusal = is_refused(BeyondOwnReach, work, actor=clerk_of(here))
    assert "主管部门" in refusal.message
    wider = Holder(Reach(region_paths=frozenset({"420000/"})), "workers.correct")
    correct(work, actor=wider)
    assert IdentityCorrection.all_rows.count() == 2


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"reason": "错"}, WhyMissing),
        ({"reason": f"应为 {people.id_number(RIGHT)}"}, WhyHoldsNumber),
        ({"order": WRONG}, NothingToCorrect),
        ({"order": 0}, NothingToCorrect),
    ],
)
def test_a_correction_needs_a_reason_and_something_to_correct(changes, kind):
    is_refused(kind, put(site()), **changes)


def test_a_bad_number_is_refused():
    work = put(site())
    before = fingerprint()
    with pytest.raises(BadIdentity):
        correct_identity(
            actor=EVERYONE,
            engagement=work,
            name="张三",
            number="420011199001020",
            reason="登记时看错一位",
            today=TODAY,
            now=NOW,
        )
    assert fingerprint() == before


def test_a_second_corrector_is_shown_the_first_ones_correction():
    work = put(site())
    correct(work, expected_version=1)
    refusal = is_refused(Stale, work, order=ELSEWHERE, expected_version=1)
    assert refusal.theirs == {"姓名": "张三", "证件号码": "4200**********" + people.id_number(RIGHT)[-4:]}


def test_who_may_not_correct_or_does_not_see_the_work_corrects_nothing():
    work, other = put(site(930)), site(931)
    is_refused(NotFound, work, actor=clerk_of(other))
    is_refused(NotPermitted, work, actor=Holder(clerk_of(other).reach("workers.view"), "workers.view"))


def test_punches_of_the_right_number_count_and_those_of_the_wrong_one_no_longer_do():
    team = site()
    work = put(team)
    punch(team, WRONG, AGO)
    punch(team, RIGHT, AGO + timedelta(days=1))
    deliver_all()
    assert days_of(work) == [AGO]
    correct(work)
    deliver_all()
    assert days_of(work) == [AGO + timedelta(days=1)]
    held = Subject.objects.exclude(person=None).values_list("person", flat=True)
    assert list(held) == [work.person_id]


def test_moved_work_takes_the_days_of_its_new_person_and_leaves_those_of_the_old():
    here, elsewhere = site(930), site(931)
    right = put(elsewhere, RIGHT, entered_on=None)
    work = put(here)
    punch(here, WRONG, AGO)
    punch(here, RIGHT, AGO + timedelta(days=2))
    deliver_all()
    correct(work)
    deliver_all()
    deliver_all()
    assert days_of(work) == [AGO + timedelta(days=2)]
    assert days_of(right) == []
    assert Subject.objects.filter(person=None).count() == 0


def test_presence_that_now_overlaps_is_marked_and_what_no_longer_does_is_not():
    here, elsewhere, third = site(930), site(931), site(932)
    put(elsewhere, RIGHT)
    work = put(here)
    beside = put(third, WRONG)
    assert Presence.all_rows.get(engagement=beside).is_conflict is True
    correct(work)
    assert Presence.all_rows.get(engagement=work).is_conflict is True
    assert Presence.all_rows.get(engagement=beside).is_conflict is False


def test_a_stay_of_one_day_overlaps_nothing():
    here, elsewhere = site(930), site(931)
    put(elsewhere, RIGHT)
    work = put(here, entered_on=None)
    enter(actor=EVERYONE, engagement=work, on=AGO, today=TODAY)
    leave(actor=EVERYONE, engagement=work, on=AGO, today=TODAY)
    correct(work)
    assert Presence.all_rows.get(engagement=work).is_conflict is False
