"""Pages that may be some seconds old are read from the replica, where the node has one.

Whoever has just written sees it: the answer to a write leaves the position of the primary's log in a cookie,
and until the replica has replayed that, this reader's pages come from the primary.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

import structlog
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connections
from django.http import HttpRequest
from django.http.response import HttpResponse
from django.utils import timezone

from kernel.replica import ALIAS, FRESHNESS, position, reading
from standards.selectors import parameter

log = structlog.get_logger(__name__)
COOKIE: Final = "written"
_POSITION = re.compile(r"[0-9]{1,20}")
_SAFE = frozenset({"GET", "HEAD"})
T = TypeVar("T")


def is_there() -> bool:
    """Whether this node was given a replica."""
    return ALIAS in connections.settings


def lag_seconds() -> float | None:
    """How old the replica is; None while it is not read from: away, or lagging more than is allowed."""
    until = FRESHNESS.usable(_most_lag())
    return None if until is None else round((timezone.now() - until).total_seconds(), 1)


def perhaps_from_replica(request: HttpRequest, answer: Callable[[], T]) -> T:
    """What `answer` gives, read from the replica where it is fresh enough, otherwise from the primary.

    `answer` only reads, so it is begun again at the primary when the replica goes away meanwhile.
    """
    if request.method not in _SAFE or not is_there():
        return answer()
    until = FRESHNESS.usable(_most_lag(), _written(request))
    if until is None:
        return answer()
    try:
        with reading(until):
            return answer()
    except (OperationalError, InterfaceError) as fault:
        log.warning("replica.gone", fault=type(fault.__cause__ or fault).__name__)
        FRESHNESS.gone()
        connections[ALIAS].close()
    return answer()


def _most_lag() -> timedelta:
    return timedelta(seconds=parameter("replica.most_lag_seconds"))


def _written(request: HttpRequest) -> int:
    kept = request.COOKIES.get(COOKIE, "")
    return int(kept) if _POSITION.fullmatch(kept) else 0


class WrittenMiddleware:
    """Notes after each write of a browser how far the log then was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        # Calls of systems carry no cookie, and are never read from the replica.
        if request.method not in _SAFE and is_there() and settings.SESSION_COOKIE_NAME in request.COOKIES:
            self._note(answer)
        return answer

    def _note(self, answer: HttpResponse) -> None:
        try:
            here = position()
        except Error:
            # It went away after the act was done, whose answer is not to be spoilt.
            return
        answer.set_cookie(
            COOKIE,
            str(here),
            # Afterwards the replica has it, or lags too much to be read from.
            max_age=int(_most_lag().total_seconds()) + 60,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
