"""Taking over what 四库一平台 says: rows keep their UUIDs, and nothing else may change a master's field.

These acts are the node's own; each runs in the transaction of its caller and takes many rows at once.
Source: 鄂建文〔2019〕27号 二(一) (one source of base data); ground decisions, "Projects and permits"; I-25.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.models import this_node
from outbox.services import announce_all
from projects.master_facts import Change, EnterpriseMaster, Taken
from projects.models import Enterprise, Qualification, Source

_AT_ONCE = 1000


@contextmanager
def as_master() -> Iterator[None]:
    """Let this transaction change what the four-database platform owns; the database refuses it otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hubei.master_pull', 'on', true)")
        yield
        cursor.execute("SELECT set_config('hubei.master_pull', 'off', true)")


def take_enterprises(facts: Sequence[EnterpriseMaster]) -> list[Taken]:
    """Make or change enterprises with their qualifications; one outcome for each, in the same order.

    A reported enterprise of the same credit code becomes the master's and keeps its UUID.
    """
    rows = Enterprises.of(facts)
    with as_master():
        outcomes = [rows.take(one) for one in facts]
        rows.write()
        _take_qualifications(rows, facts, outcomes)
    _announce("projects.enterprise_mastered.v1", outcomes, rows.versions())
    return outcomes


class Enterprises:
    """The enterprises of one page: those that stand here already, and what is to be written."""

    def __init__(self, rows: Iterable[Enterprise]) -> None:
        self.by_key = {row.public_id: row for row in rows}
        self.by_uscc = {row.uscc: row for row in self.by_key.values()}
        self.fresh: list[Enterprise] = []
        self.changed: list[Enterprise] = []

    @classmethod
    def of(cls, facts: Sequence[EnterpriseMaster]) -> "Enterprises":
        """Those that the facts speak of, locked in one order."""
        known = [one.known for one in facts if one.known]
        rows = Enterprise.all_rows.filter(Q(uscc__in=[one.uscc for one in facts]) | Q(public_id__in=known))
        return cls(rows.select_for_update(of=("self",)).order_by("pk"))

    def take(self, one: EnterpriseMaster) -> Taken:
        """What this statement does; nothing is written yet."""
        other = self.by_uscc.get(one.uscc)
        row = self.by_key.get(one.known) if one.known else other
        if row is None:
            return self._new(one)
        if other is not None and other is not row:
            told = _("统一社会信用代码 {uscc} 在本平台已是另一家企业“{name}”。请核对后由总库合并两条记录。")
            return Taken("held", row.public_id, sentence=told.format(uscc=one.uscc, name=other.name))
        changes = list(differences(row, {"uscc": one.uscc, "name": one.name}))
        if not changes and row.source == Source.MASTER:
            return Taken("same", row.public_id)
        self.by_uscc.pop(row.uscc, None)
        row.uscc, row.name = one.uscc, one.name
        self.by_uscc[row.uscc] = row
        changes += taken_over(row)
        touch(row)
        self.changed.append(row)
        return Taken("changed", row.public_id, changes)

    def _new(self, one: EnterpriseMaster) -> Taken:
        row = Enterprise(uscc=one.uscc, name=one.name, source=Source.MASTER)
        self.by_key[row.public_id] = self.by_uscc[row.uscc] = row
        self.fresh.append(row)
        return Taken("new", row.public_id)

    def write(self) -> None:
        Enterprise.objects.bulk_create(self.fresh, batch_size=_AT_ONCE)
        Enterprise.all_rows.bulk_update(
            self.changed, ["uscc", "name", "source", "origin", "version", "updated_at"], batch_size=_AT_ONCE
        )

    def versions(self) -> dict[UUID, int]:
        return {key: row.version for key, row in self.by_key.items()}


_OF_A_CERTIFICATE = (
    "status", "trade_mark", "level", "mark", "limits", "approval_number", "approved_on", "addition",
    "changed_on", "change_mark",
)  # fmt: skip


def _take_qualifications(
    rows: Enterprises, facts: Sequence[EnterpriseMaster], outcomes: Sequence[Taken]
) -> None:
    """Write the certificates that the enterprises of a page hold. What a county recorded besides stays."""
    stated = [
        (outcome, rows.by_key[outcome.row], paper)
        for outcome, one in zip(outcomes, facts, strict=True)
        if outcome.row and outcome.became != "held"
        for paper in one.qualifications
    ]
    held = Qualification.all_rows.filter(enterprise__in={row.pk for _outcome, row, _paper in stated})
    known = {(row.enterprise_id, row.kind, row.number, row.trade): row for row in held}
    fresh: list[Qualification] = []
    changed: list[Qualification] = []
    for outcome, enterprise, paper in stated:
        key = (enterprise.pk, paper.kind, paper.number, paper.trade)
        columns = {name: getattr(paper, name) for name in _OF_A_CERTIFICATE}
        row = known.get(key)
        if row is None:
            row = Qualification(
                enterprise=enterprise, kind=paper.kind, number=paper.number, trade=paper.trade, **columns
            )
            known[key] = row
            fresh.append(row)
            if outcome.became != "new":
                _add(outcome, [Change("qualification", "", f"{paper.number} {paper.trade}".strip())])
        elif changes := list(differences(row, columns)):
            for name, value in columns.items():
                setattr(row, name, value)
            touch(row)
            changed.append(row)
            _add(
                outcome,
                [Change("qualification", one.before, f"{one.after}（{paper.number}）") for one in changes],
            )
    Qualification.objects.bulk_create(fresh, batch_size=_AT_ONCE)
    Qualification.all_rows.bulk_update(
        changed, [*_OF_A_CERTIFICATE, "version", "updated_at"], batch_size=_AT_ONCE
    )


def _add(outcome: Taken, changes: list[Change]) -> None:
    outcome.changes += changes
    if outcome.became == "same":
        outcome.became = "changed"


def differences(row: Any, columns: dict[str, Any]) -> Iterator[Change]:
    """The columns that the master states otherwise than the row has them."""
    for name, value in columns.items():
        present = getattr(row, name)
        if present != value:
            yield Change(name, in_words(present), in_words(value))


def taken_over(row: Any) -> list[Change]:
    """Make a reported row the master's; that is a change by itself.

    Whoever wrote it down first, this node keeps it from now on and tells downward what the master says.
    """
    row.origin = this_node()
    if row.source == Source.MASTER:
        return []
    before, row.source = str(Source(row.source).label), Source.MASTER
    return [Change("source", before, str(Source.MASTER.label))]


def touch(row: Any) -> None:
    """Another version of the row, as of now: bulk writes do not say so by themselves."""
    if row.pk:
        row.version += 1
    row.updated_at = timezone.now()


def in_words(value: Any) -> str:
    """A column's value as history keeps it."""
    return "" if value is None else str(value)[:300]


def _announce(event: str, outcomes: Iterable[Taken], versions: dict[UUID, int]) -> None:
    """One event for each row that is new or has changed."""
    keys = [one.row for one in outcomes if one.row and one.became in ("new", "changed")]
    announce_each(event, keys, versions)


def announce_each(event: str, keys: Iterable[UUID], versions: dict[UUID, int]) -> None:
    """One event for each key, those of one version together."""
    by_version: dict[int, list[UUID]] = {}
    for key in keys:
        by_version.setdefault(versions.get(key, 1), []).append(key)
    for version, same in by_version.items():
        announce_all(event, ((key, {}) for key in same), version=version)
