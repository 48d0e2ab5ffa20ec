"""What `test_cells` sees of a streaming replica, from inside one process of the platform."""

import json
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, setup_test_environment

from kernel.replica import FRESHNESS, position, reading
from regions.models import Region
from tests.support.actors import account, give_post
from web.replica import COOKIE, WrittenMiddleware, perhaps_from_replica

MOST = timedelta(seconds=5)
PATIENCE = 60.0
PAGE = "/regions/420000/"


def seen(pid: int) -> None:
    """Walk through the life of a replica, and print what was seen at each step."""
    found: dict[str, Any] = {"first": soon(lambda: FRESHNESS.usable(MOST)) is not None}
    found["reads"] = in_reading(lambda: Region.objects.all().db)
    found["writes"] = in_reading(lambda: Region.objects.select_for_update().db)
    found["in_an_act"] = in_reading(in_an_act)
    client = signed_in()
    soon(lambda: FRESHNESS.usable(MOST, position()))
    found["page"] = asked_of_replica(client)

    # What the reader has just written is not there yet: the page comes from the primary.
    replay("pause")
    Region.objects.filter(code="420000").update(position=1)
    written = WrittenMiddleware(lambda _request: HttpResponse())(
        RequestFactory().post("/", headers={"cookie": f"{settings.SESSION_COOKIE_NAME}=x"})
    )
    client.cookies[COOKIE] = written.cookies[COOKIE].value
    found["page_after_a_write"] = asked_of_replica(client)
    replay("resume")
    soon(lambda: FRESHNESS.usable(MOST, position()))
    found["page_once_it_is_there"] = asked_of_replica(client)

    # It goes away in the middle of a page: the page is made at the primary.
    request = RequestFactory().get("/")
    asked: list[str] = []

    def page() -> int:
        rows = Region.objects.filter(code="420000")
        asked.append(rows.db)
        if len(asked) == 1:
            os.kill(pid, signal.SIGQUIT)
            soon(lambda: not os.path.exists(f"/proc/{pid}/fd/0"))
        return rows.count()

    soon(lambda: FRESHNESS.usable(MOST))
    found["rows_of_a_broken_page"] = perhaps_from_replica(request, page)
    found["asked"] = asked
    # And so is the next one, without asking it again.
    found["away"] = client.get(PAGE).status_code
    print(json.dumps(found))


def in_reading(ask: Callable[[], str]) -> str:
    until = soon(lambda: FRESHNESS.usable(MOST))
    with reading(until):
        return ask()


def in_an_act() -> str:
    with transaction.atomic():
        return Region.objects.all().db


def signed_in() -> Client:
    """Somebody who looks at the province's dashboard."""
    setup_test_environment()
    user = account("replica-reader")
    give_post(user, "province_regulator", region=Region.objects.get(code="420000"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert SessionStore(client.session.session_key).load()
    return client


def asked_of_replica(client: Client) -> list[Any]:
    """The answer's status, and whether any of the page's queries went to the replica."""
    with CaptureQueriesContext(connections["replica"]) as there:
        answer = client.get(PAGE)
    # Looks at positions are no reads of the page.
    reads = [one for one in there.captured_queries if "lsn" not in one["sql"]]
    return [answer.status_code, bool(reads)]


def replay(word: str) -> None:
    with connections["replica"].cursor() as cursor:
        cursor.execute(f"SELECT pg_wal_replay_{word}()")


def soon(ask: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (answer := ask()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer
