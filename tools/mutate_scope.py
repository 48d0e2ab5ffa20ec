"""`./dev test --mutate-scope`: break every place that decides whose rows are seen; the tests must notice.

Each site is broken in a process of its own and the scope tests run until the first failure. A site that
survives is open to the other county without any test noticing, and fails the command. The last line is
`{"selectors": n, "caught": n}`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.paths import PYTHON, ROOT
from tools.scope_sites import Site, sites

TESTS = "tests/scope"
PROCESSES = 2
# pytest's own exit codes; any other means that the tests did not run at all.
PASSED, FAILED = 0, 1
# A broken place may make a query run away; that is noticed too, by the clock of whoever runs the tests.
PATIENCE = 300
# Which file is most likely to notice comes first, for the sake of time only.
_FIRST = {
    "open_api": "test_vendors",
    "models.py": "test_models",
    "selectors": "test_selectors",
    "services": "test_acts",
}
_local = threading.local()
_databases: list[str] = []


def main(arguments: list[str]) -> int:
    """Break the sites whose name contains a given word, or all; 1 when one survives."""
    chosen = [site for site in sites() if all(word in str(site) for word in arguments)]
    began = time.monotonic()
    with ThreadPoolExecutor(PROCESSES, initializer=_take_database) as pool:
        sound = list(pool.map(_is_sound, range(PROCESSES)))
        if not all(sound):
            print("The scope tests fail on the unbroken source; nothing was broken.", file=sys.stderr)
            return 2
        verdicts = list(pool.map(_break, chosen))
    survivors = [site for site, is_caught in zip(chosen, verdicts, strict=True) if not is_caught]
    for site in survivors:
        print(f"SURVIVED {site}")
    print(f"{time.monotonic() - began:.0f} s")
    print(json.dumps({"selectors": len(chosen), "caught": len(chosen) - len(survivors)}))
    return 1 if survivors else 0


def _take_database() -> None:
    """Each thread's runs share one test database, made by its first run."""
    name = f"{os.environ.get('TEST_DATABASE_NAME', 'test_hubei')}_broken_{len(_databases)}"
    _databases.append(name)
    _local.database = name


def _is_sound(_number: int) -> bool:
    done = _run([TESTS], "", "--create-db")
    if done != PASSED:
        print(_local.words, file=sys.stderr)
    return done == PASSED


def _break(site: Site) -> bool:
    code = _run(_files(site), f"{site.path}:{site.number}")
    if code not in (PASSED, FAILED):
        print(_local.words, file=sys.stderr)
    print(f"{'caught' if code == FAILED else 'MISSED'}  {site}", flush=True)
    return code == FAILED


def _files(site: Site) -> list[str]:
    """All scope tests, the likeliest file first."""
    likely = next((name for part, name in _FIRST.items() if part in site.path), "test_routes")
    files = sorted(str(file.relative_to(ROOT)) for file in Path(ROOT, TESTS).glob("test_*.py"))
    return sorted(files, key=lambda file: likely not in file)


def _run(files: list[str], broken: str, *more: str) -> int:
    env = {**os.environ, "MUTATE_SCOPE": broken, "TEST_DATABASE_NAME": _local.database}
    command = [str(PYTHON), "-m", "pytest", "-p", "tools.mutation", "-x", "-q", "--reuse-db", *more, *files]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return FAILED
    _local.words = done.stdout[-4000:] + done.stderr[-2000:]
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
