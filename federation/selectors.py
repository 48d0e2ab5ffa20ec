"""Reads of the vendors' access and of what they sent."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from federation.models import AcceptedRequest, AnsweredQuery, Credential
from kernel.scoping import Actor

VALID_SECRETS = 2


def valid_credentials(appid: str) -> list[Credential]:
    """The secrets under which a call of this appid may be signed, newest first; none if it is unknown."""
    known = Credential.objects.unscoped(because="a call names its appid before anybody is recognised")
    return list(
        known.filter(appid=appid, revoked_at=None)
        .select_related("project__region", "enterprise")
        .order_by("-id")[:VALID_SECRETS]
    )


def accepted_requests(actor: Actor) -> QuerySet[AcceptedRequest]:
    """The writes of the actor's projects, oldest first."""
    return AcceptedRequest.objects.visible_to(actor).order_by("id")


def calls_of_last_minute(appid: str, now: datetime) -> int:
    """How often an appid called in the minute before `now`; polling for results is not counted."""
    since = now - timedelta(minutes=1)
    writes = AcceptedRequest.objects.unscoped(because="counts one appid's own calls for the rate limit")
    queries = AnsweredQuery.objects.filter(appid=appid, answered_at__gt=since, is_poll=False)
    return writes.filter(appid=appid, accepted_at__gt=since).count() + queries.count()


def accepted_before(appid: str, timestamp: str, nonce: str) -> AcceptedRequest | None:
    """The write that already used this timestamp and nonce."""
    requests = AcceptedRequest.objects.unscoped(because="one appid's own replay is told its serial code")
    return requests.filter(appid=appid, timestamp=timestamp, nonce=nonce).first()
