"""The steps of `./dev bench impact`, each in a process of its own."""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

PROJECTS, PIECE = 5_000, 50_000
_STAGING = (
    "CREATE TEMPORARY TABLE bench_people (id bigint, name text, number bytea, id_index bytea, born date)"
)


def main() -> int:
    """`database`, `world N`, `read` or `check`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    step, *more = sys.argv[1:]
    steps: dict[str, Callable[..., Any]] = {
        "database": _database,
        "world": _world,
        "read": _read,
        "check": _check,
    }
    print(json.dumps(steps[step](*more) or {}))
    return 0


def _database() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS bench_impact")
        cursor.execute("CREATE DATABASE bench_impact")


def _world(number_of: str) -> None:
    """So many people at work on 5,000 projects, their numbers sealed, and a draft that touches all."""
    from django.core.management import call_command
    from django.db import connection

    from tools.bench._world.filling import insert, reset_sequence, unchecked
    from workers.models import Engagement, Person

    call_command("migrate", verbosity=0)
    call_command("load_reference_data", verbosity=0)
    _projects()
    with connection.cursor() as cursor:
        cursor.execute(_STAGING)
        for begin in range(0, int(number_of), PIECE):
            people = _people(begin, min(begin + PIECE, int(number_of)))
            cursor.copy_expert("COPY bench_people FROM STDIN", people)  # type: ignore[attr-defined]
    with unchecked():
        person = {
            "id": "id",
            "name": "name",
            "id_number": "number",
            "id_index": "id_index",
            "born_on": "born",
        }
        insert(Person, person, "FROM bench_people ORDER BY id")
        work = {"id": "p.id", "person_id": "p.id", "project_id": "j.id", "participation_id": "r.id",
                "team_id": "t.id", "trade": "(ARRAY['010', '020', '120'])[1 + p.id % 3]"}  # fmt: skip
        insert(
            Engagement,
            work,
            f"FROM bench_people p JOIN projects_project j ON j.id = 1 + p.id % {PROJECTS}"
            " JOIN projects_participation r ON r.project_id = j.id"
            " JOIN projects_team t ON t.participation_id = r.id ORDER BY p.id",
        )
    for model in (Person, Engagement):
        reset_sequence(model)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    _draft()


def _projects() -> None:
    from django.utils import timezone

    from projects.models import Enterprise, Participation, Project, Team
    from regions.models import Region

    counties = [row for row in Region.objects.order_by("code") if row.is_county]
    firm = Enterprise.objects.create(uscc="91420000BENCH0003X", name="测量建筑有限公司")
    since = timezone.localdate() - timedelta(days=90)
    projects = Project.objects.bulk_create(
        Project(
            code=f"{counties[order % len(counties)].code}202601{order:06d}",
            name=f"测量{order}号楼",
            region=counties[order % len(counties)],
            contractor=firm,
            starts_on=since,
        )
        for order in range(PROJECTS)
    )
    parts = Participation.objects.bulk_create(
        Participation(project=one, enterprise=firm, kind="009", entered_on=since) for one in projects
    )
    Team.objects.bulk_create(
        Team(participation=part, name="第1班组", number=1_400_000_000 + order)
        for order, part in enumerate(parts)
    )


def _people(begin: int, end: int) -> io.StringIO:
    from kernel.cipher import seal
    from tools.bench._world.numbers import birth, number
    from workers.services import identity_index

    lines = io.StringIO()
    for order in range(begin, end):
        own = number(order)
        sealed, index = seal(own, context="person.id_number").hex(), identity_index("01", own).hex()
        lines.write(f"{order + 1}\t测量{order}\t\\\\x{sealed}\t\\\\x{index}\t{birth(order):%Y-%m-%d}\n")
    lines.seek(0)
    return lines


def _draft() -> None:
    """A required element that nobody has yet, and a rule about the age that a sealed number says."""
    from django.utils import timezone

    from accounts.actors import UserActor
    from accounts.models import Post, User
    from regions.models import Region
    from standards.services import ElementFacts, RuleFacts
    from web.standard_acts import Put, begin_version, edit_version

    user = User.objects.create(username="bench", display_name="测量", must_change_password=False)
    Post.objects.create(
        user=user,
        role="standards_administrator",
        region=Region.objects.get(code="420000"),
        valid_from=timezone.localdate(),
        scope_name="湖北省",
    )
    actor = UserActor.of(user)
    version = begin_version(actor=actor, region=None, number="bench-1", title="测量", document="")
    young = {
        "when": {"element": "trade", "in": ["010", "020"]},
        "must": {"left": {"age": "id_number"}, "is": "<", "right": {"value": "50"}},
    }
    for part in (
        ElementFacts("worker", "bench_housing", "住房类型", "text", required="always"),
        RuleFacts("worker", "R-17", young, "超过五十岁的不安排这个工种。", "请换工种。"),
    ):
        edit_version(actor=actor, version=version, edit=Put(part))


def _read() -> dict[str, float]:
    """A bare count, and the same columns of the same rows read and thrown away."""
    from django.db import connection

    from web.editor.impact_work import plans_of, reach_of
    from web.editor.sources import CHUNK, sources

    version = _version()
    (plan,) = plans_of(version, _today())
    (source,) = sources([plan.object_key])
    rows, begun = source.rows(reach_of(version)), time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workers_engagement WHERE ended_at IS NULL")
        (number,) = cursor.fetchone()
    counted = time.perf_counter()
    columns = ("project__public_id", "project__name", "trade", "person__id_number", "extras")
    read = sum(1 for _row in rows.order_by("pk").values_list(*columns).iterator(chunk_size=CHUNK))
    if read != number:
        raise SystemExit(f"{read} of {number} rows were read")
    return {"seconds": time.perf_counter() - counted, "count": counted - begun}


def _check() -> dict[str, float]:
    """As the worker does it, from the queue to the last line."""
    from django.utils import timezone

    from accounts.actors import UserActor
    from accounts.models import User
    from web.editor import impact_work
    from web.standard_acts import check_impact

    check = check_impact(actor=UserActor.of(User.objects.get(username="bench")), version=_version())
    begun, spent = time.perf_counter(), time.process_time()
    impact_work.run(check.pk, timezone.now)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - spent
    check.refresh_from_db()
    line = check.lines.filter(element="bench_housing").first()
    if check.state != "done" or line is None or line.records != check.records_number:
        raise SystemExit(f"{check.state} {check.problem}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    failing = sum(one.records for one in check.lines.all())
    return {
        "seconds": seconds,
        "cpu": cpu,
        "peak_mb": peak,
        "failing": failing,
        "projects": line.projects,
    }


def _version() -> Any:
    from standards.models import StandardVersion

    return StandardVersion.objects.get(number="bench-1")


def _today() -> Any:
    from django.utils import timezone

    return timezone.localdate()


if __name__ == "__main__":
    raise SystemExit(main())
