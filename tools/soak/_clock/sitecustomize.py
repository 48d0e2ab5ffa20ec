"""A node's clock that can be set wrong while it runs: Python imports this first where PYTHONPATH leads here.

`SOAK_CLOCK` names a file with the seconds by which the platform's clock is ahead (or, below zero, behind).
Only what the platform judges time by is shifted (`django.utils.timezone.now`); how long things take is not.
"""

import os
from datetime import timedelta
from pathlib import Path

if os.environ.get("SOAK_CLOCK"):
    from django.utils import timezone

    _file = Path(os.environ["SOAK_CLOCK"])
    _true_now = timezone.now

    def _shifted():  # type: ignore[no-untyped-def]
        """The time that this node believes it is."""
        try:
            return _true_now() + timedelta(seconds=float(_file.read_text() or 0))
        except (OSError, ValueError):
            return _true_now()

    timezone.now = _shifted
