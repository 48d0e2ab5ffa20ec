"""Contract terms on the home page: a statement to confirm, and projects whose terms are not complete.

Source: product 5.1, 1.3-a (contract terms incomplete).
"""

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from kernel.scoping import Actor
from projects.models import OwnerTerms, Project
from projects.selectors import (
    AGREE_TERMS,
    COVERAGE,
    TERMS_OF_CONTRACTOR,
    TERMS_OF_OWNER,
    latest_terms,
    projects_without_terms,
    terms_to_do,
)
from projects.terms import missing
from standards.selectors import parameter
from web import words
from web.waiting import Waiting, register

SHOWN = 5
_SIDES = {OwnerTerms.Side.OWNER: TERMS_OF_OWNER, OwnerTerms.Side.CONTRACTOR: TERMS_OF_CONTRACTOR}


def waiting(actor: Actor, day: date, now: datetime) -> Iterator[Waiting]:
    """For the two sides: project by project; for regulators: how many. Two questions."""
    if actor.may(AGREE_TERMS):
        rows = list(terms_to_do(actor)[: 4 * SHOWN])
        latest = latest_terms(actor, rows)
        found = [_line(actor, project, latest.get(project.pk), timezone.localdate(now)) for project in rows]
        yield from [line for line in found if line is not None][:SHOWN]
    elif actor.may(COVERAGE) and (number := projects_without_terms(actor, COVERAGE).count()):
        url = f"{reverse('projects')}?terms=no"
        yield Waiting(
            level="blue",
            since="",
            what=f"{words.exact(number)} 个在建项目合同条款不全",
            fact="没有填报、有缺项，或双方还没有确认",
            place="项目",
            place_url=reverse("projects"),
            act="看名单",
            url=url,
        )


def _line(actor: Actor, project: Project, row: OwnerTerms | None, today: date) -> Waiting | None:
    """What is to be done on one project; None where it is the other side's turn."""
    began = project.starts_on or timezone.localdate(project.created_at)
    days = max((today - began).days, 0)
    late = int(parameter("terms.due_days", project.region, today))
    page = reverse("project_terms", args=[project.public_id])
    is_ours = row is not None and actor.may(_SIDES[OwnerTerms.Side(row.stated_side)])
    said = _words(row, is_ours)
    if said is None:
        return None
    what, fact, act = said
    return Waiting(
        level="amber" if days > late else "blue",
        since=f"开工 {days} 天" if days else "今天",
        what=what,
        fact=fact,
        place=project.name,
        place_url=reverse("project", args=[project.public_id]),
        act=act,
        url=page,
        days=days,
    )


def _words(row: OwnerTerms | None, is_ours: bool) -> tuple[str, str, str] | None:
    if row is None:
        return "合同条款没有填报", "计量、拨付、人工费用、实名制职责等六项", "去填报"
    lack = missing(row)
    if row.state == OwnerTerms.State.STATED and not is_ours:
        return "合同条款等您确认", f"对方 {words.day(row.stated_at)} 填报", "去确认"
    if row.state == OwnerTerms.State.OBJECTED and is_ours:
        return "合同条款被对方提出异议", row.objection, "去更正"
    if lack:
        return "合同条款不全", f"缺{'、'.join(lack)}", "去补填"
    return None


def add_waiting() -> None:
    """Tell the home page what this capability finds waiting."""
    register("projects.terms", waiting)
