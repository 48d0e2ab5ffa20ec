"""Collection points of a site: opened, changed, closed, and the key of a reader told once.

Source: 鄂建文〔2019〕27号 二(五) (设立实名制信息提取点).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from kernel.errors import DomainError
from kernel.permits import require
from kernel.scoping import Actor
from kernel.versions import require_version
from outbox.services import announce
from projects.models import Project
from workers.models import CollectionPoint
from workers.services.reasons import checked_reason

# A point is the site's, so whoever runs the site keeps it; a subcontractor's clerk only enrols there.
MANAGE = "projects.manage_participation"
# Who holds the key can sign whatever they like: it is not for those who only enrol.
KEEP_KEYS = "workers.approve"
KEY_BYTES = 24
LONGEST = {"name": 60, "location": 120, "equipment": 120, "operator": 60}


@dataclass(frozen=True, slots=True)
class PointFacts:
    """What a collection point is: its name, place on the site, equipment, and who operates it."""

    name: str
    location: str
    equipment: str
    operator: str


class PointTaken(DomainError):
    """The project has an open point of this name."""

    code = "point_taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            _("本项目已有名为“{name}”的提取点。请换一个名称，或修改原来的提取点。").format(name=name),
            field="name",
        )


class PointClosed(DomainError):
    """The point is closed; nothing is taken there any more."""

    code = "point_closed"

    def __init__(self) -> None:
        super().__init__(_("该提取点已停用。请选择在用的提取点，或另行登记。"), field="point")


@transaction.atomic
def open_collection_point(*, actor: Actor, project: Project, facts: PointFacts) -> CollectionPoint:
    """Register a collection point of a site.

    Raises NotPermitted, NotFound, PointTaken, DomainError for a fact that is missing.
    """
    require(actor, MANAGE, on=project)
    facts = _checked(facts)
    Project.all_rows.select_for_update(of=("self",)).get(pk=project.pk)
    _refuse_taken(project.pk, facts.name)
    point = CollectionPoint.objects.create(
        project=project,
        name=facts.name,
        location=facts.location,
        equipment=facts.equipment,
        operator=facts.operator,
    )
    record(actor, "workers.point_opened", point, name=facts.name)
    announce("workers.point_opened.v1", key=point.public_id)
    return point


@transaction.atomic
def change_collection_point(
    *, actor: Actor, point: CollectionPoint, facts: PointFacts, expected_version: int | None = None
) -> CollectionPoint:
    """Change what a point is; what was enrolled there keeps it. Raises as open_collection_point, Stale."""
    require(actor, MANAGE, on=point)
    facts = _checked(facts)
    Project.all_rows.select_for_update(of=("self",)).get(pk=point.project_id)
    row = _locked(point)
    shown = {"名称": row.name, "位置": row.location, "设备": row.equipment, "操作人": row.operator}
    require_version(row, expected_version, shown)
    if row.closed_at is not None:
        raise PointClosed
    if facts.name != row.name:
        _refuse_taken(row.project_id, facts.name)
    row.name, row.location, row.equipment, row.operator = (
        facts.name,
        facts.location,
        facts.equipment,
        facts.operator,
    )
    row.version += 1
    row.save(update_fields=["name", "location", "equipment", "operator", "version", "updated_at"])
    record(actor, "workers.point_changed", row, name=row.name)
    announce("workers.point_changed.v1", key=row.public_id, version=row.version)
    return row


@transaction.atomic
def close_collection_point(
    *, actor: Actor, point: CollectionPoint, reason: str, now: datetime
) -> CollectionPoint:
    """Close a point: nobody is enrolled there from now on, and its reader's key no longer counts.

    Raises NotPermitted, NotFound, WhyMissing, PointClosed.
    """
    require(actor, MANAGE, on=point)
    why = checked_reason(reason)
    row = _locked(point)
    if row.closed_at is not None:
        raise PointClosed
    row.closed_at, row.reader_key, row.reader_key_at = now, None, None
    row.version += 1
    row.save(update_fields=["closed_at", "reader_key", "reader_key_at", "version", "updated_at"])
    record(actor, "workers.point_closed", row, reason=why, name=row.name)
    announce("workers.point_closed.v1", key=row.public_id, version=row.version)
    return row


@transaction.atomic
def renew_reader_key(*, actor: Actor, point: CollectionPoint, now: datetime) -> str:
    """A new key for the bridge of the point's reader, told this once; the former one counts no longer.

    Raises NotPermitted, NotFound, PointClosed.
    """
    require(actor, KEEP_KEYS, on=point)
    row = _locked(point)
    if row.closed_at is not None:
        raise PointClosed
    key = secrets.token_urlsafe(KEY_BYTES)
    row.reader_key, row.reader_key_at = key, now
    row.version += 1
    row.save(update_fields=["reader_key", "reader_key_at", "version", "updated_at"])
    record(actor, "workers.reader_key_renewed", row, name=row.name)
    announce("workers.point_changed.v1", key=row.public_id, version=row.version)
    return key


def _locked(point: CollectionPoint) -> CollectionPoint:
    rows = CollectionPoint.all_rows.select_related("project__region").select_for_update(of=("self",))
    return rows.get(pk=point.pk)


def _checked(facts: PointFacts) -> PointFacts:
    """The same facts, tidied. Raises DomainError for one that is missing or too long."""
    labels = {"name": _("名称"), "location": _("位置"), "equipment": _("设备"), "operator": _("操作人")}
    clean = {name: getattr(facts, name).strip() for name in labels}
    for name, label in labels.items():
        most = LONGEST[name]
        if not clean[name]:
            raise DomainError(_("请填提取点的{label}。").format(label=label), code="missing", field=name)
        if len(clean[name]) > most:
            told = _("{label}最多 {most} 个字，请缩短后再填。").format(label=label, most=most)
            raise DomainError(told, code="too_long", field=name)
    return PointFacts(**clean)


def _refuse_taken(project_pk: int, name: str) -> None:
    if CollectionPoint.all_rows.filter(project=project_pk, name=name, closed_at=None).exists():
        raise PointTaken(name)
