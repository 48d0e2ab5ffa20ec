"""`./dev reset`: back to before the first start, by deleting the data of this VAR_DIR."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tools import down
from tools.installation import Installation
from tools.paths import var_dir
from tools.variables import load_dotenv

# What we put there; anything else in the folder is somebody's own and stays.
OURS = ("pg", "pg.new", "pg-without-keys-*", ".superuser", "redis", "files", "static", "log", "run", "test*")


def main(arguments: list[str]) -> int:
    """Ask once (`--yes` answers), stop, delete."""
    load_dotenv()
    installation = Installation(var_dir())
    if not installation.secrets_file.exists():
        print(f"{installation.var} holds no data of ours; nothing was deleted.")
        return 0
    if "--yes" not in arguments and not _is_confirmed(installation.var):
        print("Nothing was deleted.")
        return 1
    down.stop(installation)
    for home in installation.homes():
        _delete_data(home)
    installation.secrets_file.unlink(missing_ok=True)
    installation.lock.let_go()
    _remove_if_empty(installation.var)
    print("deleted; the next ./dev up begins from nothing")
    return 0


def _is_confirmed(var: Path) -> bool:
    """Whether a person at a terminal agrees. Without one, only --yes does."""
    if not sys.stdin.isatty():
        print("Without a terminal, say --yes.")
        return False
    return input(f"Delete the database, files and keys in {var}? [y/N] ").strip().lower() in ("y", "yes")


def _delete_data(home: Path) -> None:
    for pattern in OURS:
        for path in home.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    _remove_if_empty(home)


def _remove_if_empty(folder: Path) -> None:
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()
