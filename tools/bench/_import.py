"""The steps of `./dev bench import`, each in a process of its own, so that memory is that of one import."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import django


def main() -> int:
    """`database`, `project`, `check N` or `save N`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    step, *more = sys.argv[1:]
    steps: dict[str, Callable[..., Any]] = {
        "database": _database,
        "project": _project,
        "check": _check,
        "save": _save,
        "file": _file,
    }
    found = steps[step](*more)
    print(json.dumps(found or {}))
    return 0


def _database() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS bench_import")
        cursor.execute("CREATE DATABASE bench_import")


def _project() -> None:
    """A project with one team and nobody in it."""
    from django.core.management import call_command
    from django.utils import timezone

    from accounts.models import Post, User
    from projects.models import Enterprise, Participation, Project, Team
    from regions.models import Region

    call_command("migrate", verbosity=0)
    call_command("load_reference_data", verbosity=0)
    today = timezone.localdate()
    firm = Enterprise.objects.create(uscc="91420000BENCH0002X", name="测量建筑有限公司")
    project = Project.objects.create(
        code="420106202601990002",
        region=Region.objects.get(code="420106"),
        contractor=firm,
        name="测量用项目",
        starts_on=today - timedelta(days=60),
    )
    part = Participation.objects.create(project=project, enterprise=firm, kind="009", entered_on=today)
    Team.objects.create(participation=part, number=1_499_999_980, name="木工班组")
    user = User.objects.create(username="bench", display_name="测量", must_change_password=False)
    Post.objects.create(
        user=user, role="labour_clerk", project=project.public_id, valid_from=today, scope_name=project.name
    )


def _file(number: str, path: str) -> None:
    """A workbook with that many people, every column filled in."""
    import xlsxwriter

    from workers.identity import check_digit

    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("人员")
    headings = (
        "姓名", "身份证号", "手机号", "班组", "工种", "班组长", "文化程度", "政治面貌", "住址", "工资卡号",
        "开户银行", "支行名称", "合同类型", "合同开始日期", "合同结束日期", "计酬方式", "单价（元）",
        "安全教育日期", "学时", "进场日期",
    )  # fmt: skip
    sheet.write_row(0, 0, headings)
    from django.utils import timezone

    day, until = timezone.localdate() - timedelta(days=2), timezone.localdate() + timedelta(days=300)
    for order in range(int(number)):
        body = f"{420001 + order // 20_000 % 90:06d}{1970 + order // 999 % 30}0102{order % 999:03d}"
        sheet.write_row(
            order + 1,
            0,
            (
                f"测量{chr(0x4E00 + order % 900)}{chr(0x5E00 + order // 900)}", body + check_digit(body),
                f"109{order:08d}", "木工班组", "钢筋工", "否", "初中", "群众", f"测量村{order}号",
                f"0099990000000{order:06d}", "中国建设银行", "测量支行", "劳动合同", day.isoformat(),
                until.isoformat(), "按日", "280", day.isoformat(), "8", day.isoformat(),
            ),
        )  # fmt: skip
    book.close()


def _brought(number: str) -> tuple[Any, Any, int]:
    """A roster brought by its clerk, made by a process apart so that its memory does not count."""
    import subprocess

    from django.utils import timezone

    from accounts.actors import UserActor
    from accounts.models import User
    from projects.models import Project
    from workers.services import keep_roster_file

    actor = UserActor.of(User.objects.get(username="bench"))
    project = Project.objects.unscoped(because="a measurement").get(code="420106202601990002")
    with NamedTemporaryFile(suffix=".xlsx") as file:
        words = [sys.executable, "-m", "tools.bench._import", "file", number, file.name]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        size = Path(file.name).stat().st_size
        with open(file.name, "rb") as pieces:
            roster = keep_roster_file(
                actor=actor,
                project=project,
                name="花名册.xlsx",
                pieces=iter(lambda: pieces.read(65_536), b""),
                size=size,
                now=timezone.now(),
            )
    return actor, roster, size


def _check(number: str) -> dict[str, Any]:
    """From the queue to the result, as the worker does it."""
    from django.utils import timezone

    from workers.services import carry_on, drop_import

    actor, roster, size = _brought(number)
    began = time.perf_counter()
    carry_on(roster.pk, timezone.now)
    seconds = time.perf_counter() - began
    roster.refresh_from_db()
    good = roster.rows.filter(outcome="new").count()
    if (roster.state, good) != ("checked", int(number)):
        wrong = list(roster.faults.values_list("sentence", flat=True)[:3])
        raise SystemExit(f"{roster.state}: {roster.problem} {good} {wrong}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    drop_import(actor=actor, roster=roster, now=timezone.now())
    return {"seconds": seconds, "peak_mb": peak, "bytes": size}


def _save(number: str) -> dict[str, Any]:
    """The same, written row by row; everybody is gone again afterwards."""
    from django.db import connection
    from django.utils import timezone

    from workers.models import Engagement
    from workers.services import carry_on, save_import

    actor, roster, size = _brought(number)
    carry_on(roster.pk, timezone.now)
    save_import(actor=actor, roster=roster, mode="rows", now=timezone.now())
    began = time.perf_counter()
    carry_on(roster.pk, timezone.now)
    seconds = time.perf_counter() - began
    roster.refresh_from_db()
    written = Engagement.objects.unscoped(because="a measurement").count()
    if (roster.state, written) != ("saved", int(number)):
        raise SystemExit(f"{roster.state}: {roster.problem} {written}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE workers_person, workers_rosterimport CASCADE")
    return {"seconds": seconds, "peak_mb": peak, "bytes": size}


if __name__ == "__main__":
    raise SystemExit(main())
