"""Enrolling, entering, leaving: what is accepted, what is refused and that a refusal leaves no trace."""

from datetime import timedelta
from decimal import Decimal

import pytest

from audit.models import AuditEvent
from kernel.errors import NotFound, NotPermitted
from kernel.scoping import Reach
from outbox.models import OutboxEvent
from projects.errors import ProjectFinished
from tests.support import people, records
from tests.support.actors import EVERYONE, Holder
from workers.errors import (
    AlreadyEngaged,
    AlreadyOnSite,
    BadDate,
    BadIdentity,
    IdentityNameDiffers,
    NotOnSite,
    ReasonMissing,
)
from workers.models import Engagement, KeyPostAssignment, Person, Presence
from workers.services import (
    PersonFacts,
    WorkFacts,
    assign_key_post,
    enrol,
    enter,
    leave,
    record_training,
    reveal_number,
)

pytestmark = pytest.mark.django_db
TODAY = records.site_day()


def site(order=920):
    firm = records.enterprise(order)
    project = records.project(f"420106202603030{order}", records.region("420106"), firm)
    return records.team(records.participation(project, firm), 1_499_000_000 + order)


def put(team, order=921, name="张三", **person):
    return enrol(
        actor=EVERYONE,
        project=team.participation.project,
        team=team,
        person=PersonFacts(name=name, number=person.pop("number", people.id_number(order)), **person),
        work=WorkFacts(phone=people.phone(order), card_number=people.card(order)),
        today=TODAY,
    )


def test_enrolling_keeps_sex_and_birth_as_the_number_states_them():
    engagement = put(site(), order=921)
    person = engagement.person
    assert (person.name, person.sex, person.born_on) == ("张三", "男", people.BORN_ON)
    assert person.id_number == people.id_number(921)
    assert engagement.masked_phone == "109****0921"


def test_a_full_width_number_with_a_small_x_is_the_same_person():
    number = next(n for n in (people.id_number(order) for order in range(1, 400)) if n.endswith("X"))
    team, other = site(930), site(931)
    put(team, number=number)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number[:-1]) + " x"
    put(other, number=wide)
    assert Person.all_rows.count() == 1
    assert Engagement.all_rows.count() == 2


def test_a_known_number_under_another_name_is_refused_without_saying_the_name():
    put(site(930), name="张三")
    with pytest.raises(IdentityNameDiffers) as refusal:
        put(site(931), name="李四")
    assert "张三" not in refusal.value.message
    assert Engagement.all_rows.count() == 1


def test_enrolling_twice_on_a_project_is_refused_and_leaves_no_trace():
    team = site()
    put(team)
    before = (AuditEvent.objects.count(), OutboxEvent.objects.count())
    with pytest.raises(AlreadyEngaged) as refusal:
        put(team)
    assert refusal.value.masked_number == "4200**********" + people.id_number(921)[-4:]
    assert (Engagement.all_rows.count(), AuditEvent.objects.count(), OutboxEvent.objects.count()) == (
        1,
        *before,
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("", "未填写身份证号码"),
        ("42001119900102", "应为 18 位"),
        (people.id_number(921)[:-1] + ("1" if people.id_number(921)[-1] != "1" else "2"), "校验位不符"),
        ("4200111990010 0A15", "校验位不符|只能由数字组成|应为 18 位"),
    ],
)
def test_a_bad_number_says_what_to_do_and_never_repeats_it(number, words):
    with pytest.raises(BadIdentity, match=words) as refusal:
        put(site(), number=number)
    assert not number or number not in refusal.value.message
    assert (Person.all_rows.count(), Engagement.all_rows.count()) == (0, 0)


def test_a_stated_sex_that_contradicts_the_number_is_refused():
    with pytest.raises(BadIdentity, match="所填性别与身份证号码不一致"):
        put(site(), order=921, sex="女")


def test_synthetic_people_are_refused_where_real_ones_are_registered(settings):
    settings.SYNTHETIC_PEOPLE = False
    with pytest.raises(BadIdentity, match="虚构号码"):
        put(site())


def test_nobody_is_enrolled_or_enters_on_a_finished_project():
    team = site()
    engagement = put(team)
    project = team.participation.project
    project.status = "004"
    project.save()
    with pytest.raises(ProjectFinished):
        put(team, order=923)
    with pytest.raises(ProjectFinished):
        enter(actor=EVERYONE, engagement=fresh(engagement), on=TODAY, today=TODAY)
    assert not Presence.all_rows.exists()


def fresh(engagement):
    return Engagement.all_rows.select_related("project").get(pk=engagement.pk)


def test_entry_in_the_future_and_before_the_last_exit_are_refused():
    engagement = put(site())
    with pytest.raises(BadDate, match="晚于今天"):
        enter(actor=EVERYONE, engagement=engagement, on=TODAY + timedelta(days=1), today=TODAY)
    enter(actor=EVERYONE, engagement=engagement, on=TODAY - timedelta(days=9), today=TODAY)
    with pytest.raises(AlreadyOnSite):
        enter(actor=EVERYONE, engagement=engagement, on=TODAY, today=TODAY)
    leave(actor=EVERYONE, engagement=engagement, on=TODAY - timedelta(days=5), today=TODAY)
    with pytest.raises(BadDate, match="不能早于上次退场日期"):
        enter(actor=EVERYONE, engagement=engagement, on=TODAY - timedelta(days=6), today=TODAY)
    with pytest.raises(NotOnSite):
        leave(actor=EVERYONE, engagement=engagement, on=TODAY, today=TODAY)
    assert Presence.all_rows.count() == 1


def test_presence_on_two_sites_at_once_is_kept_and_marked():
    first, second = put(site(940)), put(site(941))
    enter(actor=EVERYONE, engagement=first, on=TODAY - timedelta(days=5), today=TODAY)
    overlap = enter(actor=EVERYONE, engagement=second, on=TODAY - timedelta(days=2), today=TODAY)
    assert overlap.is_conflict is True


def test_leaving_one_site_and_entering_another_on_the_same_day_is_no_conflict():
    first, second = put(site(940)), put(site(941))
    enter(actor=EVERYONE, engagement=first, on=TODAY - timedelta(days=5), today=TODAY)
    leave(actor=EVERYONE, engagement=first, on=TODAY - timedelta(days=2), today=TODAY)
    after = enter(actor=EVERYONE, engagement=second, on=TODAY - timedelta(days=2), today=TODAY)
    assert after.is_conflict is False


def put_by(actor, project, team):
    return enrol(
        actor=actor,
        project=project,
        team=team,
        person=PersonFacts("张三", people.id_number(921)),
        work=WorkFacts(),
        today=TODAY,
    )


def test_a_subcontractors_clerk_enrols_into_its_own_teams_only():
    own, other = site(950), site(951)
    reach = Reach(participations=frozenset({own.participation.public_id}))
    clerk = Holder(reach, "workers.enrol")
    assert put_by(clerk, own.participation.project, own).team == own
    with pytest.raises(NotFound):
        put_by(clerk, other.participation.project, other)
    with pytest.raises(NotPermitted):
        put_by(Holder(reach, "workers.view"), own.participation.project, own)


def test_a_team_of_another_project_is_not_found():
    own, other = site(950), site(951)
    with pytest.raises(NotFound):
        put_by(EVERYONE, own.participation.project, other)


def test_a_new_holder_of_a_key_post_relieves_the_old_one_the_day_before():
    team = site()
    old, new = put(team, order=921), put(team, order=923, name="王五")
    assign_key_post(actor=EVERYONE, engagement=old, post="01", starts_on=TODAY - timedelta(days=9))
    assign_key_post(actor=EVERYONE, engagement=new, post="01", starts_on=TODAY)
    assert KeyPostAssignment.all_rows.get(engagement=old).ends_on == TODAY - timedelta(days=1)


def test_a_training_is_valid_for_the_days_the_parameter_says():
    training = record_training(
        actor=EVERYONE, engagement=put(site()), kind="003001", held_on=TODAY, hours=Decimal(8), is_passed=True
    )
    assert training.valid_to == TODAY + timedelta(days=365)


def test_reading_a_full_number_needs_a_reason_and_is_on_record():
    engagement = put(site())
    with pytest.raises(ReasonMissing):
        reveal_number(actor=EVERYONE, engagement=engagement, reason=" 看 ")
    number = reveal_number(actor=EVERYONE, engagement=engagement, reason="核对工资卡户名")
    assert number == people.id_number(921)
    event = AuditEvent.objects.get(action="workers.number_read")
    assert (event.reason, event.object_key) == ("核对工资卡户名", str(engagement.public_id))
    assert number not in str(event.facts)
