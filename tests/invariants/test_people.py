"""I-01, I-02, I-03, I-05, I-30: one human being is one person, read from one number, at work once a site."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from kernel.cipher import keyring
from projects.errors import BadCreditCode
from projects.services import known_enterprise
from tests.support import people, records
from tests.support.actors import EVERYONE
from tests.support.traces import fingerprint
from workers.errors import AlreadyEngaged, BadIdentity, IdentityNameDiffers, ReasonMissing
from workers.models import Engagement, Person
from workers.services import PersonFacts, WorkFacts, enrol, identity_index, known_person, reveal_number

pytestmark = pytest.mark.django_db

TODAY = records.site_day()
NUMBER = people.id_number(1)


def _team(code: str = "420106202602020001", order: int = 500):
    firm = records.enterprise(order)
    project = records.project(code, records.region("420106"), firm)
    return records.team(records.participation(project, firm), 1_400_000_000 + order)


def _enrol(team, facts: PersonFacts) -> Engagement:
    return enrol(
        actor=EVERYONE,
        project=team.participation.project,
        team=team,
        person=facts,
        work=WorkFacts(),
        today=TODAY,
    )


def test_i_01_a_natural_person_is_one_person_however_the_number_is_written() -> None:
    number = next(n for order in range(1, 900) if (n := people.id_number(order)).endswith("X"))
    first = known_person(PersonFacts(name="张三", number=number), TODAY)
    for written in (number.lower(), f" {number[:6]} {number[6:14]}　{number[14:]} "):
        assert known_person(PersonFacts(name="张三", number=written), TODAY) == first
    assert Person.all_rows.count() == 1


def test_i_01_a_fifteen_digit_number_is_the_same_person_as_its_eighteen_digits() -> None:
    long = people.id_number(3, born_on=date(1970, 5, 6))
    old = long[:6] + long[8:17]
    first = known_person(PersonFacts(name="李四", number=old), TODAY)
    assert known_person(PersonFacts(name="李四", number=long), TODAY) == first
    assert (first.id_number, Person.all_rows.count()) == (long, 1)


def test_i_01_the_database_itself_keeps_a_second_person_of_one_number_out() -> None:
    records.person(NUMBER)
    with pytest.raises(IntegrityError, match="a_natural_person_is_one_person"), transaction.atomic():
        Person.objects.create(name="张叁", id_number=NUMBER, id_index=identity_index("01", NUMBER))
    assert Person.all_rows.count() == 1


def test_i_01_another_name_for_a_known_number_is_refused_and_changes_nothing() -> None:
    known_person(PersonFacts(name="张三", number=NUMBER), TODAY)
    before = fingerprint()
    with pytest.raises(IdentityNameDiffers), transaction.atomic():
        known_person(PersonFacts(name="张叁", number=NUMBER), TODAY)
    assert fingerprint() == before


def _spoiled() -> dict[str, str]:
    body = NUMBER[:17]
    return {
        "wrong check digit": body + ("0" if NUMBER[17] != "0" else "1"),
        "no such day of birth": people.id_number(1, born_on=date(2000, 2, 28)).replace(
            "20000228", "20000231"
        ),
        "born in the future": people.id_number(1, born_on=TODAY + timedelta(days=1)),
        "no such division": people.id_number(1, division=990001),
        "too short": NUMBER[:16],
        "not a number": "张三的身份证",
        "empty": "",
    }


@pytest.mark.parametrize("fault", _spoiled())
def test_i_02_a_number_that_no_person_can_hold_is_refused_and_leaves_no_trace(fault: str) -> None:
    team = _team()
    before = fingerprint()
    with pytest.raises(BadIdentity) as refused, transaction.atomic():
        _enrol(team, PersonFacts(name="张三", number=_spoiled()[fault]))
    assert refused.value.field == "id_number"
    assert fingerprint() == before


def test_i_02_an_invented_number_is_refused_where_real_people_are_registered(settings) -> None:
    settings.SYNTHETIC_PEOPLE = False
    before = fingerprint()
    with pytest.raises(BadIdentity), transaction.atomic():
        known_person(PersonFacts(name="张三", number=NUMBER), TODAY)
    assert fingerprint() == before


@pytest.mark.parametrize("ending", ["IO", "00", "", "000"])
def test_i_02_a_credit_code_that_no_firm_can_hold_is_refused(ending: str) -> None:
    code = people.credit_code(5)
    assert not code.endswith("00")
    before = fingerprint()
    with pytest.raises(BadCreditCode), transaction.atomic():
        known_enterprise(code[:-2] + ending, "某建筑有限公司", told_to=EVERYONE)
    assert fingerprint() == before


def test_i_03_sex_and_birth_are_those_of_the_number() -> None:
    man = known_person(PersonFacts(name="张三", number=people.id_number(1)), TODAY)
    woman = known_person(PersonFacts(name="王芳", number=people.id_number(2)), TODAY)
    assert (man.sex, man.born_on) == ("男", date(1990, 1, 2))
    assert (woman.sex, woman.born_on) == ("女", date(1990, 1, 2))


@pytest.mark.parametrize("stated", [{"sex": "女"}, {"born_on": date(1990, 1, 3)}])
def test_i_03_a_statement_against_the_number_is_refused_and_changes_nothing(stated) -> None:
    team = _team()
    before = fingerprint()
    with pytest.raises(BadIdentity), transaction.atomic():
        _enrol(team, replace(PersonFacts(name="张三", number=NUMBER), **stated))
    assert fingerprint() == before


def test_i_05_one_person_works_once_at_a_time_on_a_project() -> None:
    team = _team()
    other_team = records.team(team.participation, 1_400_000_777, name="瓦工班组")
    _enrol(team, PersonFacts(name="张三", number=NUMBER))
    before = fingerprint()
    with pytest.raises(AlreadyEngaged), transaction.atomic():
        _enrol(other_team, PersonFacts(name="张三", number=NUMBER))
    assert fingerprint() == before


def test_i_05_the_database_itself_keeps_a_second_active_engagement_out() -> None:
    team = _team()
    person = records.person(NUMBER)
    records.engagement(person, team)
    with (
        pytest.raises(IntegrityError, match="one_active_engagement_per_person_and_project"),
        transaction.atomic(),
    ):
        records.engagement(person, team)
    assert Engagement.all_rows.count() == 1


def test_i_05_the_same_person_may_work_on_another_project() -> None:
    here, there = _team(), _team("420106202602020002", 501)
    first = _enrol(here, PersonFacts(name="张三", number=NUMBER))
    second = _enrol(there, PersonFacts(name="张三", number=NUMBER))
    assert (first.person, Engagement.all_rows.count()) == (second.person, 2)


def test_i_30_reading_a_number_is_an_act_with_a_reason_and_a_name() -> None:
    engagement = _enrol(_team(), PersonFacts(name="张三", number=NUMBER))
    assert reveal_number(actor=EVERYONE, engagement=engagement, reason=" 核对进场人员 ") == NUMBER
    event = AuditEvent.objects.get(action="workers.number_read")
    assert (event.actor_key, event.reason) == (EVERYONE.key, "核对进场人员")
    assert event.object_key == str(engagement.public_id)
    assert NUMBER not in f"{event.facts}{event.reason}{event.object_key}{event.actor_label}"


@pytest.mark.parametrize("reason", ["", "   ", "看看"])
def test_i_30_without_a_reason_nothing_is_read_and_nothing_recorded(reason: str) -> None:
    engagement = _enrol(_team(), PersonFacts(name="张三", number=NUMBER))
    with pytest.raises(ReasonMissing):
        reveal_number(actor=EVERYONE, engagement=engagement, reason=reason)
    assert not AuditEvent.objects.filter(action="workers.number_read").exists()


def test_i_30_a_blind_index_is_not_a_plain_digest_and_tells_kinds_apart() -> None:
    assert keyring().blind_index("identity:01", NUMBER) != keyring().blind_index("card", NUMBER)
    assert NUMBER.encode() not in identity_index("01", NUMBER)
