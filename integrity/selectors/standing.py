"""How the items of a notice stand today, by the same facts that they were found by."""

from datetime import datetime
from typing import Any

from attendance.selectors.clock import current_day
from integrity.models import NoticeItem, SupervisionNotice
from integrity.selectors.gaps import UNMATCHED, site_gaps, still_unmatched
from kernel.scoping import Actor


def present_gaps(actor: Actor, found: SupervisionNotice, now: datetime) -> dict[str, Any] | None:
    """Today's gaps of the notice's site by key; None for whoever may not read attendance."""
    if not actor.may("attendance.view"):
        return None
    today = current_day(now=now)
    present: dict[str, Any] = {
        gap.key: gap for gap in site_gaps(actor, found.project.public_id, today, now).gaps
    }
    # Punches belong to their day: what counts is whether those found then count for somebody now.
    present[UNMATCHED] = still_unmatched(actor, found.project, found.found_on)
    return present


def standing_items(actor: Actor, found: SupervisionNotice, now: datetime) -> list[tuple[NoticeItem, str]]:
    """The items that still stand today, each with how that is said."""
    present = present_gaps(actor, found, now)
    if present is None:
        return []
    said = [(item, as_of_today(item, present)) for item in found.items.all()]
    return [(item, words) for item, (level, words) in said if level == "amber"]


def as_of_today(row: Any, present: dict[str, Any]) -> tuple[str, str]:
    """How an item stands today, by the same facts that it was found by."""
    if row.gap == UNMATCHED:
        left = len(present[UNMATCHED].intersection(row.facts.get("punches", ())))
        return (
            ("amber", f"今天核对：当时所列还有 {left} 次没有对上人")
            if left
            else ("green", "今天核对：当时所列都已对上人")
        )
    gap = present.get(row.gap)
    if gap is None:
        return "green", "今天核对：已补齐"
    named_then = {key for name in ("engagements", "devices") for key in row.facts.get(name, ())}
    still = named_then.intersection(gap.evidence)
    if named_then and not still:
        return "green", "今天核对：当时所列都已补齐"
    number = f"当时所列还有 {len(still)} 个" if still and row.facts["number"] > 1 else "仍未补齐"
    return "amber", f"今天核对：{number}"
