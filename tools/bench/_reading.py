"""Regulators who read dashboards while punches come in, and what a probe's punch takes to get there."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from contextlib import closing
from typing import Any

import psycopg2

from tools.bench._ingest import JSON_DOOR, Found, Measured
from tools.errors import CannotGoOn

PAGES = ("/", "/projects/", "/attendance/days/", "/people/")
PROBES = 20
MOST_SECONDS = 30.0


class Reader(threading.Thread):
    """One regulator's browser: page after page, with a breath between them."""

    def __init__(self, port: int, session: str, pages: tuple[str, ...] = PAGES) -> None:
        super().__init__(daemon=True)
        self.port, self.session, self.pages = port, session, pages
        self.seconds: list[float] = []
        self.statuses: list[int] = []
        self.over = threading.Event()

    def run(self) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as browser:
            while not self.over.is_set():
                for page in self.pages:
                    began = time.perf_counter()
                    browser.request("GET", page, headers={"Cookie": f"sessionid={self.session}"})
                    answer = browser.getresponse()
                    answer.read()
                    self.statuses.append(answer.status)
                    self.seconds.append(time.perf_counter() - began)
                    self.over.wait(0.1)


def latency_while_read(measured: Measured, sessions: dict[str, str], *, rate: float, seconds: float) -> Found:
    """p99 (s) of 100-row calls at a fixed pace while every regulator reads."""
    load = measured.prepare(JSON_DOOR, 100, int(rate * seconds), rate=rate)
    readers = [Reader(measured.stack.port, session) for session in sessions.values()]
    for reader in readers:
        reader.start()
    load.go()
    found = load.result()
    for reader in readers:
        reader.over.set()
    for reader in readers:
        reader.join()
    measured.say(f"{JSON_DOOR} 100 a call, {rate:g}/s, read", found)
    pages = sorted(second for reader in readers for second in reader.seconds)
    bad = [status for reader in readers for status in reader.statuses if status != 200]
    if bad:
        raise CannotGoOn(f"A regulator was answered {bad[0]}: that page is not what is measured.")
    found["pages"], found["page_p95"] = len(pages), pages[int(len(pages) * 0.95)] if pages else 0.0
    print(f"    {len(pages)} pages read, p95 {found['page_p95'] * 1000:.0f} ms", flush=True)
    measured.stack.settled()
    return found


def seconds_to_the_dashboards(measured: Measured, access: list[Found], *, rate: float) -> list[float]:
    """While `rate` punches a second come in, how long a probe's punch takes to be seen on its project's day.

    Pages read `attendance_projectday` at each request, so its change is what a reader sees.
    """
    quiet = access[:PROBES]
    others = [one["project"] for one in access[PROBES:]]
    load = measured.prepare(JSON_DOOR, 20, int(rate / 20 * PROBES * 3), rate=rate / 20, projects=others)
    load.go()
    found = [_probe(measured, one) for one in quiet]
    measured.say(f"{JSON_DOOR} 20 a call, {rate:g} rows/s", load.result())
    print(
        f"    dashboards follow after {statistics.median(found):.2f} s, at most {max(found):.2f} s",
        flush=True,
    )
    return found


def _probe(measured: Measured, project: Found) -> float:
    before = _counted(measured, project["project"])
    probe = measured.prepare(JSON_DOOR, 1, 1, projects=[project["project"]])
    began = time.perf_counter()
    probe.go()
    probe.result()
    while time.perf_counter() - began < MOST_SECONDS:
        if _counted(measured, project["project"]) != before:
            break
        time.sleep(0.02)
    return time.perf_counter() - began


def _counted(measured: Measured, project: int) -> Any:
    address = measured.stack.worlds.url(measured.stack.database).replace("postgres://", "postgresql://")
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT max(computed_at) FROM attendance_projectday WHERE project_id = %s", [project])
        return cursor.fetchone()
