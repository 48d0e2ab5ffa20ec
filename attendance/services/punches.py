"""Taking in punches: facts are kept first and judged afterwards, and none is kept twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from attendance.batches import Batch, Row, microseconds
from attendance.services.days import lock_project
from attendance.services.settling import settle
from kernel.permits import require
from kernel.scoping import Actor
from projects.models import Project, Team


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
    lock_project(project)
    batch = Batch(
        receipt=b"",
        project=project.pk,
        source=source,
        origin=origin,
        received_at=microseconds(now),
        rows=[_row(punch) for punch in punches],
        team=team.pk if team else None,
    )
    (settled,) = settle([batch])
    return PunchReceipt(settled.added, settled.repeated, settled.unmatched, settled.refused)


def _row(punch: PunchFacts) -> Row:
    return Row(
        at=microseconds(punch.occurred_at),
        token=punch.token,
        direction=punch.direction,
        number=punch.number,
        id_type=punch.id_type,
        channel=punch.channel,
        pass_method=punch.pass_method,
        photo=punch.photo,
        latitude="" if punch.latitude is None else str(punch.latitude),
        longitude="" if punch.longitude is None else str(punch.longitude),
    )
