"""In the demo world no short message leaves: the code is shown to the clerk on the person's record."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from kernel.scoping import Actor
from standards.selectors import parameter
from web.delivery import shown
from workers.models import Engagement
from workers.services import about_code


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A message that would have gone to the phone, and when."""

    text: str
    at: datetime


def shown_code(actor: Actor, work: Engagement) -> ShownCode | None:
    """The sign-in message of the last minutes to this person's phone, for a clerk of the demo world."""
    if not actor.may("workers.enter") or not work.phone_index:
        return None
    message = shown(about_code(bytes(work.phone_index)), "sign_in.code")
    lasts = timedelta(minutes=parameter("worker_sign_in.code_minutes"))
    if message is None or message.created_at < timezone.now() - lasts:
        return None
    return ShownCode(message.text, message.created_at)
