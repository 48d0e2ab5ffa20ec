"""Yesterday at this time, from the minutes in which people came: the same as counting the facts."""

from datetime import timedelta

import pytest

from attendance.models import AttendanceDay, ProjectDay
from attendance.selectors.same_time import same_time_yesterday
from attendance.services import recount
from attendance.services.counters import mark_days
from projects.models import Project
from tests.support import people, records
from tests.support.actors import EVERYONE

pytestmark = pytest.mark.django_db

TODAY = records.site_day()
YESTERDAY = TODAY - timedelta(days=1)
# Minutes after the day's beginning at which somebody came; the first two hold key posts.
CAME = (130, 61, 60, 200)


@pytest.fixture
def project() -> Project:
    firm = records.enterprise(900)
    project = records.project("420106202603039900", records.region("420106"), firm)
    team = records.team(records.participation(project, firm), 1_499_000_900)
    for order, minute in enumerate(CAME):
        work = records.engagement(records.person(people.id_number(900 + order)), team)
        records.presence(work, YESTERDAY)
        at = records.instant_of(YESTERDAY, minute) + timedelta(seconds=30)
        AttendanceDay.all_rows.create(
            engagement=work, day=YESTERDAY, first_at=at, last_at=at, punches=1, computed_at=at
        )
        if order < 2:
            records.key_post(work, f"0{order + 1}", YESTERDAY)
    mark_days(project.pk, [YESTERDAY])
    while recount(records.instant_of(TODAY, 600)):
        continue
    return project


@pytest.mark.parametrize(
    ("minute", "attended", "posts"),
    [(0, 0, 0), (60, 1, 0), (61, 2, 1), (129, 2, 1), (130, 3, 2), (1439, 4, 2)],
)
def test_who_had_come_by_a_minute_of_yesterday(
    project: Project, minute: int, attended: int, posts: int
) -> None:
    found = same_time_yesterday(EVERYONE, project.region, TODAY, records.instant_of(TODAY, minute))
    assert (found.attended, found.posts.part) == (attended, posts)
    assert found.posts.whole == ProjectDay.all_rows.get(project=project, day=YESTERDAY).key_posts_required


def test_a_day_to_which_nobody_came_counts_nobody(project: Project) -> None:
    later = TODAY + timedelta(days=1)
    mark_days(project.pk, [TODAY])
    while recount(records.instant_of(TODAY, 600)):
        continue
    assert ProjectDay.all_rows.get(project=project, day=TODAY).arrivals == []
    found = same_time_yesterday(EVERYONE, project.region, later, records.instant_of(later, 600))
    assert (found.attended, found.posts.part) == (0, 0)
