"""Making the demo world, and bringing a made one up to the present: one transaction, all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from attendance.demo.accounts import write_accounts, write_region_accounts
from attendance.demo.gates import CUT_HOUR, write_punches
from attendance.demo.plan import World, plan
from attendance.demo.register import write_register
from attendance.demo.roster import write_people
from attendance.demo.site_accounts import write_site_accounts
from attendance.rules import day_of
from attendance.selectors.cells import is_hub
from attendance.services.passes import recheck
from audit.models import AuditEvent
from audit.services import record
from kernel import locks
from kernel.errors import DomainError
from projects.models import Project

# The trail says how far the world has been written: seed, scale, when it was made and up to when.
WRITTEN = "attendance.demo_written"
_FRESH = ("projects", "workers", "attendance")
_BECAUSE = "the demo world is written for everybody; nobody reads"


# What capabilities above add to a written world; each must survive being asked again.
_more: dict[str, Callable[[datetime], None]] = {}


def register_more(name: str, write: Callable[[datetime], None]) -> None:
    """Let a capability above write its own part of the demo world, up to an instant."""
    _more[name] = write


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did."""

    is_new: bool
    projects: int
    people: int
    punches: int


@transaction.atomic
def write_demo(*, as_of: datetime, seed: int, scale: float = 1.0) -> Outcome:
    """Make the demo world up to `as_of`, or add to a made one what has happened since.

    Killed at any moment it leaves nothing behind, and the next run does it all. Raises DomainError where
    real people may be registered, and where another world stands already.
    """
    if not settings.SYNTHETIC_PEOPLE:
        raise DomainError(
            _("演示数据只能写入演示或测试环境。请设置 SYNTHETIC_PEOPLE=1，并确认这里没有真实人员。")
        )
    if is_hub():
        # It shows the sums of its cells, and whoever may look at them.
        write_region_accounts(day_of(as_of, CUT_HOUR))
        return Outcome(False, 0, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [locks.DEMO_WORLD])
    written = AuditEvent.objects.filter(action=WRITTEN).order_by("-pk").first()
    done = _bring_up(written.facts, as_of, seed, scale) if written else _make(as_of, seed, scale)
    if done.is_new:
        _analyse()
    for write in _more.values():
        write(as_of)
    return done


def _analyse() -> None:
    """Without statistics of fresh tables a list of people was planned to take minutes."""
    tables = [model._meta.db_table for app in _FRESH for model in apps.get_app_config(app).get_models()]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _make(as_of: datetime, seed: int, scale: float) -> Outcome:
    if Project.objects.unscoped(because=_BECAUSE).exists():
        raise DomainError(_("数据库中已有项目，演示数据只写入空的平台。请先 ./dev reset，或另设 VAR_DIR。"))
    world = plan(seed, day_of(as_of, CUT_HOUR), scale)
    projects = write_register(world)
    write_people(world, projects)
    punches = write_punches(world, projects, as_of, None, as_of)
    write_accounts(world, projects, day_of(as_of, CUT_HOUR))
    write_site_accounts(world, projects, as_of)
    recheck(as_of)
    facts: dict[str, Any] = {
        "seed": seed,
        "scale": scale,
        "made_at": as_of.isoformat(),
        "until": as_of.isoformat(),
    }
    record(None, WRITTEN, **facts)
    return Outcome(True, len(world.sites), _people(world), punches)


def _bring_up(written: dict[str, Any], as_of: datetime, seed: int, scale: float) -> Outcome:
    if (written["seed"], written["scale"]) != (seed, scale):
        raise DomainError(
            _("这里已有种子为 {seed}、规模为 {scale} 的演示数据。要换一个，请先 ./dev reset。").format(
                **written
            )
        )
    made_at, until = (datetime.fromisoformat(written[key]) for key in ("made_at", "until"))
    world = plan(seed, day_of(made_at, CUT_HOUR), scale)
    codes = [planned.code for planned in world.sites]
    rows = Project.objects.unscoped(because=_BECAUSE).filter(code__in=codes).select_related("region")
    projects = {row.code: row for row in rows}
    write_accounts(world, projects, day_of(as_of, CUT_HOUR))
    write_site_accounts(world, projects, as_of)
    if as_of <= until:
        return Outcome(False, len(projects), _people(world), 0)
    punches = write_punches(world, projects, made_at, until, as_of)
    record(None, WRITTEN, **{**written, "until": as_of.isoformat()})
    return Outcome(False, len(projects), _people(world), punches)


def _people(world: World) -> int:
    return sum(len(planned.people) for planned in world.sites)
