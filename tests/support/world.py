"""The two-county world, and what is walked through in it: every selector, every act, every route.

A new selector, act or route fails the scope tests until it has its row here.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from attendance.selectors import dashboard, days, devices, people, punches, same_time, trend, worklist
from attendance.selectors import projects as attended_projects
from attendance.selectors import pulse as pulses
from federation import selectors as federation
from kernel.scoping import Actor
from projects import selectors as projects
from tests.support.counties import ROLES, County, TwoCounties, employ, two_counties, wuchang, xiantao
from workers import selectors as workers

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

# Each read, asked as `actor` with the rows of a county.
SELECTORS: dict[str, Callable[[Actor, County], Any]] = {
    "projects.selectors.projects": lambda a, c: [projects.projects(a), projects.projects(a, c.region)],
    "projects.selectors.project": lambda a, c: projects.project(a, c.project.public_id),
    "projects.selectors.in_progress_by_region": lambda a, c: [
        projects.in_progress_by_region(a, c.region),
        projects.in_progress_by_region(a, None),
    ],
    "projects.selectors.permits": lambda a, c: projects.permits(a, c.project),
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
    "projects.selectors.enterprises": lambda a, c: projects.enterprises(a),
    "projects.selectors.enterprise": lambda a, c: [
        projects.enterprise(a, c.firms["shared"].public_id),
        projects.enterprise(a, c.firms["owner"].public_id),
    ],
    "projects.selectors.works_of": lambda a, c: [projects.works_of(a, firm) for firm in c.firms.values()],
    "projects.selectors.search_projects": lambda a, c: [
        projects.search_projects(a, word) for word in (c.word, c.project.code, "家园")
    ],
    "projects.selectors.search_enterprises": lambda a, c: [
        projects.search_enterprises(a, word) for word in (c.word, c.firms["owner"].uscc, "有限公司")
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
    "workers.selectors.still_here": lambda a, c: [
        workers.still_here(a, c.participations["subcontractor"], c.today).names,
        workers.still_here(a, c.teams["contractor"], c.today).names,
    ],
    "workers.selectors.key_post": lambda a, c: [
        workers.key_post(a, worker.key_post.public_id) for worker in c.workers.values() if worker.key_post
    ],
    "workers.selectors.people_here": lambda a, c: workers.people_here(a, c.project, c.today),
    "workers.selectors.contracts": lambda a, c: workers.contracts(a, c.worker.engagement),
    "workers.selectors.trainings": lambda a, c: workers.trainings(a, c.worker.engagement),
    "workers.selectors.all_contracts": lambda a, c: workers.all_contracts(a),
    "workers.selectors.all_trainings": lambda a, c: workers.all_trainings(a),
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
    "attendance.selectors.pulse.pulse": lambda a, c: pulses.pulse(a, c.region, c.today),
    "attendance.selectors.pulse.covers": lambda a, c: pulses.covers(a, c.region),
    "attendance.selectors.punches.punches": lambda a, c: [
        punches.punches(a, c.today),
        punches.punches(a, c.today - timedelta(days=1)),
    ],
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
    "federation.selectors.accepted_requests": lambda a, c: federation.accepted_requests(a),
}
