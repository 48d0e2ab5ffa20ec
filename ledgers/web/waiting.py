"""Ledgers on the home page: what is to be filed, who has not filed, what waits to be accepted (AL-25)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from kernel.scoping import Actor
from ledgers.models import Ledger
from ledgers.rules import month_before
from ledgers.selectors import ACCEPT, FILE, UNFILED, owing
from ledgers.services import due_day
from ledgers.web.shown import month_words
from web import words
from web.waiting import Waiting, register

SHOWN = 6


def waiting(actor: Actor, day: date, now: datetime) -> Iterator[Waiting]:
    """For the subcontractor each ledger to file; for the contractor, by project. One question."""
    if not (actor.may(FILE) or actor.may(ACCEPT)):
        return
    today = timezone.localdate(now)
    month = month_before(today)
    files = actor.may(FILE)
    rows: list[Any] = list(owing(actor, month, FILE if files else ACCEPT))
    unfiled = [row for row in rows if row.stands in UNFILED]
    if files:
        yield from (_to_file(row, month, today) for row in unfiled[:SHOWN])
        return
    for project in {row.project: None for row in rows}:
        of_project = [row for row in rows if row.project == project]
        yield from _of_project(project, of_project, month, today)


def _to_file(row: Any, month: date, today: date) -> Waiting:
    due = due_day(row.project, month)
    is_returned = row.stands == Ledger.State.RETURNED
    return Waiting(
        level="amber" if is_returned or today >= due else "blue",
        since=_since(due, today),
        what=f"{month_words(month)} 台账" + ("被退回，待再报" if is_returned else "待报送"),
        fact=f"{row.enterprise.name}，{words.day(due)} 截止，{row.at_work} 人",
        place=row.project.name,
        place_url=reverse("project", args=[row.project.public_id]),
        act="去报送",
        url=reverse("ledger_file", args=[row.public_id, month_words(month)]),
        days=max((today - due).days, 0),
    )


def _of_project(project: Any, rows: list[Any], month: date, today: date) -> Iterator[Waiting]:
    due = due_day(project, month)
    listed = f"{reverse('project_ledgers', args=[project.public_id])}?month={month_words(month)}"
    unfiled = [row for row in rows if row.stands in UNFILED]
    filed = [row for row in rows if row.stands == Ledger.State.FILED]
    place = {"place": project.name, "place_url": reverse("project", args=[project.public_id])}
    if filed:
        yield Waiting(
            level="blue",
            since="已报送",
            what=f"{month_words(month)} 台账待备案 {len(filed)} 份",
            fact=_names(filed),
            act="去备案",
            url=f"{listed}&stands=filed",
            **place,
        )
    if unfiled and today >= due:
        yield Waiting(
            level="amber",
            since=_since(due, today),
            what=f"{len(unfiled)} 家分包没有报送 {month_words(month)} 台账",
            fact=_names(unfiled),
            act="看名单",
            url=listed,
            days=max((today - due).days, 0),
            **place,
        )


def _names(rows: list[Any]) -> str:
    named = "、".join(row.enterprise.name for row in rows[:3])
    return f"{named} 等" if len(rows) > 3 else named


def _since(due: date, today: date) -> str:
    late = (today - due).days
    return f"逾期 {late} 天" if late > 0 else "今天截止" if late == 0 else f"还剩 {-late} 天"


def add_waiting() -> None:
    """Tell the home page."""
    register("ledgers", waiting)
