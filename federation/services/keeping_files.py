"""Files of copies are kept as long as a row names them; what was lost is looked for; pages are told why."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import models, transaction
from django.utils.translation import gettext as _

from federation.models import Node, TravellingFile
from federation.travel.catalogue import KINDS
from federation.travel.files import described, note_found
from federation.travel.kinds import Kind, Part, rows_of
from federation.travel.trees import project_shard
from kernel import store
from kernel.cipher import Unreadable
from outbox import capture
from standards.selectors import parameter
from web.uploads import Absence

log = structlog.get_logger(__name__)
_AT_ONCE: Final = 500
State = TravellingFile.State


def absence(address: str) -> Absence | None:
    """Why a file that a copy names is not here."""
    row = TravellingFile.objects.filter(address=address).exclude(state=State.HERE).first()
    if row is None:
        return None
    if row.state == State.LOST:
        return Absence(
            _("附件缺失"),
            _("来源平台的文件库里也找不到这个附件。请联系登记这条记录的单位重新上传，之后会自动传来。"),
        )
    node = Node.objects.filter(code=row.node).first()
    return Absence(
        _("附件正在传送"),
        _("附件正在传送：记录已从“{name}”收到，附件随后到达。请稍后再看。").format(
            name=node.name if node else row.node
        ),
    )


def note_kept(address: str) -> None:
    """A content of a copy is kept once more by an act or a door here: it is ours as well from now on."""
    TravellingFile.objects.filter(address=address, is_ours=False).update(is_ours=True)


def look_again(now: datetime) -> int:
    """Find files of our own that were not there and have come back, as from a backup; how many."""
    lost = TravellingFile.objects.filter(state=State.LOST, node="").order_by("pk")
    return sum(_found_again(row, now) for row in lost.iterator() if store.has(row.address))


@transaction.atomic
def _found_again(row: TravellingFile, now: datetime) -> bool:
    before = row.digest
    try:
        described(row, store.fetch(row.address))
    except (FileNotFoundError, Unreadable):
        return False
    row.save(update_fields=["state", "digest", "size", "kind"])
    row.told.update(taken_at=None, offered_at=None)
    note_found(row.record_kind, [row.record_key], now)
    if row.digest != before:
        # Neighbours know only the gap: the row is told once more, with what fills it.
        _tell_again(row, now)
    return True


def _tell_again(row: TravellingFile, now: datetime) -> None:
    kind = KINDS[row.record_kind]
    project = None
    if kind.project is not None:
        found = rows_of(kind.model).filter(public_id=row.record_key)
        project = found.values_list(f"{kind.project}__public_id" if kind.project else "public_id").first()
    shards = [project_shard(str(project[0]) if project else "")] if kind.goes_up else []
    shards += [capture.DISPATCH] if kind.goes_down else []
    for shard in shards:
        capture.lay_down(kind.name, [(row.record_key, shard)], now)


def forget_unnamed(now: datetime) -> int:
    """Delete files of copies that no row has named for federation.file_keep_days; how many.

    What was kept here by an act or a door as well stays, and so does whatever any row names again.
    """
    before = now - timedelta(days=int(parameter("federation.file_keep_days")))
    old = TravellingFile.objects.filter(unnamed_at__lt=before).order_by("unnamed_at", "pk")
    rows = list(old[:_AT_ONCE])
    named = _named({row.address for row in rows})
    TravellingFile.objects.filter(address__in=named).update(unnamed_at=None)
    return sum(_forgotten(row.pk) for row in rows if row.address not in named)


def _named(addresses: Collection[str]) -> set[str]:
    """Those of the addresses that a row of any kind names, whosever it is."""
    found: set[str] = set()
    for kind in KINDS.values():
        found |= _named_in(kind, addresses)
    return found


def _named_in(of: Kind | Part, addresses: Collection[str]) -> set[str]:
    model: type[models.Model] = of.model
    found: set[str] = set()
    for name in of.files if addresses else ():
        rows: Any = rows_of(model).filter(**{f"{name}__in": addresses})
        found |= set(rows.values_list(name, flat=True))
    for part in of.parts:
        found |= _named_in(part, addresses)
    return found


@transaction.atomic
def _forgotten(pk: int) -> bool:
    """Whoever keeps the same content just now waits for this lock, and writes it again afterwards."""
    row = TravellingFile.objects.select_for_update().filter(pk=pk).first()
    if row is None or row.unnamed_at is None:
        return False
    is_kept = row.is_ours
    if not is_kept:
        store.forget(row.address)
    row.delete()
    return not is_kept
