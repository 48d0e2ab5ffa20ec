"""The two-county world, and what is walked through in it: every selector, every act, every route.

A new selector, act or route fails the scope tests until it has its row here.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from accounts import selectors as accounts
from accounts.models import Post
from attendance.selectors import (
    career,
    cells,
    corrections,
    dashboard,
    days,
    devices,
    own,
    passes,
    people,
    punches,
    same_time,
    trend,
    worklist,
)
from attendance.selectors import projects as attended_projects
from attendance.selectors import pulse as pulses
from audit import selectors as trails
from audit.models import AuditEvent
from federation import selectors as federation
from federation.models import Line, Move, Node
from federation.selectors import corrections as copied
from federation.selectors import masters, node_health
from federation.selectors import moves as move_reads
from federation.selectors import nodes as node_reads
from federation.selectors import partners as sharing
from federation.selectors import reconciliation as compared
from federation.selectors import subjects as subject_reads
from federation.selectors import upstreams as told_above
from integrity.selectors import credit, gaps, people_credit, standing
from integrity.selectors import notices as notice_reads
from kernel.scoping import Actor
from ledgers import selectors as ledgers
from ledgers.rules import month_before
from payroll import selectors as payroll
from projects import selectors as projects
from tests.support.counties import ROLES, County, TwoCounties, employ, two_counties, wuchang, xiantao
from workers import selectors as workers
from workers.selectors import contracting, lessons, policies

__all__ = [
    "ROLES",
    "SELECTORS",
    "County",
    "TwoCounties",
    "employ",
    "two_counties",
    "wuchang",
    "xiantao",
]

_LATER = timedelta(days=8)
_MONTH = timedelta(days=31)


def _move_of(county: County) -> Move:
    """A county that would move."""
    return Move(node=Node(relation=Node.Relation.CHILD, region=county.region))


# Each read, asked as `actor` with the rows of a county.
SELECTORS: dict[str, Callable[[Actor, County], Any]] = {
    "projects.selectors.projects": lambda a, c: [projects.projects(a), projects.projects(a, c.region)],
    "projects.selectors.project": lambda a, c: projects.project(a, c.project.public_id),
    "projects.selectors.in_progress_by_region": lambda a, c: [
        projects.in_progress_by_region(a, c.region),
        projects.in_progress_by_region(a, None),
    ],
    "projects.selectors.permits": lambda a, c: projects.permits(a, c.project),
    "projects.selectors.owning_firms": lambda a, c: projects.owning_firms(a),
    "projects.selectors.all_permits": lambda a, c: projects.all_permits(a),
    "projects.selectors.permit": lambda a, c: projects.permit(a, c.permit.public_id),
    "projects.selectors.permit_regions": lambda a, c: projects.permit_regions(a),
    "projects.selectors.permit_office": lambda a, c: projects.permit_office(a),
    "projects.selectors.permits_numbered": lambda a, c: projects.permits_numbered(a, [c.permit.number]),
    "projects.selectors.permit_upload": lambda a, c: projects.permit_upload(a, c.upload.public_id),
    "projects.selectors.open_code": lambda a, c: projects.open_code(a, c.project),
    "projects.selectors.unclaimed": lambda a, c: projects.unclaimed(a, c.now),
    "projects.selectors.participations": lambda a, c: projects.participations(a, c.project),
    "projects.selectors.teams": lambda a, c: projects.teams(a, c.project),
    "projects.selectors.all_participations": lambda a, c: projects.all_participations(a),
    "projects.selectors.all_teams": lambda a, c: projects.all_teams(a),
    "projects.selectors.participation": lambda a, c: projects.participation(
        a, c.participations["contractor"].public_id
    ),
    "projects.selectors.team": lambda a, c: projects.team(a, c.teams["contractor"].public_id),
    "projects.selectors.enterprise_of_code": lambda a, c: projects.enterprise_of_code(
        a, c.firms["owner"].uscc
    ),
    "projects.selectors.known_enterprises": lambda a, c: projects.known_enterprises(a),
    "projects.selectors.statements_of": lambda a, c: projects.statements_of(a, c.firms["contractor"]),
    "projects.selectors.statements_about": lambda a, c: projects.statements_about(a, c.firms.values()),
    "projects.selectors.qualifications": lambda a, c: projects.qualifications(a),
    "projects.selectors.particulars_of": lambda a, c: projects.particulars_of(a, c.project),
    "projects.selectors.wage_accounts": lambda a, c: projects.wage_accounts(a, c.project),
    "projects.selectors.reported_permits": lambda a, c: projects.reported_permits(a),
    "projects.selectors.reported_permit": lambda a, c: projects.reported_permit(
        a, str(c.reported_permit.public_id)
    ),
    "projects.selectors.enterprises": lambda a, c: projects.enterprises(a),
    "projects.selectors.enterprise": lambda a, c: [
        projects.enterprise(a, c.firms["shared"].public_id),
        projects.enterprise(a, c.firms["owner"].public_id),
    ],
    "projects.selectors.works_of": lambda a, c: [projects.works_of(a, firm) for firm in c.firms.values()],
    "projects.selectors.search_projects": lambda a, c: [
        projects.search_projects(a, word) for word in (c.word, c.project.code, c.permit.number, "家园")
    ],
    "projects.selectors.search_enterprises": lambda a, c: [
        projects.search_enterprises(a, word) for word in (c.word, c.firms["owner"].uscc, "有限公司")
    ],
    "projects.selectors.search_teams": lambda a, c: [
        projects.search_teams(a, word) for word in (c.word, str(c.teams["contractor"].number), "班")
    ],
    "workers.selectors.engagements": lambda a, c: workers.engagements(a),
    "workers.selectors.engagement": lambda a, c: workers.engagement(
        a, c.worker.engagement.public_id, c.today
    ),
    "workers.selectors.presences": lambda a, c: workers.presences(a, c.worker.engagement),
    "workers.selectors.all_presences": lambda a, c: workers.all_presences(a),
    "workers.selectors.reviews": lambda a, c: workers.reviews(a),
    "workers.selectors.reviews_pending": lambda a, c: workers.reviews_pending(a),
    "workers.selectors.exits_unsettled": lambda a, c: workers.exits_unsettled(a),
    "workers.selectors.events": lambda a, c: [
        workers.events(a, worker.engagement) for worker in c.workers.values()
    ],
    "workers.selectors.events_of_batch": lambda a, c: [
        workers.events_of_batch(a, worker.event.batch) for worker in c.workers.values() if worker.event
    ],
    "workers.selectors.contracting.contract_list": lambda a, c: contracting.contract_list(a, c.today),
    "workers.selectors.contracting.contracts_running_out": lambda a, c: contracting.contracts_running_out(
        a, "workers.view", c.today
    ),
    "workers.selectors.contracting.papers": lambda a, c: contracting.papers(a),
    "workers.selectors.contracting.papers_to_verify": lambda a, c: contracting.papers_to_verify(a),
    "workers.selectors.contracting.paper_to": lambda a, c: contracting.paper_to(
        a, "workers.view", c.papers["subcontractor"].public_id
    ),
    "workers.selectors.contracting.papers_to_print": lambda a, c: contracting.papers_to_print(
        a, [one.public_id for one in c.papers.values()]
    ),
    "workers.selectors.contracting.wordings": lambda a, c: contracting.wordings(a, c.project),
    "workers.selectors.contracting.all_wordings": lambda a, c: contracting.all_wordings(a),
    "workers.selectors.contracting.wording_now": lambda a, c: [
        row for row in [contracting.wording_now(a, c.project, "labour")] if row
    ],
    "workers.selectors.contracting.people_without_contract": lambda a, c: contracting.people_without_contract(
        a, c.project, c.today
    ),
    "workers.selectors.lessons.training_list": lambda a, c: lessons.training_list(a, c.today),
    "workers.selectors.lessons.trainings_running_out": lambda a, c: lessons.trainings_running_out(
        a, "workers.view", c.today
    ),
    "workers.selectors.lessons.sessions": lambda a, c: lessons.sessions(a),
    "workers.selectors.lessons.sessions_left_open": lambda a, c: lessons.sessions_left_open(
        a, "workers.view", c.today
    ),
    "workers.selectors.lessons.may_run": lambda a, c: [
        one for one in c.sessions.values() if lessons.may_run(a, one)
    ],
    "workers.selectors.lessons.session_to": lambda a, c: lessons.session_to(
        a, "workers.view", c.sessions["subcontractor"].public_id
    ),
    "workers.selectors.lessons.attendance_of": lambda a, c: [
        lessons.attendance_of(a, one) for one in c.sessions.values()
    ],
    "workers.selectors.lessons.all_attendance": lambda a, c: lessons.all_attendance(a),
    "workers.selectors.lessons.attendance_to": lambda a, c: lessons.attendance_to(
        a, "workers.view", c.attendance["subcontractor"].public_id
    ),
    "workers.selectors.lessons.files_of_session": lambda a, c: lessons.files_of_session(a, c.session),
    "workers.selectors.lessons.session_file": lambda a, c: lessons.session_file(a, c.session_file.public_id),
    "workers.selectors.lessons.people_to_train": lambda a, c: [
        lessons.people_to_train(a, one) for one in c.sessions.values()
    ],
    "workers.selectors.lessons.badge_holder": lambda a, c: [
        row
        for worker in c.workers.values()
        for text in (str(worker.engagement.public_id), worker.engagement.gate_card)
        if (row := lessons.badge_holder(a, c.sessions["open"], text))
    ],
    "workers.selectors.lessons.participations_to_file_for": lambda a, c: lessons.participations_to_file_for(
        a, c.project
    ),
    "workers.selectors.policies.policies": lambda a, c: policies.policies(a, c.project),
    "workers.selectors.policies.all_policies": lambda a, c: policies.all_policies(a),
    "workers.selectors.policies.policy_to": lambda a, c: policies.policy_to(
        a, "projects.view", c.policies["subcontractor"].public_id
    ),
    "workers.selectors.policies.same_firm_elsewhere": lambda a, c: policies.same_firm_elsewhere(
        a, c.participations["subcontractor"]
    ),
    "workers.selectors.still_here": lambda a, c: [
        workers.still_here(a, c.participations["subcontractor"], c.today).names,
        workers.still_here(a, c.teams["contractor"], c.today).names,
    ],
    "workers.selectors.key_post": lambda a, c: [
        workers.key_post(a, worker.key_post.public_id)
        for worker in (c.worker, c.workers["subcontractor"])
        if worker.key_post
    ],
    "workers.selectors.people_here": lambda a, c: workers.people_here(a, c.project, c.today),
    "workers.selectors.roster_imports": lambda a, c: workers.roster_imports(a, c.project),
    "workers.selectors.roster_import": lambda a, c: workers.roster_import(a, c.roster.public_id),
    "workers.selectors.unfinished_rosters": lambda a, c: workers.unfinished_rosters(a),
    "workers.selectors.roster_rows": lambda a, c: [
        workers.roster_rows(a, c.roster),
        workers.roster_rows(a, c.roster, "new"),
    ],
    "workers.selectors.roster_faults": lambda a, c: [
        workers.roster_faults(a, c.roster),
        workers.roster_faults(a, c.roster, "trade", "not_in_list"),
    ],
    "workers.selectors.contracts": lambda a, c: workers.contracts(a, c.worker.engagement),
    "workers.selectors.trainings": lambda a, c: workers.trainings(a, c.worker.engagement),
    "workers.selectors.all_contracts": lambda a, c: workers.all_contracts(a),
    "workers.selectors.all_trainings": lambda a, c: workers.all_trainings(a),
    "workers.selectors.presence_to": lambda a, c: workers.presence_to(
        a, "workers.view", c.worker.presence.public_id
    ),
    "workers.selectors.contract_to": lambda a, c: workers.contract_to(
        a, "workers.view", c.contract_of().public_id
    ),
    "workers.selectors.training_to": lambda a, c: workers.training_to(
        a, "workers.view", c.training_of().public_id
    ),
    "workers.selectors.project_to": lambda a, c: workers.project_to(a, "workers.view", c.project.public_id),
    "workers.selectors.work_to": lambda a, c: workers.work_to(
        a, "workers.view", c.worker.engagement.public_id
    ),
    "workers.selectors.identity_checks": lambda a, c: workers.identity_checks(a, c.worker.engagement),
    "workers.selectors.identity_corrections": lambda a, c: workers.identity_corrections(
        a, c.worker.engagement
    ),
    "workers.selectors.teams_to_enrol_into": lambda a, c: workers.teams_to_enrol_into(a, c.project),
    "workers.selectors.people_to_file_for": lambda a, c: workers.people_to_file_for(a, c.project),
    "workers.selectors.other_work": lambda a, c: [
        workers.other_work(a, worker.engagement) for worker in c.workers.values()
    ],
    "workers.selectors.key_posts": lambda a, c: workers.key_posts(a, c.today),
    "workers.selectors.particulars": lambda a, c: [
        [row] if row else []
        for row in (workers.particulars(a, worker.engagement) for worker in c.workers.values())
    ],
    "workers.selectors.certificates": lambda a, c: [
        workers.certificates(a, worker.engagement) for worker in c.workers.values()
    ],
    "workers.selectors.all_certificates": lambda a, c: workers.all_certificates(a),
    "workers.selectors.certificate_to": lambda a, c: [
        workers.certificate_to(a, "workers.view", worker.certificate.public_id)
        for worker in (c.worker, c.workers["subcontractor"])
        if worker.certificate
    ],
    "workers.selectors.special_work_ending": lambda a, c: workers.special_work_ending(
        a, "workers.view", c.today, c.today + _MONTH
    ),
    "workers.selectors.collection_points": lambda a, c: workers.collection_points(a, c.project),
    "workers.selectors.points_to_enrol_at": lambda a, c: workers.points_to_enrol_at(a, c.project),
    "workers.selectors.collection_point_to": lambda a, c: workers.collection_point_to(
        a, "workers.view", c.point.public_id
    ),
    "workers.selectors.all_identity_checks": lambda a, c: workers.all_identity_checks(a, c.worker.engagement),
    "attendance.selectors.passes.gate_changes": lambda a, c: [
        passes.gate_changes(a, c.project, None),
        passes.gate_changes(a, c.project, 0),
    ],
    "attendance.selectors.passes.pass_to_show": lambda a, c: passes.pass_to_show(
        a, c.worker.engagement.public_id
    ),
    # Its position in the one order is sealed before anybody reads it; its next judging is the sweep's.
    "attendance.selectors.passes.gate_pass": lambda a, c: [
        (row.engagement_id, row.is_allowed, row.causes)
        for worker in c.workers.values()
        if (row := passes.gate_pass(a, worker.engagement))
    ],
    "workers.selectors.contract_file": lambda a, c: [
        workers.contract_file(a, worker.contract_file.public_id)
        for worker in (c.worker, c.workers["subcontractor"])
        if worker.contract_file
    ],
    "projects.selectors.project_to": lambda a, c: projects.project_to(
        a, "projects.view", c.project.public_id
    ),
    "projects.selectors.sides_of": lambda a, c: projects.sides_of(a, c.project),
    "projects.selectors.sees_terms": lambda a, c: projects.sees_terms(a, c.project),
    "projects.selectors.terms_of": lambda a, c: projects.terms_of(a, c.project),
    "projects.selectors.all_terms": lambda a, c: projects.all_terms(a),
    "projects.selectors.terms": lambda a, c: projects.terms(a, c.terms["stated"].public_id),
    "projects.selectors.projects_without_terms": lambda a, c: projects.projects_without_terms(
        a, "projects.view"
    ),
    "projects.selectors.terms_to_do": lambda a, c: projects.terms_to_do(a),
    "projects.selectors.latest_terms": lambda a, c: projects.latest_terms(a, [c.project]),
    "workers.selectors.quantities": lambda a, c: workers.quantities(a),
    "workers.selectors.quantity": lambda a, c: [
        workers.quantity(a, c.quantities[title].public_id) for title in ("subcontractor", "shared")
    ],
    "workers.selectors.quantity_totals": lambda a, c: workers.quantity_totals(a, c.project),
    "workers.selectors.quantities_pending": lambda a, c: workers.quantities_pending(a, "workers.view"),
    "workers.selectors.teams_to_quantify": lambda a, c: workers.teams_to_quantify(a, c.project),
    "workers.selectors.people_to_quantify": lambda a, c: workers.people_to_quantify(a, c.project),
    "workers.selectors.projects_to_enrol_on": lambda a, c: workers.projects_to_enrol_on(a),
    "workers.selectors.career_readings": lambda a, c: workers.career_readings(a, c.now),
    "workers.selectors.career_reading": lambda a, c: [
        workers.career_reading(a, worker.reading.public_id, c.now)
        for worker in (c.worker, c.workers["subcontractor"])
        if worker.reading
    ],
    "workers.selectors.own_career_code": lambda a, c: workers.own_career_code(a, c.now),
    "workers.selectors.own_career_readings": lambda a, c: workers.own_career_readings(a),
    "attendance.selectors.career.own_career": lambda a, c: career.own_career(a),
    "attendance.selectors.career.career_in_scope": lambda a, c: [
        career.career_in_scope(a, worker.engagement).jobs for worker in c.workers.values()
    ],
    "attendance.selectors.career.opened_career": lambda a, c: [
        career.opened_career(a, worker.reading.public_id, c.now)
        for worker in (c.worker, c.workers["subcontractor"])
        if worker.reading
    ],
    "ledgers.selectors.owing": lambda a, c: [
        ledgers.owing(a, month_before(c.today)),
        ledgers.owing(a, c.today.replace(day=1)),
    ],
    "ledgers.selectors.ledgers": lambda a, c: ledgers.ledgers(a),
    "ledgers.selectors.ledger": lambda a, c: ledgers.ledger(a, c.ledgers["subcontractor"].public_id),
    "ledgers.selectors.participation_to": lambda a, c: ledgers.participation_to(
        a, "ledgers.view", c.participations["subcontractor"].public_id
    ),
    "ledgers.selectors.latest_of": lambda a, c: ledgers.latest_of(
        a, c.participations["subcontractor"], month_before(c.today)
    ),
    "ledgers.selectors.rounds_of": lambda a, c: ledgers.rounds_of(a, c.ledgers["subcontractor"]),
    "ledgers.selectors.ledger_before": lambda a, c: ledgers.ledger_before(
        a, c.participations["subcontractor"], c.today.replace(day=1)
    ),
    "ledgers.selectors.by_digest": lambda a, c: [
        ledgers.by_digest(a, row.digest) for row in c.ledgers.values()
    ],
    "ledgers.selectors.content_of": lambda a, c: ledgers.content_of(
        a,
        ledgers.participation_to(a, "ledgers.view", c.participations["subcontractor"].public_id),
        c.today.replace(day=1),
        c.today,
    )["people"],
    "projects.selectors.team_files": lambda a, c: projects.team_files(a, c.project),
    "projects.selectors.team_file": lambda a, c: projects.team_file(a, c.team_files["contractor"].public_id),
    "payroll.selectors.batches": lambda a, c: payroll.batches(a),
    "payroll.selectors.batch": lambda a, c: payroll.batch(a, c.payrolls["contractor"].public_id),
    "payroll.selectors.rows_of_batch": lambda a, c: [
        payroll.rows_of_batch(a, batch) for batch in c.payrolls.values()
    ],
    "payroll.selectors.wages_of": lambda a, c: [
        payroll.wages_of(a, worker.engagement) for worker in c.workers.values()
    ],
    "payroll.selectors.files_of_batch": lambda a, c: [
        payroll.files_of_batch(a, batch) for batch in c.payrolls.values()
    ],
    "payroll.selectors.file": lambda a, c: payroll.file(a, c.payroll_files["contractor"].public_id),
    "integrity.selectors.people_credit.people_credit": lambda a, c: people_credit.people_credit(a),
    "integrity.selectors.people_credit.credit_of": lambda a, c: [
        people_credit.credit_of(a, worker.engagement, c.today) for worker in c.workers.values()
    ],
    "integrity.selectors.people_credit.credit_to": lambda a, c: [
        people_credit.credit_to(a, "integrity.view", worker.credit.public_id)
        for worker in (c.worker, c.workers["subcontractor"])
        if worker.credit
    ],
    "integrity.selectors.people_credit.credit_regions": lambda a, c: people_credit.credit_regions(a),
    "workers.selectors.posts_of": lambda a, c: workers.posts_of(a, c.worker.engagement),
    "workers.selectors.search": lambda a, c: [workers.search(a, word) for word in (c.word, "三", "王五")],
    "attendance.selectors.dashboard.region_in_reach": lambda a, c: dashboard.region_in_reach(
        a, c.region.code
    ),
    "attendance.selectors.dashboard.dashboard": lambda a, c: dashboard.dashboard(a, c.region, c.today, c.now),
    "attendance.selectors.dashboard.by_day": lambda a, c: dashboard.by_day(
        a, c.region, c.today - timedelta(days=20), c.today
    ),
    "attendance.selectors.dashboard.by_place": lambda a, c: dashboard.by_place(a, c.city, c.today, c.now),
    "attendance.selectors.dashboard.own_people": lambda a, c: dashboard.own_people(a, c.region, c.today),
    "attendance.selectors.days.days": lambda a, c: [days.days(a), days.days(a, c.today)],
    "attendance.selectors.days.month": lambda a, c: [
        days.month(a, worker.engagement, c.today - _MONTH, c.today) for worker in c.workers.values()
    ],
    "attendance.selectors.devices.devices": lambda a, c: devices.devices(a),
    "attendance.selectors.devices.search_devices": lambda a, c: [
        devices.search_devices(a, word) for word in (c.word, c.device.serial, "门")
    ],
    "attendance.selectors.devices.devices_of": lambda a, c: devices.devices_of(a, c.project),
    "attendance.selectors.people.team_sizes": lambda a, c: people.team_sizes(a, c.project, c.today),
    "attendance.selectors.people.key_post_holders": lambda a, c: people.key_post_holders(
        a, c.project, c.today
    ),
    "attendance.selectors.people.people": lambda a, c: people.people(a, c.today),
    "attendance.selectors.projects.projects_on": lambda a, c: [
        attended_projects.projects_on(a, c.today),
        attended_projects.projects_on(a, c.today, c.region),
        attended_projects.totals(attended_projects.projects_on(a, c.today)),
    ],
    "attendance.selectors.projects.project_on": lambda a, c: attended_projects.project_on(
        a, c.project.public_id, c.today
    ),
    "attendance.selectors.projects.project_trend": lambda a, c: attended_projects.project_trend(
        a, c.project, c.today - _MONTH, c.today
    ),
    # Empty here: the world's node is no hub. tests/attendance/test_county_days.py asks them at one.
    "attendance.selectors.cells.figures_of_cells": lambda a, c: cells.figures_of_cells(
        a, c.region, c.today - _MONTH, c.today, "day"
    ),
    "attendance.selectors.cells.stamp_of_cells": lambda a, c: cells.stamp_of_cells(a, c.region, c.today),
    "attendance.selectors.pulse.pulse": lambda a, c: pulses.pulse(a, c.region, c.today),
    "attendance.selectors.pulse.covers": lambda a, c: pulses.covers(a, c.region),
    "attendance.selectors.punches.punches": lambda a, c: [
        punches.punches(a, c.today),
        punches.punches(a, c.today - timedelta(days=1)),
    ],
    "attendance.selectors.punches.of_work": lambda a, c: punches.of_work(
        a, punches.punches(a, c.today), c.worker.engagement.public_id
    ),
    "attendance.selectors.punches.punch": lambda a, c: punches.punch(a, c.today, c.punch.public_id),
    "attendance.selectors.same_time.same_time_yesterday": lambda a, c: same_time.same_time_yesterday(
        a, c.region, c.today, c.now
    ),
    "attendance.selectors.trend.people_by_day": lambda a, c: trend.people_by_day(
        a, c.region, c.today - timedelta(days=20), c.today
    ),
    "attendance.selectors.worklist.work_list": lambda a, c: [
        worklist.work_list(a, None, c.today, c.now),
        # Later the project itself has fallen silent and its manager is missing.
        worklist.work_list(a, c.region, c.today + _LATER, c.now + _LATER),
    ],
    "integrity.selectors.gaps.still_unmatched": lambda a, c: sorted(
        gaps.still_unmatched(a, c.project, c.today)
    ),
    "integrity.selectors.gaps.site_gaps": lambda a, c: [
        gaps.site_gaps(a, c.project.public_id, c.today, c.now),
        gaps.site_gaps(a, c.project.public_id, c.today + _LATER, c.now + _LATER),
        gaps.site_gaps(a, c.project.public_id, c.today, c.now, only=c.participations["subcontractor"]),
    ],
    "integrity.selectors.gaps.sites": lambda a, c: gaps.sites(a, c.now),
    "integrity.selectors.gaps.sees_whole": lambda a, c: gaps.sees_whole(a, c.project),
    "integrity.selectors.standing.present_gaps": lambda a, c: standing.present_gaps(
        a, c.notices["subcontractor"], c.now
    ),
    "integrity.selectors.standing.standing_items": lambda a, c: standing.standing_items(
        a, c.notices["subcontractor"], c.now
    ),
    "integrity.selectors.credit.credit_records": lambda a, c: credit.credit_records(a),
    "integrity.selectors.credit.published_credit": lambda a, c: [
        credit.published_credit(a, kind, c.today) for kind in ("good", "bad")
    ],
    "integrity.selectors.credit.credit_to_withdraw": lambda a, c: credit.credit_to_withdraw(a),
    "integrity.selectors.notices.notices": lambda a, c: [
        notice_reads.notices(a, c.now),
        notice_reads.with_counts(notice_reads.notices(a, c.now + _LATER)),
    ],
    "integrity.selectors.notices.open_notices": lambda a, c: notice_reads.open_notices(a, c.now),
    "integrity.selectors.notices.notice": lambda a, c: [
        [row, *row.items.all(), *row.events.all(), *row.readings.all(), *row.replies.all()]
        for row in [notice_reads.notice(a, c.notices["subcontractor"].public_id, c.now)]
    ],
    "integrity.selectors.notices.notice_head": lambda a, c: [
        notice_reads.notice_head(a, c.notices["subcontractor"].public_id, c.now)
    ],
    "integrity.selectors.notices.draft": lambda a, c: notice_reads.draft(a, c.project),
    "integrity.selectors.notices.may_issue_on": lambda a, c: notice_reads.may_issue_on(a, c.project),
    "integrity.selectors.notices.unread": lambda a, c: notice_reads.unread(a, c.now),
    "integrity.selectors.notices.side_of": lambda a, c: [
        notice_reads.side_of(a, row) for row in c.notices.values()
    ],
    "integrity.selectors.notices.may_act": lambda a, c: [
        notice_reads.may_act(a, row, "integrity.reply_notice") for row in c.notices.values()
    ],
    "integrity.selectors.notices.answer_file": lambda a, c: notice_reads.answer_file(
        a, c.answer_file.public_id
    ),
    "integrity.selectors.notices.people_named": lambda a, c: notice_reads.people_named(
        a, [item for row in c.notices.values() for item in row.items.all()]
    ),
    "integrity.selectors.notices.builders": lambda a, c: notice_reads.builders(a, c.project),
    "integrity.selectors.notices.parties": lambda a, c: notice_reads.parties(a, c.project),
    "attendance.selectors.corrections.corrections": lambda a, c: corrections.corrections(a),
    "attendance.selectors.corrections.correction": lambda a, c: corrections.correction(
        a, c.correction.public_id
    ),
    "attendance.selectors.corrections.answerable": lambda a, c: corrections.answerable(a),
    "attendance.selectors.corrections.waiting_corrections": lambda a, c: corrections.waiting_corrections(a),
    "attendance.selectors.corrections.evidence": lambda a, c: corrections.evidence(a, c.correction),
    "attendance.selectors.own.own_person": lambda a, c: own.own_person(a),
    "attendance.selectors.own.own_engagements": lambda a, c: own.own_engagements(a, c.today),
    "attendance.selectors.own.own_presences": lambda a, c: own.own_presences(a),
    "attendance.selectors.own.own_contracts": lambda a, c: own.own_contracts(a),
    "attendance.selectors.own.own_trainings": lambda a, c: own.own_trainings(a),
    "attendance.selectors.own.own_days": lambda a, c: own.own_days(a, c.today - _MONTH, c.today),
    "attendance.selectors.own.own_punches": lambda a, c: [
        own.own_punches(a, c.today),
        own.own_punches(a, c.today - timedelta(days=1)),
    ],
    "attendance.selectors.own.own_corrections": lambda a, c: own.own_corrections(a),
    "attendance.selectors.own.own_correction": lambda a, c: own.own_correction(a, c.correction.public_id),
    "attendance.selectors.own.asked_days": lambda a, c: own.asked_days(a, c.today - _MONTH, c.today),
    "attendance.selectors.own.own_readers": lambda a, c: own.own_readers(a),
    "federation.selectors.masters.require_province": lambda a, c: masters.require_province(a, masters.VIEW),
    "federation.selectors.masters.feed_stands": lambda a, c: masters.feed_stands(a, c.now),
    "federation.selectors.masters.feed_of": lambda a, c: masters.feed_of(a, "enterprises"),
    "federation.selectors.masters.pulls_of": lambda a, c: masters.pulls_of(
        a, masters.feed_of(a, "enterprises")
    ),
    "federation.selectors.masters.master_records": lambda a, c: masters.master_records(a),
    "federation.selectors.masters.master_record": lambda a, c: masters.master_record(
        a, c.master_record.public_id
    ),
    "federation.selectors.masters.changes_of_record": lambda a, c: masters.changes_of_record(
        a, c.master_record
    ),
    "federation.selectors.masters.opens_page_of": lambda a, c: masters.opens_page_of(a, c.master_record),
    "federation.selectors.masters.owned_row": lambda a, c: masters.owned_row(
        a, "enterprise", c.firms["supervisor"].public_id
    ),
    "federation.selectors.masters.history_of": lambda a, c: masters.history_of(
        a, "enterprise", c.firms["supervisor"].public_id
    ),
    "federation.selectors.masters.proposals": lambda a, c: masters.proposals(a),
    "federation.selectors.masters.proposal": lambda a, c: masters.proposal(a, c.proposal.public_id),
    "federation.selectors.masters.proposals_waiting": lambda a, c: masters.proposals_waiting(a),
    "federation.selectors.masters.proposals_about": lambda a, c: masters.proposals_about(
        a, c.firms["supervisor"]
    ),
    "federation.selectors.masters.may_propose": lambda a, c: masters.may_propose(a, c.firms["supervisor"]),
    "federation.selectors.masters.place_of_wish": lambda a, c: masters.place_of_wish(
        a, c.firms["supervisor"]
    ),
    "federation.selectors.masters.managers": lambda a, c: masters.managers(a, c.firms["supervisor"]),
    "federation.selectors.corrections.last_wish": lambda a, c: copied.last_wish(
        a, "team", c.teams["contractor"]
    ),
    "federation.selectors.corrections.may_ask": lambda a, c: copied.may_ask(a, c.copy),
    "federation.selectors.corrections.copied_row": lambda a, c: copied.copied_row(
        a, "quantity", c.copy.public_id
    ),
    "federation.selectors.corrections.place_of_copy": lambda a, c: copied.place_of_copy(
        a, "quantity", c.copy
    ),
    "federation.selectors.corrections.corrections_waiting": lambda a, c: copied.corrections_waiting(a),
    "federation.selectors.corrections.page_of": lambda a, c: copied.page_of(a, "quantity", c.copy.public_id),
    "federation.selectors.masters.manager_registrations": lambda a, c: masters.manager_registrations(a),
    "federation.selectors.accepted_requests": lambda a, c: federation.accepted_requests(a),
    "federation.selectors.punch_receipt": lambda a, c: federation.punch_receipt(a, c.punch_receipt.public_id),
    "federation.selectors.credentials": lambda a, c: federation.credentials(a),
    "federation.selectors.credential": lambda a, c: federation.credential(a, c.credential.public_id),
    "federation.selectors.may_issue_to_enterprises": lambda a, c: federation.may_issue_to_enterprises(a),
    "federation.selectors.may_manage": lambda a, c: federation.may_manage(a, c.credential),
    "federation.selectors.calls_of": lambda a, c: federation.calls_of(a, c.credential),
    "federation.selectors.request_of": lambda a, c: federation.request_of(a, c.request.serial),
    "federation.selectors.sees_workers_of": lambda a, c: federation.sees_workers_of(a, c.request),
    "federation.selectors.backlog": lambda a, c: federation.backlog(a, c.now - _LATER),
    "federation.selectors.failed_requests": lambda a, c: federation.failed_requests(a, c.now - _LATER),
    "federation.selectors.upstreams.upstreams": lambda a, c: told_above.upstreams(a),
    "federation.selectors.upstreams.upstream": lambda a, c: told_above.upstream(a, c.upstream.public_id),
    "federation.selectors.upstreams.upstream_regions": lambda a, c: told_above.upstream_regions(a),
    "federation.selectors.upstreams.upstream_projects": lambda a, c: told_above.upstream_projects(
        a, c.upstream
    ),
    "federation.selectors.upstreams.upstream_project": lambda a, c: told_above.upstream_project(
        a, c.told_project.public_id
    ),
    "federation.selectors.upstreams.project_to_report": lambda a, c: told_above.project_to_report(
        a, c.upstream, c.project.code
    ),
    "federation.selectors.upstreams.upstream_records": lambda a, c: told_above.upstream_records(
        a, c.upstream
    ),
    "federation.selectors.upstreams.upstream_record": lambda a, c: told_above.upstream_record(
        a, c.told_records["worker"].public_id
    ),
    "federation.selectors.upstreams.needed_by": lambda a, c: told_above.needed_by(a, c.told_records["entry"]),
    "federation.selectors.upstreams.upstream_figures": lambda a, c: told_above.upstream_figures(
        a, c.upstream
    ),
    "federation.selectors.partners.partners": lambda a, c: sharing.partners(a),
    "federation.selectors.partners.partner": lambda a, c: sharing.partner(a, c.partner.public_id),
    "federation.selectors.partners.agreements": lambda a, c: sharing.agreements(a),
    "federation.selectors.partners.agreement": lambda a, c: sharing.agreement(
        a, c.agreement.agreement.public_id
    ),
    "federation.selectors.partners.agreement_version": lambda a, c: sharing.agreement_version(
        a, c.agreement.public_id
    ),
    "federation.selectors.partners.drafts_to_approve": lambda a, c: sharing.drafts_to_approve(a),
    "federation.selectors.partners.partner_keys": lambda a, c: sharing.partner_keys(a, c.partner),
    "federation.selectors.partners.partner_key": lambda a, c: sharing.partner_key(a, c.partner_key.public_id),
    "federation.selectors.partners.handed_out": lambda a, c: sharing.handed_out(a),
    "federation.selectors.partners.turned_away": lambda a, c: sharing.turned_away(a),
    "federation.selectors.partners.used": lambda a, c: [
        row for row in [sharing.used(a, c.agreement.agreement, c.today)] if row
    ],
    "federation.selectors.partners.rows_handed_out": lambda a, c: sharing.rows_handed_out(a, c.now - _LATER),
    "federation.selectors.partners.received": lambda a, c: [
        sharing.received(a, worker.engagement) for worker in c.workers.values()
    ],
    "federation.selectors.partners.own_received": lambda a, c: sharing.own_received(a),
    # Neighbours are the whole platform's: whoever reaches less is refused (tests/federation/nodes goes in).
    "federation.selectors.nodes.governs": lambda a, c: node_reads.governs(a),
    "federation.selectors.nodes.require_governing": lambda a, c: node_reads.require_governing(a),  # type: ignore[func-returns-value]  # it only lets pass
    "federation.selectors.nodes.nodes": lambda a, c: node_reads.nodes(a),
    "federation.selectors.nodes.node": lambda a, c: node_reads.node(a, c.project.public_id),
    "federation.selectors.nodes.keys_of": lambda a, c: node_reads.keys_of(a, Node()),
    "federation.selectors.nodes.lines_of": lambda a, c: node_reads.lines_of(a, Node()),
    "federation.selectors.nodes.line_of": lambda a, c: node_reads.line_of(a, Node(), "out", "records-0"),
    "federation.selectors.nodes.passing_of": lambda a, c: node_reads.passing_of(a, Line()),
    "federation.selectors.moves.moves": lambda a, c: move_reads.moves(a),
    "federation.selectors.moves.moves_of": lambda a, c: move_reads.moves_of(a, Node()),
    "federation.selectors.moves.move": lambda a, c: move_reads.move(a, c.project.public_id),
    "federation.selectors.moves.gates_there": lambda a, c: move_reads.gates_there(a, _move_of(c)),
    "federation.selectors.moves.posts_there": lambda a, c: move_reads.posts_there(a, _move_of(c)),
    "federation.selectors.nodes.refused_envelopes": lambda a, c: node_reads.refused_envelopes(a),
    "federation.selectors.nodes.outcomes": lambda a, c: node_reads.outcomes(a),
    "federation.selectors.nodes.held_records": lambda a, c: node_reads.held_records(a),
    "federation.selectors.nodes.held_record": lambda a, c: node_reads.held_record(a, c.project.public_id),
    "federation.selectors.reconciliation.reconciliations": lambda a, c: compared.reconciliations(a),
    "federation.selectors.reconciliation.reconciliation": lambda a, c: compared.reconciliation(
        a, c.project.public_id
    ),
    "federation.selectors.reconciliation.differences": lambda a, c: compared.differences(a),
    "federation.selectors.reconciliation.difference": lambda a, c: compared.difference(
        a, c.project.public_id
    ),
    "federation.selectors.reconciliation.standings": lambda a, c: compared.standings(a),
    "federation.selectors.reconciliation.link_statements": lambda a, c: compared.link_statements(a),
    "federation.selectors.reconciliation.link_statement": lambda a, c: compared.link_statement(
        a, c.project.public_id
    ),
    "federation.selectors.subjects.subjects": lambda a, c: subject_reads.subjects(
        a, [("project", c.project.public_id)]
    ),
    "federation.selectors.subjects.projects_named": lambda a, c: subject_reads.projects_named(
        a, [c.project.public_id]
    ),
    "federation.selectors.subjects.copy_of": lambda a, c: subject_reads.copy_of(
        a, "project", c.project.public_id
    ),
    "federation.selectors.node_health.healths": lambda a, c: node_health.healths(a, c.now),
    "federation.selectors.node_health.held_number": lambda a, c: node_health.held_number(a),
    "attendance.selectors.devices.managed_devices": lambda a, c: devices.managed_devices(a),
    "attendance.selectors.devices.managed_device": lambda a, c: devices.managed_device(a, c.device.public_id),
    "attendance.selectors.devices.managed_projects": lambda a, c: devices.managed_projects(a),
    "attendance.selectors.devices.drift_seconds": lambda a, c: devices.drift_seconds(a, c.device, c.now),
    "audit.selectors.trail": lambda a, c: trails.trail(a),
    "audit.selectors.trail_event": lambda a, c: [
        trails.trail_event(a, event.pk) for event in AuditEvent.objects.filter(place=c.region.path)
    ],
    "accounts.selectors.is_province_wide": lambda a, c: accounts.is_province_wide(a, "accounts.manage"),
    "accounts.selectors.is_everywhere": lambda a, c: accounts.is_everywhere(a),
    "accounts.selectors.within_reach": lambda a, c: Post.objects.filter(accounts.within_reach(a)),
    "accounts.selectors.posts": lambda a, c: accounts.posts(a),
    "accounts.selectors.posts_of": lambda a, c: accounts.posts_of(a, c.users["supervisor"]),
    "accounts.selectors.post": lambda a, c: accounts.post(a, c.users["supervisor"].posts.get().pk),
    "accounts.selectors.accounts": lambda a, c: accounts.accounts(a),
    "accounts.selectors.accounts_on": lambda a, c: accounts.accounts_on(a, c.now, 30),
    "accounts.selectors.holding": lambda a, c: [
        accounts.holding(a, accounts.accounts(a), role="supervisor"),
        accounts.holding(a, accounts.accounts(a), path=c.region.path),
    ],
    "accounts.selectors.account": lambda a, c: accounts.account(a, c.users["supervisor"].public_id),
    "accounts.selectors.is_over": lambda a, c: accounts.is_over(a, c.users["supervisor"]),
    "accounts.selectors.ending_posts": lambda a, c: accounts.ending_posts(a, c.today, 60),
}
