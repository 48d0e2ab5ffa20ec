"""Runs inside the measuring process: look-ups, judgements and compilations, timed one by one."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

# The figures: a compiled standard is found within 1 ms, a field is checked within 100 ms.
LOOK_UP_MS, CHECK_MS = 1.0, 100.0
RECORD = {"name": "张三", "id_number": "420001199001010010", "phone": "10900000001", "trade": "010"}


def main(times: int) -> int:
    """Print a line for each; 1 when a limit is passed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from regions.models import Region
    from standards import effective
    from standards.effective import judge, standard_of

    places = list(Region.objects.filter(is_county=True).exclude(kind="sandbox"))
    standard = standard_of(places[0])

    def compiled() -> Any:
        effective._standards.clear()
        effective._layers.clear()
        return standard_of(places[0])

    found = _median(lambda: standard_of(places[0]), times)
    all_over = _median(lambda: [standard_of(place) for place in places], max(times // 100, 5)) / len(places)
    judged = _median(lambda: judge(standard, "worker", RECORD, channel="form"), times)
    anew = _median(compiled, max(times // 100, 5))
    print(f"look-up, one place        {found:9.4f} ms   (limit {LOOK_UP_MS:g})")
    print(f"look-up, {len(places):3} places       {all_over:9.4f} ms   each")
    print(f"judging one record        {judged:9.4f} ms   (limit {CHECK_MS:g})")
    print(f"compiling from the tables {anew:9.4f} ms   ({len(standard.elements('worker'))} elements)")
    return int(found > LOOK_UP_MS or all_over > LOOK_UP_MS or judged > CHECK_MS)


def _median(do: Callable[[], Any], times: int) -> float:
    do()
    taken = []
    for _step in range(times):
        begun = time.perf_counter()
        do()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1000


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
