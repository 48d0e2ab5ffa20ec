"""`./dev up` for real, in a folder of its own: READY, every part watched, everything stopped."""

import http.client
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import ports
from tools.testbed import Node

pytestmark = pytest.mark.journey
PARTS = ("postgres", "redis", "worker", "beat", "settler", "web")
PATIENCE_SECONDS = 180.0


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """A node that is READY."""
    # As root, the database's user must be able to reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="dev-up-"))
    folder.chmod(0o711)
    one = Node(folder / "var", ports.pick(str(folder)))
    one.start()
    try:
        one.wait_until_ready()
        yield one
    finally:
        if one.process and one.process.poll() is None:
            one.stop()
        one.destroy()
        shutil.rmtree(folder, ignore_errors=True)


def health(node: Node) -> tuple[int, dict[str, dict[str, object]]]:
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())["parts"]
    finally:
        connection.close()


def wait_until_healthy(node: Node) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if health(node)[0] == 200:
                return
        except (OSError, http.client.HTTPException, ValueError):
            pass
        time.sleep(0.3)
    raise AssertionError(f"not healthy again:\n{node.said()}")


def wait_for_another(node: Node, part: str, before: int) -> int:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (pid := node.pid(part)) in (None, before):
        assert time.monotonic() < deadline, f"{part} did not come back:\n{node.said()}"
        time.sleep(0.1)
    assert pid is not None
    return pid


def test_a_node_says_ready_and_every_part_answers(node: Node) -> None:
    assert f"READY {node.url}" in node.said()
    status, parts = health(node)
    assert status == 200
    assert {name for name, state in parts.items() if state["ok"]} == set(parts)
    assert {"database", "redis", "worker"} <= set(parts)


def test_the_pid_files_name_the_living_main_processes(node: Node) -> None:
    pids = {part: node.pid(part) for part in PARTS}
    assert None not in pids.values()
    assert set(pids.values()) <= set(node.left())


def test_secrets_are_for_their_owner_only(node: Node) -> None:
    assert (node.var / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_second_start_in_the_same_folder_is_refused_with_the_address(node: Node) -> None:
    other = Node(node.var, ports.pick("second"))
    other.words = node.words.with_name("second.log")
    other.start()
    assert other.process is not None
    assert other.process.wait(timeout=120) == 1
    assert f"Already running at {node.url}" in other.said()
    assert health(node)[0] == 200


def test_manage_uses_the_running_servers_and_leaves_them_running(node: Node) -> None:
    before = {part: node.pid(part) for part in PARTS}
    assert "[ ]" not in node.manage("showmigrations")
    assert {part: node.pid(part) for part in PARTS} == before


def test_the_web_role_may_not_change_tables(node: Node) -> None:
    script = "from django.db import connection; c = connection.cursor(); "
    script += "c.execute('SELECT has_schema_privilege(%s, %s)', ['public', 'CREATE']); print(c.fetchone()[0])"
    assert node.manage("shell", "--no-imports", "-c", script).split()[-1] == "False"


@pytest.mark.parametrize("part", PARTS)
def test_a_part_killed_with_9_comes_back_and_its_pid_file_with_it(node: Node, part: str) -> None:
    killed = node.kill_part(part)
    assert wait_for_another(node, part, killed) != killed
    wait_until_healthy(node)


def test_after_kill_9_of_everything_the_next_start_recovers_and_a_stop_leaves_nothing(node: Node) -> None:
    node.kill()
    for part in PARTS[:3]:
        if node.pid(part):
            node.kill_part(part)
    node.start()
    node.wait_until_ready()
    assert health(node)[0] == 200
    with subprocess.Popen(["sleep", "60"]) as bystander:
        assert node.stop() == 0
        assert node.left() == []
        assert list((node.var / "run").glob("*.pid")) == []
        assert bystander.poll() is None
        bystander.kill()
