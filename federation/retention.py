"""How long what vendors sent is kept."""

from datetime import datetime, timedelta

from attendance.services.runs import prune_runs
from federation.models import (
    AcceptedRequest,
    AnsweredQuery,
    HeardCall,
    Line,
    ReceivedEnvelope,
    RefusedCall,
    RefusedEnvelope,
    SentEnvelope,
)
from federation.wire import streams
from standards.selectors import parameter

# Far beyond any timestamp window, which counts minutes.
NONCES_KEPT = timedelta(days=2)


def forget(now: datetime) -> int:
    """Drop bodies of requests older than `open_api.body_days`, old query nonces and refusals; how many.

    Serial codes, results and write nonces stay: they say what became of a request.
    """
    requests = AcceptedRequest.objects.unscoped(because="retention concerns everybody's requests")
    old = requests.filter(accepted_at__lt=now - timedelta(days=parameter("open_api.body_days")))
    emptied = old.filter(body__isnull=False).exclude(state=AcceptedRequest.State.PENDING).update(body=None)
    dropped, _ = AnsweredQuery.objects.filter(answered_at__lt=now - NONCES_KEPT).delete()
    refusals = RefusedCall.objects.unscoped(because="retention concerns everybody's calls")
    oldest = now - timedelta(days=parameter("open_api.refusal_days"))
    forgotten, _ = refusals.filter(last_at__lt=oldest).delete()
    return emptied + dropped + forgotten + _forget_envelopes(now) + _forget_runs(now)


def _forget_runs(now: datetime) -> int:
    """Which punches a step added, once every neighbour that is told of them has had them."""
    lines = Line.objects.filter(direction=Line.Direction.OUT, stream=streams.PUNCHES)
    passed = lines.order_by("position").values_list("position", flat=True).first()
    return prune_runs(now - timedelta(days=int(parameter("outbox.keep_days"))), passed)


def _forget_envelopes(now: datetime) -> int:
    """Bodies of envelopes that are done, and refusals of envelopes; who sent what, and receipts, stay."""
    old = now - timedelta(days=int(parameter("federation.body_days")))
    came_in = ReceivedEnvelope.objects.filter(received_at__lt=old, body__isnull=False)
    emptied = came_in.filter(state=ReceivedEnvelope.State.APPLIED).update(body=None)
    sent = SentEnvelope.objects.filter(accepted_at__lt=old, body__isnull=False)
    emptied += sent.exclude(state=SentEnvelope.State.SEALED).update(body=None)
    # A call is heard within the window on either side of our clock; beyond it its time refuses it.
    window = timedelta(minutes=2 * int(parameter("federation.clock_minutes")))
    emptied += HeardCall.objects.filter(heard_at__lt=now - window).delete()[0]
    oldest = now - timedelta(days=int(parameter("federation.refusal_days")))
    return emptied + RefusedEnvelope.objects.filter(last_at__lt=oldest).delete()[0]
