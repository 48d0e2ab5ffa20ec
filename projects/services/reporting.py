"""Acts by which contractors' systems report projects: a new one, and what has changed of a known one."""

from collections.abc import Iterator
from copy import copy
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from kernel import locks
from kernel.errors import NotFound
from kernel.models import this_node
from kernel.permits import require
from kernel.scoping import Actor
from kernel.versions import require_version
from outbox.services import announce
from projects.by_standard import follow_standard
from projects.cells import require_held_here
from projects.errors import (
    BadPeriod,
    PermitElsewhere,
    ProjectFinished,
    ProjectOccupied,
    ProjectReported,
    RegisteredFact,
)
from projects.models import (
    Enterprise,
    Participation,
    Permit,
    Project,
    ProjectParticulars,
    Source,
)
from projects.occupants import occupants
from projects.selectors import FINISHED
from projects.services.register import CONTRACTOR, OWNER, known_enterprise
from projects.statements import ProjectStatement, SiteFacts, stated, take_over
from regions.models import Region

_REPORT, _STATE = "projects.report", "projects.state"
# Numbers of a day that counties give by hand begin at 0001; a system's begin here.
FIRST_OF_SYSTEMS, LAST_OF_SYSTEMS = 9001, 9999
# What a county's register or the four-database platform says, a vendor's system does not change.
_OF_THE_COUNTY = ("name", "region", "owner_name")
_OF_THE_MASTER = (
    *_OF_THE_COUNTY, "category", "address", "building_area", "investment", "starts_on", "completes_on",
)  # fmt: skip
_CODED = ("region", "category")
_LABELS = {
    "name": "项目名称",
    "region": "项目所在地",
    "owner_name": "建设单位名称",
    "category": "项目分类",
    "address": "项目地点",
    "building_area": "总面积",
    "investment": "总投资",
    "starts_on": "开工日期",
    "completes_on": "竣工日期",
}


@transaction.atomic
def report_project(
    *,
    actor: Actor,
    contractor: Enterprise,
    statement: ProjectStatement,
    channel: str = "",
    today: date | None = None,
) -> Project:
    """Register a project that its general contractor's system reports; its permit waits for the county.

    Only whoever acts for the contractor, or the node's own hand, reports its projects. The same project again
    is told its code: the same by the contractor's own code for it, or by a permit registered for it.
    `channel`: how it was said, by which the standard judges it; what it tells stands in the row's `findings`.
    Raises NotPermitted, NotFound, ProjectReported, PermitElsewhere, BadCreditCode, NameDiffers, BadPeriod,
    HeldByCell, BreaksStandard.
    Source: 鄂建文〔2019〕27号 二(五): accounts and permits are the county's to issue; a report opens neither.
    """
    require(actor, _REPORT)
    reach = actor.reach(_REPORT)
    if not (contractor.public_id in reach.enterprises or reach.is_province_wide):
        raise NotFound
    # One at a time per contractor, so that one project reported twice at once is not two.
    Enterprise.all_rows.select_for_update(of=("self",)).get(pk=contractor.pk)
    _refuse_known(contractor, statement)
    site = statement.site
    if site.region is None or site.name is None:
        raise ValueError("a project has a name and lies somewhere")
    require_held_here(site.region)
    project = Project(
        code=_fresh_code(site.region), name=site.name, region=site.region, contractor=contractor
    )
    take_over(project, site)
    _require_order(project)
    _by_standard(project, statement, channel, today)
    project.save()
    Participation.objects.create(
        project=project, enterprise=contractor, kind=CONTRACTOR, entered_on=_begun(site)
    )
    _take_details(actor, project, statement)
    record(actor, "projects.project_reported", project, contractor=contractor.uscc)
    announce("projects.project_registered.v1", key=project.public_id)
    return project


@transaction.atomic
def restate_project(
    *,
    actor: Actor,
    project: Project,
    statement: ProjectStatement,
    channel: str = "",
    today: date | None = None,
    expected_version: int | None = None,
) -> Project:
    """Take over what a system states anew of a project; what is not stated stays.

    What the county has registered with a permit, and what the four-database platform owns, does not change.
    A finished project is opened again by its authority alone. Raises NotPermitted, NotFound, Stale,
    RegisteredFact, ProjectFinished, ProjectOccupied, PermitElsewhere, BadCreditCode, NameDiffers, BadPeriod,
    BreaksStandard.
    """
    require(actor, _STATE, on=project)
    row = Project.all_rows.select_for_update(of=("self",)).select_related("region", "contractor")
    project = row.get(pk=project.pk)
    require_version(project, expected_version, _in_words(project))
    _require_unregistered(project, statement.site)
    _require_status(actor, project, statement.site.status)
    changed = take_over(project, statement.site)
    _require_order(project)
    changed += _by_standard(project, statement, channel, today)
    if changed:
        project.version += 1
        project.save()
    changed += _take_details(actor, project, statement)
    if changed:
        record(actor, "projects.project_restated", project, fields=len(changed))
        announce("projects.project_restated.v1", key=project.public_id, version=project.version)
    return project


def correctable_facts(project: Project) -> tuple[str, ...]:
    """The columns that may be stated anew: a register's value holds, an empty one may still be filled in."""
    owned = tuple(_owned(project))
    return tuple(name for name in _OF_THE_MASTER if name not in owned or getattr(project, name) in ("", None))


def _in_words(project: Project) -> dict[str, str]:
    """What is on record, under the labels of the form."""
    labels = {**_LABELS, "building_area": "总面积（平方米）"}
    values = {label: getattr(project, name) for name, label in labels.items() if name not in _CODED}
    return {label: "" if value is None else str(value) for label, value in values.items()}


def _by_standard(
    project: Project, statement: ProjectStatement, channel: str, today: date | None
) -> list[str]:
    """Keep the added elements and judge what is stated, together with what stands. Raises BreaksStandard."""
    more = getattr(project, "particulars", None) if project.pk else None
    details = copy(more) if more else ProjectParticulars()
    take_over(details, statement.more)
    said = {name for facts in (statement.site, statement.more) for name, _value in stated(facts)}
    project.findings, changed = follow_standard(
        project,
        project.region,
        statement.extras,
        channel=channel,
        on=today or timezone.localdate(),
        more=details,
        # A new project answers for the whole, a change for what it speaks of.
        touched={*said, *(statement.extras or {})} if project.pk else None,
    )
    return changed


def _refuse_known(contractor: Enterprise, statement: ProjectStatement) -> None:
    own = contractor.contracted_projects.all()
    found = None
    if code := statement.more.third_party_code:
        found = own.filter(particulars__third_party_code=code).first()
    numbers = [number for number, _name in statement.permits or ()]
    if found is None and numbers:
        found = own.filter(permits__number__in=numbers).first()
    if found is not None:
        raise ProjectReported(found.code)


def _fresh_code(region: Region) -> str:
    """Region, day and a number beyond those that counties give by hand: eighteen figures."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [locks.PROJECT_CODES, region.pk])
    day = f"{region.code}{timezone.localdate():%Y%m%d}"
    first, last = f"{day}{FIRST_OF_SYSTEMS}", f"{day}{LAST_OF_SYSTEMS}"
    used = Project.all_rows.filter(code__gte=first, code__lte=last).order_by("-code")
    newest = used.values_list("code", flat=True).first()
    return str(int(newest) + 1) if newest else first


def _begun(site: SiteFacts) -> Any:
    """The contractor is there from the start of works, unless that still lies ahead."""
    return site.starts_on if site.starts_on and site.starts_on <= timezone.localdate() else None


def _take_details(actor: Actor, project: Project, statement: ProjectStatement) -> list[str]:
    """Particulars, owner and permit numbers; the names of what changed."""
    row = getattr(project, "particulars", None) or ProjectParticulars(project=project)
    changed = take_over(row, statement.more)
    if changed:
        row.reported_by = actor.label
        row.version += 1 if row.pk else 0
        row.save()
    if statement.owner_uscc:
        changed += _take_owner(actor, project, statement)
    if statement.permits is not None:
        changed += _take_permits(project, statement.permits)
    return changed


def _take_owner(actor: Actor, project: Project, statement: ProjectStatement) -> list[str]:
    name = statement.site.owner_name or project.owner_name
    owner = known_enterprise(statement.owner_uscc or "", name, told_to=actor)
    _part, is_new = project.participations.get_or_create(enterprise=owner, defaults={"kind": OWNER})
    return ["owner"] if is_new else []


def _take_permits(project: Project, permits: tuple[tuple[str, str], ...]) -> list[str]:
    """The list of numbers as it is stated now; registered ones need no statement. Raises PermitElsewhere."""
    names = dict(permits)
    registered = dict(Permit.all_rows.filter(number__in=names).values_list("number", "project"))
    for number in (number for number, owner in registered.items() if owner != project.pk):
        raise PermitElsewhere(number)
    every = project.reported_permits
    # What another node was told of this project is its own to take back.
    told = set(every.exclude(origin=this_node()).values_list("number", flat=True))
    wanted = {
        number: name for number, name in names.items() if number not in registered and number not in told
    }
    rows = every.filter(origin=this_node())
    before = dict(rows.values_list("number", "works_name"))
    if before == wanted:
        return []
    rows.exclude(number__in=wanted).delete()
    for number, name in wanted.items():
        every.update_or_create(number=number, defaults={"works_name": name})
    return ["permits"]


def _require_unregistered(project: Project, site: SiteFacts) -> None:
    owned = tuple(_owned(project))
    for name, value in stated(site):
        registered = getattr(project, name)
        if name in owned and registered not in ("", None) and registered != value:
            raise RegisteredFact(
                name, _LABELS[name], str(registered), by_master=project.source == Source.MASTER
            )


def _owned(project: Project) -> Iterator[str]:
    """The columns that others than a vendor's system answer for."""
    if project.source == Source.MASTER:
        yield from _OF_THE_MASTER
    elif project.permits.exists():
        yield from _OF_THE_COUNTY


def _require_status(actor: Actor, project: Project, status: str | None) -> None:
    if status is None or status == project.status:
        return
    if project.status == FINISHED:
        raise ProjectFinished
    if status != FINISHED:
        return
    today = timezone.localdate()
    parts = project.participations.filter(exited_on=None)
    if number := sum(occupants(actor, part, today).number for part in parts):
        raise ProjectOccupied(number)


def _require_order(project: Project) -> None:
    if project.starts_on and project.completes_on and project.completes_on < project.starts_on:
        told = _("竣工日期不能早于开工日期 {day}。").format(day=project.starts_on.isoformat())
        raise BadPeriod(told, field="completes_on")
