"""`./dev check`: everything that can be judged without running the product, one line each."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import platform_processes
from tools.paths import PYTHON, ROOT, VENV

OPENAPI = ROOT / "docs" / "openapi.yaml"
REFRESH = "./dev manage spectacular --file docs/openapi.yaml"
# Settings of a node behind TLS. No server listens at these addresses; nothing here asks one.
PRODUCTION = {
    "DATABASE_URL": "postgres://check:check@127.0.0.1:1/check",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "check-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "FIELD_KEYS": "k1:aes256gcm:" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "INDEX_KEY": "i1:" + "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=",
    "ALLOWED_HOSTS": "platform.example",
    "CSRF_TRUSTED_ORIGINS": "https://platform.example",
    "DEBUG": "0",
    "HTTPS_ONLY": "1",
    "SYNTHETIC_PEOPLE": "0",
}


@dataclass(frozen=True)
class Verdict:
    """How one check ended: fine, or the words that say what is wrong."""

    fine: bool
    words: str = ""


def main(_arguments: list[str]) -> int:
    """Run all checks, also after one has failed; 1 when any did."""
    verdicts = [_report(name, check) for name, check in CHECKS.items()]
    failed = sum(not verdict.fine for verdict in verdicts)
    print(f"{len(verdicts) - failed} of {len(verdicts)} checks are clean")
    return 1 if failed else 0


def _report(name: str, check: Callable[[], Verdict]) -> Verdict:
    began = time.monotonic()
    verdict = check()
    mark = "ok  " if verdict.fine else "FAIL"
    print(f"{mark}  {name}  {time.monotonic() - began:.1f} s", flush=True)
    if not verdict.fine:
        print("      " + verdict.words.strip().replace("\n", "\n      "), flush=True)
    return verdict


def _run(*command: str | Path) -> Verdict:
    env = platform_processes.environment({**_own_environment(), **PRODUCTION})
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    return Verdict(done.returncode == 0, done.stdout + done.stderr)


def _own_environment() -> dict[str, str]:
    """Only what programs need to run: a person's settings must not colour the verdict."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}


def _openapi() -> Verdict:
    """Whether docs/openapi.yaml is what the code says now."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "openapi.yaml"
        made = _run(PYTHON, "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", fresh)
        if not made.fine:
            return made
        if OPENAPI.exists() and OPENAPI.read_text(encoding="utf-8") == fresh.read_text(encoding="utf-8"):
            return Verdict(True)
    return Verdict(
        False, f"docs/openapi.yaml is not what the code says. Look at the difference after: {REFRESH}"
    )


TOOL = VENV / "bin"
CHECKS: dict[str, Callable[[], Verdict]] = {
    "ruff check": lambda: _run(TOOL / "ruff", "check", "--quiet", "."),
    "ruff format": lambda: _run(TOOL / "ruff", "format", "--check", "--quiet", "."),
    "mypy": lambda: _run(TOOL / "mypy", "."),
    "import contracts": lambda: _run(TOOL / "lint-imports"),
    "missing migrations": lambda: _run(
        PYTHON, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"
    ),
    "OpenAPI drift": _openapi,
    "deploy check": lambda: _run(PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
}
