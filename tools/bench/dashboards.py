"""The regulators' pages with 20 million punches beside the same pages with 1 million, in one run.

    ./dev bench dashboards [--millions 20] [--small 1] [--requests 10] [--rounds 3]

The same people and projects in both worlds (those of `./dev bench ingest`); pages are found by following
links from each regulator's home, and each is asked in both worlds in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
from dataclasses import dataclass, field
from typing import Any

from tools import progress
from tools.bench._worlds import Worlds
from tools.errors import CannotGoOn
from tools.paths import PYTHON, ROOT

LIMIT = 1.3
# Pages of figures. Lists hold more rows where more people came, and are shown beside them.
DASHBOARDS = ("home", "overview", "region", "project")
# Under this many milliseconds a page is too quick for a ratio to mean anything but noise.
LEAST_MS = 20.0


@dataclass
class World:
    """A process that answers addresses on one database."""

    process: subprocess.Popen[str]

    def ask(self, order: Any) -> Any:
        if self.process.stdin is None or self.process.stdout is None:
            raise CannotGoOn("The measuring process has no pipes.")
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise CannotGoOn("The measuring process has ended.")
        return json.loads(line)


@dataclass
class Page:
    """A page as one regulator sees it, and its p95 of each round in both worlds."""

    route: str
    account: str
    path: str
    p95: dict[str, list[float]] = field(default_factory=lambda: {"small": [], "large": []})

    @property
    def ratio(self) -> float:
        """The median of the rounds' own ratios; a page quicker than LEAST_MS counts as LEAST_MS."""
        pairs = zip(self.p95["large"], self.p95["small"], strict=True)
        return statistics.median(max(large, LEAST_MS) / max(small, LEAST_MS) for large, small in pairs)


def main(arguments: list[str]) -> int:
    """Measure, print a line per page and the worst ratio; 1 when it passes the limit."""
    options = _parser().parse_args(arguments)
    worlds = Worlds(dict(os.environ), workers=options.workers, projects=options.projects)
    worlds.start()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors", flush=True)
    try:
        pages = _measured(worlds, options)
    finally:
        worlds.stop()
    return _report(pages)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev bench dashboards")
    parser.add_argument(
        "--millions", type=float, default=20, help="punches in the large world, in millions (20)"
    )
    parser.add_argument("--small", type=float, default=1, help="and in the small one (1)")
    parser.add_argument("--workers", type=int, default=300_000)
    parser.add_argument("--projects", type=int, default=5_000)
    parser.add_argument("--requests", type=int, default=10, help="requests of a page in a round (10)")
    parser.add_argument("--rounds", type=int, default=3)
    return parser


def _measured(worlds: Worlds, options: argparse.Namespace) -> list[Page]:
    names = {"small": worlds.ensure(options.small), "large": worlds.ensure(options.millions)}
    both = {size: _start(worlds, name) for size, name in names.items()}
    try:
        with progress.step("following links"):
            # Found in the large world: what only it links to would be missed in the small one.
            pages = [Page(*one) for one in both["large"].ask("find")]
        pages = [page for page in pages if all(_is_there(page, world) for world in both.values())]
        for _round in range(options.rounds):
            for page in pages:
                for size, world in both.items():
                    _ask(page, size, world, options.requests)
    finally:
        for world in both.values():
            world.process.terminate()
            world.process.wait()
    return pages


def _start(worlds: Worlds, database: str) -> World:
    """As the web's role, for that is who plans the queries."""
    env = {**worlds.environment(database), "LOG_LEVEL": "CRITICAL"}
    command = [str(PYTHON), "-m", "tools.bench._dashboards"]
    return World(
        subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    )


def _is_there(page: Page, world: World) -> bool:
    """Warm, and whether it is a page of both worlds: a punch's own is not."""
    return bool(world.ask({"account": page.account, "path": page.path, "times": 2})["status"] == 200)


def _ask(page: Page, size: str, world: World, times: int) -> None:
    found = world.ask({"account": page.account, "path": page.path, "times": times})
    if found["status"] != 200:
        raise CannotGoOn(f"{page.path} as {page.account} answered {found['status']}")
    page.p95[size].append(sorted(found["ms"])[max(0, int(len(found["ms"]) * 0.95) - 1)])


def _report(pages: list[Page]) -> int:
    print(f"{'small p95':>10}{'large p95':>12}{'ratio':>8}  account   route: address")
    for page in sorted(pages, key=lambda one: one.ratio):
        small, large = (statistics.median(page.p95[size]) for size in ("small", "large"))
        figures = f"{small:>10.1f}{large:>12.1f}{page.ratio:>8.2f}"
        print(f"{figures}  {page.account:<9} {page.route}: {page.path[:80]}")
    over = [page.route for page in pages if page.ratio > LIMIT]
    middle = statistics.median(page.ratio for page in pages)
    print(f"{len(pages)} pages, median {middle:.2f}, over {LIMIT}: {', '.join(over) or 'none'}")
    worst = {
        "p95_20m_vs_1m": max(page.ratio for page in pages if page.route in DASHBOARDS),
        "every_page_20m_vs_1m": max(page.ratio for page in pages),
    }
    rounded = {name: round(ratio, 3) for name, ratio in worst.items()}
    print(json.dumps({"bench": "dashboards", "ratios": rounded}))
    return int(worst["p95_20m_vs_1m"] > LIMIT)
