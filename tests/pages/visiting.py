"""Visits of a signed-in person, and what a page said."""

import re
from typing import Any

from django.test import Client

from tests.support.world import County


def visitor(county: County, role: str) -> Client:
    """A browser's session of the county's holder of a role."""
    client = Client()
    client.force_login(county.users[role])
    return client


def pages_of(county: County) -> dict[str, str]:
    """Every page with the county's own rows in the address."""
    project, person = county.project.public_id, county.worker.engagement.public_id
    found = {
        "home": "/",
        "overview": "/regions/",
        "region": f"/regions/{county.region.code}/",
        "projects": "/projects/",
        "people": "/people/",
        "days": "/attendance/days/",
        "punches": "/attendance/punches/",
        "punch": f"/attendance/punches/{county.today}/{county.punch.public_id}/",
        "enterprises": "/enterprises/",
        "enterprise": f"/enterprises/{county.firms['contractor'].public_id}/",
        "search": "/search/?q=%E5%AE%B6%E5%9B%AD",
        "person": f"/people/{person}/",
        "reveal": f"/people/{person}/number/",
        "project": f"/projects/{project}/",
        "corrections": "/attendance/corrections/",
        "correction": f"/attendance/corrections/{county.correction.public_id}/",
        "permit_new": "/permits/new/",
        "permit_import": "/permits/import/",
        "permit_upload": f"/permits/import/{county.upload.public_id}/",
        "unclaimed": "/permits/unclaimed/",
        "issue_account": f"/permits/{county.permit.public_id}/account/",
        "account_slip": f"/permits/{county.permit.public_id}/account/slip/",
    }
    found |= {
        "project_payroll": f"/projects/{project}/payroll/",
        "payroll_batch": f"/payroll/{county.payrolls['contractor'].public_id}/",
        "person_payroll": f"/people/{person}/payroll/",
        "person_credit": f"/people/{person}/credit/",
        "person_credit_new": f"/people/{person}/credit/new/",
    }
    for tab in ("contracts", "contracts/papers", "contracts/wording", "trainings", "sessions", "policies"):
        found[f"project_{tab}"] = f"/projects/{project}/{tab}/"
    found["contract_paper"] = f"/contracts/papers/{county.papers['draft'].public_id}/"
    found["training_session"] = f"/sessions/{county.sessions['judged'].public_id}/"
    # Of this month somebody owes one on every day of it; of the last one only until the twentieth.
    month = f"{county.today:%Y-%m}"
    ledger, quantity = county.ledgers["subcontractor"].public_id, county.quantities["contractor"].public_id
    found |= {
        "project_terms": f"/projects/{project}/terms/",
        "project_quantities": f"/projects/{project}/quantities/",
        "quantity_totals": f"/projects/{project}/quantities/totals/",
        "quantity": f"/quantities/{quantity}/",
        "person_career": f"/people/{person}/career/",
        "ledgers": f"/ledgers/?month={month}",
        "project_ledgers": f"/projects/{project}/ledgers/?month={month}",
        "ledger": f"/ledgers/{ledger}/",
        "ledger_print": f"/ledgers/{ledger}/print/",
        "ledger_verify": "/ledgers/verify/",
    }
    notice = county.notices["replied"].public_id
    found |= {
        "sites": "/gaps/?all=1",
        "site_gaps": f"/projects/{project}/gaps/",
        "notices": "/notices/",
        "notice": f"/notices/{notice}/",
        "notice_print": f"/notices/{notice}/print/",
    }
    for tab in ("people", "attendance", "parties", "teams", "posts", "devices"):
        found[f"project_{tab}"] = f"/projects/{project}/{tab}/"
    for tab in ("work", "contracts", "trainings", "readers"):
        found[f"person_{tab}"] = f"/people/{person}/{tab}/"
    return found


def clerk_pages_of(county: County) -> dict[str, str]:
    """The forms of whoever enrols people and files their papers, with the county's own rows."""
    project, person = county.project.public_id, county.worker.engagement.public_id
    contract, training = county.contract_of(), county.training_of()
    reading = county.worker.reading
    assert reading is not None
    return {
        "enrol": f"/projects/{project}/enrol/",
        "roster_import_new": f"/projects/{project}/people/import/",
        "team_training": f"/projects/{project}/training/",
        "edit_person": f"/people/{person}/edit/",
        "correct_person": f"/people/{person}/correct/",
        "new_contract": f"/people/{person}/contracts/new/",
        "new_training": f"/people/{person}/trainings/new/",
        "new_certificate": f"/people/{person}/certificates/new/",
        "certificates": "/certificates/",
        "certificate_change": f"/certificates/{county.worker.certificate.public_id}/change/"
        if county.worker.certificate
        else "/certificates/",
        "identity_record": f"/people/{person}/identity/",
        "point_new": f"/projects/{project}/points/new/",
        "point_edit": f"/points/{county.point.public_id}/edit/",
        "replace_contract": f"/contracts/{contract.public_id}/replace/",
        "replace_training": f"/trainings/{training.public_id}/replace/",
        "roster_people": f"/projects/{project}/people/",
        "roster_move": f"/projects/{project}/roster/moves/?act=exit&who={person}",
        "person_reverse": f"/people/{person}/roster/reverse/",
        "post_assign": f"/projects/{project}/posts/assign/",
        "make_contracts": f"/projects/{project}/contracts/new/",
        "session_people": f"/sessions/{county.sessions['open'].public_id}/people/",
        "session_scores": f"/sessions/{county.sessions['open'].public_id}/scores/",
        "party_new": f"/projects/{project}/parties/new/",
        "team_new": f"/projects/{project}/teams/new/",
        "terms_new": f"/projects/{project}/terms/new/",
        "quantity_new": f"/projects/{project}/quantities/new/",
        "read_career": "/career/",
        "career": f"/careers/{reading.public_id}/",
        "enrol_by_code": f"/projects/{project}/enrol/by-code/{reading.public_id}/",
    }


def text_of(answer: Any) -> str:
    """The words of a page, without its marks."""
    return re.sub(r"<[^>]+>", " ", answer.content.decode())
