"""kill -9 of worker, PostgreSQL and Redis amid a vendor's stream: nothing lost, nothing doubled."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from federation.simulator.gate import DONE, Gate
from federation.simulator.people import Worker
from federation.simulator.wire import CHINA, OpenApi, VendorError
from tools import ports
from tools.soak._reaper import Reaper
from tools.testbed import Node

PROJECT = "420106202601010101"
VICTIMS = ("worker", "postgres", "redis")
VENDORS = 3
PATIENCE = 150.0
LAST_KILL = 6.0  # the stream goes on for so long after the last one
# What a vendor may read about a row that an earlier, unanswered sending already brought.
ALREADY = ("项目中已存在身份证为", "参建单位已存在", "班组已存在")
Passage = tuple[str, str, str]


class Ledger:
    """What the platform owes us: every row it took, and every acknowledgement it gave."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.serials: list[str] = []
        self.people: list[str] = []
        self.entered: list[str] = []
        self.punches: list[Passage] = []
        self.refused: list[str] = []

    def acknowledged(self, serial: str) -> None:
        with self.lock:
            self.serials.append(serial)


class Vendor(threading.Thread):
    """One vendor's machine: enrols, enters, punches, again and again, each until it is answered."""

    def __init__(
        self, number: int, access: dict[str, str], url: str, seed: int, ledger: Ledger, until: float
    ) -> None:
        super().__init__(name=f"vendor-{number}", daemon=True)
        self.api = OpenApi(url, access["appid"], access["secret"], patience=PATIENCE)
        self.gate = Gate(self.api, PROJECT, chance=random.Random(f"{seed} {number}"))
        self.chance = random.Random(f"{seed} {number} pace")
        self.ledger, self.until = ledger, until
        self.crew: list[Worker] = []
        # Every passage has a second of its own, so that equal ones can only be doubles.
        self.clock = _morning() + timedelta(seconds=number)
        self.came_home = False

    def run(self) -> None:
        self.gate.open()
        while time.monotonic() < self.until:
            self._hire(self.chance.randint(1, 5))
            self._settle([self._pass() for _ in range(self.chance.randint(3, 12))])
        self.came_home = True

    def _hire(self, count: int) -> None:
        crew = list(self.gate.people(count))
        self._settle([self._send("ProjectWorker.Add", self.gate.enrolment(crew))])
        self.ledger.people += [one.number for one in crew]
        self._settle([self._send("WorkerEntryExit.Add", self.gate.entry(crew, self.clock.date()))])
        self.ledger.entered += [one.number for one in crew]
        self.crew += crew

    def _pass(self) -> str:
        """One batch of passages, sent without waiting for what becomes of those before it."""
        crew = self.chance.sample(self.crew, min(len(self.crew), self.chance.randint(1, 20)))
        direction = self.chance.choice(("01", "02"))
        self.clock += timedelta(seconds=VENDORS)
        serial = self._send("WorkerAttendance.Add", self.gate.passage(crew, direction, self.clock))
        at = f"{self.clock:%Y-%m-%d %H:%M:%S}"
        self.ledger.punches += [(one.number, at, direction) for one in crew]
        return serial

    def _send(self, method: str, data: dict) -> str:
        """Send until acknowledged: from then on the platform owes us these rows."""
        serial = self.api.write(method, data)
        self.ledger.acknowledged(serial)
        return serial

    def _settle(self, serials: list[str]) -> None:
        """Poll until every one is finished; an earlier sending that was not answered may have come first."""
        for serial in serials:
            status, result = self.api.outcome(serial, within=PATIENCE)
            if status != DONE and not all(line.startswith(ALREADY) for line in result.splitlines()):
                self.ledger.refused.append(f"{serial}: {result}")


def main(arguments: list[str]) -> int:
    """Run, count, print the verdict as JSON; 0 if nothing was lost, doubled or left undone."""
    options = _parser().parse_args(arguments)
    folder = Path(options.var or tempfile.mkdtemp(prefix="soak-main-job-"))
    print(f"main-job: seed {options.seed}, {options.seconds} s, data in {folder}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    node = Node(folder / "node", ports.pick(f"{folder} web"))
    node.start()
    try:
        node.wait_until_ready(options.ready_within)
        verdict = _run(node, options.seed, options.seconds)
    finally:
        node.stop()
        if not options.keep:
            node.destroy()
            shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(verdict, ensure_ascii=False))
    return 0 if _is_clean(verdict) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev soak main-job", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--seconds", type=int, default=300, help="how long the stream runs (300)")
    parser.add_argument("--ready-within", type=float, default=300.0, help="seconds that the start may take")
    parser.add_argument("--var", help="folder for the node's data (a temporary one)")
    parser.add_argument("--keep", action="store_true", help="keep the data for a look")
    return parser


def _run(node: Node, seed: int, seconds: int) -> dict:
    access = json.loads(node.manage("open_api_credential", PROJECT).strip().splitlines()[-1])
    ledger, until = Ledger(), time.monotonic() + seconds
    vendors = [Vendor(number, access, node.url, seed, ledger, until) for number in range(VENDORS)]
    reaper = Reaper(node, seed, VICTIMS, lambda _killed: time.monotonic() + LAST_KILL < until)
    for thread in (*vendors, reaper):
        thread.start()
        time.sleep(1.5)  # the first vendor registers the firm and the team
    for vendor in vendors:
        vendor.join(seconds + 3 * PATIENCE)
    reaper.join()
    with OpenApi(node.url, access["appid"], access["secret"], patience=PATIENCE) as api:
        verdict = _compared(api, vendors[0].gate, ledger)
    troubles = [f"{vendor.name} gave up" for vendor in vendors if not vendor.came_home]
    return {"seed": seed, "kills": dict(reaper.killed), **verdict, "troubles": troubles + ledger.refused[:5]}


def _compared(api: OpenApi, gate: Gate, ledger: Ledger) -> dict:
    """What the platform answers, held against the ledger, row by row."""
    unfinished = [serial for serial in ledger.serials if not _is_finished(api, serial)]
    day = f"{_morning():%Y-%m-%d}"
    team = {"projectCode": PROJECT, "teamSysNo": gate.team}
    people = [api.decrypted(row["idCardNumber"]) for row in _rows(api, "ProjectWorker.Query", team)]
    moves = [api.decrypted(row["idCardNumber"]) for row in _rows(api, "WorkerEntryExit.Query", team)]
    punches = [
        (api.decrypted(row["idCardNumber"]), row["date"], row["direction"])
        for row in _rows(api, "WorkerAttendance.Query", {**team, "date": day})
    ]
    found: dict[str, list] = {"people": people, "entries": moves, "punches": punches}
    owed: dict[str, list] = {"people": ledger.people, "entries": ledger.entered, "punches": ledger.punches}
    return {
        "accepted": len(ledger.serials),
        "unfinished": len(unfinished),
        **{name: len(rows) for name, rows in owed.items()},
        "lost": {name: (Counter(owed[name]) - Counter(found[name])).total() for name in owed},
        "doubled": {name: len(rows) - len(set(rows)) for name, rows in found.items()},
    }


def _is_finished(api: OpenApi, serial: str) -> bool:
    try:
        api.outcome(serial, within=PATIENCE)
    except VendorError:
        return False
    return True


def _rows(api: OpenApi, method: str, filters: dict) -> list[dict]:
    rows: list[dict] = []
    while True:
        page = api.call(method, {**filters, "pageIndex": len(rows) // 50, "pageSize": 50})
        rows += page["rows"]
        if len(rows) >= page["totalCount"] or not page["rows"]:
            return rows


def _is_clean(verdict: dict) -> bool:
    wrong = sum(verdict["lost"].values()) + sum(verdict["doubled"].values()) + verdict["unfinished"]
    return (
        wrong == 0
        and not verdict["troubles"]
        and verdict["punches"] > 0
        and len(verdict["kills"]) == len(VICTIMS)
    )


def _morning() -> datetime:
    """The first second of yesterday's attendance day, so that every punch lies in the past."""
    day = (datetime.now(CHINA) - timedelta(hours=28)).date()
    return datetime(day.year, day.month, day.day, 4, tzinfo=CHINA)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
