"""Who came and has left since stays among those who could come: no rate of attendance passes the whole."""

from typing import Any

import pytest

from attendance.models import ProjectDay
from attendance.selectors.dashboard import by_place, dashboard
from attendance.selectors.projects import projects_on, totals
from attendance.services import recount
from outbox.services import deliver_all
from tests.pages.visiting import text_of
from tests.scope.opening import signed_in
from tests.support.actors import EVERYONE
from tests.support.world import two_counties
from workers.services import leave, leave_temporarily

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    """Two who came today are then put on leave; one who did not come is still on site."""
    county = two_counties().wuchang
    for title in ("contractor", "subcontractor"):
        leave_temporarily(
            actor=EVERYONE,
            engagement=county.workers[title].engagement,
            on=county.today,
            today=county.today,
        )
    counted(county)
    return county


def counted(county):
    deliver_all()
    recount(county.now)


def shares(county, role):
    """The rate in the dashboard, by place, in the list of projects and in its total."""
    actor = county.actor(role)
    board = dashboard(actor, county.region, county.today, county.now).figures
    places = {place.code: one for place, one in by_place(actor, county.city, county.today, county.now)}
    rows = projects_on(actor, county.today)
    only: Any = rows.get()
    sums = totals(rows)
    return (
        (board.attendance.part, board.attendance.whole),
        (places[county.region.code].attendance.part, places[county.region.code].attendance.whole),
        (sums["all_attended"], sums["all_expected"]),
        round(only.attendance_rate, 4),
    )


def test_who_came_and_went_on_leave_is_still_among_those_who_could_come(county):
    day = ProjectDay.all_rows.get(project=county.project, day=county.today)
    assert (day.on_site, day.attended, day.attended_left) == (1, 2, 2)
    for role in ("county_regulator", "contractor_manager"):
        assert shares(county, role) == ((2, 3), (2, 3), (2, 3), 0.6667)


def test_who_exits_after_coming_counts_the_same_and_nobody_left_is_the_whole(county):
    for title in ("contractor", "subcontractor", "gap"):
        leave(
            actor=EVERYONE,
            engagement=county.workers[title].engagement,
            on=county.today,
            today=county.today,
        )
    counted(county)
    day = ProjectDay.all_rows.get(project=county.project, day=county.today)
    assert (day.on_site, day.attended, day.attended_left) == (0, 2, 2)
    assert shares(county, "county_regulator") == ((2, 2), (2, 2), (2, 2), 1.0)


def test_a_subcontractor_counts_its_own_who_left_the_same_way(county):
    assert shares(county, "subcontractor_clerk") == ((1, 1), (1, 1), (1, 1), 1.0)


def test_pages_and_the_api_say_the_same_rate(county):
    client = signed_in(county, "county_regulator")
    board = client.get(f"/api/v1/dashboard/?region={county.region.code}").json()
    assert board["attendance"] == {"rate": 0.6667, "numerator": 2, "denominator": 3}
    assert board["attendance_rate"] == 0.6667
    for address in ("/", "/projects/", f"/projects/{county.project.public_id}/"):
        assert "66.7" in text_of(client.get(address)), address
