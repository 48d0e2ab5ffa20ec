"""Four nodes under random faults amid a stream: all agree, nothing is lost, nothing doubled.

    ./dev soak federation [--faults 100] [--seed N] [--figure docs/figures/soak-federation.svg]

kill -9 of any process, links cut, slow, doubling and reordering, Redis flushed, a full disk, clocks that
jump, nodes restored from yesterday's backup. Punches and people are handed in at the enterprise's node by
vendors who try until they are acknowledged; at the end the four nodes compare digests, link by link.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2

from federation.simulator.wire import VendorError
from tools import ports
from tools.errors import CannotGoOn
from tools.federation.plan import NODES, PROJECT, Plan, folder_of
from tools.federation.whole import Federation
from tools.paths import ROOT, var_dir
from tools.soak._faults import Faults, Log
from tools.soak._figure import figure
from tools.soak._link import Link
from tools.soak._punching import EARLIER, PATIENCE, Ledger, Puncher

CLOCK = ROOT / "tools" / "soak" / "_clock"
# Whose rows of after a backup their neighbours hold: the enterprise's own need the reconciliation's repair.
RESTORED = ("hb", "whs", "wuchang")
VENDORS, CREW, HIRED_A_TURN = 2, 20, 3
AGREED_WITHIN = 600.0
TICK = 0.2


def main(arguments: list[str]) -> int:
    """Run, compare, print the verdict as JSON; 0 if all agree and nothing was lost or doubled."""
    options = _parser().parse_args(arguments)
    var = Path(options.var) if options.var else var_dir() / "soak-federation"
    print(f"federation: seed {options.seed}, {options.faults} faults, data in {var}", flush=True)
    for plan in NODES:
        shutil.rmtree(folder_of(var, plan), ignore_errors=True)
    soak = Soak(var, options.seed)
    try:
        soak.start()
        verdict = soak.run(options.faults)
    finally:
        soak.stop()
    if options.figure:
        Path(options.figure).write_text(figure(soak.log, options.seed), encoding="utf-8")
    if options.log:
        Path(options.log).write_text(json.dumps(vars(soak.log)), encoding="utf-8")
    print(json.dumps(verdict, ensure_ascii=False))
    return 0 if is_clean(verdict) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev soak federation", description=__doc__)
    parser.add_argument("--faults", type=int, default=100, help="faults in all (100)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--var", help="folder of the nodes (soak-federation in VAR_DIR)")
    parser.add_argument("--figure", help="write the run's log as a picture there")
    parser.add_argument("--log", help="write the run's log as JSON there")
    return parser


class Soak:
    """The nodes with relays between them, the stream, and what became of it."""

    def __init__(self, var: Path, seed: int) -> None:
        self.seed, self.log = seed, Log()
        self.ledger, self.people = Ledger(), list[str]()
        var.mkdir(parents=True, exist_ok=True)
        first = ports.pick(f"{var} nodes", number=len(NODES) + 1)
        self.links: dict[str, Link] = {}
        # The vendors speak to the lowest node and keep true time, so its clock stays right.
        self.clocks = {plan.code: var / f"{plan.code}.clock" for plan in NODES if plan.kind != "enterprise"}
        for file in self.clocks.values():
            file.write_text("0")
        self.whole = Federation(var, first, link=self._link, variables=self._variables, first_path=str(CLOCK))
        self.lowest = self.whole.nodes[NODES[-1].code]
        self.faults = Faults(self.whole, self.links, seed, self.log, self.clocks)
        self.acts: list[list[str]] = []
        self.over = threading.Event()

    def _variables(self, plan: Plan) -> dict[str, str]:
        return {"SOAK_CLOCK": str(self.clocks[plan.code])} if plan.code in self.clocks else {}

    def _link(self, child: Plan, parent: Any) -> str:
        port = ports.pick(f"{child.code} {parent.port}", taken=[one.port for one in self.links.values()])
        self.links[child.code] = Link(port, parent.port, random.Random(f"{self.seed} {child.code}"))
        return self.links[child.code].url

    def start(self) -> None:
        """Nodes that know each other, watched from now on."""
        self.whole.start()
        threading.Thread(target=self._watch, name="supervisor", daemon=True).start()

    def _watch(self) -> None:
        while not self.over.is_set():
            with self.faults.held:
                self.whole.look()
            time.sleep(TICK)

    def stop(self) -> None:
        """End everything that was started here."""
        self.over.set()
        with self.faults.held:
            self.whole.stop()
        for link in self.links.values():
            link.close()

    def run(self, faults: int) -> dict[str, Any]:
        """The stream, the faults amid it, and the verdict once all is calm."""
        access = self.lowest.step("credential", project=PROJECT)
        streaming = threading.Event()
        streaming.set()
        vendors = [
            Puncher(number, access, self.lowest.url, self.seed, self.ledger, streaming.is_set)
            for number in range(VENDORS)
        ]
        for vendor in vendors:
            vendor.hire(CREW)
            self.people += [one.number for one in vendor.crew]
        recorder = threading.Thread(target=self._hire_on, args=(vendors[0], access, streaming), daemon=True)
        sampler = threading.Thread(target=self._sample, args=(streaming,), daemon=True)
        for thread in (*vendors, recorder, sampler):
            thread.start()
        self._disturb(faults)
        time.sleep(5.0)
        streaming.clear()
        for vendor in vendors:
            vendor.join(3 * PATIENCE)
        recorder.join(PATIENCE)
        self.log.note("calm", "the stream has ended")
        return self._verdict([f"{one.name} gave up" for one in vendors if not one.came_home])

    def _disturb(self, faults: int) -> None:
        """So many faults; backups early, restores late, each node of RESTORED once if there is room."""
        restored = list(RESTORED if faults >= 20 else RESTORED[:1] if faults >= 6 else ())
        backups = {max(1, faults // 5) + step: code for step, code in enumerate(restored)}
        restores = {faults // 2 + step * max(1, faults // 8): code for step, code in enumerate(restored)}
        done = 0
        while done < faults:
            if code := backups.pop(done, ""):
                self.faults.back_up(code)
            if code := restores.pop(done, ""):
                self.faults.restore(code)
            else:
                self.faults.one()
            done = self.faults.counted.total()
            self._operate()
            time.sleep(self.faults.chance.uniform(0.5, 3.0))
        self.faults.calm()

    def _operate(self) -> None:
        """Where a line has stopped for good somebody must decide: here it begins anew, through the act."""
        for code, node in self.whole.nodes.items():
            try:
                if node.ask("SELECT 1 FROM federation_line WHERE state IN ('forked', 'stuck')"):
                    found = node.step("operate")["restarted"]
                    self.acts += [[code, *one] for one in found]
                    self.log.note("operator", f"{code}: {len(found)} lines begin anew")
            except (CannotGoOn, psycopg2.Error):
                continue  # it is away just now

    def _hire_on(self, vendor: Puncher, access: dict[str, str], streaming: threading.Event) -> None:
        """New people all the time, each batch until it is acknowledged."""
        hiring = Puncher(VENDORS, access, self.lowest.url, self.seed, self.ledger, streaming.is_set)
        hiring.gate.team = vendor.gate.team
        while streaming.is_set():
            batch = list(hiring.gate.people(HIRED_A_TURN))
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until:
                with suppress(VendorError):
                    status, said = hiring.api.outcome(
                        hiring.api.write("ProjectWorker.Add", hiring.gate.enrolment(batch)), within=PATIENCE
                    )
                    if status == 20 or "已" in said:
                        self.people += [one.number for one in batch]
                        break
            time.sleep(2.0)

    def _sample(self, streaming: threading.Event) -> None:
        """How far the stream has come at both ends, for the figure."""
        while streaming.is_set():
            with self.ledger.lock:
                accepted = len(self.ledger.sequences) + len(self.ledger.passages)
            found = {"accepted": accepted, **_punches(self.whole)}
            self.log.samples.append((round(time.monotonic() - self.log.began, 1), found))
            time.sleep(4.0)

    def _verdict(self, troubles: list[str]) -> dict[str, Any]:
        began = time.monotonic()
        differences: dict[str, Any] = {"not asked": True}
        while differences and time.monotonic() - began < AGREED_WITHIN:
            self._operate()
            time.sleep(3.0)
            differences = self._differences()
        settled = time.monotonic() - began
        self.log.note("agreed" if not differences else "differ", f"after {settled:.0f} s")
        owed: dict[str, Any] = {
            "project": PROJECT, "people": self.people,
            "sequences": self.ledger.sequences, "passages": self.ledger.passages,
        }  # fmt: skip
        counted = self.whole.top.step("ledger", **owed)
        return {
            "seed": self.seed,
            "faults": dict(self.faults.counted),
            "links": {code: dict(link.counted) for code, link in self.links.items()},
            **counted,
            "digests_equal": not differences,
            "differences": dict(list(differences.items())[:6]),
            "settled_seconds": round(settled, 1),
            "operator": self.acts,
            "resent": self.ledger.resent,
            "troubles": troubles + self.ledger.refused[:5],
            "nodes": {code: node.step("troubles") for code, node in self.whole.nodes.items()},
        }

    def _differences(self) -> dict[str, Any]:
        """What child and parent do not hold alike, link by link."""
        today = datetime.now(UTC).date()
        days = {"first": str(today - EARLIER - timedelta(days=2)), "last": str(today + timedelta(days=1))}
        found: dict[str, Any] = {}
        for code, node in self.whole.nodes.items():
            if not node.plan.parent:
                continue
            try:
                origins = node.step("branch")["origins"]
                asked = {"origins": origins, "project": PROJECT, **days}
                ours = node.step("digests", peer=node.plan.parent, **asked)
                theirs = self.whole.nodes[node.plan.parent].step("digests", peer="", **asked)
            except CannotGoOn as away:
                found[code] = str(away)[-300:]
                continue
            for kind, each in ours.items():
                if each != theirs[kind]:
                    other = {place for place, _value in set(each.items()) ^ set(theirs[kind].items())}
                    found[f"{code} {kind}"] = {
                        place: [each.get(place), theirs[kind].get(place)] for place in sorted(other)[:3]
                    }
        return found


def _punches(whole: Federation) -> dict[str, int]:
    """How many punches each node has taken in, where its database answers."""
    found = {}
    for code, node in whole.nodes.items():
        with suppress(psycopg2.Error):
            found[code] = int(node.ask("SELECT count(*) FROM attendance_punch")[0][0])
    return found


def is_clean(verdict: dict[str, Any]) -> bool:
    """Whether all agree, and nothing acknowledged is missing, doubled or concluded wrongly."""
    wrong = (
        "lost",
        "doubled",
        "people_lost",
        "people_doubled",
        "unsettled",
        "wrong_days",
        "wrong_counters",
        "troubles",
    )
    return (
        verdict["digests_equal"]
        and bool(verdict["acknowledged"])
        and not any(verdict[name] for name in wrong)
    )
