"""Locks and processes: what a killed run leaves behind is told from what runs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import processes
from tools.errors import CannotGoOn
from tools.installation import Installation
from tools.locks import FileLock

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that bears the mark of the installation at `tmp_path`."""
    process = subprocess.Popen(SLEEP, env={**os.environ, processes.MARK: str(tmp_path)})
    yield process
    process.kill()
    process.wait()


def test_a_lock_that_is_held_lets_nobody_else_in_until_it_is_let_go(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.try_hold()
    assert not second.try_hold()
    assert second.is_taken()
    assert second.holder() == os.getpid()
    first.let_go()
    assert not second.is_taken()
    assert second.try_hold()


def test_a_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    code = "import time; from pathlib import Path; from tools.locks import FileLock\n"
    code += f"lock = FileLock(Path({str(tmp_path / 'lock')!r}))\n"
    code += "print(lock.try_hold(), flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "True"
        lock = FileLock(tmp_path / "lock")
        assert lock.is_taken()
        assert lock.holder() == holder.pid
        holder.kill()
        holder.wait()
        assert not lock.is_taken()


def test_a_lock_that_stays_taken_names_its_holder(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    first.try_hold()
    with pytest.raises(CannotGoOn, match=f"Process {os.getpid()} still holds"):
        second.hold(seconds=0.2)


def test_users_share_a_lock_that_the_owner_waits_for(tmp_path: Path) -> None:
    first, second, owner = (FileLock(tmp_path / "lock") for _ in range(3))
    assert first.try_hold(shared=True)
    assert second.try_hold(shared=True)
    assert not owner.try_hold()
    first.let_go()
    second.let_go()
    assert owner.try_hold()


def test_a_stale_pid_file_is_no_process(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    file = tmp_path / "worker.pid"
    processes.write_pid(file, ended.pid)
    assert processes.read_pid(file) is None
    processes.write_pid(file, os.getpid())
    assert processes.read_pid(file) == os.getpid()
    file.write_text("")
    assert processes.read_pid(file) is None
    assert processes.read_pid(tmp_path / "no.pid") is None


def test_a_process_is_known_by_its_mark_and_only_in_its_own_folder(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    assert processes.belonging_to(tmp_path, []) == [sleeper.pid]
    assert processes.belonging_to(tmp_path / "another", []) == []


def test_a_server_is_known_by_the_data_folder_it_works_in_and_a_shell_there_is_not(tmp_path: Path) -> None:
    home = tmp_path / "redis"
    home.mkdir()
    program = shutil.copy(shutil.which("sleep") or "/bin/sleep", tmp_path / "redis-server")
    with (
        subprocess.Popen([program, "60"], cwd=home) as server,
        subprocess.Popen(["sleep", "60"], cwd=home) as shell,
    ):
        try:
            assert processes.belonging_to(tmp_path, [home]) == [server.pid]
        finally:
            server.kill()
            shell.kill()


def test_what_a_killed_run_left_is_ended_and_its_pid_files_go(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    installation = Installation(tmp_path)
    processes.write_pid(installation.run / "worker.pid", sleeper.pid)
    bystander = subprocess.Popen(SLEEP)
    try:
        assert installation.end_leftovers() == 1
        assert sleeper.wait(timeout=10) == -15
        assert not (installation.run / "worker.pid").exists()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_process_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    deaf += "print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        processes.end([process.pid], gently=0.3)
        assert process.wait(timeout=5) == -9


def test_only_the_holder_of_the_lock_counts_as_running(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.announce("http://127.0.0.1:8123")
    assert Installation(tmp_path).running_up() is None
    assert installation.lock.try_hold()
    running = Installation(tmp_path).running_up()
    assert running is not None
    assert (running.pid, running.url) == (os.getpid(), "http://127.0.0.1:8123")
