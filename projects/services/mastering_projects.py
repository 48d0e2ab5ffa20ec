"""Taking over the projects and permits of 四库一平台: by project code and permit number, keeping UUIDs."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.master_facts import Change, Firm, PermitMaster, ProjectMaster, Taken
from projects.models import Enterprise, Participation, Permit, Project, Source
from projects.services.mastering import announce_each, as_master, differences, in_words, taken_over, touch
from projects.services.register import CONTRACTOR, OWNER, SUPERVISOR

_OF_A_PROJECT = (
    "code", "name", "region", "contractor", "owner_name", "category", "address", "building_area",
    "investment", "starts_on", "completes_on", "source", "origin", "version", "updated_at",
)  # fmt: skip
_OF_A_PERMIT = (
    "number", "project", "works_name", "issued_on", "amount", "source", "origin", "version", "updated_at",
)  # fmt: skip


def take_projects(facts: Sequence[ProjectMaster]) -> list[Taken]:
    """Make or change projects with who takes part in them; one outcome for each, in the same order.

    A firm that no record has named yet is entered as reported; its own record takes it over later.
    """
    firms = _firms(firm for one in facts for firm in one.firms)
    known = [one.known for one in facts if one.known]
    rows = Project.all_rows.filter(Q(code__in=[one.code for one in facts]) | Q(public_id__in=known))
    rows = rows.select_related("region", "contractor").select_for_update(of=("self",)).order_by("pk")
    page = _Rows(rows, "code", _("项目编码"))
    with as_master():
        outcomes = [_take_project(page, one, firms) for one in facts]
        page.write(Project, _OF_A_PROJECT)
        _take_parts(page, facts, outcomes, firms)
    _tell(page, outcomes, "projects.project_registered.v1", "projects.project_restated.v1")
    return outcomes


def take_permits(facts: Sequence[PermitMaster]) -> list[Taken]:
    """Make or change permits; one whose project is not known yet is held until it is."""
    projects = {
        row.code: row for row in Project.all_rows.filter(code__in={one.project_code for one in facts})
    }
    known = [one.known for one in facts if one.known]
    rows = Permit.all_rows.filter(Q(number__in=[one.number for one in facts]) | Q(public_id__in=known))
    rows = rows.select_related("project").select_for_update(of=("self",)).order_by("pk")
    page = _Rows(rows, "number", _("施工许可证编号"))
    with as_master():
        outcomes = [_take_permit(page, one, projects.get(one.project_code)) for one in facts]
        page.write(Permit, _OF_A_PERMIT)
    _tell(page, outcomes, "projects.permit_mastered.v1", "projects.permit_mastered.v1")
    return outcomes


class _Rows:
    """The rows of one page by public id and by the number people know them by."""

    def __init__(self, rows: Iterable[Any], key: str, label: str) -> None:
        self.key, self.label = key, label
        self.by_id: dict[UUID, Any] = {row.public_id: row for row in rows}
        self.by_key: dict[str, Any] = {getattr(row, key): row for row in self.by_id.values()}
        self.fresh: list[Any] = []
        self.changed: list[Any] = []

    def take(self, model: Any, known: UUID | None, columns: dict[str, Any]) -> Taken:
        """What a statement does; nothing is written yet."""
        number = columns[self.key]
        other = self.by_key.get(number)
        row = self.by_id.get(known) if known else other
        if row is None:
            row = model(source=Source.MASTER, **columns)
            self.fresh.append(row)
            self.by_id[row.public_id] = self.by_key[number] = row
            return Taken("new", row.public_id)
        if other is not None and other is not row:
            told = _("{label} {number} 在本平台已是另一条记录。请核对后由总库合并两条记录。")
            return Taken("held", row.public_id, sentence=told.format(label=self.label, number=number))
        changes = list(differences(row, columns))
        if not changes and row.source == Source.MASTER:
            return Taken("same", row.public_id)
        self.by_key.pop(getattr(row, self.key), None)
        for name, value in columns.items():
            setattr(row, name, value)
        self.by_key[number] = row
        changes += taken_over(row)
        touch(row)
        if row.pk:
            self.changed.append(row)
        return Taken("changed", row.public_id, changes)

    def write(self, model: Any, columns: Sequence[str]) -> None:
        model.objects.bulk_create(self.fresh, batch_size=500)
        model.all_rows.bulk_update(self.changed, columns, batch_size=500)


def _firms(named: Iterable[Firm]) -> dict[str, Enterprise]:
    """The enterprises that a page names, by credit code; unknown ones are entered as reported."""
    names = {firm.uscc: firm.name for firm in named}
    Enterprise.objects.bulk_create(
        (Enterprise(uscc=uscc, name=name, source=Source.REPORTED) for uscc, name in sorted(names.items())),
        ignore_conflicts=True,
    )
    return {row.uscc: row for row in Enterprise.all_rows.filter(uscc__in=names)}


def _take_project(page: _Rows, one: ProjectMaster, firms: dict[str, Enterprise]) -> Taken:
    columns = {
        "code": one.code,
        "name": one.name,
        "region": one.region,
        "contractor": firms[one.contractor.uscc],
        **one.columns,
    }
    return page.take(Project, one.known, columns)


def _take_parts(
    page: _Rows, facts: Sequence[ProjectMaster], outcomes: Sequence[Taken], firms: dict[str, Enterprise]
) -> None:
    """Name the contractor, owner and supervisor of each project as taking part; nobody is taken off."""
    today = timezone.localdate()
    wanted: list[tuple[Taken, Project, Enterprise, str]] = []
    for one, outcome in zip(facts, outcomes, strict=True):
        if outcome.became == "held" or outcome.row is None:
            continue
        project = page.by_id[outcome.row]
        for firm, kind in ((one.contractor, CONTRACTOR), (one.owner, OWNER), (one.supervisor, SUPERVISOR)):
            if firm is not None:
                wanted.append((outcome, project, firms[firm.uscc], kind))
    projects = {project.pk for _outcome, project, _enterprise, _kind in wanted}
    there = set(Participation.all_rows.filter(project__in=projects).values_list("project", "enterprise"))
    fresh: list[Participation] = []
    for outcome, project, enterprise, kind in wanted:
        if (project.pk, enterprise.pk) not in there:
            there.add((project.pk, enterprise.pk))
            begun = project.starts_on if project.starts_on and project.starts_on <= today else None
            fresh.append(Participation(project=project, enterprise=enterprise, kind=kind, entered_on=begun))
            if outcome.became != "new":
                outcome.changes.append(Change("participation", "", in_words(enterprise.name)))
                outcome.became = "changed"
    Participation.objects.bulk_create(fresh, batch_size=500)
    versions = {row.public_id: 1 for row in fresh}
    announce_each("projects.participation_added.v1", versions, versions)


def _take_permit(page: _Rows, one: PermitMaster, project: Project | None) -> Taken:
    if project is None:
        told = _("施工许可证所属的项目 {code} 还没有从总库取到，取到后自动补上。")
        return Taken("held", None, sentence=told.format(code=one.project_code))
    columns = {
        "number": one.number,
        "project": project,
        "works_name": one.works_name,
        "issued_on": one.issued_on,
        "amount": one.amount,
    }
    return page.take(Permit, one.known, columns)


def _tell(page: _Rows, outcomes: Sequence[Taken], made: str, changed: str) -> None:
    versions = {key: row.version for key, row in page.by_id.items()}
    for event, became in ((made, "new"), (changed, "changed")):
        announce_each(event, [one.row for one in outcomes if one.row and one.became == became], versions)
