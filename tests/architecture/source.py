"""The files of the repository, as the architecture tests read them."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("federation", "integrity", "ledgers", "payroll", "attendance", "workers", "projects")
PLATFORM = ("config", "web", "outbox", "audit", "accounts", "standards", "regions", "kernel")
# What tools make, and what comes from elsewhere.
_FOREIGN = {".venv", ".git", "var", "node_modules", "__pycache__", ".hypothesis", "vendor"}


def files(*endings: str, below: Path = ROOT) -> Iterator[Path]:
    """Our own files with one of these endings."""
    for folder, folders, names in os.walk(below):
        folders[:] = sorted(name for name in folders if name not in _FOREIGN and not name.startswith(".m"))
        for name in sorted(names):
            if name.endswith(endings):
                yield Path(folder) / name


def of_the_apps() -> Iterator[Path]:
    """The Python that runs in the product, without migrations."""
    for name in (*APPS, *(f"platform/{app}" for app in PLATFORM)):
        for file in files(".py", below=ROOT / name):
            if "migrations" not in file.parts:
                yield file


def tree_of(file: Path) -> ast.Module:
    """A Python file, parsed."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def name_of(file: Path) -> str:
    """The file's path as messages show it."""
    return file.relative_to(ROOT).as_posix()
