"""`./dev bench NAME`: measurements, as ratios within one run or as medians of three."""

from __future__ import annotations

from tools.named import run


def main(arguments: list[str]) -> int:
    """Run one measurement by its name, or list them."""
    return run("bench", __name__, __path__, arguments)
