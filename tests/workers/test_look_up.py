"""Looking a person up before enrolling: three answers, own work, a limit, and everything on record."""

from datetime import timedelta

import pytest

from audit.models import AuditEvent
from kernel.errors import NotFound, NotPermitted
from kernel.scoping import Reach
from standards.models import RuleParameter
from standards.selectors import forget
from tests.support import people
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint
from tests.workers.sites import NOW, TODAY, site, take
from workers.errors import BadIdentity, TooManyLookUps
from workers.models import LookUp
from workers.services import look_up

pytestmark = pytest.mark.django_db


def ask(actor, team, order=921, name="张三", now=NOW):
    project = team.participation.project
    number = people.id_number(order)
    return look_up(actor=actor, project=project, number=number, name=name, today=TODAY, now=now)


def clerk_of(team, *, participation=False) -> Holder:
    part = team.participation
    reach = (
        Reach(participations=frozenset({part.public_id}))
        if participation
        else Reach(projects=frozenset({part.project.public_id}))
    )
    return Holder(reach, "workers.view", "workers.enrol")


def limited_to(number: int) -> None:
    RuleParameter.objects.filter(key="enrol.lookups_per_hour").update(value=number)
    forget()


def test_an_unknown_number_is_new():
    found = ask(EVERYONE, site())
    assert (found.state, found.work) == ("new", [])


def test_a_known_person_comes_with_the_work_that_the_asker_may_see_and_no_other():
    here, elsewhere = site(930), site(931)
    own = take(here)
    take(elsewhere)
    found = ask(clerk_of(here), here)
    assert (found.state, found.work) == ("known", [own])


def test_a_person_known_only_elsewhere_is_known_and_nothing_more():
    here, elsewhere = site(930), site(931)
    take(elsewhere)
    found = ask(clerk_of(here), here)
    assert (found.state, found.work) == ("known", [])


def test_a_subcontractors_clerk_finds_only_own_work():
    team = site(930)
    take(team)
    other = site(931)
    clerk = clerk_of(other, participation=True)
    assert ask(clerk, other) == ask(clerk_of(other), other)
    assert ask(clerk, other).work == []


def test_another_name_is_said_to_differ_without_the_name_and_without_work():
    team = site()
    take(team, name="张三")
    found = ask(EVERYONE, team, name="李四")
    assert (found.state, found.work) == ("other_name", [])


def test_every_question_is_on_record_without_the_number():
    team = site()
    ask(EVERYONE, team)
    event = AuditEvent.objects.get(action="workers.looked_up")
    assert (event.object_key, event.facts) == (str(team.participation.project.public_id), {"found": "new"})
    assert people.id_number(921) not in str(event.__dict__)


def test_the_same_question_within_the_hour_is_counted_and_recorded_once():
    team = site()
    for minutes in (0, 1, 59):
        ask(EVERYONE, team, now=NOW + timedelta(minutes=minutes))
    assert LookUp.objects.count() == 1
    assert AuditEvent.objects.filter(action="workers.looked_up").count() == 1


def test_another_name_for_the_same_number_is_another_question():
    team = site()
    for name in ("张三", "李四", "王五"):
        ask(EVERYONE, team, name=name)
    assert LookUp.objects.count() == 3


def test_beyond_the_limit_an_account_waits_and_another_does_not():
    team = site()
    limited_to(2)
    ask(EVERYONE, team, order=921, now=NOW)
    ask(EVERYONE, team, order=923, now=NOW + timedelta(minutes=10))
    before = fingerprint()
    with pytest.raises(TooManyLookUps, match="已达上限 2 人，请 45 分钟后再登记") as refused:
        ask(EVERYONE, team, order=925, now=NOW + timedelta(minutes=15))
    assert (refused.value.status, fingerprint()) == (429, before)
    assert ask(EVERYONE, team, order=921, now=NOW + timedelta(minutes=15)).state == "new"
    assert ask(clerk_of(team), team, order=925, now=NOW + timedelta(minutes=15)).state == "new"


def test_an_hour_later_the_count_is_empty_again():
    team = site()
    limited_to(1)
    ask(EVERYONE, team, order=921, now=NOW)
    ask(EVERYONE, team, order=923, now=NOW + timedelta(minutes=60))
    assert LookUp.objects.count() == 1


def test_a_bad_number_is_refused_and_not_counted():
    team = site()
    with pytest.raises(BadIdentity):
        look_up(
            actor=EVERYONE,
            project=team.participation.project,
            number="42001119900102",
            name="张三",
            today=TODAY,
            now=NOW,
        )
    assert not LookUp.objects.exists()


def test_who_may_not_enrol_here_asks_nothing_here():
    here, elsewhere = site(930), site(931)
    with pytest.raises(NotFound):
        ask(clerk_of(elsewhere), here)
    viewer = Holder(Reach(projects=frozenset({here.participation.project.public_id})), "workers.view")
    with pytest.raises(NotPermitted):
        ask(viewer, here)
    assert not LookUp.objects.exists()
