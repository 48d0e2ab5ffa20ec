"""Millions of punches at both, one of them taken away at the province: what it takes to find it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tools import progress
from tools.bench._federation.both import PROVINCE, Both, wait_for
from tools.errors import CannotGoOn

# From the middle of what was written, so that it lies on a closed day.
_DAYS_AGO = 20
_RUN = """
    SELECT state, extract(epoch FROM finished_at - started_at), questions, bytes_out + bytes_in, trouble
    FROM federation_reconciliationrun WHERE id = {run} AND finished_at IS NOT NULL
"""
_DIFFERENCES = """
    SELECT kind, sort FROM federation_reconciliationdiff WHERE state IN ('suspect', 'open', 'explained')
"""
_COMPARED = """
    SELECT below, above FROM federation_reconciliationcount WHERE run_id = {run} AND kind = 'punches'
"""
_UNREPAIRED = "SELECT count(*) FROM federation_reconciliationdiff WHERE state IN ('suspect', 'open', 'sent')"
# Nobody may do this: not even by a way round the platform, except whoever owns the table.
_TAKE_AWAY = (
    "ALTER TABLE attendance_punch DISABLE TRIGGER punches_are_only_added",
    """DELETE FROM attendance_punch WHERE public_id = (
        SELECT public_id FROM attendance_punch WHERE occurred_at >= now() - interval '{days} days'
        ORDER BY occurred_at LIMIT 1) AND occurred_at >= now() - interval '{days} days'""",
    "ALTER TABLE attendance_punch ENABLE TRIGGER punches_are_only_added",
)


def measure(both: Both) -> dict[str, Any]:
    """The punches, the kept digests, then the night's comparison and one from all rows; each is repaired."""
    both.ensure_people()
    there = _filled(both)
    kept = _digested(both)
    night = _compared(both, night=True)
    repaired = _repaired(both)
    whole = _compared(both, night=False)
    _repaired(both)
    return {
        "reconcile_punches": there,
        "reconcile_kept_city_s": kept["city"],
        "reconcile_kept_province_s": kept["province"],
        **{f"reconcile_{name}": value for name, value in night.items()},
        "reconcile_repaired_s": repaired,
        **{f"reconcile_from_rows_{name}": value for name, value in whole.items()},
    }


def _filled(both: Both) -> int:
    """So many punches at the city, and the very same at the province, not by the line."""
    with progress.step(f"{both.options.reconcile:,} punches at the city"):
        here = both.city.step("many", as_administrator=True, source="", punches=both.options.reconcile)
    with progress.step("the same at the province"):
        address = both.city.address().replace("postgres://", "postgresql://")
        there = both.province.step("many", as_administrator=True, source=address)
    if here != there:
        raise CannotGoOn(f"The city has {here['punches']} punches, the province {there['punches']} of them.")
    return int(there["punches"])


def _digested(both: Both) -> dict[str, float]:
    """What the first comparison computes and later ones find kept: seconds at either side."""
    last = str(datetime.now(UTC).date() - timedelta(days=1))
    found = {}
    for name, node, peer in (("city", both.city, PROVINCE), ("province", both.province, "")):
        with progress.step(f"the digests of all days at the {name}"):
            found[name] = round(node.step("keep_digests", peer=peer, last=last)["seconds"], 1)
    return found


def _compared(both: Both, *, night: bool) -> dict[str, Any]:
    """Take one punch away at the province and let the city's worker find it; what that took."""
    both.province.ask(*(statement.format(days=_DAYS_AGO) for statement in _TAKE_AWAY))
    with progress.step("the night's comparison" if night else "a comparison of everything from the rows"):
        run = both.city.step("compare", night=night)["run"]
        state, seconds, questions, octets, trouble = wait_for(
            "the end of the comparison", lambda: next(iter(both.city.ask(_RUN.format(run=run))), None)
        )
    if state != "done":
        raise CannotGoOn(f"The comparison ended as {state}: {trouble}")
    found = both.city.ask(_DIFFERENCES)
    below, above = both.city.ask(_COMPARED.format(run=run))[0]
    print(f"  {below:,} punches below, {above:,} above, differences {found}", flush=True)
    return {
        "s": round(float(seconds), 1),
        "bytes": int(octets),
        "questions": int(questions),
        "found": len(found),
        "is_exact": found == [("punches", "missing_above")] and below - above == 1,
    }


def _repaired(both: Both) -> float:
    """Click once and wait until both sides have been found equal there; seconds."""
    began = time.monotonic()
    with progress.step("the repair"):
        both.city.step("repair")
        wait_for("the repair", lambda: None if both.city.ask(_UNREPAIRED)[0][0] else True)
    return round(time.monotonic() - began, 1)
