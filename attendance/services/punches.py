"""Taking in punches: facts are kept first and judged afterwards, and none is kept twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg2.extras import execute_values

from attendance.models import Device, Punch, Subject
from attendance.rules import day_of
from attendance.selectors.clock import cutoff_hour
from attendance.services.counters import mark_days
from attendance.services.days import conclude_days, lock_project
from kernel.cipher import keyring
from kernel.ids import new_id
from kernel.permits import require
from kernel.scoping import Actor
from projects.models import Project, Team
from standards.selectors import parameter
from workers.models import Engagement, Person
from workers.services import identity_index, stored_number


@dataclass(frozen=True, slots=True)
class PunchFacts:
    """What a gate reports of one passage. `number` is personal; `token` is the device's sequence, if any."""

    number: str = field(repr=False)
    occurred_at: datetime
    id_type: str = "01"
    direction: str = ""
    channel: str = ""
    pass_method: str = ""
    photo: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class PunchReceipt:
    """What became of a batch: rows new, rows known before, and by index the rows that need attention.

    `unmatched` rows are kept as evidence and counted later, when a person, team or entry that fits them
    arrives; `refused` rows are not kept.
    """

    added: int
    repeated: int
    unmatched: dict[int, str]
    refused: dict[int, str]


@transaction.atomic
def receive_punches(
    *,
    actor: Actor,
    project: Project,
    origin: str,
    punches: Sequence[PunchFacts],
    now: datetime,
    source: str = "",
    team: Team | None = None,
) -> PunchReceipt:
    """Keep a batch of punches of one project and conclude the days they touch.

    `origin` names the channel and is set by the caller's door, never by the payload (I-09). `source`
    tells devices apart; empty means the project's vendor interface, where a punch's token is a keyed
    digest of its row. Sending a batch again adds nothing. Raises NotPermitted, NotFound.
    """
    require(actor, "attendance.punch", on=project)
    refused = _from_the_future(punches, now)
    kept = [(index, punch) for index, punch in enumerate(punches) if index not in refused]
    if not kept:
        return PunchReceipt(0, 0, {}, refused)
    lock_project(project)
    subjects = _subjects([punch for _index, punch in kept])
    source = source or str(project.public_id)
    rows = [
        _row(project, source, origin, punch, subjects[_identity(punch)], team, now) for _index, punch in kept
    ]
    added = _insert(_flag_repeats(source, rows, kept))
    _note_devices(project, [punch for _index, punch in kept], now)
    hour = cutoff_hour(project.region)
    touched = {index: (subjects[_identity(punch)], day_of(punch.occurred_at, hour)) for index, punch in kept}
    conclude_days(project, touched.values())
    mark_days(project.pk, {day for _subject, day in touched.values()})
    return PunchReceipt(added, len(rows) - added, _unmatched(project, touched), refused)


def _from_the_future(punches: Sequence[PunchFacts], now: datetime) -> dict[int, str]:
    """Rows from the future, beyond the tolerance for clocks that run fast (I-10)."""
    latest = now + timedelta(minutes=parameter("attendance.future_tolerance_minutes"))
    sentence = _("考勤时间晚于当前时间，请校准设备时钟后重新上传。")
    return {index: sentence for index, punch in enumerate(punches) if punch.occurred_at > latest}


def _identity(punch: PunchFacts) -> tuple[str, bytes]:
    return punch.id_type, identity_index(punch.id_type, punch.number)


def _subjects(punches: Sequence[PunchFacts]) -> dict[tuple[str, bytes], int]:
    """The subject of each identity, entered if no gate has seen it before, tied to its person if known."""
    numbers = {_identity(punch): stored_number(punch.id_type, punch.number) for punch in punches}
    found = _known_subjects(numbers)
    missing = sorted(numbers.keys() - found.keys())
    if missing:
        people = {
            (kind, bytes(index)): pk
            for kind, index, pk in Person.all_rows.filter(
                id_index__in=[index for _kind, index in missing]
            ).values_list("id_type", "id_index", "pk")
        }
        Subject.objects.bulk_create(
            (
                Subject(id_type=key[0], id_index=key[1], id_number=numbers[key], person_id=people.get(key))
                for key in missing
            ),
            ignore_conflicts=True,
        )
        found = _known_subjects(numbers)
    return found


def _known_subjects(numbers: dict[tuple[str, bytes], str]) -> dict[tuple[str, bytes], int]:
    rows = Subject.objects.filter(id_index__in=[index for _kind, index in numbers])
    return {(kind, bytes(index)): pk for kind, index, pk in rows.values_list("id_type", "id_index", "pk")}


def _row(
    project: Project,
    source: str,
    origin: str,
    punch: PunchFacts,
    subject: int,
    team: Team | None,
    now: datetime,
) -> dict[str, object]:
    return {
        "public_id": new_id(),
        "occurred_at": punch.occurred_at,
        "project_id": project.pk,
        "source": source,
        "token": punch.token or _digest(project, punch),
        "subject_id": subject,
        "team_id": team.pk if team else None,
        "direction": punch.direction,
        "channel": punch.channel,
        "pass_method": punch.pass_method,
        "origin": origin,
        "is_repeat": False,
        "photo": punch.photo,
        "latitude": punch.latitude,
        "longitude": punch.longitude,
        "received_at": now,
    }


def _digest(project: Project, punch: PunchFacts) -> str:
    """A keyed digest of what makes a row the same row: who, when, which way, through which channel."""
    id_type, index = _identity(punch)
    parts = (str(project.public_id), id_type, index.hex(), punch.direction, punch.channel)
    return keyring().blind_index("punch", "|".join(parts))[-16:].hex()


def _flag_repeats(
    source: str, rows: list[dict[str, object]], kept: list[tuple[int, PunchFacts]]
) -> list[dict[str, object]]:
    """A device's sequence that comes with another time: both rows are kept, the later comer not counted."""
    sequenced = [row["token"] for row, (_index, punch) in zip(rows, kept, strict=True) if punch.token]
    if not sequenced:
        return rows
    known: dict[object, object] = {}
    because = "the sequence of one device is judged across days; the device's project was permitted above"
    earlier = Punch.objects.unscoped(because=because).filter(
        source=source, token__in=sequenced, is_repeat=False
    )
    known.update(earlier.values_list("token", "occurred_at"))
    for row, (_index, punch) in zip(rows, kept, strict=True):
        if punch.token and known.setdefault(row["token"], row["occurred_at"]) != row["occurred_at"]:
            row["is_repeat"] = True
    return rows


def _insert(rows: list[dict[str, object]]) -> int:
    columns = list(rows[0])
    statement = (
        f"INSERT INTO attendance_punch ({', '.join(columns)}) VALUES %s"  # noqa: S608  # our own names
        " ON CONFLICT (occurred_at, project_id, source, token) DO NOTHING RETURNING 1"
    )
    with connection.cursor() as cursor:
        values = [tuple(str(v) if k == "public_id" else v for k, v in row.items()) for row in rows]
        return len(execute_values(cursor.cursor, statement, values, page_size=len(values), fetch=True))


def _note_devices(project: Project, punches: Sequence[PunchFacts], now: datetime) -> None:
    """Remember which channels spoke, and when: a silent one becomes a matter for the work list."""
    latest: dict[str, datetime] = {}
    for punch in punches:
        if punch.channel:
            latest[punch.channel] = max(punch.occurred_at, latest.get(punch.channel, punch.occurred_at))
    known = {device.channel: device for device in Device.all_rows.filter(project=project, channel__in=latest)}
    for channel, at in sorted(latest.items()):
        device = known.get(channel)
        if device is None:
            Device.objects.create(project=project, channel=channel, last_punch_at=at, last_contact_at=now)
            continue
        device.last_punch_at = max(at, device.last_punch_at or at)
        device.last_contact_at = max(now, device.last_contact_at or now)
        device.save(update_fields=["last_punch_at", "last_contact_at", "updated_at"])


def _unmatched(project: Project, touched: dict[int, tuple[int, date]]) -> dict[int, str]:
    """Which rows count for nobody yet, and why."""
    subjects = {subject for subject, _day in touched.values()}
    people = dict(Subject.objects.filter(pk__in=subjects).values_list("pk", "person_id"))
    engaged = Engagement.all_rows.filter(project=project, person__in=people.values())
    enrolled = set(engaged.values_list("person_id", flat=True))
    present = list(
        engaged.filter(presences__isnull=False).values_list(
            "person_id", "presences__entered_on", "presences__exited_on"
        )
    )
    found: dict[int, str] = {}
    for index, (subject, day) in touched.items():
        person = people[subject]
        if person not in enrolled:
            found[index] = _("该人员未在本项目登记，打卡已留存备查。请先登记人员信息。")
        elif not any(who == person and start <= day <= (end or day) for who, start, end in present):
            found[index] = _("该人员当日没有进场记录，打卡已留存备查。请先办理进场。")
    return found
