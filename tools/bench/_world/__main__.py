"""The steps of making a world, a process each: `people W P`, `punches N`, `access FILE` and the like."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django


def main() -> int:
    """Do one step; the last line printed is its result as JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    step, *more = sys.argv[1:]
    steps: dict[str, Callable[..., Any]] = {
        "current": _bring_up_to_date,
        "people": _people,
        "punches": _punches,
        "access": _access,
        "sessions": _sessions,
    }
    print(json.dumps(steps[step](*more)))
    return 0


def _bring_up_to_date() -> None:
    from django.core.management import call_command

    from tools.prepare import collect_static

    call_command("migrate", verbosity=0)
    call_command("load_reference_data", verbosity=0)
    call_command("grant_app_role", verbosity=0)
    collect_static()


def _people(workers: str, projects: str) -> None:
    from django.core.management import call_command

    from attendance.selectors.clock import current_day
    from tools.bench._world.people import write_people

    call_command("migrate", verbosity=0)
    call_command("load_reference_data", verbosity=0)
    write_people(int(workers), int(projects), current_day())
    call_command("grant_app_role", verbosity=0)
    _tidy()


def _punches(wanted: str) -> int:
    from django.core.management import call_command

    from attendance.selectors.clock import current_day
    from tools.bench._world.punches import write_punches

    written = write_punches(int(wanted), current_day())
    call_command("grant_app_role", verbosity=0)
    _tidy()
    return written


def _tidy() -> None:
    """What autovacuum would do later, in the middle of a measurement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
        cursor.execute("CHECKPOINT")


def _access(file: str) -> int:
    """What every vendor of this world knows: its key, its gate, its people (ordinal of the number, id)."""
    from attendance.models import Device
    from federation.models import Credential
    from projects.models import Team
    from workers.models import Engagement

    devices = dict(Device.all_rows.values_list("project_id", "public_id"))
    teams = dict(Team.all_rows.order_by("-pk").values_list("participation__project_id", "number"))
    people: dict[int, list[Any]] = {}
    rows = Engagement.all_rows.order_by("pk").values_list("project_id", "person_id", "public_id")
    for project, person, public_id in rows.iterator():
        people.setdefault(project, []).append((person - 1, str(public_id)))
    known = [
        {
            "project": one.project_id,
            "appid": one.appid,
            "secret": one.key,
            "device": str(devices[one.project_id]),
            "team": teams[one.project_id],
            "people": people[one.project_id],
        }
        for one in Credential.all_rows.order_by("project_id")
        if one.project_id in people
    ]
    Path(file).write_text(json.dumps(known), encoding="utf-8")
    return len(known)


def _sessions() -> dict[str, str]:
    from tools.bench._world.people import sessions

    return sessions()


if __name__ == "__main__":
    raise SystemExit(main())
