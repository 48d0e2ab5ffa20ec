"""What several pages of notices show alike: the state as a mark, how long is left, where a number leads."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from attendance.web.places import crumbs, dashboard_url
from integrity import wording
from integrity.models import SupervisionNotice
from integrity.rules import LATE, RUNNING, State, day_ended_by
from integrity.selectors import gaps
from integrity.selectors.gaps import Gap
from kernel.scoping import Actor
from projects.models import Project
from standards.selectors import parameter
from web.navigation import Crumb

# The deadline runs, or will as soon as the notice is delivered.
_COUNTING = RUNNING | {State.ISSUED}


def door(gap: Gap, project: Project, day: date) -> str:
    """The list that makes up a gap's number."""
    if gap.kind in (gaps.UNCONTRACTED, gaps.UNTRAINED):
        paper = "contract" if gap.kind == gaps.UNCONTRACTED else "training"
        return people_url(project, **{paper: "no"})
    if gap.kind == gaps.UNMATCHED:
        return unmatched_url(project, day)
    tab = {gaps.SILENT_DEVICE: "devices", gaps.SILENT_SITE: "attendance"}.get(gap.kind, "posts")
    return reverse("project_tab", args=[project.public_id, tab])


def unmatched_url(project: Project, day: date) -> str:
    """The punches of a day that count for nobody."""
    asked = {"project": str(project.public_id), "matched": "no", "day": day.isoformat()}
    return f"{reverse('punches')}?{urlencode(asked)}"


def evidence_url(actor: Actor, notice: Any, item: Any) -> str:
    """The list behind an item that names no people; nothing where the reader may not open it."""
    if item.gap != gaps.UNMATCHED or not actor.may("attendance.view"):
        return ""
    return unmatched_url(notice.project, notice.found_on)


def people_url(project: Project, **query: str) -> str:
    """The people on site of one project."""
    asked = {"project": str(project.public_id), "on_site": "1", **query}
    return f"{reverse('people')}?{urlencode(asked)}"


def place(actor: Actor, project: Project, *tail: Crumb) -> list[Crumb]:
    """The way from the reader's region, or from the own projects, to a page about a project."""
    region = project.region if actor.reach("integrity.view").region_paths else None
    here = Crumb(project.name, reverse("project", args=[project.public_id]))
    return crumbs(actor, region, dashboard_url, here, *tail)


def state_of(notice: Any) -> tuple[str, str]:
    """Mark and word of where a notice stands now."""
    return wording.STATES[notice.stands]


def due(notice: Any, now: datetime) -> tuple[str, str]:
    """How the deadline stands: mark, and words such as 还剩 2 天, 逾期 3 天."""
    if notice.deadline_at is None:
        return "grey", "签发时定"
    if State(notice.stands) in LATE:
        return "red", f"逾期 {span(now - (notice.overdue_at or notice.deadline_at))}"
    if State(notice.stands) not in _COUNTING:
        was_late = notice.overdue_at is not None
        return ("amber", "曾逾期") if was_late else ("grey", "期限停止计算")
    left = notice.deadline_at - now
    soon = timedelta(hours=int(parameter("notices.due_soon_hours", notice.project.region)))
    return ("amber" if left <= soon else "blue"), f"还剩 {span(left)}"


def span(length: timedelta) -> str:
    """A length of time in its largest fitting unit: 3 天, 5 小时, 不到 1 小时."""
    if length >= timedelta(days=1):
        return f"{length.days} 天"
    hours = length // timedelta(hours=1)
    return f"{hours} 小时" if hours else "不到 1 小时"


def until(notice: SupervisionNotice) -> str:
    """The deadline in words, such as 2026-11-25（周三）24:00."""
    return wording.until(day_ended_by(notice.deadline_at)) if notice.deadline_at else ""
