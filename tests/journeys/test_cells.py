"""Two cells and a hub for real: own databases, counters by logical replication, the hub killed and back."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.standby import Standby
from tools import platform_processes, ports
from tools.cells.layout import Layout, Member, publish, subscribe
from tools.paths import PYTHON, ROOT
from tools.services import Services

pytestmark = pytest.mark.journey
PATIENCE = 240.0
# Small servers: three of them stand beside the suite's own.
SMALL = {"shared_buffers": "32MB", "max_wal_size": "256MB"}
# What `tools.prepare` does, without static files and the demo world.
PREPARE = (
    "import django; django.setup(); from django.core.management import call_command as call;"
    "call('migrate', verbosity=0); call('grant_app_role'); call('load_reference_data', verbosity=0)"
)
DEEDS = "from tests.journeys.{room} import *; {deed}"


class Three:
    """The servers of hub and cells; the platform's own processes are not needed here."""

    def __init__(self, folder: Path) -> None:
        self.layout = Layout(folder, ports.pick(str(folder)))
        for node in self.layout.nodes.values():
            node.env["STATIC_STORAGE"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        self.running: dict[str, Services] = {}
        self._make()
        for name in self.layout.nodes:
            self.start(name)

    def _make(self) -> None:
        """One prepared database, copied for the others: all three begin with the map and nothing else."""
        hub = self.layout.hub
        services = self.start("hub")
        env = platform_processes.environment({**services.environment(), "AS_DATABASE_OWNER": "1"})
        subprocess.run([PYTHON, "-c", PREPARE], cwd=ROOT, env=env, check=True)
        self.stop("hub")
        for cell in self.layout.cells:
            subprocess.run(["cp", "-a", str(hub.var), str(cell.var)], check=True)
            shutil.rmtree(cell.var / "run")

    def start(self, name: str) -> Services:
        services = Services(
            self.layout.nodes[name].var, given=self.layout.nodes[name].env, postgres_settings=SMALL
        )
        assert services.installation.lock.try_hold()
        services.start()
        self.running[name] = services
        return services

    def stop(self, name: str) -> None:
        services = self.running.pop(name)
        services.stop()
        services.installation.lock.let_go()

    def kill(self, name: str) -> None:
        """kill -9 of a node's database and queue."""
        services = self.running.pop(name)
        for child in services.running:
            assert child.process is not None
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        services.installation.lock.let_go()

    def at(self, node: Member, deed: str, room: str = "cell_deeds") -> Any:
        """Have something done in a process of a node; what it printed, read."""
        words = DEEDS.format(room=room, deed=deed)
        said = node.manage("shell", "-v0", "--no-imports", "-c", words, seconds=300)
        return json.loads(said.strip().splitlines()[-1]) if said.strip() else None

    def counted(self) -> dict[str, list[int]]:
        """By county, counted from the facts in both cells."""
        found: dict[str, list[int]] = {}
        for cell in self.layout.cells:
            found |= self.at(cell, "counted_directly()")
        return found

    def wait_for(self, on_site: int) -> dict[str, Any]:
        """What the hub shows once so many people are on site, or at the end of patience."""
        deadline = time.monotonic() + PATIENCE
        while True:
            shown: dict[str, Any] = self.at(self.layout.hub, "shown()")
            if shown["total"][0] == on_site or time.monotonic() > deadline:
                return shown


@pytest.fixture(scope="module")
def three() -> Iterator[Three]:
    # As root, the database's user must be able to reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="cells-"))
    folder.chmod(0o711)
    made = Three(folder)
    try:
        yield made
    finally:
        for name in list(made.running):
            made.stop(name)
        shutil.rmtree(folder, ignore_errors=True)


def by_unit(counted: dict[str, list[int]]) -> dict[str, list[int]]:
    """Counties added up to the second level, as the hub's dashboard shows them."""
    found: dict[str, list[int]] = {}
    for code, (there, came) in counted.items():
        unit = "420100" if code.startswith("4201") else code
        before = found.get(unit, [0, 0])
        found[unit] = [before[0] + there, before[1] + came]
    return found


def test_the_hub_shows_what_its_cells_count_and_catches_up_after_kill_9(three: Three) -> None:
    hub, (wuhan, others) = three.layout.hub, three.layout.cells
    three.at(wuhan, "enrol(1, {'420106': 5, '420111': 2})")
    three.at(others, "enrol(101, {'429004': 4})")
    addresses = {cell.name: publish(cell, three.running[cell.name]) for cell in (wuhan, others)}
    subscribe(hub, three.running["hub"], addresses)

    shown = three.wait_for(11)
    counted = three.counted()
    assert counted == {"420106": [5, 3], "420111": [2, 1], "429004": [4, 2]}
    assert shown["parts"] == by_unit(counted)
    assert shown["total"] == [11, 6, 3]
    assert shown["until"] is not None

    # While the hub is away the cells go on, and what they count waits for it.
    three.kill("hub")
    three.at(wuhan, "enrol(201, {'420106': 3})")
    three.at(others, "enrol(301, {'429005': 6})")
    three.start("hub")
    again = three.wait_for(20)
    assert again["parts"] == by_unit(three.counted())
    assert again["total"] == [20, 11, 5]
    assert again["until"] > shown["until"]

    # The role by which the hub reads sees the counters, and neither a person nor a project.
    status = wuhan.status()
    assert [(slot["name"], slot["active"]) for slot in status["slots"]] == [("cell_a", True)]
    assert {line["name"]: line["running"] for line in hub.status()["lines"]} == {
        "cell_a": True,
        "cell_b": True,
    }


def test_pages_are_read_from_a_replica_that_keeps_up_and_from_the_primary_otherwise(three: Three) -> None:
    cell = three.layout.cells[0]
    primary = three.running[cell.name].postgres
    assert primary is not None
    standby = Standby(primary, cell.var / "standby")
    cell.env["REPLICA_DATABASE_URL"] = standby.url
    try:
        found = three.at(cell, f"seen({standby.process.pid})", "replica_deeds")
    finally:
        del cell.env["REPLICA_DATABASE_URL"]
        standby.stop()
    assert found == {
        "first": True,
        "reads": "replica",
        "writes": "default",
        "in_an_act": "default",
        "page": [200, True],
        "page_after_a_write": [200, False],
        "page_once_it_is_there": [200, True],
        "rows_of_a_broken_page": 1,
        "asked": ["replica", "default"],
        "away": 200,
    }
