"""Lock what is installed: every version with the hashes of its files, and no address of any package host."""

from __future__ import annotations

import json
import subprocess
import tempfile
import venv
from pathlib import Path

from tools import node
from tools.errors import CannotGoOn
from tools.paths import ROOT

UV = "uv==0.13.9"
OLDEST_PYTHON = "3.11"
# The first one constrains the others.
LOCKS = ("requirements", "requirements-embedded", "requirements-node", "requirements-dev")


def main(arguments: list[str]) -> int:
    """Renew all locks; versions move only where an .in file asks for it, or all of them with --upgrade."""
    with tempfile.TemporaryDirectory() as folder:
        uv = _install_uv(Path(folder))
        for name in LOCKS:
            print(f"locking {name}.txt", flush=True)
            _run([uv, *_compile(name, upgrade="--upgrade" in arguments)])
    _lock_npm()
    return 0


def _install_uv(folder: Path) -> str:
    venv.create(folder, with_pip=True)
    _run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", UV])
    return str(folder / "bin" / "uv")


def _compile(name: str, *, upgrade: bool) -> list[str]:
    options = ["--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--quiet"]
    if upgrade:
        options.append("--upgrade")
    if name == "requirements-embedded":
        options.append("--no-deps")
    version = ["--python-version", OLDEST_PYTHON]
    return ["pip", "compile", *options, *version, f"{name}.in", "--output-file", f"{name}.txt"]


def _lock_npm() -> None:
    """npm writes the hashes; the addresses it adds for sponsors are taken out again."""
    npm = node.npm_command()
    if npm is None:
        raise CannotGoOn(node.NO_NPM)
    print("locking package-lock.json", flush=True)
    _run([*npm, "install", "--package-lock-only", "--ignore-scripts", "--loglevel=error"])
    path = ROOT / "package-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _run(command: list[str]) -> None:
    outcome = subprocess.run(command, cwd=ROOT, check=False)
    if outcome.returncode:
        raise CannotGoOn(f"`{' '.join(command[:4])} …` failed; nothing after it was locked.")
