"""All nodes of the plan together: made side by side, joined by the acts, given a small world."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools import environment, progress, unprivileged
from tools.children import Child
from tools.errors import CannotGoOn
from tools.federation import plan, template
from tools.federation.node import Node
from tools.federation.plan import NODES, Plan, folder_of
from tools.paths import PYTHON, ROOT
from tools.supervisor import Supervisor

# As many at a time as a small machine makes without one waiting for the other.
AT_ONCE = 2
ARRIVAL_SECONDS = 300.0
TOKEN = "four-databases-on-this-machine"  # noqa: S105  # a stand-in's, of this machine


def direct(_child: Plan, parent: Node) -> str:
    """Where a child finds its parent: at its own address."""
    return parent.url


def nothing_more(_plan: Plan) -> Mapping[str, str]:
    """No variables beyond the plan's."""
    return {}


class Federation:
    """Four nodes and, where the platform has one, the stand-in for 四库一平台.

    `link` says where a child finds its parent: a soak puts something of its own between them. `variables` of
    a node's processes and `first_path`, where their Python looks first, are for soaks as well. `has_world`:
    whether a project and accounts are made.
    """

    def __init__(
        self,
        var: Path,
        port: int,
        *,
        plans: Sequence[Plan] = NODES,
        link: Callable[[Plan, Node], str] = direct,
        settings: Mapping[str, str] | None = None,
        variables: Callable[[Plan], Mapping[str, str]] = nothing_more,
        first_path: str = "",
        has_world: bool = True,
    ) -> None:
        unprivileged.make_folder(var)
        template.seed(var / "template", [folder_of(var, one) for one in plans])
        self.var, self.port, self.link, self.has_world = var, port, link, has_world
        self.nodes = {
            one.code: Node(
                folder_of(var, one),
                one,
                port + number,
                settings=settings,
                variables=variables(one),
                first_path=first_path,
            )
            for number, one in enumerate(plans)
        }
        self.stand_in: Child | None = None
        self._beside = Supervisor(lambda said: progress.say(f"{time.strftime('%H:%M:%S')} {said}"))

    @property
    def top(self) -> Node:
        """The node without a parent."""
        return next(node for node in self.nodes.values() if not node.plan.parent)

    @property
    def stand_in_file(self) -> Path:
        """Where the stand-in for 四库一平台 keeps its data."""
        return self.var / "four-databases.sqlite"

    def start(self) -> None:
        """From empty folders, or those of last time, to nodes that know each other. Raises CannotGoOn."""
        environment.ensure_front_end()
        with progress.step("PostgreSQL and Redis of each node"):
            for node in self.nodes.values():
                node.write_settings(self._more(node))
                self._share_static(node)
                node.start_servers()
        with progress.step("tables and reference data of each node"):
            self._prepare()
        with progress.step("web, settler, worker and beat of each node"):
            self._start_stand_in()
            for node in self.nodes.values():
                node.start_platform()
            for node in self.nodes.values():
                node.wait_until_healthy()
        with progress.step("project, invitations and accounts" if self.has_world else "invitations"):
            self._join()

    def _more(self, node: Node) -> dict[str, str]:
        if node.plan.parent or not plan.stand_in_exists():
            return {}
        address = f"http://127.0.0.1:{self.port + len(self.nodes)}"
        return {"FOUR_DATABASES_URL": address, "FOUR_DATABASES_TOKEN": TOKEN}

    def _share_static(self, node: Node) -> None:
        """The same files for all nodes: they are collected and compressed once."""
        shared = self.var / "static"
        shared.mkdir(exist_ok=True)
        own = node.var / "static"
        if not own.is_symlink():
            shutil.rmtree(own, ignore_errors=True)
            own.symlink_to(shared)

    def _prepare(self) -> None:
        """The first alone, for it collects the static files of all; then some at a time."""
        nodes = list(self.nodes.values())
        groups = [nodes[:1], *(nodes[start : start + AT_ONCE] for start in range(1, len(nodes), AT_ONCE))]
        for group in groups:
            running = [(node, node.preparing()) for node in group]
            try:
                failed = [node for node, process in running if process.wait()]
            except BaseException:
                for _node, process in running:
                    process.terminate()
                raise
            if failed:
                words = progress.tail(failed[0].var / "log" / "prepare.log")
                raise CannotGoOn(f"{failed[0].plan.name} could not be prepared:\n{words}")

    def _start_stand_in(self) -> None:
        if not plan.stand_in_exists():
            return
        port = str(self.port + len(self.nodes))
        command = [str(PYTHON), "manage.py", "four_databases", "--port", port, "--token", TOKEN]
        command += ["--file", str(self.stand_in_file)]
        self.stand_in = Child("four-databases", command, self.var, self.top.environment(), ROOT)
        self._beside.watch(self.stand_in, stage=0)
        self.stand_in.start()

    def _join(self) -> None:
        """Each below its parent, from the top; accounts once what they are tied to has come down."""
        marks = [node.var / "joined" for node in self.nodes.values()]
        if all(mark.exists() for mark in marks):
            return
        codes: dict[str, str] = {}
        for node in self.nodes.values():
            below = [one.plan.invitation for one in self.nodes.values() if one.plan.parent == node.plan.code]
            said = self._entered(node, codes.get(node.plan.code, ""), below)
            codes |= said["invited"]
            if said["missing"]:
                raise CannotGoOn(f"The project did not come down to {node.plan.name} in time.")
        for mark in marks:
            mark.touch()

    def _entered(self, node: Node, code: str, below: list[dict[str, Any]]) -> dict[str, Any]:
        parent = self.nodes.get(node.plan.parent)
        answer: dict[str, Any] = node.step(
            "enter",
            url=self.link(node.plan, parent) if parent else "",
            code=code,
            world=self.has_world and not node.plan.parent,
            below=below,
            accounts=[vars(one) for one in node.plan.accounts] if self.has_world else [],
            wait=ARRIVAL_SECONDS,
            while_waiting=self.look,
        )
        return answer

    def look(self) -> None:
        """One glance at every process: what died is started again."""
        self._beside.look()
        for node in self.nodes.values():
            node.supervisor.look()

    def stop(self) -> None:
        """Stop all nodes, the lowest first, so that none calls a parent that has gone."""
        self._beside.stop()
        for node in reversed(self.nodes.values()):
            node.stop()
