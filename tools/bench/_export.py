"""The steps of `./dev bench export`, each in a process of its own, so that memory is that of one export."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

PEOPLE_AT_A_TIME = 5000


def main() -> int:
    """`database`, `people N` or `export FORMAT N`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    step, *more = sys.argv[1:]
    steps: dict[str, Callable[..., Any]] = {"database": _database, "people": _people, "export": _export}
    found = steps[step](*more)
    print(json.dumps(found or {}))
    return 0


def _database() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS bench_export")
        cursor.execute("CREATE DATABASE bench_export")


def _people(number: str) -> None:
    """A project with that many people on site; a tenth of them in a team of their own."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_reference_data", verbosity=0)
    teams = _project()
    rows = int(number)
    for first in range(0, rows, PEOPLE_AT_A_TIME):
        _some(teams[0 if first < rows // 10 else 1], first, min(PEOPLE_AT_A_TIME, rows - first))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _project() -> list[Any]:
    from django.utils import timezone

    from accounts.models import Post, User
    from projects.models import Enterprise, Participation, Project, Team
    from regions.models import Region

    today = timezone.localdate()
    region = Region.objects.get(code="420106")
    user = User.objects.create(username="bench", display_name="测量", must_change_password=False)
    Post.objects.create(
        user=user, role="county_regulator", region=region, valid_from=today, scope_name="武昌区"
    )
    firm = Enterprise.objects.create(uscc="91420000BENCH0001X", name="测量建筑有限公司")
    project = Project.objects.create(
        code="420106202601990001",
        region=region,
        contractor=firm,
        name="测量用十万人项目",
        starts_on=today - timedelta(days=60),
    )
    part = Participation.objects.create(project=project, enterprise=firm, kind="009", entered_on=today)
    return [
        Team.objects.create(participation=part, number=1_499_999_990 + step, name=f"第{step + 1}班组")
        for step in range(2)
    ]


def _some(team: Any, first: int, number: int) -> None:
    from django.utils import timezone

    from workers.models import Contract, Engagement, Person, Presence
    from workers.services import identity_index

    since = timezone.localdate() - timedelta(days=10)
    numbers = [f"4200{order:014}" for order in range(first, first + number)]
    people = Person.objects.bulk_create(
        Person(name=f"测量{one[-6:]}", id_number=one, id_index=identity_index("01", one), sex="男")
        for one in numbers
    )
    part = team.participation
    works = Engagement.objects.bulk_create(
        Engagement(person=who, project=part.project, participation=part, team=team, trade="010")
        for who in people
    )
    Presence.objects.bulk_create(
        Presence(engagement=work, person=work.person, entered_on=since) for work in works
    )
    Contract.objects.bulk_create(Contract(engagement=work, starts_on=since) for work in works[::2])


def _export(kind: str, number: str) -> dict[str, Any]:
    """Ask for the list as its reader would, make the file as the worker would, and look at the clock."""
    from django.utils import timezone

    from accounts.actors import UserActor
    from accounts.models import User
    from kernel.streams import discard
    from projects.models import Team
    from web.exports import work
    from web.exports.services import ask_for_export
    from workers.models import Engagement

    actor = UserActor.of(User.objects.get(username="bench"))
    small = Team.objects.unscoped(because="a measurement").get(number=1_499_999_990)
    in_small = Engagement.objects.unscoped(because="a measurement").filter(team=small).count()
    address = f"/people/?team={small.public_id}" if in_small == int(number) else "/people/"
    found = ask_for_export(
        actor=actor, address=address, file_format=kind, reason="测量速度", now=timezone.now()
    )
    began, cpu = time.perf_counter(), time.process_time()
    work.make(found.pk, timezone.now)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    found.refresh_from_db()
    if (found.state, found.rows_number) != ("done", int(number)):
        raise SystemExit(f"{found.state}: {found.problem} {found.rows_number}")
    discard(found.address)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "cpu": cpu, "peak_mb": peak, "bytes": found.size_bytes}


if __name__ == "__main__":
    raise SystemExit(main())
