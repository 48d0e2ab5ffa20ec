"""Who takes part in a project, and its teams: corrected, ended and resumed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from kernel.models import require_own
from kernel.permits import require
from kernel.scoping import Actor
from kernel.versions import require_version
from outbox.services import announce
from projects.by_standard import follow_standard
from projects.errors import BadPeriod, ParticipationEnded, PeopleStillHere, TeamExists, TheContractorStays
from projects.models import Participation, Team
from projects.occupants import occupants
from projects.services.register import CONTRACTOR, require_entered
from standards.selectors import code_name


@transaction.atomic
def edit_participation(
    *,
    actor: Actor,
    participation: Participation,
    kind: str,
    entered_on: date | None,
    manager_name: str,
    today: date | None = None,
    expected_version: int | None = None,
) -> Participation:
    """Correct what is on record of a participation; who takes part, is not corrected but ended and added.

    Raises NotPermitted, NotFound, Stale, TheContractorStays, BadPeriod.
    """
    row = _locked_participation(actor, participation)
    require_version(row, expected_version, participation_in_words(row))
    if kind != row.kind and CONTRACTOR in (kind, row.kind):
        raise TheContractorStays
    require_entered(entered_on, today)
    _require_order(entered_on, row.exited_on, field="entered_on")
    row.kind, row.entered_on, row.manager_name = kind, entered_on, manager_name
    return _kept_participation(row, actor, "projects.participation_edited", kind=kind)


@transaction.atomic
def end_participation(
    *,
    actor: Actor,
    participation: Participation,
    on: date,
    today: date,
    expected_version: int | None = None,
) -> Participation:
    """Record that an enterprise has left the project, with its teams.

    Raises NotPermitted, NotFound, Stale, ParticipationEnded, TheContractorStays, BadPeriod, PeopleStillHere;
    HeldElsewhere where a team that is still here is another node's.
    Source: 鄂建文〔2019〕27号 一(五).
    """
    row = _locked_participation(actor, participation)
    require_version(row, expected_version, participation_in_words(row))
    if row.exited_on is not None:
        raise ParticipationEnded(row.exited_on)
    if row.kind == CONTRACTOR:
        raise TheContractorStays
    _require_end(row.entered_on, on, today)
    _require_empty(actor, row, today)
    row.exited_on = on
    _end_teams(row, on)
    return _kept_participation(row, actor, "projects.participation_ended", on=on.isoformat())


@transaction.atomic
def resume_participation(*, actor: Actor, participation: Participation) -> Participation:
    """Take back an end that was a mistake, or record that the enterprise is back; teams are resumed apart.

    Raises NotPermitted, NotFound.
    """
    row = _locked_participation(actor, participation)
    row.exited_on = None
    return _kept_participation(row, actor, "projects.participation_resumed")


@transaction.atomic
def edit_team(
    *,
    actor: Actor,
    team: Team,
    name: str,
    responsible_name: str,
    entered_on: date | None,
    remark: str,
    today: date | None = None,
    expected_version: int | None = None,
    extras: Mapping[str, Any] | None = None,
    channel: str = "",
) -> Team:
    """Correct what is on record of a team; its number never changes.

    Raises NotPermitted, NotFound, Stale, TeamExists, BadPeriod, BreaksStandard.
    """
    row = _locked_team(actor, team)
    require_version(row, expected_version, team_in_words(row))
    twins = Team.all_rows.filter(participation=row.participation_id, name=name).exclude(pk=row.pk)
    if twin := twins.first():
        raise TeamExists(twin.number)
    require_entered(entered_on, today)
    _require_order(entered_on, row.exited_on, field="entered_on")
    row.name, row.responsible_name, row.entered_on, row.remark = name, responsible_name, entered_on, remark
    place, day = row.participation.project.region, today or timezone.localdate()
    touched = {"name", "responsible_name", "entered_on", "remark", *(extras or {})}
    row.findings, _changed = follow_standard(row, place, extras, channel=channel, on=day, touched=touched)
    return _kept_team(row, actor, "projects.team_edited")


@transaction.atomic
def end_team(*, actor: Actor, team: Team, on: date, today: date, expected_version: int | None = None) -> Team:
    """Record that a team has left the site: nobody joins it any more.

    Raises NotPermitted, NotFound, Stale, BadPeriod, PeopleStillHere.
    """
    row = _locked_team(actor, team)
    require_version(row, expected_version, team_in_words(row))
    if row.exited_on is not None:
        raise BadPeriod(_("该班组已于 {day} 退场，无需重复办理。").format(day=row.exited_on.isoformat()))
    _require_end(row.entered_on, on, today)
    _require_empty(actor, row, today)
    row.exited_on = on
    return _kept_team(row, actor, "projects.team_ended", on=on.isoformat())


@transaction.atomic
def resume_team(*, actor: Actor, team: Team) -> Team:
    """Take back an end that was a mistake, or record that the team is back.

    Raises NotPermitted, NotFound, ParticipationEnded.
    """
    row = _locked_team(actor, team)
    if (left := row.participation.exited_on) is not None:
        raise ParticipationEnded(left)
    row.exited_on = None
    return _kept_team(row, actor, "projects.team_resumed")


def participation_in_words(row: Participation) -> dict[str, str]:
    """What is on record, under the labels of the form."""
    return {
        str(_("参建类型")): code_name("participation_kind", row.kind),
        str(_("进场日期")): row.entered_on.isoformat() if row.entered_on else "",
        str(_("负责人")): row.manager_name,
    }


def team_in_words(row: Team) -> dict[str, str]:
    """What is on record, under the labels of the form."""
    return {
        str(_("班组名称")): row.name,
        str(_("责任人")): row.responsible_name,
        str(_("进场日期")): row.entered_on.isoformat() if row.entered_on else "",
        str(_("备注")): row.remark,
    }


def _locked_participation(actor: Actor, participation: Participation) -> Participation:
    require(actor, "projects.manage_participation", on=participation)
    rows = Participation.all_rows.select_for_update(of=("self",)).select_related("enterprise", "project")
    return rows.get(pk=participation.pk)


def _end_teams(row: Participation, on: date) -> None:
    teams = Team.all_rows.filter(participation=row, exited_on=None)
    for team in teams.select_for_update(of=("self",)):
        require_own(team, _("班组“{name}”").format(name=team.name))
        team.exited_on = on
        team.version += 1
        team.save(update_fields=["exited_on", "version", "updated_at"])


def _locked_team(actor: Actor, team: Team) -> Team:
    require(actor, "projects.manage_team", on=team)
    rows = Team.all_rows.select_for_update(of=("self",)).select_related("participation")
    return rows.get(pk=team.pk)


def _require_order(entered_on: date | None, exited_on: date | None, *, field: str) -> None:
    if entered_on and exited_on and exited_on < entered_on:
        told = _("进场日期不能晚于退场日期 {day}。").format(day=exited_on.isoformat())
        raise BadPeriod(told, field=field)


def _require_end(entered_on: date | None, on: date, today: date) -> None:
    if on > today:
        told = _("日期 {day} 晚于今天，请填写实际发生的日期。").format(day=on.isoformat())
        raise BadPeriod(told, field="date")
    if entered_on and on < entered_on:
        told = _("退场日期不能早于进场日期 {day}。").format(day=entered_on.isoformat())
        raise BadPeriod(told, field="date")


def _require_empty(actor: Actor, row: Participation | Team, today: date) -> None:
    found = occupants(actor, row, today)
    if found.number:
        raise PeopleStillHere(found.names, found.number)


def _kept_participation(row: Participation, actor: Actor, action: str, **facts: str) -> Participation:
    row.version += 1
    row.save()
    record(actor, action, row, **facts)
    announce(f"{action}.v1", key=row.public_id, version=row.version)
    return row


def _kept_team(row: Team, actor: Actor, action: str, **facts: str) -> Team:
    row.version += 1
    row.save()
    record(actor, action, row, number=row.number, **facts)
    announce(f"{action}.v1", key=row.public_id, version=row.version)
    return row
