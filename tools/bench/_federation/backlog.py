"""A backlog that is written at the city while its worker rests: how fast the province has it."""

from __future__ import annotations

import time
from typing import Any

from tools import progress
from tools.bench._federation.both import Both


def measure(both: Both) -> dict[str, Any]:
    """Records first, then the punches of the same people."""
    options = both.options
    size = {"workers": options.workers, "projects": options.projects}
    records = _passed(both, "people", "<> 'punches'", **size)
    punches = _passed(both, "punches", "= 'punches'", punches=options.punches)
    held = both.punches(both.city)
    return {
        "records_per_s": round(records["number"] / records["durable"]),
        "records": round(records["number"]),
        "records_settled_s": round(records["settled"], 1),
        "punches_per_s": round(held / punches["durable"]),
        "punches": held,
        "punches_settled_s": round(punches["settled"], 1),
    }


def _passed(both: Both, what: str, which: str, **size: Any) -> dict[str, float]:
    """Write it, let go, and wait: seconds until durable, and from then until settled."""
    # What a task seals that was stopped in its middle bears the time of before.
    since = time.time()
    with progress.step(f"a backlog of {what} at the city"), both.at_rest():
        both.city.step("backlog", as_administrator=True, what=what, **size)
    began = time.time()
    number, last = both.durable(since, which)
    settled = max(0.0, both.settled() - last)
    print(f"  {what}: durable after {last - began:.1f} s, settled {settled:.1f} s later", flush=True)
    return {"number": float(number), "durable": last - began, "settled": settled}
