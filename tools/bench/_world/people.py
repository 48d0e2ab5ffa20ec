"""Counties, projects and people of the measured province; no punch yet."""

from __future__ import annotations

import io
import secrets
from datetime import date, timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from tools.bench._world.filling import insert, reset_sequence, unchecked
from tools.bench._world.numbers import birth, number

FIRMS, TEAMS = 500, 3
KEY_POSTS = ("01", "02", "03", "04", "05", "06")
REGULATORS = {
    "province": ("province_regulator", "420000"),
    "city": ("city_regulator", "420100"),
    "county": ("county_regulator", "420106"),
}
_NAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯"
_GIVEN = ("建国", "志强", "海涛", "春生", "国庆", "文斌", "秀英", "桂兰", "学军", "明华", "大勇", "金山")
_STAGING = """
    CREATE TEMPORARY TABLE bench_people (
        id bigint PRIMARY KEY, name text, person_number bytea, subject_number bytea, id_index bytea,
        sex text, born_on date)
"""


def write_people(workers: int, projects: int, today: date, within: str = "") -> None:
    """So many workers on so many projects, all on site since long ago, most with contract and training.

    `within`: the path of the place where the projects lie; everywhere without one.
    """
    _projects(projects, today, within)
    since = today - timedelta(days=60)
    with connection.cursor() as cursor:
        cursor.execute(_STAGING)
        cursor.copy_expert("COPY bench_people FROM STDIN", _identities(workers))  # type: ignore[attr-defined]
    with unchecked():
        _engaged(projects, since)
    _credentials()
    _regulators(today)


def _projects(number_of: int, today: date, within: str) -> None:
    from attendance.models import Device
    from projects.models import Enterprise, Participation, Permit, Project, Team
    from regions.models import Region

    counties = [
        row for row in Region.objects.filter(path__startswith=within).order_by("code") if row.is_county
    ]
    firms = Enterprise.objects.bulk_create(
        Enterprise(uscc=f"91420000BENCH{order:05d}", name=f"测量建筑{order}有限公司")
        for order in range(FIRMS)
    )
    projects = Project.objects.bulk_create(
        Project(
            code=f"{county.code}202601{order:06d}",
            name=f"测量{order}号楼",
            region=county,
            contractor=firms[order % FIRMS],
            starts_on=today - timedelta(days=90),
        )
        for order, county in ((order, counties[order % len(counties)]) for order in range(number_of))
    )
    parts = Participation.objects.bulk_create(
        Participation(project=one, enterprise=one.contractor, kind="009", entered_on=one.starts_on)
        for one in projects
    )
    Team.objects.bulk_create(
        Team(participation=part, name=f"第{order + 1}班组", number=1_400_000_000 + part.pk * TEAMS + order)
        for order in range(TEAMS)
        for part in parts
    )
    Permit.objects.bulk_create(
        Permit(project=one, number=f"BENCH{one.code}", issued_on=today) for one in projects
    )
    Device.objects.bulk_create(Device(project=one, channel="1号闸机") for one in projects)


def _identities(workers: int) -> io.StringIO:
    from kernel.cipher import seal
    from workers.services import identity_index

    lines = io.StringIO()
    for order in range(workers):
        own = number(order)
        sealed = (seal(own, context=f"{place}.id_number").hex() for place in ("person", "subject"))
        name = _NAMES[order % len(_NAMES)] + _GIVEN[order // 7 % len(_GIVEN)]
        index = identity_index("01", own).hex()
        lines.write(f"{order + 1}\t{name}")
        for value in (*sealed, index):
            lines.write(f"\t\\\\x{value}")
        lines.write(f"\t{'男' if int(own[16]) % 2 else '女'}\t{birth(order):%Y-%m-%d}\n")
    lines.seek(0)
    return lines


def _engaged(projects: int, since: date) -> None:
    """Worker n is on project n modulo their number, in one of its teams."""
    from attendance.models import Subject
    from workers.models import (
        Contract,
        Engagement,
        IdentityCheck,
        KeyPostAssignment,
        Person,
        Presence,
        Training,
    )

    day = f"DATE '{since.isoformat()}'"
    identity = {"id": "id", "name": "name", "id_index": "id_index", "sex": "sex", "born_on": "born_on"}
    insert(Person, {**identity, "id_number": "person_number"}, "FROM bench_people ORDER BY id")
    subject = {"id": "id", "id_type": "'01'", "id_index": "id_index", "person_id": "id"}
    insert(Subject, {**subject, "id_number": "subject_number"}, "FROM bench_people ORDER BY id")
    engaged = {"id": "p.id", "person_id": "p.id", "project_id": "j.id", "participation_id": "r.id"}
    insert(
        Engagement,
        {**engaged, "team_id": "t.id", "trade": "'010'"},
        f"FROM bench_people p JOIN projects_project j ON j.id = 1 + p.id % {projects}"
        " JOIN projects_participation r ON r.project_id = j.id JOIN projects_team t ON"
        f" t.participation_id = r.id AND t.name = '第' || (1 + p.id / {projects} % {TEAMS}) || '班组'"
        " ORDER BY p.id",
    )
    of = {"engagement_id": "id"}
    insert(
        Presence,
        {**of, "person_id": "person_id", "entered_on": day},
        "FROM workers_engagement ORDER BY id",
    )
    papers = "FROM workers_engagement WHERE id % 20 <> {} ORDER BY id"
    insert(Contract, {**of, "starts_on": day}, papers.format(0))
    insert(
        Training,
        {**of, "kind": "'003001'", "held_on": day, "valid_to": f"{day} + 365", "hours": "24"},
        papers.format(1),
    )
    insert(
        IdentityCheck,
        {**of, "method": "'chip'", "result": "'passed'", "checked_at": f"{day}", "checked_by": "'测量'"},
        papers.format(2),
    )
    posts = ", ".join(f"'{post}'" for post in KEY_POSTS)
    insert(
        KeyPostAssignment,
        {**of, "post": f"(ARRAY[{posts}])[1 + (id - 1) / {projects}]", "starts_on": day},
        f"FROM workers_engagement WHERE (id - 1) / {projects} < {len(KEY_POSTS)} ORDER BY id",
    )
    for model in (Person, Subject, Engagement):
        reset_sequence(model)


def _credentials() -> None:
    """Each project's own key, as its vendor holds it."""
    from federation.models import Credential
    from projects.models import Project

    rows: list[Any] = [
        Credential(appid=one.code, project=one, secret=secrets.token_hex(16), created_by="测量")
        for one in Project.all_rows.order_by("pk")
    ]
    Credential.objects.bulk_create(rows)


def _regulators(today: date) -> None:
    from accounts.models import Post, User
    from regions.models import Region

    for name, (role, code) in REGULATORS.items():
        region = Region.objects.get(code=code)
        user = User.objects.create(username=name, display_name=region.name, must_change_password=False)
        Post.objects.create(
            user=user, role=role, region=region, valid_from=today - timedelta(days=1), scope_name=region.name
        )


def sessions() -> dict[str, str]:
    """A signed-in session of each regulator: what their browser would carry."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.models import User

    found = {}
    for user in User.objects.filter(username__in=REGULATORS):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        found[user.username] = str(session.session_key)
    return found
