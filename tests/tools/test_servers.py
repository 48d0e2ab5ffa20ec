"""Our own PostgreSQL and Redis for real: made once, found again, mended after kill -9, with two roles."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis

from tools import processes, roles
from tools.services import Services


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A data folder that PostgreSQL's user can reach, also when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="servers-"))
    folder.chmod(0o711)
    yield folder / "var"
    shutil.rmtree(folder)


@pytest.fixture
def services(var: Path) -> Iterator[Services]:
    """Both servers, running."""
    started = begin(var)
    yield started
    started.stop()
    started.installation.lock.let_go()


def begin(var: Path, *, durable: bool = False) -> Services:
    services = Services(var, given={}, durable=durable)
    assert services.installation.lock.try_hold()
    services.start()
    return services


def ask(url: str, question: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
        return row[0] if row else None


def addresses(services: Services) -> tuple[str, str, str]:
    env = services.environment()
    return env["DATABASE_URL"], env["MIGRATION_DATABASE_URL"], env["REDIS_URL"]


def test_both_answer_at_the_addresses_of_the_environment(services: Services) -> None:
    app, owner, queue = addresses(services)
    assert ask(app, "SELECT current_user") == roles.APP
    assert ask(owner, "SELECT current_user") == roles.OWNER
    assert redis.Redis.from_url(queue).ping()
    assert services.environment()["APP_DATABASE_ROLE"] == roles.APP


def test_only_the_owner_may_create_tables(services: Services) -> None:
    app, owner, _queue = addresses(services)
    question = "SELECT has_schema_privilege('public', 'CREATE')"
    assert ask(owner, question) is True
    assert ask(app, question) is False
    assert (
        ask(app, "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        is False
    )


def test_nobody_gets_in_without_the_password(services: Services) -> None:
    app, _owner, queue = addresses(services)
    secret = services.secrets["app_password"]
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        ask(app.replace(secret, "guessed"), "SELECT 1")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(queue.replace(services.secrets["redis_password"], "guessed")).ping()


def test_a_refused_row_leaves_no_value_in_the_log(services: Services) -> None:
    _app, owner, _queue = addresses(services)
    with closing(psycopg2.connect(owner)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE people (name text PRIMARY KEY)")
        with pytest.raises(psycopg2.errors.UniqueViolation):
            cursor.execute("INSERT INTO people VALUES ('楚天无名'), ('楚天无名')")
    log = (services.var / "log" / "postgres.log").read_text(encoding="utf-8")
    assert "duplicate key" in log
    assert "楚天无名" not in log


def test_after_kill_9_of_both_and_of_their_starter_the_next_start_finds_the_rows(var: Path) -> None:
    var = var.with_name("durable")
    killed = begin(var, durable=True)
    _app, owner, _queue = addresses(killed)
    with closing(psycopg2.connect(owner)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (n int)")
        cursor.execute("INSERT INTO kept VALUES (27)")
    for child in killed.running:
        assert child.process is not None
        os.kill(child.process.pid, signal.SIGKILL)
        child.process.wait()
    killed.installation.lock.let_go()
    services = begin(var, durable=True)
    try:
        assert ask(addresses(services)[1], "SELECT n FROM kept") == 27
        assert addresses(services) == addresses(killed)
    finally:
        services.stop()
        services.installation.lock.let_go()


def test_servers_whose_starter_was_killed_are_ended_by_the_next_start(var: Path) -> None:
    orphans = begin(var)
    left = [child.process.pid for child in orphans.running if child.process]
    orphans.installation.lock.let_go()
    services = begin(var)
    try:
        for child in orphans.running:
            assert child.process is not None
            child.process.wait(timeout=10)
        assert processes.wait_for_end(left, 1.0) == []
        assert ask(addresses(services)[0], "SELECT 1") == 1
    finally:
        services.stop()
        services.installation.lock.let_go()


def test_a_half_made_cluster_is_made_again(var: Path) -> None:
    var = var.with_name("half")
    for leftover in ("pg.new/base", "pg.new/global"):
        (var / leftover).mkdir(parents=True)
    var.chmod(0o711)
    services = begin(var)
    try:
        assert ask(addresses(services)[0], "SELECT 1") == 1
        assert not (var / "pg.new").exists()
        assert not (var / ".superuser").exists()
    finally:
        services.stop()
        services.installation.lock.let_go()


def test_a_database_whose_keys_are_lost_is_put_aside_and_not_deleted(
    var: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    var = var.with_name("keyless")
    for _start in range(2):
        services = begin(var)
        services.stop()
        services.installation.lock.let_go()
        services.installation.secrets_file.unlink()
    assert len(list(var.glob("pg-without-keys-*"))) == 1
    assert "belongs to other keys" in capsys.readouterr().err


def test_commands_that_share_servers_leave_them_to_whoever_still_uses_them(var: Path) -> None:
    first, second = (Services(var, given={}, durable=False) for _ in range(2))
    first.join()
    try:
        second.join()
        assert addresses(second) == addresses(first)
        second.leave()
        assert ask(addresses(first)[0], "SELECT 1") == 1
    finally:
        first.leave()
    assert processes.belonging_to(var, first.installation.working_folders()) == []
