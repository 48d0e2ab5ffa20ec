"""The plug point to the outside: short messages and mail leave through the senders that the settings name.

A message is a row first and is sent by a task, so that neither a killed worker nor an empty queue loses one.
Sending survives running twice as well as the carrier lets it: a row is marked only after it was handed over.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from standards.selectors import parameter
from web.models import OutgoingMessage

SMS, MAIL = "sms", "mail"


class NotDelivered(RuntimeError):
    """The carrier did not take the message; the text says why and names no person."""


class Sender(Protocol):
    """Hands one message to a carrier. Raises NotDelivered."""

    def __call__(self, message: OutgoingMessage) -> None: ...


def demo_sender(message: OutgoingMessage) -> None:
    """No carrier at all: the message is shown inside the product (demo and tests)."""


def mail_sender(message: OutgoingMessage) -> None:
    """Django's own mail, by the EMAIL settings of the node."""
    try:
        send_mail(settings.NODE_NAME, message.text, settings.DEFAULT_FROM_EMAIL, [message.to])
    except OSError as fault:
        raise NotDelivered(type(fault).__name__) from fault


def send(*, channel: str, to: str, text: str, kind: str, about: str = "") -> OutgoingMessage:
    """Put a message on its way; a task hands it over after the commit, and a sweep finds what was missed."""
    message = OutgoingMessage.objects.create(channel=channel, to=to, text=text, kind=kind, about=about[:64])
    from web.tasks import send_message  # tasks import this module

    transaction.on_commit(lambda: send_message.delay(message.pk), robust=True)
    return message


def hand_over(pk: int, now: datetime | None = None) -> bool:
    """Send one waiting message; whether it has left. A carrier's refusal is tried again later, less often."""
    now = now or timezone.now()
    with transaction.atomic():
        waiting = OutgoingMessage.objects.select_for_update(skip_locked=True).filter(
            pk=pk, state=OutgoingMessage.State.WAITING, next_at__lte=now
        )
        message = waiting.first()
        if message is None:
            return False
        sender: Sender = import_string(settings.MESSAGE_SENDERS[message.channel])
        message.attempts += 1
        try:
            sender(message)
        except NotDelivered as refusal:
            _put_off(message, str(refusal), now)
        else:
            message.state, message.sent_at = OutgoingMessage.State.SENT, now
        message.save(update_fields=["state", "attempts", "next_at", "fault", "sent_at"])
        return message.state == OutgoingMessage.State.SENT


def _put_off(message: OutgoingMessage, why: str, now: datetime) -> None:
    message.fault = why[:200]
    message.next_at = now + timedelta(seconds=30 * 2**message.attempts)
    if message.attempts >= int(parameter("delivery.attempts")):
        message.state = OutgoingMessage.State.FAILED


def waiting(now: datetime) -> Iterable[int]:
    """The keys of messages whose time has come, oldest first."""
    rows = OutgoingMessage.objects.filter(state=OutgoingMessage.State.WAITING, next_at__lte=now)
    return rows.order_by("next_at").values_list("pk", flat=True)[:200]


def shown(about: str, kind: str) -> OutgoingMessage | None:
    """The newest message about something, where the demo's sender shows it instead of sending it."""
    if settings.MESSAGE_SENDERS[SMS] != "web.delivery.demo_sender" or not settings.SYNTHETIC_PEOPLE:
        return None
    return OutgoingMessage.objects.filter(about=about, kind=kind, channel=SMS).order_by("-pk").first()
