"""Bring the database to the present code in one process: migrations, rights, reference data, the demo world.

Started by `./dev up` as the owner of the database. Each part prints its seconds; each survives being killed
and begun again.
"""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import django
from django.core.management import call_command, get_commands

from tools import progress, roles


def main() -> None:
    """Run the parts in order; what fails ends the start with its own words."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    if os.environ.get("APP_DATABASE_PASSWORD"):
        roles.ensure_app(os.environ["MIGRATION_DATABASE_URL"], os.environ["APP_DATABASE_PASSWORD"])
    with progress.step("database tables"):
        call_command("migrate", interactive=False, verbosity=0)
    if os.environ.get("APP_DATABASE_ROLE"):
        with progress.step("rights of the web's role"):
            _call("grant_app_role")
    with progress.step("regions and code lists"):
        _call("load_reference_data")
    with progress.step("static files"):
        collect_static()
    if os.environ.get("SYNTHETIC_PEOPLE") == "1" and os.environ.get("DEMO_WORLD") != "0":
        with progress.step("demo world"):
            _call("demo")
            _list_accounts(Path(os.environ["VAR_DIR"]) / "run" / "accounts.txt")


def _call(name: str) -> None:
    """Run a command quietly, when this version of the platform has it."""
    if name in get_commands():
        call_command(name, stdout=io.StringIO(), verbosity=0)


def _list_accounts(file: Path) -> None:
    """Leave the demo accounts for `./dev up` to show, which spares another start of Django."""
    words = io.StringIO()
    call_command("demo_accounts", stdout=words)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(words.getvalue(), encoding="utf-8")


def collect_static() -> None:
    """Collect and compress again only when a file has changed since the last time."""
    from django.conf import settings

    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    wanted = _static_digest()
    if not stamp.exists() or stamp.read_text() != wanted:
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)


def _static_digest() -> str:
    """Names, sizes and times of all static files."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([".*"]):
            facts = os.stat(storage.path(name))
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
