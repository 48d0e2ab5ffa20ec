"""What the demo world needs for entry: where identities are taken, and certificates of special operations."""

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from uuid import UUID

from attendance.demo.people import Worker
from attendance.demo.plan import World
from kernel.cipher import keyring
from projects.models import Project
from workers.entry import special_trades
from workers.models import Certificate, CollectionPoint, Engagement

_BY = "演示数据"
# Scaffolders' certificates hold two years; a few run out soon, and fewer have none.
_TERM = timedelta(days=730)
_NONE_SHARE, _SOON_SHARE = 0.03, 0.06


def write_points(world: World, projects: dict[str, Project]) -> dict[int, CollectionPoint]:
    """One collection point on every site, by the project's key."""
    rows = CollectionPoint.objects.bulk_create(
        CollectionPoint(
            public_id=UUID(int=planned.public_id.int + 1),
            project=projects[planned.code],
            name="劳务管理室",
            location="生活区大门内，门卫室旁",
            equipment="二代身份证读卡器，高清摄像头",
            operator="劳资专管员",
        )
        for planned in world.sites
    )
    return {row.project_id: row for row in rows}


def write_certificates(
    seed: int, day: date, everybody: Iterable[Worker], engagements: dict[UUID, Engagement]
) -> None:
    """A certificate for whoever works in special operations, but for a few, as of `day`."""
    rng = Random(f"{seed}/certificates")
    trades = special_trades(day)
    rows: dict[int, Certificate] = {}
    for one in everybody:
        engagement = engagements[one.engagement_id]
        if one.trade not in trades or engagement.person_id in rows:
            continue
        chance, number = rng.random(), f"鄂A{rng.randrange(10**12):012d}"
        if chance >= _NONE_SHARE:
            ends = rng.randint(2, 25) if chance < _NONE_SHARE + _SOON_SHARE else rng.randint(60, 700)
            rows[engagement.person_id] = _certificate(engagement, trades[one.trade][0], number, day, ends)
    Certificate.objects.bulk_create(rows.values(), batch_size=1_000)


def _certificate(engagement: Engagement, kind: str, number: str, day: date, ends: int) -> Certificate:
    valid_to = day + timedelta(days=ends)
    return Certificate(
        public_id=UUID(int=engagement.public_id.int + 7),
        person_id=engagement.person_id,
        kind=kind,
        number=number,
        number_index=keyring().blind_index("certificate", number),
        issuer="示例市住房和城乡建设局",
        issued_on=valid_to - _TERM,
        valid_to=valid_to,
        recorded_by=_BY,
    )
