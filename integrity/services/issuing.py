"""Issuing a notice: number, signature, deadline, and it is on its way."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from integrity.errors import BadDeadline, DraftTooOld
from integrity.models import SupervisionNotice
from integrity.rules import Act, end_of, number_of, site_date
from integrity.selectors.notices import ISSUE, OWNER, SUPERVISOR, parties
from integrity.steps import locked, looked, move, require_edge
from integrity.telling import tell_sides
from kernel.scoping import Actor
from kernel.versions import require_version
from projects.models import Project
from standards.selectors import parameter


@transaction.atomic
def issue_notice(
    *,
    actor: Actor,
    notice: SupervisionNotice,
    deadline_on: date,
    measures: Mapping[int, str] | None = None,
    day: date,
    now: datetime,
    expected_version: int | None = None,
) -> SupervisionNotice:
    """Sign and send a draft: it gets its number, and the deadline runs to the 24:00 of `deadline_on`.

    `measures`: what is required, by the item's position, where the author wrote it anew. Numbers of a project
    and year follow each other without a gap. Raises NotPermitted, NotFound, NotNow, Stale, DraftTooOld,
    BadDeadline. Source: 鄂建文〔2019〕27号 一(六).
    """
    held = locked(actor, ISSUE, notice, now)
    require_edge(held, Act.ISSUE)
    require_version(held, expected_version, {str(_("收件单位")): held.addressee.enterprise.name})
    if held.found_on != day:
        raise DraftTooOld(held.found_on)
    today = site_date(now)
    held.length_days = _length(held.project, today, deadline_on)
    # One at a time on a project: the next number is the last one's successor.
    Project.objects.visible_to(actor, ISSUE).select_for_update(of=("self",)).get(pk=held.project_id)
    _number(actor, held, today.year)
    hours = parameter("notices.delivered_after_hours", held.project.region, today)
    held.deadline_at, held.delivery_due_at = end_of(deadline_on), now + timedelta(hours=hours)
    held.issued_at, held.issued_by = now, actor.label
    firms = parties(actor, held.project)
    held.supervisor_name = firms[SUPERVISOR]
    held.copied_to = firms[OWNER] or held.project.owner_name
    _require_of(held, measures or {})
    move(actor, held, Act.ISSUE, now)
    looked(held, SUPERVISOR, actor, now)
    tell_sides(held, "issued", SUPERVISOR)
    return held


def _length(project: Project, today: date, deadline_on: date) -> int:
    """How many days the notice runs. Raises BadDeadline."""
    longest = int(parameter("notices.longest_days", project.region, today))
    days = (deadline_on - today).days
    if not 1 <= days <= longest:
        raise BadDeadline(
            first=today + timedelta(days=1),
            last=today + timedelta(days=longest),
            why=_("至少留一天，最长 {days} 天").format(days=longest),
        )
    return days


def _number(actor: Actor, held: SupervisionNotice, year: int) -> None:
    rows = SupervisionNotice.objects.visible_to(actor, ISSUE).filter(project=held.project, year=year)
    held.year, held.sequence = year, (rows.aggregate(last=Max("sequence"))["last"] or 0) + 1
    held.number = number_of(held.project.code, year, held.sequence)


def _require_of(held: SupervisionNotice, measures: Mapping[int, str]) -> None:
    items = list(held.items.all())
    for item in items:
        item.measure = (measures.get(item.position) or "").strip()[:400] or item.measure
    held.items.bulk_update(items, ["measure"])
