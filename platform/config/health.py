"""The state of each part, for people and for whatever watches the node."""

import time
from collections.abc import Callable

import redis
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from attendance.services.sources import waiting_since
from kernel.sentinel import client
from outbox.models import Heartbeat
from outbox.selectors import lag_seconds
from web import replica

log = structlog.get_logger(__name__)
# A worker that has not carried out beat's errand for this long is taken for dead.
HEARTBEAT_SECONDS = 30
# News that has waited this long is stuck: a receiver fails on it, again and again.
OUTBOX_SECONDS = 120
# Accepted punches that have waited this long: no settler is at work, or it does not keep up.
SETTLING_SECONDS = 30


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _redis() -> None:
    client(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping()


def _worker() -> None:
    age = Heartbeat.age_seconds("worker")
    if age is None or age > HEARTBEAT_SECONDS:
        raise TimeoutError("no errand of beat was carried out lately")


def _outbox() -> None:
    if lag_seconds(timezone.now()) > OUTBOX_SECONDS:
        raise TimeoutError("events wait for a receiver that does not go on")


def _settler() -> None:
    since = waiting_since()
    if since is not None and (timezone.now() - since).total_seconds() > SETTLING_SECONDS:
        raise TimeoutError("accepted punches wait for the settler")


PARTS: dict[str, Callable[[], None]] = {
    "database": _database,
    "redis": _redis,
    "worker": _worker,
    "outbox": _outbox,
    "settler": _settler,
}


def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when every part answers, 503 otherwise; each part's state and milliseconds either way."""
    states = {name: _state(name, probe) for name, probe in PARTS.items()}
    ok = all(state["ok"] for state in states.values())
    answer = {"ok": ok, "node": settings.NODE_ID, "parts": states, **_replica()}
    return JsonResponse(answer, status=200 if ok else 503)


def _replica() -> dict[str, object]:
    """How far behind the replica is, where there is one; no part of the node, which works without it."""
    if not replica.is_there():
        return {}
    lag = replica.lag_seconds()
    return {"replica": {"used": lag is not None, "lag_seconds": lag}}


def _state(name: str, probe: Callable[[], None]) -> dict[str, object]:
    begun = time.monotonic()
    try:
        probe()
    except (DatabaseError, redis.RedisError, TimeoutError, OSError) as fault:
        log.warning("health.part_down", part=name, fault=type(fault).__name__)
        return {"ok": False, "fault": type(fault).__name__}
    return {"ok": True, "ms": round((time.monotonic() - begun) * 1000, 1)}
