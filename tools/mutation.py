"""A pytest plugin: break one scope site after the other in the running program; the tests must notice each.

Everything is loaded and collected once. The tests first run as usual; then each site is broken in a fork
of this process, by exchanging the code of the functions concerned, and the tests run there until the first
failure. No file is changed. Two forks work side by side, each with a copy of the test database.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import psycopg2
import pytest
from psycopg2 import sql

from tools.paths import ROOT
from tools.scope_sites import LOOKUPS, Site, broken, sites

PROCESSES = 2
# A broken place may make a query run away. Whoever runs the tests would notice a run this many times as long.
PATIENCE = 5
NOTICED, MISSED, UNREACHED = 0, 1, 3
# Which file is most likely to notice comes first, for the sake of time only.
_FIRST = {
    "open_api": "test_vendor",
    "models.py": "test_models",
    "selectors": "test_selectors",
    "services": "test_acts",
    "kernel": "test_models",
}


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests, then break the sites whose names contain a word of MUTATE_SCOPE, or all."""
    report = os.environ.get("MUTATE_SCOPE_REPORT")
    if not report or session.config.option.collectonly:
        return None
    began = time.monotonic()
    _run(session, session.items)
    usual = time.monotonic() - began
    if session.testsfailed:
        return True
    words = os.environ.get("MUTATE_SCOPE", "").split()
    chosen = [site for site in sites() if not words or any(word in str(site) for word in words)]
    with _databases() as names:
        caught = _break_all(session, chosen, names, patience=max(60, PATIENCE * usual))
    found = {str(site): verdict for site, verdict in zip(chosen, caught, strict=True)}
    Path(report).write_text(json.dumps(found), encoding="utf-8")
    return True


def _run(session: pytest.Session, items: list[pytest.Item], *, until_failure: bool = False) -> None:
    """Run tests one after the other; the last one tears down nothing that the next run needs."""
    for here, following in zip(items, [*items[1:], items[0]], strict=True):
        here.config.hook.pytest_runtest_protocol(item=here, nextitem=following)
        if until_failure and session.testsfailed:
            return


@contextmanager
def _databases() -> Iterator[list[str]]:
    """A copy of the test database for each process."""
    from django.db import connection

    parameters = connection.get_connection_params()
    name = parameters["dbname"]
    names = [f"{name}_broken_{number}" for number in range(PROCESSES)]
    connection.close()
    server = psycopg2.connect(**{**parameters, "dbname": "postgres"})
    server.autocommit = True
    try:
        _drop(server, names)
        with server.cursor() as cursor:
            for copy in names:
                cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*_names(copy, name)))
        yield names
    finally:
        _drop(server, names)
        server.close()


def _drop(server: Any, databases: list[str]) -> None:
    with server.cursor() as cursor:
        for name in databases:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(*_names(name)))


def _names(*names: str) -> list[sql.Identifier]:
    return [sql.Identifier(name) for name in names]


def _break_all(
    session: pytest.Session, chosen: list[Site], databases: list[str], *, patience: float
) -> list[bool]:
    """Which of the sites were noticed when broken."""
    caught: dict[Site, bool] = {}
    running: dict[int, tuple[Site, str, float]] = {}
    waiting, free = list(chosen), list(databases)
    while waiting or running:
        while waiting and free:
            site, database = waiting.pop(0), free.pop()
            running[_fork(session, site, database)] = (site, database, time.monotonic())
        pid, status = _ended(running, patience)
        site, database, began = running.pop(pid)
        free.append(database)
        code = os.waitstatus_to_exitcode(status)
        caught[site] = code == NOTICED or code == -signal.SIGKILL
        word = {NOTICED: "caught", UNREACHED: "UNREACHED"}.get(code, "caught" if caught[site] else "MISSED")
        print(f"\n{time.monotonic() - began:.0f} s  {word}  {site}", file=sys.stderr, flush=True)
    return [caught[site] for site in chosen]


def _ended(running: dict[int, tuple[Site, str, float]], patience: float) -> tuple[int, int]:
    """The next process that has ended; one that has run away is ended."""
    while True:
        for pid, (_site, _database, began) in running.items():
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return done, status
            if time.monotonic() - began > patience:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def _fork(session: pytest.Session, site: Site, database: str) -> int:
    """Break the site in a process of its own and run the tests there; its exit code is the verdict."""
    if pid := os.fork():
        return pid
    code = UNREACHED
    try:
        _use(database)
        session.config.pluginmanager.unregister(name="terminalreporter")
        if _break(site):
            _run(session, _likeliest_first(site, session.items), until_failure=True)
            code = NOTICED if session.testsfailed else MISSED
    except Exception:  # noqa: BLE001  # whatever went wrong in the fork is shown, and the site not reached
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


def _use(database: str) -> None:
    from django.db import connections

    connections.close_all()
    connections["default"].settings_dict["NAME"] = database


def _likeliest_first(site: Site, items: list[pytest.Item]) -> list[pytest.Item]:
    likely = next((name for part, name in _FIRST.items() if part in site.path), "test_routes")
    order = (likely, "test_numbers", "test_")
    return sorted(items, key=lambda item: [name not in item.path.name for name in order])


def _break(site: Site) -> bool:
    """Whether anything living was exchanged."""
    module = import_module(site.module)
    if site.kind in LOOKUPS:
        model = getattr(module, site.model)
        model.scope = _widened(model.scope, LOOKUPS[site.kind])
        return True
    codes = {(code.co_qualname, code.co_firstlineno): code for code in _inner(broken(site))}
    exchanged = 0
    for function in gc.get_objects():
        # By type alone: asking a lazy object for its class would wake it up.
        if type(function) is FunctionType and function.__code__.co_filename == str(ROOT / site.path):
            old = function.__code__
            new = codes.get((old.co_qualname, old.co_firstlineno))
            if new is not None and new.co_freevars == old.co_freevars:
                function.__code__ = new
                exchanged += new != old
    return bool(exchanged)


def _inner(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inner(constant)


def _widened(scope: Any, part: str) -> Any:
    """`scope`, except that a reach with anything in `part` reaches every row."""
    from django.db.models import Q

    return staticmethod(lambda reach: Q(pk__isnull=False) if getattr(reach, part) else scope(reach))
