"""S5, the life of a supervision notice, as data; and the arithmetic of its deadlines.

No Django, no clock of ours, no I/O: time is an argument.
Source: 鄂建文〔2019〕27号 一(六).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from attendance.rules import SITE_TIME


class State(StrEnum):
    """Where a notice stands."""

    DRAFT = "draft"
    ISSUED = "issued"
    DELIVERED = "delivered"
    REPLIED = "replied"
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    EXTENDED = "extended"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    TAKEN_UP = "taken_up"
    CLOSED = "closed"


class Act(StrEnum):
    """What moves a notice: somebody's act, or the clock's (deliver by rule, lapse)."""

    ISSUE = "issue"
    DELIVER = "deliver"
    REPLY = "reply"
    REVIEW = "review"
    ACCEPT = "accept"
    GIVE_BACK = "give_back"
    EXTEND = "extend"
    LAPSE = "lapse"
    ESCALATE = "escalate"
    TAKE_UP = "take_up"


Edges = Mapping[tuple[State, Act], State]

# The edges that the diagram draws.
DIAGRAM: Final[Edges] = {
    (State.DRAFT, Act.ISSUE): State.ISSUED,
    (State.ISSUED, Act.DELIVER): State.DELIVERED,
    (State.DELIVERED, Act.REPLY): State.REPLIED,
    (State.REPLIED, Act.REVIEW): State.UNDER_REVIEW,
    (State.UNDER_REVIEW, Act.ACCEPT): State.CLOSED,
    (State.UNDER_REVIEW, Act.GIVE_BACK): State.RETURNED,
    (State.DELIVERED, Act.EXTEND): State.EXTENDED,
    (State.RETURNED, Act.EXTEND): State.EXTENDED,
    (State.DELIVERED, Act.LAPSE): State.OVERDUE,
    (State.RETURNED, Act.LAPSE): State.OVERDUE,
    (State.OVERDUE, Act.ESCALATE): State.ESCALATED,
    (State.ESCALATED, Act.TAKE_UP): State.TAKEN_UP,
    (State.ESCALATED, Act.ACCEPT): State.CLOSED,
}
# What it leaves to be read: a notice given back or extended is answered and lapses like a delivered one; a
# late answer neither stops nor resets the lapse; a cure accepted before any report was due closes the notice,
# and its lateness stays on record. See docs/decisions/0051.
READINGS: Final[Edges] = {
    (State.RETURNED, Act.REPLY): State.REPLIED,
    (State.EXTENDED, Act.REPLY): State.REPLIED,
    (State.EXTENDED, Act.LAPSE): State.OVERDUE,
    (State.OVERDUE, Act.REPLY): State.OVERDUE,
    (State.OVERDUE, Act.GIVE_BACK): State.OVERDUE,
    (State.OVERDUE, Act.ACCEPT): State.CLOSED,
    (State.ESCALATED, Act.REPLY): State.ESCALATED,
    (State.ESCALATED, Act.GIVE_BACK): State.ESCALATED,
}
S5: Final[Edges] = {**DIAGRAM, **READINGS}

# The deadline runs in these; an answer stops it.
RUNNING: Final = frozenset({State.DELIVERED, State.RETURNED, State.EXTENDED})
# The addressee is asked to answer in these.
ANSWERABLE: Final = RUNNING | {State.ISSUED, State.OVERDUE, State.ESCALATED}
LATE: Final = frozenset({State.OVERDUE, State.ESCALATED, State.TAKEN_UP})
OPEN: Final = frozenset(State) - {State.DRAFT, State.CLOSED}


class NotInS5(ValueError):
    """The diagram has no such edge."""


def step(state: State, act: Act) -> State:
    """The state that `act` leads to. Raises NotInS5."""
    try:
        return S5[state, act]
    except KeyError:
        raise NotInS5(f"{state} has no edge {act}") from None


def standing(
    state: State, delivery_due_at: datetime | None, deadline_at: datetime | None, now: datetime
) -> State:
    """Where a notice truly stands at `now`, whatever the sweep has written down yet.

    An issued notice counts as delivered once the hours of the rule are over, and a running deadline that
    has passed is a lapse, to the instant.
    """
    if state is State.ISSUED and delivery_due_at is not None and now >= delivery_due_at:
        state = step(state, Act.DELIVER)
    if state in RUNNING and deadline_at is not None and now >= deadline_at:
        state = step(state, Act.LAPSE)
    return state


def end_of(day: date) -> datetime:
    """The instant at which a day is over on the site: its 24:00, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(0), SITE_TIME).astimezone(UTC)


def day_ended_by(deadline_at: datetime) -> date:
    """The day whose 24:00 a deadline is."""
    return (deadline_at.astimezone(SITE_TIME) - timedelta(microseconds=1)).date()


def site_date(instant: datetime) -> date:
    """The calendar day of an instant on the site."""
    return instant.astimezone(SITE_TIME).date()


def latest_new_deadline(today: date, length_days: int) -> date:
    """The last day that a notice given back may run to: not longer from today than it ran at first."""
    return today + timedelta(days=length_days)


def number_of(project_code: str, year: int, sequence: int) -> str:
    """监通-010101-2026-0001: the project code's last six signs, the year, and the order within both."""
    return f"监通-{project_code[-6:]}-{year}-{sequence:04d}"
