"""Where the nodes of `./dev cells` lie, what each is told, and how their lines are laid."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tools import progress, roles
from tools.errors import CannotGoOn
from tools.paths import ROOT
from tools.postgres import SUPERUSER
from tools.services import Services
from tools.testbed import Node

# 武汉 in one cell, everything else of the province in the other: the nearest entry of the table counts.
DIVISIONS = {"a": ["420100"], "b": ["420000"]}
NAMES = {"a": "武汉", "b": "武汉以外各市州"}
# A busy machine takes a minute to start Django.
PATIENCE = 300.0
TABLES = ("attendance_countyday", "attendance_cellpulse")


class Member(Node):
    """The hub or one of the cells."""

    def __init__(self, name: str, folder: Path, port: int, table: str) -> None:
        self.name = name
        self.divisions = NAMES.get(name, "汇总")
        of_a_cell = {"CELL": name} if name in DIVISIONS else {}
        told: dict[str, Any] = {"NODE_ID": f"hb-{name}", "CELLS": table, **of_a_cell}
        super().__init__(folder / name, port, **told)

    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def is_made(self) -> bool:
        """Whether it was ever started here."""
        return self.var.exists()

    def services(self) -> Services:
        """Its servers: those that run, or to be started."""
        return Services(self.var, given=self.env)

    def superuser_url(self, services: Services) -> str:
        """The address of its running database for whoever may make roles."""
        assert services.postgres is not None
        services.postgres.find_running()
        return services.postgres.url(SUPERUSER, services.postgres.password, roles.DATABASE)

    def down(self) -> str:
        """Stop whatever of it runs; what was said."""
        done = subprocess.run(
            ["./dev", "down"], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        return (done.stdout or done.stderr).strip().splitlines()[-1]

    def status(self) -> dict[str, Any]:
        found: dict[str, object] = json.loads(
            self.manage("cell", "status", seconds=PATIENCE).strip().splitlines()[-1]
        )
        return found


class Layout:
    """The three of them."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        names = ("hub", *DIVISIONS)
        ports = {name: port + number for number, name in enumerate(names)}
        table = json.dumps(
            {
                name: {"regions": codes, "url": f"http://127.0.0.1:{ports[name]}"}
                for name, codes in DIVISIONS.items()
            }
        )
        self.nodes = {name: Member(name, folder, ports[name], table) for name in names}
        self.hub = self.nodes["hub"]
        self.cells = [self.nodes[name] for name in DIVISIONS]

    def start(self) -> None:
        """Start one after the other, for the first start makes a database and fills it."""
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        for node in self.nodes.values():
            with progress.step(f"{node.name} ({node.divisions})"):
                node.start()
                try:
                    node.wait_until_ready(600.0)
                except (TimeoutError, ChildProcessError) as fault:
                    raise CannotGoOn(f"{node.name} did not start: {fault}") from fault

    def join(self) -> None:
        """Publish in the cells, subscribe at the hub; again it changes nothing."""
        with progress.step("lines between cells and hub"):
            addresses = {cell.name: publish(cell, cell.services()) for cell in self.cells}
            subscribe(self.hub, self.hub.services(), addresses)

    def stop(self) -> None:
        """Stop those that were started here; the hub last, so that it hears the end."""
        for node in reversed(self.nodes.values()):
            if node.lives():
                node.stop()


def publish(cell: Member, services: Services) -> str:
    """Let a cell publish, and the address at which the hub may read; its database must run."""
    cell.manage("cell", "publish", seconds=PATIENCE)
    # Derived from what only this folder knows, so that it need not be kept anywhere else.
    password = services.secrets["app_password"][::-1]
    roles.ensure_hub(cell.superuser_url(services), password, TABLES)
    assert services.postgres is not None
    parts = {
        "host": "127.0.0.1",
        "port": services.postgres.port,
        "dbname": roles.DATABASE,
        "user": roles.HUB,
        "password": password,
    }
    return " ".join(f"{name}={value}" for name, value in parts.items())


def subscribe(hub: Member, services: Services, addresses: dict[str, str]) -> None:
    """Let the hub take in every cell's counters; its database must run."""
    roles.let_owner_subscribe(hub.superuser_url(services))
    for name, address in addresses.items():
        hub.manage("cell", "subscribe", name, seconds=PATIENCE, typed=f"{address}\n")
