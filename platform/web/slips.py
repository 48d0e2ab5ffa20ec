"""A secret that is shown once, after the act that made it: a first password, a vendor's key.

It lies sealed in the session of whoever acted, for some minutes, so that a double click or a slow printer
does not lose it; whoever says that it has been handed over puts it away at once. Nothing holds it in clear.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from kernel.cipher import Unreadable, seal, unseal

_CONTEXT = "web.slip"
_KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Slip:
    """The secret, and until when the page still shows it."""

    secret: str
    until: datetime


def put(request: HttpRequest, subject: str, secret: str) -> None:
    """Keep a secret for the page that shows it; `subject` is the public id of what it belongs to."""
    until = timezone.now() + _KEPT
    sealed = seal(secret, context=f"{_CONTEXT}:{subject}").hex()
    request.session[_key(subject)] = {"sealed": sealed, "until": until.isoformat()}


def shown(request: HttpRequest, subject: str) -> Slip | None:
    """The secret while it may still be shown; None afterwards, and for whoever did not act."""
    held = request.session.get(_key(subject))
    if not held:
        return None
    until = datetime.fromisoformat(held["until"])
    if until <= timezone.now():
        put_away(request, subject)
        return None
    try:
        return Slip(unseal(bytes.fromhex(held["sealed"]), context=f"{_CONTEXT}:{subject}"), until)
    except Unreadable:
        return None


def put_away(request: HttpRequest, subject: str) -> None:
    """Forget the secret."""
    request.session.pop(_key(subject), None)


def _key(subject: str) -> str:
    return f"slip:{subject}"
