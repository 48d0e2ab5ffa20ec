"""Find a working npm and let it install what package-lock.json pins."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools import installers, progress
from tools.errors import CannotGoOn
from tools.paths import ROOT, VENV

OLDEST_NPM = 9
NO_NPM = "No npm of version 9 or newer was found: install Node.js 18 or newer."


def npm_command() -> list[str] | None:
    """The machine's npm when it is new enough, else the one in the pip-installed wheel, else nothing."""
    for found in (shutil.which("npm"), _wheel_npm()):
        if found and _npm_version(found) >= OLDEST_NPM:
            return [str(found)]
    return None


def _wheel_npm() -> str | None:
    npm = VENV / "bin" / "npm"
    return str(npm) if npm.exists() else None


def _npm_version(npm: str) -> int:
    """The major version, or 0 when it does not run at all."""
    try:
        answer = subprocess.run(
            [npm, "--version"], check=False, capture_output=True, text=True, timeout=60, env=_environment(npm)
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"(\d+)\.", answer.stdout)
    return int(found[1]) if found and answer.returncode == 0 else 0


def _environment(npm: str) -> dict[str, str]:
    """npm's script starts `node` from PATH: its own must come first; it trusts whom the machine trusts."""
    inherited = {"NODE_USE_SYSTEM_CA": "1", **installers.environment()}
    return {**inherited, "PATH": f"{Path(npm).parent}{os.pathsep}{inherited.get('PATH', os.defpath)}"}


def install_packages(*, with_optional: bool = False) -> None:
    """Run `npm ci` without scripts; it empties node_modules first, so a half-done run mends itself."""
    npm = npm_command()
    if npm is None:
        raise CannotGoOn(NO_NPM)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not with_optional:
        options.append("--omit=optional")
    log = VENV / "npm.log"
    if progress.run_long([*npm, "ci", *options], log=log, env=_environment(npm[0]), cwd=ROOT):
        raise CannotGoOn(f"`npm ci` failed:\n{progress.tail(log)}")


def node_command() -> list[str]:
    """The `node` beside the npm in use."""
    npm = npm_command()
    beside = Path(npm[0]).with_name("node") if npm else None
    found = str(beside) if beside and beside.exists() else shutil.which("node")
    if found is None:
        raise CannotGoOn("No Node was found: install Node.js 18 or newer.")
    return [found]
