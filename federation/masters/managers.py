"""Taking over managers' registrations; a number is sealed, and known again by its blind index."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from federation.masters.reading import ManagerMaster
from federation.models import ManagerRegistration
from outbox.services import announce_all
from projects.master_facts import Taken
from projects.models import Enterprise, Project
from projects.services.mastering import announce_each, differences, touch
from workers.services import identity_index

CITIZEN_CARD = "01"
_CLEAR = (
    "number", "name", "enterprise", "project", "post", "certificate", "speciality", "grade", "valid_from",
    "valid_to", "withdrawn_at",
)  # fmt: skip


def take_managers(masters: Sequence[ManagerMaster]) -> list[Taken]:
    """Make or change registrations; one whose enterprise is not known yet is held until it is."""
    firms = {row.uscc: row for row in Enterprise.all_rows.filter(uscc__in={one.uscc for one in masters})}
    codes = {one.project_code for one in masters if one.project_code}
    projects = {row.code: row for row in Project.all_rows.filter(code__in=codes)}
    known = [one.known for one in masters if one.known]
    rows = ManagerRegistration.all_rows.filter(
        Q(number__in=[one.number for one in masters]) | Q(public_id__in=known)
    ).select_related("enterprise", "project")
    page = {row.public_id: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
    by_number = {row.number: row for row in page.values()}
    fresh: list[ManagerRegistration] = []
    changed: list[ManagerRegistration] = []
    outcomes = []
    for one in masters:
        firm = firms.get(one.uscc)
        if firm is None:
            told = _("注册企业 {uscc} 还没有从总库取到，取到后自动补上。").format(uscc=one.uscc)
            outcomes.append(Taken("held", None, sentence=told))
            continue
        columns = _columns(one, firm, projects.get(one.project_code))
        row = page.get(one.known) if one.known else by_number.get(one.number)
        outcomes.append(_take(row, one, columns, fresh, changed))
        latest = fresh[-1] if row is None else row
        page[latest.public_id] = by_number[latest.number] = latest
    ManagerRegistration.objects.bulk_create(fresh, batch_size=500)
    for row in changed:
        row.save()
    announce_all("federation.manager_registered.v1", ((row.public_id, {}) for row in fresh))
    versions = {row.public_id: row.version for row in changed}
    announce_each("federation.manager_changed.v1", versions, versions)
    return outcomes


def withdraw_managers(keys: Iterable[UUID], now: datetime) -> None:
    """Registrations that the source has ended; the rows stay."""
    rows = list(ManagerRegistration.all_rows.filter(public_id__in=list(keys), withdrawn_at=None))
    for row in rows:
        row.withdrawn_at = now
        touch(row)
    ManagerRegistration.all_rows.bulk_update(rows, ["withdrawn_at", "version", "updated_at"])
    versions = {row.public_id: row.version for row in rows}
    announce_each("federation.manager_changed.v1", versions, versions)


def _columns(one: ManagerMaster, firm: Enterprise, project: Project | None) -> dict[str, Any]:
    found = {name: getattr(one, name) for name in _CLEAR if hasattr(one, name)}
    return {**found, "enterprise": firm, "project": project, "withdrawn_at": None}


def _take(
    row: ManagerRegistration | None,
    one: ManagerMaster,
    columns: dict[str, Any],
    fresh: list[ManagerRegistration],
    changed: list[ManagerRegistration],
) -> Taken:
    index = identity_index(CITIZEN_CARD, one.id_number) if one.id_number else None
    if row is None:
        made = ManagerRegistration(id_number=one.id_number or None, id_index=index, **columns)
        fresh.append(made)
        return Taken("new", made.public_id)
    changes = list(differences(row, columns))
    is_another = index != (bytes(row.id_index) if row.id_index else None)
    if not changes and not is_another:
        return Taken("same", row.public_id)
    for name, value in columns.items():
        setattr(row, name, value)
    if is_another:
        row.id_number, row.id_index = one.id_number or None, index
    if row.pk:
        touch(row)
        changed.append(row)
    return Taken("changed", row.public_id, changes)
