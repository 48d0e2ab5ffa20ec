"""Acts on projects: receiving a permit, naming who takes part, forming teams."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from kernel.errors import DomainError, NotFound
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects import uscc as credit_code
from projects.by_standard import follow_standard
from projects.cells import require_held_here
from projects.errors import (
    AlreadyParticipates,
    BadCreditCode,
    BadPeriod,
    BadPermitNumber,
    NameDiffers,
    ParticipationEnded,
    PermitElsewhere,
    ProjectDiffers,
    ProjectFinished,
    TeamExists,
)
from projects.grants import GRANTED
from projects.models import Enterprise, Participation, Permit, Project, ProjectGrant, Source, Team
from projects.numbers import PERMIT_NUMBER, PROJECT_CODE, BadNumber
from projects.permit_facts import PermitFacts
from regions.models import Region

# 参建单位类型 (national dictionary 7.6)
CONTRACTOR, SUPERVISOR, OWNER = "009", "007", "008"


@transaction.atomic
def receive_permit(*, actor: Actor, facts: PermitFacts, channel: str = "") -> Project:
    """Register a project by its construction permit, or add a further permit to a known project.

    The county does it by form or file until the master data arrive by pull, which will call the same act.
    Receiving the same permit again changes nothing. `channel`: how it was said, by which the standard of the
    place judges a new project. Raises NotPermitted, BadPermitNumber, BadCreditCode, NameDiffers,
    ProjectDiffers, PermitElsewhere, HeldByCell, BreaksStandard.
    Source: 鄂建文〔2019〕27号 二(五) (accounts are issued with the permit), 二(一) (one source of base data).
    """
    require(actor, "projects.receive_permit")
    # Whoever may receive permits does so for regions within reach only.
    _require_region(actor, facts.region)
    require_held_here(facts.region)
    facts = _checked(facts)
    contractor = _firm("contractor", facts.contractor_uscc, facts.contractor_name, told_to=actor)
    project, is_new = Project.all_rows.get_or_create(
        code=facts.project_code,
        defaults={
            "name": facts.project_name,
            "region": facts.region,
            "contractor": contractor,
            "owner_name": facts.owner_name,
            "category": facts.category,
            "address": facts.address,
            "building_area": facts.building_area,
            "starts_on": facts.starts_on or facts.issued_on,
            "completes_on": facts.completes_on,
        },
    )
    _require_project(actor, project)
    if is_new:
        _by_standard(project, facts, channel)
    else:
        _require_same(project, facts, contractor)
    _add_permit(project, facts)
    _take_part(project, contractor, CONTRACTOR, facts.issued_on)
    for party, uscc, name, kind in (
        ("owner", facts.owner_uscc, facts.owner_name, OWNER),
        ("supervisor", facts.supervisor_uscc, facts.supervisor_name, SUPERVISOR),
    ):
        if uscc:
            _take_part(project, _firm(party, uscc, name, told_to=actor), kind, facts.issued_on)
    record(actor, "projects.permit_received", project, permit=facts.permit_number)
    if is_new:
        announce("projects.project_registered.v1", key=project.public_id)
    return project


def _by_standard(project: Project, facts: PermitFacts, channel: str) -> None:
    """Keep what the standard adds to a new project, and judge the whole. Raises BreaksStandard."""
    project.findings, changed = follow_standard(
        project, project.region, facts.extras, channel=channel, on=timezone.localdate()
    )
    if changed:
        project.save(update_fields=["extras", "sealed_extras"])


def _checked(facts: PermitFacts) -> PermitFacts:
    """The same facts with both numbers as they are kept. Raises BadPermitNumber at the field."""
    kept: dict[str, Any] = {}
    for field, form in (("permit_number", PERMIT_NUMBER), ("project_code", PROJECT_CODE)):
        try:
            kept[field] = form.read(getattr(facts, field))
        except BadNumber as fault:
            raise BadPermitNumber(str(fault), field=field) from None
    return replace(facts, **kept)


def _require_region(actor: Actor, region: Region) -> None:
    if not any(region.path.startswith(path) for path in actor.reach("projects.receive_permit").region_paths):
        refusal = NotFound(
            _("“{name}”不在您的管理范围内，不能在这里登记。请核对行政区划，或请当地主管部门登记。").format(
                name=region.name
            )
        )
        refusal.field = "region"
        raise refusal


def _require_project(actor: Actor, project: Project) -> None:
    """A code that stands for a project elsewhere may not be used here; what it stands for is not said."""
    try:
        require(actor, "projects.receive_permit", on=project)
    except NotFound:
        refusal = NotFound(
            _("这个项目编码不在您的管理范围内，不能在这里登记。请对照施工许可证核对项目编码。")
        )
        refusal.field = "project_code"
        raise refusal from None


def _firm(party: str, uscc: str, name: str, *, told_to: Actor) -> Enterprise:
    """The enterprise of one party; a refusal names that party's fact. Raises BadCreditCode, NameDiffers."""
    try:
        return known_enterprise(uscc, name, told_to=told_to)
    except DomainError as refusal:
        refusal.field = f"{party}_{'name' if isinstance(refusal, NameDiffers) else 'uscc'}"
        raise


def _require_same(project: Project, facts: PermitFacts, contractor: Enterprise) -> None:
    """A further permit names the project as it is registered; anything else is a mistake to be cleared."""
    for label, registered, given in (
        (_("项目名称"), project.name, facts.project_name),
        (_("所在县（市、区）"), project.region.name, facts.region.name),
        (_("总承包单位"), project.contractor.name, contractor.name),
    ):
        if registered != given:
            raise ProjectDiffers(
                code=project.code,
                label=label,
                registered=registered,
                given=given,
                by_master=project.source == Source.MASTER,
            )


def _add_permit(project: Project, facts: PermitFacts) -> None:
    permit, _is_new = Permit.all_rows.get_or_create(
        number=facts.permit_number,
        defaults={
            "project": project,
            "works_name": facts.works_name or facts.project_name,
            "issued_on": facts.issued_on,
            "amount": facts.amount,
        },
    )
    if permit.project_id != project.pk:
        raise PermitElsewhere(facts.permit_number)


def known_enterprise(uscc: str, name: str, *, told_to: Actor) -> Enterprise:
    """The enterprise of a credit code; an unknown valid one is entered as reported.

    Raises BadCreditCode, and NameDiffers where the code is known under another name; which name, only
    those are told who see the enterprise on a project of theirs.
    Source: GB 32100; ground decisions, "Projects and permits".
    """
    try:
        code = credit_code.read_uscc(uscc)
    except credit_code.BadUscc as fault:
        raise BadCreditCode(str(fault), field="enterprise_code") from None
    enterprise, _is_new = Enterprise.all_rows.get_or_create(
        uscc=code, defaults={"name": name, "source": Source.REPORTED}
    )
    if enterprise.name != name:
        is_seen = Enterprise.objects.visible_to(told_to).filter(pk=enterprise.pk).exists()
        raise NameDiffers(
            uscc=code,
            registered=enterprise.name if is_seen else "",
            by_master=enterprise.source == Source.MASTER,
        )
    return enterprise


def _take_part(project: Project, enterprise: Enterprise, kind: str, on: date | None) -> Participation:
    participation, _is_new = Participation.all_rows.get_or_create(
        project=project, enterprise=enterprise, defaults={"kind": kind, "entered_on": on}
    )
    return participation


@transaction.atomic
def add_participation(
    *,
    actor: Actor,
    project: Project,
    uscc: str,
    name: str,
    kind: str,
    entered_on: date | None = None,
    exited_on: date | None = None,
    manager_name: str = "",
    today: date | None = None,
) -> Participation:
    """Name an enterprise that takes part in the project.

    Raises NotPermitted, NotFound, ProjectFinished, BadCreditCode, NameDiffers, AlreadyParticipates,
    BadPeriod.
    Source: 鄂建文〔2019〕27号 一(四), 一(五).
    """
    require(actor, "projects.manage_participation", on=project)
    _require_open(project)
    require_entered(entered_on, today)
    enterprise = known_enterprise(uscc, name, told_to=actor)
    if Participation.all_rows.filter(project=project, enterprise=enterprise).exists():
        raise AlreadyParticipates
    participation = Participation.objects.create(
        project=project,
        enterprise=enterprise,
        kind=kind,
        entered_on=entered_on,
        exited_on=exited_on,
        manager_name=manager_name,
    )
    record(actor, "projects.participation_added", participation, enterprise=enterprise.uscc)
    announce("projects.participation_added.v1", key=participation.public_id)
    return participation


@transaction.atomic
def add_team(
    *,
    actor: Actor,
    participation: Participation,
    name: str,
    responsible_name: str = "",
    entered_on: date | None = None,
    exited_on: date | None = None,
    remark: str = "",
    today: date | None = None,
    extras: Mapping[str, Any] | None = None,
    channel: str = "",
) -> Team:
    """Form a team of a participation; its number is unique in the province.

    `extras`: what the standard of the place adds; `channel`: how it was said, by which it is judged. Raises
    NotPermitted, NotFound, ProjectFinished, ParticipationEnded, BadPeriod, TeamExists, BreaksStandard.
    """
    require(actor, "projects.manage_team", on=participation)
    _require_open(participation.project)
    if participation.exited_on is not None:
        raise ParticipationEnded(participation.exited_on)
    require_entered(entered_on, today)
    # One at a time per participation, so that two equal names cannot both pass the check.
    Participation.all_rows.select_for_update(of=("self",)).get(pk=participation.pk)
    if existing := Team.all_rows.filter(participation=participation, name=name).first():
        raise TeamExists(existing.number)
    team = Team(
        participation=participation,
        name=name,
        number=_next_team_number(),
        responsible_name=responsible_name,
        entered_on=entered_on,
        exited_on=exited_on,
        remark=remark,
    )
    place, day = participation.project.region, today or timezone.localdate()
    team.findings, _changed = follow_standard(team, place, extras, channel=channel, on=day)
    team.save()
    record(actor, "projects.team_added", team, number=team.number)
    announce("projects.team_added.v1", key=team.public_id)
    return team


def require_entered(entered_on: date | None, today: date | None = None) -> None:
    """An entry is recorded once it has happened. Raises BadPeriod."""
    if entered_on is not None and entered_on > (today or timezone.localdate()):
        told = _("进场日期 {day} 晚于今天，请填写实际进场的日期；还没有进场的先不填。")
        raise BadPeriod(told.format(day=entered_on.isoformat()), field="entered_on")


def _require_open(project: Project) -> None:
    if not project.is_open:
        raise ProjectFinished


def _next_team_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('projects_team_number')")
        return settings.TEAM_NUMBER_START + int(cursor.fetchone()[0])


@transaction.atomic
def grant_project(
    *, actor: Actor, user: User, project: Project, codename: str, valid_to: date | None, reason: str
) -> ProjectGrant:
    """Let one person, beyond any post, see and do on one project what `codename` stands for.

    It ends by itself after `valid_to`. Raises NotPermitted, NotFound, DomainError for an unknown codename.
    """
    require(actor, "accounts.manage", on=project)
    if codename not in GRANTED:
        raise DomainError(
            _("没有名为“{name}”的临时授权，可选：临时代班监理、联合检查。").format(name=codename)
        )
    grant = ProjectGrant.objects.assign_perm(codename, user, project)
    grant.valid_to, grant.reason = valid_to, reason
    grant.save(update_fields=["valid_to", "reason"])
    record(
        actor, "projects.project_granted", project, reason=reason, user=str(user.public_id), codename=codename
    )
    return grant
