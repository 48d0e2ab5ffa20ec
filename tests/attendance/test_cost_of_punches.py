"""A batch costs the same number of statements however many rows it has."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.models import Punch
from attendance.services import PunchFacts, receive_punches, recount
from projects.models import Project
from tests.support import people, records
from tests.support.actors import EVERYONE

pytestmark = pytest.mark.django_db

DAY = records.site_day() - timedelta(days=1)


@pytest.fixture
def project() -> Project:
    firm = records.enterprise(900)
    project = records.project("420106202603039901", records.region("420106"), firm)
    team = records.team(records.participation(project, firm), 1_499_000_901)
    for order in range(1, 200, 2):
        work = records.engagement(records.person(people.id_number(order), f"工人{order}"), team)
        records.presence(work, DAY - timedelta(days=3))
    return project


def _statements(project: Project, number: int, minute: int) -> int:
    punches = [
        PunchFacts(
            number=people.id_number(order),
            occurred_at=records.instant_of(DAY, minute),
            direction="in",
            channel="一号门",
        )
        for order in range(1, 2 * number, 2)
    ]
    with CaptureQueriesContext(connection) as asked:
        receipt = receive_punches(
            actor=EVERYONE,
            project=project,
            origin=Punch.Origin.OPEN_API,
            punches=punches,
            now=records.instant_of(DAY, 900),
        )
    assert (receipt.added, receipt.unmatched) == (number, {})
    return len(asked)


def test_a_hundred_punches_cost_as_many_statements_as_one(project: Project) -> None:
    _statements(project, 100, 100)  # the gate and the faces are known from now on
    one, hundred = _statements(project, 1, 200), _statements(project, 100, 300)
    assert one == hundred <= 20


def test_counting_marked_days_costs_the_same_however_many_there_are(project: Project) -> None:
    def counted(minute: int, number: int) -> int:
        _statements(project, number, minute)
        with CaptureQueriesContext(connection) as asked:
            assert recount(records.instant_of(DAY, 900)) == 1
        return len(asked)

    counted(100, 100)
    assert counted(200, 1) == counted(300, 100)
