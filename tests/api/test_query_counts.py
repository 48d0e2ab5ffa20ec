"""Each read of the REST API asks the database a fixed number of questions, however many rows there are."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from attendance.services import recount
from tests.api.conftest import Caller
from tests.support import people, records
from tests.support.world import County, TwoCounties

DASHBOARD = "dashboard/?region=420106"
# Of each, four find out who asks: token, account, posts and grants.
COUNTS = {
    DASHBOARD: 8,
    "projects/": 6,
    "projects/?region=420106&status=003&ordering=-on_site": 7,
    "project": 8,
    "engagements/": 8,
    "engagements/?project={code}&on_site=true": 9,
    "engagement": 12,
    "punches/": 6,
    "punches/?project={code}": 7,
    "attendance-days/": 8,
    "enterprises/": 6,
    "regions/": 6,
    "code-lists/": 6,
    "code-lists/trade/": 6,
    "parameters/": 7,
}


def _path(name: str, county: County) -> str:
    named = {
        "project": f"projects/{county.project.public_id}/",
        "engagement": f"engagements/{county.worker.engagement.public_id}/",
    }
    return f"/api/v1/{named.get(name, name).format(code=county.project.code)}"


def _asked(client: APIClient, path: str) -> int:
    client.get(path)  # what a process remembers is remembered now
    with CaptureQueriesContext(connection) as asked:
        answer: Any = client.get(path)
        assert answer.status_code == 200, path
    return len(asked)


def _grow(county: County) -> None:
    """Five more projects with three people each."""
    for step in range(5):
        code = f"420106202601{step:02}0999"
        project = records.project(code, county.region, county.firms["contractor"], name=f"又一处{step}")
        party = records.participation(project, county.firms["contractor"], "009")
        team = records.team(party, 1_450_000_000 + step)
        for one in range(3):
            order = 600 + step * 3 + one
            work = records.engagement(records.person(people.id_number(order), f"工人{order}"), team)
            records.presence(work, county.today)
    recount(county.now)


@pytest.mark.parametrize("role", ["county_regulator", "labour_clerk"])
def test_every_read_asks_a_fixed_number_of_questions(role: str, world: TwoCounties, caller: Caller) -> None:
    county = world.wuchang
    client = caller(county.users[role])
    before = {name: _asked(client, _path(name, county)) for name in COUNTS}
    _grow(county)
    after = {name: _asked(client, _path(name, county)) for name in COUNTS}
    # Whether a region holds a project of theirs is one more question for posts without a region.
    expected = COUNTS | ({DASHBOARD: COUNTS[DASHBOARD] + 1} if role == "labour_clerk" else {})
    assert before == after == expected


def test_a_posts_own_people_cost_a_fixed_number_too(world: TwoCounties, caller: Caller) -> None:
    county = world.wuchang
    client = caller(county.users["subcontractor_clerk"])
    paths = ["/api/v1/dashboard/", "/api/v1/projects/", "/api/v1/engagements/", "/api/v1/punches/"]
    before = [_asked(client, path) for path in paths]
    team = county.teams["subcontractor"]
    for order in range(700, 706):
        work = records.engagement(records.person(people.id_number(order), f"工人{order}"), team)
        records.presence(work, county.today)
    recount(county.now)
    assert [_asked(client, path) for path in paths] == before
