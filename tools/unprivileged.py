"""PostgreSQL refuses to run as root. Then it runs as `nobody`, with programs and data where `nobody` can go.

No user is created and no mode of anybody's folder is changed: what cannot be reached is copied (the programs)
or placed elsewhere (the data), in a system state folder named after VAR_DIR.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tools import binaries
from tools.errors import CannotGoOn
from tools.paths import SERVERS

USER = "nobody"
# Overridden by SERVICE_STATE_DIR, where /var/lib is not writable.
STATE = Path("/var/lib/hubei-real-name")


def is_needed() -> bool:
    """Whether we are root."""
    return os.geteuid() == 0


def run_as() -> dict[str, Any]:
    """What subprocess needs to start a server as the right user."""
    if not is_needed():
        return {}
    entry = pwd.getpwnam(USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def may_reach(path: Path, *, mode: str = "-x") -> bool:
    """Whether the servers' user can go to `path` (folders) or run it (programs)."""
    test = ["/bin/sh", "-c", 'test "$1" "$2"', "sh", mode, str(path)]
    try:
        return subprocess.run(test, cwd="/", check=False, **run_as()).returncode == 0
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotGoOn(
            f"As root, PostgreSQL must run as {USER}, and this machine does not allow the change ({error}). "
            "Run ./dev as an ordinary user, or set DATABASE_URL."
        ) from error


def home_of(var: Path) -> Path:
    """Where the database's files of this VAR_DIR lie: in it, unless the servers' user cannot get there."""
    return var if not is_needed() or may_reach(var) else system_home_of(var)


def system_home_of(var: Path) -> Path:
    """The folder in the system's state that stands for this VAR_DIR."""
    name = f"{var.parent.name}-{var.name}-{hashlib.sha256(str(var).encode()).hexdigest()[:8]}"
    return state_folder() / name


def state_folder() -> Path:
    """The system folder for what cannot lie in VAR_DIR."""
    return Path(os.environ.get("SERVICE_STATE_DIR") or STATE)


def make_folder(path: Path) -> Path:
    """A folder that others may pass through but not list."""
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            folder.mkdir(mode=0o711, exist_ok=True)
            folder.chmod(0o711)
    return path


def give(path: Path) -> None:
    """Hand a file or an empty folder of ours to the servers' user."""
    if is_needed():
        entry = pwd.getpwnam(USER)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def runnable_postgres(folder: Path) -> Path:
    """The folder of PostgreSQL's programs, or of a copy where the servers' user cannot run them."""
    if not is_needed() or may_reach(folder / "postgres"):
        return folder
    bundle = binaries.bundled_postgres()
    if bundle is None:
        raise CannotGoOn(
            f"The user {USER} cannot run {folder}/postgres: install PostgreSQL in a public place."
        )
    return _copy_of(bundle) / "bin"


def _copy_of(bundle: Path) -> Path:
    """Copy the bundle and the libraries beside it, found by a relative path; the name tells the version."""
    version = next(SERVERS.glob(f"{binaries.BUNDLE}-*.dist-info")).name.removesuffix(".dist-info")
    copy = make_folder(state_folder()) / version
    if not copy.exists():
        fresh = copy.with_name(f".{version}.{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        package = binaries.BUNDLE
        shutil.copytree(
            bundle, fresh / package / bundle.name, symlinks=True, ignore=shutil.ignore_patterns("include")
        )
        libraries = SERVERS / f"{package}.libs"
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _open_to_all(fresh)
        try:
            fresh.rename(copy)
        except OSError:
            # Another start was quicker; its copy is the same.
            shutil.rmtree(fresh)
    return copy / binaries.BUNDLE / bundle.name


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o111
            path.chmod(0o755 if runs else 0o644)
