"""Eight hands at the same thing at once: it is done once, and nobody meets a fault."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from attendance.models import AttendanceDay, Device, ProjectDay, Punch, Subject
from attendance.services import PunchFacts, mark_days, receive_punches, recount
from kernel.errors import DomainError
from outbox.models import OutboxEvent
from outbox.services import deliver_all, give_positions
from projects.models import Enterprise, Participation, Permit, Project, Team
from projects.services import PermitFacts, add_team, receive_permit
from tests.support import people, records
from tests.support.actors import EVERYONE
from workers.models import Engagement, Person, Presence
from workers.services import PersonFacts, WorkFacts, enrol, enter

pytestmark = pytest.mark.django_db(transaction=True)

HANDS = 8
TODAY = records.site_day()
AT = records.instant_of(TODAY - timedelta(days=1), 240)


def _at_once(act: Callable[[int], Any]) -> Counter[str]:
    """Let every hand act at the same moment; how it ended for each, by code. Faults come through."""
    gate = Barrier(HANDS)

    def hand(number: int) -> str:
        try:
            gate.wait(timeout=30)
            act(number)
            return "done"
        except DomainError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as hands:
        return Counter(hands.map(hand, range(HANDS)))


@pytest.fixture
def team() -> Team:
    firm = records.enterprise(500)
    project = records.project("420106202602020001", records.region("420106"), firm)
    return records.team(records.participation(project, firm), 1_400_000_500)


def _enrol(team: Team) -> Engagement:
    return enrol(
        actor=EVERYONE,
        project=team.participation.project,
        team=team,
        person=PersonFacts(name="张三", number=people.id_number(1)),
        work=WorkFacts(),
        today=TODAY,
    )


def test_one_person_enrolled_by_eight_hands_is_engaged_once(team: Team) -> None:
    ended = _at_once(lambda _hand: _enrol(team))
    assert ended == {"done": 1, "already_engaged": HANDS - 1}
    assert (Person.all_rows.count(), Engagement.all_rows.count()) == (1, 1)
    assert OutboxEvent.objects.filter(event="workers.enrolled.v1").count() == 1


def test_one_person_entered_by_eight_hands_is_present_once(team: Team) -> None:
    engagement = _enrol(team)
    ended = _at_once(lambda _hand: enter(actor=EVERYONE, engagement=engagement, on=TODAY, today=TODAY))
    assert ended["done"] == 1
    assert sum(ended.values()) == HANDS
    assert Presence.all_rows.count() == 1


def _punch(team: Team, *orders: int) -> Any:
    return receive_punches(
        actor=EVERYONE,
        project=team.participation.project,
        origin=Punch.Origin.OPEN_API,
        punches=[
            PunchFacts(
                number=people.id_number(order), occurred_at=AT + timedelta(minutes=order), channel="一号门"
            )
            for order in orders
        ],
        now=AT + timedelta(hours=3),
    )


def test_one_punch_sent_by_eight_hands_is_one_row_and_one_day(team: Team) -> None:
    enter(actor=EVERYONE, engagement=_enrol(team), on=TODAY - timedelta(days=2), today=TODAY)
    assert _at_once(lambda _hand: _punch(team, 1, 3)) == {"done": HANDS}
    assert (Punch.all_rows.count(), Subject.objects.count(), Device.all_rows.count()) == (2, 2, 1)
    assert list(AttendanceDay.all_rows.values_list("punches", flat=True)) == [1]


def test_eight_gates_that_meet_the_same_new_faces_in_any_order_lose_none(team: Team) -> None:
    orders = [11, 13, 15, 17]
    ended = _at_once(lambda hand: _punch(team, *(orders if hand % 2 else orders[::-1])))
    assert ended == {"done": HANDS}
    assert (Punch.all_rows.count(), Subject.objects.count()) == (4, 4)


def test_two_projects_that_meet_the_same_new_faces_do_not_block_each_other(team: Team) -> None:
    other_project = records.project("420106202602020002", records.region("420106"), records.enterprise(501))
    other = records.team(records.participation(other_project, other_project.contractor), 1_400_000_501)
    orders = [11, 13, 15, 17]
    ended = _at_once(
        lambda hand: _punch(team if hand % 2 else other, *(orders if hand % 3 else orders[::-1]))
    )
    assert ended == {"done": HANDS}
    assert (Punch.all_rows.count(), Subject.objects.count()) == (8, 4)


def test_one_permit_received_by_eight_hands_is_one_project() -> None:
    facts = PermitFacts(
        project_code="420106202602020009",
        project_name="江滩家园",
        region=records.region("420106"),
        permit_number="420106202602020009-01",
        issued_on=TODAY,
        contractor_uscc=people.credit_code(510),
        contractor_name="第510建筑有限公司",
        owner_uscc=people.credit_code(511),
        owner_name="第511置业有限公司",
    )
    assert _at_once(lambda _hand: receive_permit(actor=EVERYONE, facts=facts)) == {"done": HANDS}
    assert (Project.all_rows.count(), Permit.all_rows.count()) == (1, 1)
    assert (Enterprise.all_rows.count(), Participation.all_rows.count()) == (2, 2)
    assert OutboxEvent.objects.filter(event="projects.project_registered.v1").count() == 1


def test_one_team_named_by_eight_hands_is_one_team(team: Team) -> None:
    ended = _at_once(
        lambda _hand: add_team(actor=EVERYONE, participation=team.participation, name="瓦工班组")
    )
    assert ended["done"] == 1
    assert Team.all_rows.count() == 2


def test_positions_given_by_eight_hands_are_given_once_without_a_gap(team: Team) -> None:
    for number in range(20):
        add_team(actor=EVERYONE, participation=team.participation, name=f"{number}班")
    assert _at_once(lambda _hand: give_positions()) == {"done": HANDS}
    positions = OutboxEvent.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, 21))


def test_counting_by_eight_hands_while_punches_come_ends_exact(team: Team) -> None:
    enter(actor=EVERYONE, engagement=_enrol(team), on=TODAY - timedelta(days=2), today=TODAY)
    project = team.participation.project
    mark_days(project.pk, [AT.date()])

    def act(hand: int) -> None:
        if hand % 2:
            _punch(team, 1, 100 + hand)
        deliver_all()
        recount(AT)

    assert _at_once(act) == {"done": HANDS}
    deliver_all()
    while recount(AT):
        pass
    day = ProjectDay.all_rows.get(day=TODAY - timedelta(days=1))
    assert (day.on_site, day.attended, day.unmatched) == (1, 1, 4)
