"""Where things lie: the checkout, its environment, and the folder of one installation's data."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# The wheels of PostgreSQL and Redis, apart from the packages that Python imports.
SERVERS = VENV / "servers"


def var_dir() -> Path:
    """The data folder of this installation: `VAR_DIR`, or `var` in the checkout."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").expanduser().resolve()
