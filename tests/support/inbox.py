"""What a door leaves for the settler: a call in the inbox, with its receipt."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from attendance.batches import Batch, Row, microseconds, packed
from attendance.models import Inbox, PunchReceipt
from kernel.ids import new_id
from projects.models import Project


def row(at: datetime, number: str = "", **more: object) -> Row:
    """One punch as a door hands it on."""
    return Row(at=microseconds(at), number=number, **{"direction": "in", "channel": "一号门", **more})  # type: ignore[arg-type]


def batch(
    project: Project, rows: Sequence[Row], now: datetime, *, source: str = "", receipt: bytes = b""
) -> Batch:
    """A call's punches of one project."""
    return Batch(
        receipt=receipt,
        project=project.pk,
        source=source,
        origin="gate",
        received_at=microseconds(now),
        rows=list(rows),
    )


def accept(project: Project, rows: Sequence[Row], now: datetime, *, source: str = "") -> PunchReceipt:
    """Acknowledge a call: a receipt and an inbox row, as a door commits them."""
    receipt = PunchReceipt.objects.create(
        appid="420106000000000001",
        timestamp=int(now.timestamp()),
        nonce=new_id().hex,
        digest=sha256(repr(rows).encode()).digest(),
        project=project,
        source=source,
        accepted=len(rows),
        accepted_at=now,
    )
    put([batch(project, rows, now, source=source, receipt=receipt.public_id.bytes)], now)
    return receipt


def put(batches: Sequence[Batch], now: datetime) -> None:
    """One inbox row of several calls."""
    Inbox.objects.create(
        content=packed(batches), punches=sum(len(one.rows) for one in batches), accepted_at=now
    )
