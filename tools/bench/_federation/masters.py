"""Enterprises at the stand-in for 四库一平台, and how long the province takes to read them all."""

from __future__ import annotations

from typing import Any

from tools import progress
from tools.bench._federation.both import Both, wait_for
from tools.errors import CannotGoOn

# As the stand-in was started.
_SEED = 2019
_PULL = """
    SELECT extract(epoch FROM p.ended_at) - {since}, p.pages, p.held, f.is_equal, f.fault
    FROM federation_masterpull p JOIN federation_masterfeed f ON f.id = p.feed_id
    WHERE f.object = 'enterprises' AND p.is_full AND p.ended_at >= to_timestamp({since})
    ORDER BY p.ended_at LIMIT 1
"""
_TAKEN = "SELECT count(*) FROM federation_masterrecord WHERE object = 'enterprises' AND withdrawn_at IS NULL"


def measure(both: Both) -> dict[str, Any]:
    """From the operator's wish, over the sweeps of beat and worker, until digests were compared."""
    file = str(both.whole.stand_in_file)
    with progress.step(f"{both.options.masters:,} enterprises at the stand-in"):
        both.province.step("found_masters", file=file, number=both.options.masters, seed=_SEED)
    with progress.step("the pull of all of them"):
        since = both.province.step("pull_masters")["since"]
        seconds, pages, held, is_equal, fault = wait_for(
            "the pull", lambda: next(iter(both.province.ask(_PULL.format(since=since))), None)
        )
    if fault:
        raise CannotGoOn(f"The pull stopped: {fault}")
    return {
        "masters": int(both.province.ask(_TAKEN)[0][0]),
        "masters_pages": int(pages),
        "masters_held": int(held),
        "masters_equal": bool(is_equal),
        "masters_pull_s": round(float(seconds), 1),
    }
