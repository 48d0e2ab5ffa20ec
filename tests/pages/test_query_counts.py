"""Each page asks the database a fixed number of questions, however many rows there are."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.services import recount
from tests.pages.visiting import clerk_pages_of, pages_of, visitor
from tests.support import people, records
from tests.support.world import County

# Of each, four find out who asks (session, account, posts and grants) and one counts unread messages.
COUNTS = {
    "home": 29,
    "overview": 15,
    "region": 15,
    "projects": 13,
    "people": 14,
    "days": 14,
    "punches": 12,
    "punch": 8,
    "enterprises": 12,
    "enterprise": 12,
    "search": 14,
    "person": 21,
    "reveal": 11,
    "project": 14,
    "project_people": 14,
    "project_attendance": 14,
    "project_parties": 10,
    "project_teams": 11,
    "project_posts": 9,
    "project_devices": 10,
    "person_work": 26,
    "person_contracts": 21,
    "person_trainings": 21,
    "person_readers": 21,
    "project_contracts": 15,
    "project_contracts/papers": 12,
    "project_contracts/wording": 8,
    "project_trainings": 12,
    "project_sessions": 12,
    "project_policies": 9,
    "contract_paper": 7,
    "training_session": 9,
    "project_payroll": 11,
    "payroll_batch": 11,
    "person_payroll": 23,
    "person_credit": 22,
    "person_credit_new": 9,
    "sites": 10,
    "site_gaps": 15,
    "notices": 12,
    "notice": 31,
    "notice_print": 17,
    "permit_new": 9,
    "permit_import": 6,
    "permit_upload": 7,
    "unclaimed": 10,
    "issue_account": 8,
    "account_slip": 8,
    "corrections": 14,
    "correction": 14,
    "project_terms": 8,
    "project_quantities": 12,
    "quantity": 8,
    "quantity_totals": 9,
    "person_career": 31,
    "ledgers": 12,
    "project_ledgers": 12,
    "ledger": 11,
    "ledger_print": 8,
    "ledger_verify": 6,
}

# Of the clerk's own pages.
CLERK_COUNTS = {
    "enrol": 12,
    "roster_import_new": 9,
    "team_training": 11,
    "edit_person": 8,
    "correct_person": 7,
    "new_contract": 8,
    "new_training": 8,
    "new_certificate": 8,
    "certificates": 10,
    "certificate_change": 10,
    "identity_record": 10,
    "point_new": 7,
    "point_edit": 7,
    "replace_contract": 7,
    "replace_training": 7,
    "roster_people": 13,
    "roster_move": 17,
    "person_reverse": 15,
    "post_assign": 8,
    "make_contracts": 12,
    "session_people": 11,
    "session_scores": 9,
    "party_new": 8,
    "team_new": 9,
    "terms_new": 9,
    "quantity_new": 10,
    "read_career": 9,
    "career": 19,
    "enrol_by_code": 13,
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


def test_pages_ask_a_fixed_number_of_questions(world):
    client = visitor(world.wuchang, "county_regulator")
    pages = pages_of(world.wuchang)
    before = {name: _asked(client, address) for name, address in pages.items()}
    _grow(world.wuchang)
    after = {name: _asked(client, address) for name, address in pages.items()}
    assert after == before
    assert before == COUNTS


def test_a_clerks_pages_ask_a_fixed_number_of_questions(world):
    county = world.wuchang
    client = visitor(county, "labour_clerk")
    pages = clerk_pages_of(county)
    before = {name: _asked(client, address) for name, address in pages.items()}
    for order in range(700, 706):
        work = records.engagement(
            records.person(people.id_number(order), f"工人{order}"), county.teams["contractor"]
        )
        records.presence(work, county.today)
    after = {name: _asked(client, address) for name, address in pages.items()}
    assert after == before
    assert before == CLERK_COUNTS
