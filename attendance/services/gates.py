"""What a step of the settler tells of devices and identities: signs of life, sequences, faces seen first."""

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from attendance.models import Device, Subject
from attendance.services.reading import compose
from workers.models import Person
from workers.services import stored_number

# What resolving found no subject for: numbers that no gate has read before, and workers that none has seen.
_UNSEEN: Final = """
    SELECT DISTINCT r.id_type, r.id_index FROM settling_pass p JOIN settling_row r USING (public_id)
    WHERE p.subject_id IS NULL AND r.id_index IS NOT NULL ORDER BY 1, 2
"""
_UNSEEN_WORKERS: Final = """
    SELECT DISTINCT e.person_id FROM settling_pass p JOIN settling_row r USING (public_id)
    JOIN workers_engagement e ON e.public_id = r.engagement AND e.project_id = p.project_id
    WHERE p.subject_id IS NULL
    UNION SELECT DISTINCT h.id FROM settling_pass p JOIN settling_row r USING (public_id)
    JOIN workers_person h ON h.public_id = r.person WHERE p.subject_id IS NULL
"""
_SPOKE: Final = """
    SELECT p.project_id, p.channel, max(p.occurred_at) AS occurred_at, max(p.received_at) AS received_at,
        bool_or(b.came_from = '') AS is_ours
    FROM settling_pass p JOIN settling_batch b USING (batch)
    WHERE p.channel <> '' AND p.subject_id IS NOT NULL GROUP BY p.project_id, p.channel
"""
_NEW_DEVICES: Final = compose(
    """
    SELECT s.project_id, s.channel FROM ({spoke}) s WHERE s.is_ours AND NOT EXISTS (
        SELECT 1 FROM attendance_device d WHERE d.project_id = s.project_id AND d.channel = s.channel)
    ORDER BY 1, 2
""",
    spoke=_SPOKE,
)
_ALIVE: Final = compose(
    """
    UPDATE attendance_device d SET last_punch_at = greatest(d.last_punch_at, s.occurred_at),
        last_contact_at = greatest(d.last_contact_at, s.received_at), updated_at = now()
    FROM ({spoke}) s WHERE s.project_id = d.project_id AND s.channel = d.channel
""",
    spoke=_SPOKE,
)
_SEQUENCES: Final = """
    UPDATE attendance_device d SET highest_sequence = n.highest
    FROM (SELECT b.device, max(p.sequence) AS highest
        FROM settling_pass p JOIN settling_batch b USING (batch)
        WHERE b.device IS NOT NULL AND p.sequence IS NOT NULL GROUP BY b.device) n
    WHERE d.public_id = n.device AND d.highest_sequence < n.highest
"""


def enter_subjects(identities: dict[tuple[str, str], bytes]) -> bool:
    """Enter the identities that no gate has seen before, tied to their persons where these are known.

    `identities`: the index of each type and number, as the gates read it. Returns whether there were any.
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNSEEN)
        unseen = [(kind, bytes(index)) for kind, index in cursor.fetchall()]
        cursor.execute(_UNSEEN_WORKERS)
        people = [pk for (pk,) in cursor.fetchall()]
    if unseen:
        _enter_numbers(unseen, {(kind, index): number for (kind, number), index in identities.items()})
    if people:
        _enter_people(people)
    return bool(unseen or people)


def _enter_numbers(unseen: list[tuple[str, bytes]], numbers: dict[tuple[str, bytes], str]) -> None:
    holders = _people(id_index__in=[index for _kind, index in unseen])
    known = {(kind, bytes(index)): pk for kind, index, pk in holders.values_list("id_type", "id_index", "pk")}
    _enter(
        Subject(
            id_type=kind,
            id_index=index,
            id_number=stored_number(kind, numbers[kind, index]),
            person_id=known.get((kind, index)),
        )
        for kind, index in unseen
    )


def _enter_people(keys: list[int]) -> None:
    _enter(
        Subject(id_type=one.id_type, id_index=bytes(one.id_index), id_number=one.id_number, person=one)
        for one in _people(pk__in=keys)
    )


def _people(**condition: Any) -> QuerySet[Person]:
    return Person.all_rows.filter(**condition).order_by("id_type", "id_index")


def _enter(subjects: Iterable[Subject]) -> None:
    Subject.objects.bulk_create(subjects, ignore_conflicts=True, batch_size=5_000)


def note_devices(*, sequenced: bool) -> None:
    """Remember which channels spoke, and when: a silent one becomes a matter for the work list.

    `sequenced`: some of the sources are devices, whose highest sequences are remembered too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEW_DEVICES)
        Device.objects.bulk_create(
            [Device(project_id=project, channel=channel) for project, channel in cursor.fetchall()],
            ignore_conflicts=True,
        )
        cursor.execute(_ALIVE)
        if sequenced:
            cursor.execute(_SEQUENCES)
