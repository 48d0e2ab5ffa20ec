"""A career in words, for the three pages that show one."""

from datetime import date
from typing import Any

from attendance.selectors.career import Career, Job
from standards.selectors import code_name
from web import words
from workers.models import Certificate, Contract, KeyPostAssignment, Presence, Training


def told(career: Career, today: date) -> dict[str, Any]:
    """Sums, jobs and certificates, as a page shows them."""
    return {
        "person": career.person,
        "projects": career.projects,
        "days": career.days,
        "since": career.since,
        "jobs": [_job(job) for job in career.jobs],
        "certificates": [_certificate(row, today) for row in career.certificates],
    }


def _job(job: Job) -> dict[str, Any]:
    work = job.work
    return {
        "project": work.project.name,
        "place": work.project.region.name,
        "enterprise": work.participation.enterprise.name,
        "team": work.team.name,
        "is_leader": work.is_team_leader,
        "trade": code_name("trade", work.trade) or code_name("worker_kind", work.kind),
        "is_there": any(stay.exited_on is None for stay in job.presences),
        "stays": [_stay(stay) for stay in job.presences],
        "days": job.days,
        "last_day": job.last_day,
        "contracts": [contract_words(row) for row in job.contracts],
        "trainings": [training_words(row) for row in job.trainings],
        "posts": [_post(row) for row in job.key_posts],
        "quantities": [
            f"{row['item']} {amount(row['total'])} {code_name('quantity_unit', row['unit'])}"
            for row in job.quantities
        ],
    }


def amount(value: Any) -> str:
    """A quantity without the zeros that nobody wrote: 1,200.5."""
    return f"{value.normalize():,f}"


def _stay(row: Presence) -> str:
    return f"{words.day(row.entered_on)} 至 {words.day(row.exited_on) or '今'}"


def _post(row: KeyPostAssignment) -> str:
    name = code_name("key_post", row.post)
    return f"{name}，{words.day(row.starts_on)} 至 {words.day(row.ends_on) or '今'}"


def _certificate(row: Certificate, today: date) -> dict[str, Any]:
    is_over = row.valid_to is not None and row.valid_to < today
    return {
        "kind": code_name("certificate_kind", row.kind),
        "number": row.masked_number,
        "issuer": row.issuer,
        "until": words.day(row.valid_to) or "长期",
        "mark": "red" if is_over else "green",
        "state": "已过期" if is_over else "有效",
    }


def contract_words(row: Contract) -> str:
    """A contract in one line: kind, from when, until when."""
    name = dict(Contract.Kind.choices).get(row.kind, row.kind)
    until = f"{words.day(row.ends_on)} 止" if row.ends_on else "长期"
    ended = f"，{words.day(row.ended_on)} 终止" if row.ended_on else ""
    return f"{name}，{words.day(row.starts_on)} 起，{until}{ended}"


def training_words(row: Training) -> str:
    """A training in one line: when, what, with which result."""
    passed = "合格" if row.is_passed else "不合格"
    return f"{words.day(row.held_on)} {code_name('training_type', row.kind)}，{passed}"
