"""Each page asks the database a fixed number of questions, however many rows there are."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.services import recount
from tests.pages.visiting import pages_of, visitor
from tests.support import people, records
from tests.support.world import County

# Of each, four find out who asks: session, account, posts and grants.
COUNTS = {
    "home": 24,
    "overview": 15,
    "region": 15,
    "projects": 9,
    "people": 10,
    "days": 10,
    "punches": 8,
    "punch": 6,
    "enterprises": 8,
    "enterprise": 8,
    "search": 10,
    "person": 14,
    "reveal": 8,
    "project": 8,
    "project_people": 10,
    "project_attendance": 10,
    "project_parties": 7,
    "project_teams": 8,
    "project_posts": 7,
    "project_devices": 7,
    "person_work": 16,
    "person_contracts": 14,
    "person_trainings": 14,
    "person_readers": 14,
}


def _asked(client, address: str) -> int:
    client.get(address)  # what a process remembers is remembered now
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def _grow(county: County) -> None:
    """Five more projects with three people each, without contract or training."""
    for step in range(5):
        project = records.project(
            f"420106202601{step:02}0999", county.region, county.firms["contractor"], name=f"又一处{step}"
        )
        team = records.team(
            records.participation(project, county.firms["contractor"], "009"), 1_450_000_000 + step
        )
        for one in range(3):
            order = 600 + step * 3 + one
            work = records.engagement(records.person(people.id_number(order), f"工人{order}"), team)
            records.presence(work, county.today)
    recount(county.now)


def test_pages_ask_a_fixed_number_of_questions(world, monkeypatch):
    # Parameters and dictionaries are read anew every few seconds; not while we count.
    monkeypatch.setattr("standards.selectors.KEPT_SECONDS", 3600)
    client = visitor(world.wuchang, "county_regulator")
    pages = pages_of(world.wuchang)
    before = {name: _asked(client, address) for name, address in pages.items()}
    _grow(world.wuchang)
    after = {name: _asked(client, address) for name, address in pages.items()}
    assert after == before
    assert before == COUNTS
