"""Writing the punches of the demo world, and concluding days and counters from them by the real services."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import connection

from attendance.demo.passages import CHANNELS, Passage, passages
from attendance.demo.plan import SitePlan, World
from attendance.models import Device, DirtyDay, Punch, Subject
from attendance.rules import day_of, days_between
from attendance.services import make_partitions, recount
from attendance.services.bulk import conclude_whole_days
from attendance.services.days import lock_project
from projects.models import Project
from workers.models import Presence
from workers.services import CITIZEN_CARD, identity_index

DAYS = 30
CUT_HOUR = 4
_BECAUSE = "the demo world is written for everybody; nobody reads"
_FACE = "001"
_ON_THE_WAY = timedelta(seconds=2)
# About 60 kB: enough to keep the server busy.
_LINES_AT_ONCE = 300
_COLUMNS = (
    "public_id, occurred_at, project_id, source, token, subject_id, direction, channel, pass_method, origin,"
    " is_repeat, photo, received_at"
)
_ANALYSED = (
    "workers_engagement, workers_presence, workers_contract, workers_training, workers_keypostassignment,"
    " attendance_subject, attendance_punch"
)


def write_punches(
    world: World, projects: dict[str, Project], made_at: datetime, since: datetime | None, until: datetime
) -> int:
    """Every punch after `since` (None: of the 30 days to `until`), with what follows from it.

    People who have left meanwhile punch no more, nor does a project whose status has changed. Returns the
    number of punches.
    """
    last = day_of(until, CUT_HOUR)
    earliest = last - timedelta(days=DAYS - 1)
    first = max(day_of(since, CUT_HOUR), earliest) if since else earliest
    days = days_between(first, last)
    make_partitions(first.replace(day=1), (last.year - first.year) * 12 + last.month - first.month + 2)
    for project in projects.values():
        lock_project(project)
    gone = _gone(world) if since else set()
    wanted = (
        (planned, one)
        for planned in world.sites
        if projects[planned.code].status == planned.site.status
        for day in days
        for one in passages(world.seed, planned, day, made_at)
        if one.at <= until and (since is None or one.at > since)
        if (planned.number, one.who) not in gone
    )
    copied = _copy(world, projects, wanted)
    _note_devices(copied)
    _conclude(list(projects.values()), days)
    _count(world, projects, days, until)
    return copied.number


def _subject_keys() -> dict[bytes, int]:
    rows = Subject.objects.filter(id_type=CITIZEN_CARD).values_list("id_index", "pk")
    return {bytes(index): pk for index, pk in rows}


def _keys(planned: SitePlan, subjects: dict[bytes, int]) -> list[int]:
    """The subject of everybody whom the gates of a site see, in the order in which passages count them."""
    people = [one.who for one in planned.people] + [one.who for one in planned.strangers]
    return [subjects[identity_index(CITIZEN_CARD, who.id_number)] for who in people]


def _gone(world: World) -> set[tuple[int, int]]:
    """Who should be on site by the plan, and has left by somebody's hand since."""
    open_now = Presence.objects.unscoped(because=_BECAUSE).filter(exited_on=None)
    here = set(open_now.values_list("engagement__public_id", flat=True))
    return {
        (planned.number, who)
        for planned in world.sites
        for who, one in enumerate(planned.people)
        if one.exited_on is None and one.engagement_id not in here
    }


def _copy(
    world: World, projects: dict[str, Project], wanted: Iterator[tuple[SitePlan, Passage]]
) -> "_Copied":
    subjects = _subject_keys()
    keys = {planned.number: _keys(planned, subjects) for planned in world.sites}
    copied = _Copied(projects, keys, wanted)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY attendance_punch ({_COLUMNS}) FROM STDIN", copied)
    return copied


class _Copied:
    """The file that COPY reads: lines are made while the server writes down those before."""

    def __init__(
        self,
        projects: dict[str, Project],
        keys: dict[int, list[int]],
        wanted: Iterator[tuple[SitePlan, Passage]],
    ) -> None:
        self.number = 0
        self.latest: dict[UUID, datetime] = {}
        self.highest: dict[UUID, int] = {}
        self._projects, self._keys = projects, keys
        self._lines = (self._line(planned, one) for planned, one in wanted)

    def read(self, _size: int = -1) -> str:
        return "".join(islice(self._lines, _LINES_AT_ONCE))

    def _line(self, planned: SitePlan, one: Passage) -> str:
        device = planned.devices[one.gate]
        self.number += 1
        self.latest[device] = max(one.at, self.latest.get(device, one.at))
        self.highest[device] = max(int(one.token), self.highest.get(device, 0))
        return (
            f"{one.public_id}\t{one.at.isoformat()}\t{self._projects[planned.code].pk}\t{device}\t{one.token}"
            f"\t{self._keys[planned.number][one.who]}\t{one.direction}\t{CHANNELS[one.gate]}\t{_FACE}"
            f"\t{Punch.Origin.GATE}\tf\t\t{(one.at + _ON_THE_WAY).isoformat()}\n"
        )


def _note_devices(copied: _Copied) -> None:
    """When each gate last spoke; a real punch meanwhile may have been later."""
    rows = list(Device.objects.unscoped(because=_BECAUSE).filter(public_id__in=copied.latest))
    for row in rows:
        latest = copied.latest[row.public_id]
        row.last_punch_at = max(latest, row.last_punch_at or latest)
        row.last_contact_at = max(latest + _ON_THE_WAY, row.last_contact_at or latest)
        row.highest_sequence = max(copied.highest[row.public_id], row.highest_sequence)
    Device.objects.unscoped(because=_BECAUSE).bulk_update(
        rows, ["last_punch_at", "last_contact_at", "highest_sequence"]
    )


def _conclude(projects: Sequence[Project], days: Sequence[date]) -> None:
    with connection.cursor() as cursor:
        # Fresh tables have no statistics, and without them the plan is a matter of luck.
        cursor.execute(f"ANALYZE {_ANALYSED}")
    conclude_whole_days(projects, days[0], days[-1])


def _count(world: World, projects: dict[str, Project], days: Sequence[date], until: datetime) -> None:
    """Counters of every project and day from its beginning on."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE attendance_attendanceday")
    DirtyDay.objects.bulk_create(
        DirtyDay(project=projects[planned.code], day=day)
        for planned in world.sites
        for day in days
        if day >= planned.calendar.opened_on
    )
    while recount(until):
        pass
