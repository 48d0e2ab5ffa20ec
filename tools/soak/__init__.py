"""`./dev soak NAME`: long runs that kill, disturb and count, from a seed that is printed."""

from __future__ import annotations

from tools.named import run


def main(arguments: list[str]) -> int:
    """Run one of them by its name, or list them."""
    return run("soak", __name__, __path__, arguments)
