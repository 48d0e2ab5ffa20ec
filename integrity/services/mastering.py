"""Taking over the good and adverse records of enterprises that 四库一平台 keeps.

The node's own act, in the transaction of its caller. A record is never edited: what the source states anew
takes the place of the former statement, which stays on file as withdrawn.
Source: 鄂建文〔2019〕27号 二(一), 二(三).
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from integrity.models import CreditRecord
from integrity.services.crediting import CreditFacts
from outbox.services import announce_all
from projects.master_facts import Change, Taken
from projects.models import Enterprise
from regions.models import Region

MASTER = "四库一平台"


@dataclass(frozen=True, slots=True)
class CreditMaster:
    """One decision as the master keeps it; `known`: the row that this record became before."""

    uscc: str
    region: Region
    facts: CreditFacts
    known: UUID | None = None


def take_credit(masters: Sequence[CreditMaster], now: datetime) -> list[Taken]:
    """Enter decisions or what has become of them; one of an enterprise not known yet is held until it is."""
    firms = Enterprise.all_rows.filter(uscc__in={one.uscc for one in masters})
    by_uscc = {row.uscc: row for row in firms.select_for_update(of=("self",)).order_by("pk")}
    standing = list(
        CreditRecord.all_rows.filter(
            Q(enterprise__in=by_uscc.values()) | Q(public_id__in=[one.known for one in masters if one.known]),
            withdrawn_at=None,
        )
    )
    by_id = {row.public_id: row for row in standing}
    by_decision = {_decision(row): row for row in standing}
    outcomes: list[Taken] = []
    fresh: list[CreditRecord] = []
    for one in masters:
        firm = by_uscc.get(one.uscc)
        if firm is None:
            told = _("企业 {uscc} 还没有从总库取到，取到后自动补上。").format(uscc=one.uscc)
            outcomes.append(Taken("held", None, sentence=told))
            continue
        row = CreditRecord(enterprise=firm, region=one.region, entered_by=MASTER, **asdict(one.facts))
        former = by_id.get(one.known) if one.known else None
        former = former or by_decision.get(_decision(row))
        if former is not None and _says(former) == _says(row):
            outcomes.append(Taken("same", former.public_id))
            continue
        changes = _changes(former, row) if former else []
        if former is not None:
            _withdraw([former], now, _("四库一平台更新了这条记录"))
        by_id[row.public_id] = by_decision[_decision(row)] = row
        fresh.append(row)
        outcomes.append(Taken("changed" if former else "new", row.public_id, changes))
    CreditRecord.objects.bulk_create(fresh, batch_size=500)
    announce_all("integrity.credit_recorded.v1", ((row.public_id, {}) for row in fresh))
    return outcomes


def withdraw_master_credit(keys: Iterable[UUID], now: datetime) -> None:
    """Take back what the master has taken back."""
    rows = CreditRecord.all_rows.filter(public_id__in=list(keys), withdrawn_at=None)
    _withdraw(list(rows), now, _("四库一平台撤回了这条记录"))


def _withdraw(rows: Sequence[CreditRecord], now: datetime, why: str) -> None:
    for row in rows:
        row.withdrawn_at, row.withdrawn_because = now, why
        row.version += 1
        row.updated_at = now
    CreditRecord.all_rows.bulk_update(rows, ["withdrawn_at", "withdrawn_because", "version", "updated_at"])
    for row in rows:
        announce_all("integrity.credit_withdrawn.v1", [(row.public_id, {})], version=row.version)


def _decision(row: CreditRecord) -> tuple[int, int, str, str, str]:
    return (row.enterprise_id, row.region_id, row.record_kind, row.document, row.behaviour)


_SAID = ("content", "authority", "decided_on", "valid_from", "valid_to")


def _says(row: CreditRecord) -> tuple[object, ...]:
    return (*_decision(row), *(getattr(row, name) for name in _SAID))


def _changes(former: CreditRecord, row: CreditRecord) -> list[Change]:
    return [
        Change(name, str(before or "")[:300], str(after or "")[:300])
        for name in ("behaviour", "document", *_SAID)
        if (before := getattr(former, name)) != (after := getattr(row, name))
    ]
