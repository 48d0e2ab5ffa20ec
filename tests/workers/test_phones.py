"""A phone is kept sealed with an index beside it, whoever wrote it and however it was typed."""

import pytest

from tests.support import people, records
from tests.support.actors import EVERYONE
from workers.models import Engagement
from workers.services import PersonFacts, WorkFacts, enrol, phone_index, set_phone, stored_phone
from workers.tasks import fill_phone_indexes

pytestmark = pytest.mark.django_db

PHONE = people.phone(7)


@pytest.fixture
def team():
    project = records.project("420106202603039910", records.region("420106"), records.enterprise(900))
    return records.team(records.participation(project, project.contractor), 1_499_000_910)


def _index_of(work: Engagement) -> bytes:
    assert work.phone_index is not None
    return bytes(work.phone_index)


@pytest.mark.parametrize(
    "typed",
    [
        "10900000007",
        " 109 0000 0007 ",
        "109-0000-0007",
        "１０９０００００００７",
        "+8610900000007",
        "008610900000007",
    ],
)
def test_a_phone_is_the_same_however_it_is_typed(typed: str) -> None:
    assert stored_phone(typed) == PHONE
    assert phone_index(typed) == phone_index(PHONE)


def test_other_phones_have_other_indexes_and_none_shows_its_figures() -> None:
    assert phone_index(PHONE) != phone_index(people.phone(8))
    assert PHONE.encode() not in phone_index(PHONE)


def test_enrolling_writes_the_phone_and_its_index_together(team) -> None:
    def taken_on(order: int, phone: str) -> Engagement:
        return enrol(
            actor=EVERYONE,
            project=team.participation.project,
            team=team,
            person=PersonFacts(name="张三", number=people.id_number(order)),
            work=WorkFacts(phone=phone),
            today=records.site_day(),
        )

    with_phone, without = taken_on(1, "109 0000 0007"), taken_on(3, "")
    assert (with_phone.phone, _index_of(with_phone)) == (PHONE, phone_index(PHONE))
    assert (without.phone, without.phone_index) == (None, None)


def test_a_phone_that_is_changed_or_taken_away_takes_its_index_along(team) -> None:
    work = records.engagement(records.person(people.id_number(1)), team, phone=PHONE)
    work.save(update_fields=set_phone(work, people.phone(8)))
    assert _index_of(Engagement.all_rows.get(pk=work.pk)) == phone_index(people.phone(8))
    work.save(update_fields=set_phone(work, ""))
    assert Engagement.all_rows.get(pk=work.pk).phone_index is None


def test_rows_of_an_older_release_get_their_index_and_a_second_run_changes_nothing(team) -> None:
    works = [
        records.engagement(
            records.person(people.id_number(order)), team, phone=people.phone(order), phone_index=None
        )
        for order in (1, 3, 5)
    ]
    bare = records.engagement(records.person(people.id_number(7)), team)
    assert fill_phone_indexes() == 3
    found = {row.pk: row for row in Engagement.all_rows.all()}
    assert [_index_of(found[row.pk]) for row in works] == [phone_index(row.phone) for row in works]
    assert found[bare.pk].phone_index is None
    assert fill_phone_indexes() == 0
