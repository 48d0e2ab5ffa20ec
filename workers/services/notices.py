"""Who hears of a review: those who approve when somebody is submitted, those who enrol when it is decided."""

from collections.abc import Sequence
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from projects.models import Project
from web.messages import Audience, tell
from workers.models import Engagement
from workers.services.moves import Move
from workers.services.review import Approve, SendBack, Submit

KIND = "workers.review"


def tell_of_review(move: Move, engagements: Sequence[Engagement]) -> None:
    """One message for each firm of each project, whatever the number of people."""
    if not isinstance(move, (Submit, Approve, SendBack)):
        return
    ordered = sorted(engagements, key=lambda row: (row.project_id, row.participation_id, row.pk))
    for _key, group in groupby(ordered, key=lambda row: (row.project_id, row.participation_id)):
        _tell(move, list(group))


def _tell(move: Move, rows: list[Engagement]) -> None:
    first = rows[0]
    of = first.project
    who = (
        first.person.name
        if len(rows) == 1
        else _("{name}等 {number} 人").format(name=first.person.name, number=len(rows))
    )
    if isinstance(move, Submit):
        text = _("{project}：{firm}的{who}送审，请审批。").format(
            project=of.name, firm=first.participation.enterprise.name, who=who
        )
        audience = Audience(
            permission="workers.approve",
            project=of.public_id,
            enterprises=frozenset({of.contractor.public_id}),
        )
        tell(
            audience,
            kind=KIND,
            text=text,
            url=_people(of, standing="pending", size="100"),
            about=str(of.public_id),
        )
        return
    text = (
        _("{project}：{who}已批准进场。").format(project=of.name, who=who)
        if isinstance(move, Approve)
        else _("{project}：{who}的送审被退回，理由：{reason}").format(
            project=of.name, who=who, reason=move.reason.strip()
        )
    )
    # A subcontractor's clerk hears of its own people only: the message goes to this participation.
    audience = Audience(
        permission="workers.enrol",
        project=of.public_id,
        participations=frozenset({first.participation.public_id}),
    )
    tell(audience, kind=KIND, text=text, url=_people(of), about=str(of.public_id))


def _people(of: Project, **query: str) -> str:
    return reverse("project_people", args=[of.public_id], query=query or None)
