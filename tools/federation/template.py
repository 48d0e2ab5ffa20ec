"""A database with all tables, made once and copied for each new node: migrating four times takes minutes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from tools import platform_processes, progress, unprivileged
from tools.errors import CannotGoOn
from tools.paths import PYTHON, ROOT
from tools.processes import MARK
from tools.services import Services
from tools.variables import kept_secrets, write_privately

_MIGRATIONS = ("*/migrations/*.py", "platform/*/migrations/*.py")


def seed(template: Path, folders: list[Path]) -> None:
    """Give each folder that has no cluster yet a copy of the template's; nothing where all have one.

    Keys and passwords are each node's own; only the superuser's, by which nobody but these tools enters, is
    the template's. Raises CannotGoOn.
    """
    fresh = [folder for folder in folders if not _cluster(folder).exists()]
    if not fresh:
        return
    _ensure(template)
    password = kept_secrets(template / "secrets.json")["superuser_password"]
    with progress.step(f"a copy of it for {len(fresh)} nodes"):
        for folder in fresh:
            _copy(template, folder, password)


def _cluster(folder: Path) -> Path:
    return unprivileged.home_of(folder) / "pg"


def _copy(template: Path, folder: Path, password: str) -> None:
    unprivileged.make_folder(folder)
    secrets = {**kept_secrets(folder / "secrets.json"), "superuser_password": password}
    write_privately(folder / "secrets.json", json.dumps(secrets, indent=2))
    home = unprivileged.home_of(folder)
    unprivileged.make_folder(home)
    # A copy that was interrupted has another name.
    half = home / "pg.new"
    shutil.rmtree(half, ignore_errors=True)
    copied = subprocess.run(["cp", "-a", str(_cluster(template)), str(half)], check=False)
    if copied.returncode:
        raise CannotGoOn(f"The database could not be copied to {home}.")
    (half / "instance").write_text(secrets["instance"])
    unprivileged.give(half / "instance")
    half.rename(home / "pg")


def _ensure(template: Path) -> None:
    """The template with the tables of the present code."""
    stamp, wanted = template / "migrated", _digest()
    if stamp.exists() and stamp.read_text() == wanted and _cluster(template).exists():
        return
    given = {"PATH": os.environ.get("PATH", os.defpath)}
    services = Services(template, given=given)
    if not services.installation.lock.try_hold():
        raise CannotGoOn(f"Another process is making {template}; try again when it has ended.")
    try:
        with progress.step("a database with all tables"):
            services.start()
            _migrate(template, platform_processes.environment({**os.environ, **services.environment()}))
        stamp.write_text(wanted)
    finally:
        services.stop()
        services.installation.lock.let_go()


def _migrate(template: Path, env: dict[str, str]) -> None:
    done = subprocess.run(
        [str(PYTHON), "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env={**env, "AS_DATABASE_OWNER": "1", MARK: str(template)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotGoOn(f"The database could not be migrated:\n{done.stderr[-2000:]}")


def _digest() -> str:
    digest = hashlib.sha256()
    for pattern in _MIGRATIONS:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()
