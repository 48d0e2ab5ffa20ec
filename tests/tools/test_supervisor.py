"""The watch over children: what dies comes back, after longer and longer pauses when it keeps dying."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import processes
from tools.children import Child
from tools.supervisor import FIRST_PAUSE, HEALTHY_SECONDS, LONGEST_PAUSE, Supervisor, describe


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def child(var: Path, code: str, name: str = "worker") -> Child:
    return Child(name, [sys.executable, "-c", code], var, dict(os.environ), var)


def first_line(one: Child) -> str:
    """What a child wrote first, once the line has ended: its end can be a write of its own."""
    while "\n" not in (said := one.log.read_text()):
        assert not one.has_died()
        time.sleep(0.01)
    return said.splitlines()[0]


@pytest.fixture
def watch() -> Iterator[tuple[Supervisor, Clock, list[str]]]:
    said: list[str] = []
    clock = Clock()
    supervisor = Supervisor(said.append, clock)
    yield supervisor, clock, said
    supervisor.stop()


def end(one: Child) -> None:
    assert one.process is not None
    one.process.kill()
    one.process.wait()


def test_a_child_that_dies_is_started_again_and_its_pid_file_is_true(
    tmp_path: Path, watch: tuple[Supervisor, Clock, list[str]]
) -> None:
    supervisor, clock, said = watch
    one = child(tmp_path, "import time; time.sleep(60)")
    one.start()
    supervisor.watch(one, stage=1)
    first = processes.read_pid(one.pid_file)
    end(one)
    supervisor.look()
    assert said == [f"worker ended (signal 9); starting it again in {FIRST_PAUSE:.1f} s"]
    supervisor.look()
    assert one.has_died()
    clock.now += FIRST_PAUSE
    supervisor.look()
    second = processes.read_pid(one.pid_file)
    assert one.process is not None
    assert second == one.process.pid
    assert second != first


def test_a_child_that_keeps_dying_waits_longer_up_to_a_limit(
    tmp_path: Path, watch: tuple[Supervisor, Clock, list[str]]
) -> None:
    supervisor, clock, said = watch
    one = child(tmp_path, "raise SystemExit(3)")
    one.start()
    supervisor.watch(one, stage=1)
    for _ in range(9):
        assert one.process is not None
        one.process.wait()
        supervisor.look()
        clock.now += LONGEST_PAUSE
        supervisor.look()
    pauses = [float(words.split()[-2]) for words in said]
    assert pauses == [0.3, 0.6, 1.2, 2.4, 4.8, 9.6, 19.2, 30.0, 30.0]
    assert said[0].startswith("worker ended (exit code 3)")


def test_a_child_that_lived_long_starts_again_soon(
    tmp_path: Path, watch: tuple[Supervisor, Clock, list[str]]
) -> None:
    supervisor, clock, said = watch
    one = child(tmp_path, "import time; time.sleep(60)")
    one.start()
    supervisor.watch(one, stage=1)
    for lived in (0.0, HEALTHY_SECONDS):
        clock.now += lived
        end(one)
        supervisor.look()
        clock.now += LONGEST_PAUSE
        supervisor.look()
    assert [words.split()[-2] for words in said] == ["0.3", "0.3"]


def test_a_later_stage_stops_before_the_one_it_needs(tmp_path: Path) -> None:
    code = "import signal, sys, time\n"
    code += "signal.signal(signal.SIGTERM, lambda *_: sys.exit(print(time.time(), flush=True)))\n"
    code += "print('up', flush=True)\ntime.sleep(60)"
    server, user = child(tmp_path, code, "redis"), child(tmp_path, code, "web")
    supervisor = Supervisor(print)
    for one, stage in ((server, 0), (user, 1)):
        one.start()
        supervisor.watch(one, stage=stage)
        first_line(one)
    supervisor.stop()
    ended = {one.name: float(one.log.read_text().split()[-1]) for one in (server, user)}
    assert ended["web"] < ended["redis"]
    assert not server.pid_file.exists()
    assert not user.pid_file.exists()


def test_stopping_takes_the_whole_process_group(tmp_path: Path) -> None:
    code = "import subprocess, time; p = subprocess.Popen(['sleep', '60'])\n"
    one = child(tmp_path, code + "print(p.pid, flush=True); time.sleep(60)")
    one.start()
    sleeper = int(first_line(one))
    one.stop()
    assert processes.wait_for_end([sleeper], 5.0) == []


def test_exit_codes_are_told_in_words() -> None:
    assert describe(-signal.SIGKILL) == "signal 9"
    assert describe(0) == "exit code 0"
    assert describe(None) == "unknown"
