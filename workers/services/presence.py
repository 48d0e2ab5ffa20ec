"""The roster's moves of one person, each by its name. What they mean and refuse stands with the move."""

from datetime import date

from kernel.scoping import Actor
from projects.models import Team
from workers.models import Engagement, Presence
from workers.services.leaving import End, Exit, Settle, SettlementFacts
from workers.services.moves import ChangeTeam, Enter, LeaveTemporarily, Return
from workers.services.reversal import Reverse
from workers.services.review import Approve, SendBack, Submit, VerifyIdentity
from workers.services.roster import move_one


def enter(*, actor: Actor, engagement: Engagement, on: date, today: date, voucher: str = "") -> Presence:
    """Record that the person entered the site on a day: reported presence, whatever is still missing.

    Presence elsewhere at the same time is kept and marked as a conflict (I-04).
    Raises NotPermitted, NotFound, ProjectFinished, BadDate, AlreadyOnSite, OnLeave, EngagementEnded.
    """
    move = Enter(on=on, today=today, voucher=voucher)
    return _presence(move_one(actor=actor, move=move, engagement=engagement).presence)


def leave(
    *,
    actor: Actor,
    engagement: Engagement,
    on: date,
    today: date,
    voucher: str = "",
    settlement: SettlementFacts | None = None,
) -> Presence:
    """Record that the person left the site; that day still counts as presence.

    Without `settlement` the wages are settled later. Raises NotPermitted, NotFound, BadDate, NotOnSite.
    """
    move = Exit(on=on, today=today, voucher=voucher, settlement=settlement)
    return _presence(move_one(actor=actor, move=move, engagement=engagement).presence)


def leave_temporarily(
    *, actor: Actor, engagement: Engagement, on: date, today: date, reason: str = ""
) -> None:
    """Record that the person is away for a time. Raises as LeaveTemporarily."""
    move_one(actor=actor, move=LeaveTemporarily(on=on, today=today, reason=reason), engagement=engagement)


def return_to_site(*, actor: Actor, engagement: Engagement, on: date, today: date) -> None:
    """Record that the person is back from a temporary leave. Raises as Return."""
    move_one(actor=actor, move=Return(on=on, today=today), engagement=engagement)


def settle_wages(*, actor: Actor, engagement: Engagement, settlement: SettlementFacts, today: date) -> None:
    """Confirm after an exit that wages are paid, or declare what is owed. Raises as Settle."""
    move_one(actor=actor, move=Settle(on=today, today=today, settlement=settlement), engagement=engagement)


def change_team(*, actor: Actor, engagement: Engagement, team: Team, on: date, today: date) -> None:
    """Put the person into another team of the same participation. Raises as ChangeTeam."""
    move_one(actor=actor, move=ChangeTeam(on=on, today=today, team=team), engagement=engagement)


def end_engagement(*, actor: Actor, engagement: Engagement, today: date) -> None:
    """End the engagement of somebody who is not on site. Raises as End."""
    move_one(actor=actor, move=End(on=today, today=today), engagement=engagement)


def verify_identity(*, actor: Actor, engagement: Engagement, today: date) -> None:
    """Note that the original document was compared with the person. Raises as VerifyIdentity."""
    move_one(actor=actor, move=VerifyIdentity(on=today, today=today), engagement=engagement)


def submit_for_review(*, actor: Actor, engagement: Engagement, today: date) -> None:
    """Ask the general contractor to let the person in. Raises as Submit."""
    move_one(actor=actor, move=Submit(on=today, today=today), engagement=engagement)


def approve_entry(*, actor: Actor, engagement: Engagement, today: date) -> None:
    """Let the person in (I-11, I-12). Raises as Approve."""
    move_one(actor=actor, move=Approve(on=today, today=today), engagement=engagement)


def send_back(*, actor: Actor, engagement: Engagement, reason: str, today: date) -> None:
    """Do not let the person in yet, for a reason. Raises as SendBack."""
    move_one(actor=actor, move=SendBack(on=today, today=today, reason=reason), engagement=engagement)


def reverse_move(
    *, actor: Actor, engagement: Engagement, reason: str, today: date, expected: str = ""
) -> None:
    """Take back the latest entry, leave, return or exit, for a reason. Raises as Reverse."""
    move = Reverse(on=today, today=today, reason=reason, expected=expected)
    move_one(actor=actor, move=move, engagement=engagement)


def _presence(found: Presence | None) -> Presence:
    assert found is not None  # noqa: S101  # an entry or exit leaves a presence
    return found
