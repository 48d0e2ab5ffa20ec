"""`./dev test --mutate-scope`: break every place that decides whose rows are seen; the tests must notice.

A site that survives is open to the other county without any test noticing, and fails the command. The last
line is `{"selectors": n, "caught": n}`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.paths import PYTHON, ROOT

TESTS = "tests/scope"


def main(arguments: list[str]) -> int:
    """Break the sites whose name contains one of the given words, or all; 1 when one survives."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = _pytest(report, " ".join(arguments))
        if not report.exists():
            print("The scope tests fail on the unbroken source; nothing was broken.", file=sys.stderr)
            return done or 2
        found: dict[str, bool] = json.loads(report.read_text(encoding="utf-8"))
    for site, is_caught in found.items():
        if not is_caught:
            print(f"SURVIVED  {site}")
    print(f"{time.monotonic() - began:.0f} s")
    print(json.dumps({"selectors": len(found), "caught": sum(found.values())}))
    return 0 if found and all(found.values()) else 1


def _pytest(report: Path, words: str) -> int:
    env = {**os.environ, "MUTATE_SCOPE": words, "MUTATE_SCOPE_REPORT": str(report)}
    command = [str(PYTHON), "-m", "pytest", "-p", "tools.mutation", "-q", "--tb=short", "--create-db", TESTS]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
