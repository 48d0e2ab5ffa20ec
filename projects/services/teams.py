"""What vendors report of a team beyond its name: who answers for it, and the scans of its entry and exit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from kernel.cipher import keyring
from kernel.files import NamedFile
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.errors import BadPeriod, PeopleStillHere, TeamExists
from projects.models import Team, TeamFile
from projects.occupants import occupants

ENTRY, EXIT = TeamFile.Occasion.ENTRY, TeamFile.Occasion.EXIT


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """What was said of a team; None was not said and leaves what stands, files replace those of their kind.

    The number of who answers is personal: it is sealed and never logged.
    """

    name: str | None = None
    responsible_name: str | None = None
    responsible_phone: str | None = None
    responsible_id_type: str | None = None
    responsible_number: str | None = None
    remark: str | None = None
    entered_on: date | None = None
    exited_on: date | None = None
    entry_files: Sequence[NamedFile] = ()
    exit_files: Sequence[NamedFile] = ()

    def __repr__(self) -> str:
        return "<TeamFacts>"


_PLAIN = (
    "name",
    "responsible_name",
    "responsible_phone",
    "responsible_id_type",
    "responsible_number",
    "remark",
    "entered_on",
    "exited_on",
)


@transaction.atomic
def report_team(*, actor: Actor, team: Team, facts: TeamFacts, today: date) -> Team:
    """Bring a team up to date as another system reports it; its number never changes.

    Raises NotPermitted, NotFound, TeamExists, BadPeriod, PeopleStillHere. Nothing new changes nothing.
    """
    require(actor, "projects.manage_team", on=team)
    rows = Team.all_rows.select_for_update(of=("self",)).select_related("participation__project__region")
    row = rows.get(pk=team.pk)
    _require_possible(actor, row, facts, today)
    changed = sorted([*_changed(row, facts), *_filed(row, facts)])
    if not changed:
        return row
    row.version += 1
    row.save()
    record(actor, "projects.team_edited", row, number=row.number, changed=changed)
    announce("projects.team_edited.v1", key=row.public_id, version=row.version)
    return row


def _require_possible(actor: Actor, row: Team, facts: TeamFacts, today: date) -> None:
    entered = facts.entered_on or row.entered_on
    exited = facts.exited_on or row.exited_on
    for day in (facts.entered_on, facts.exited_on):
        if day is not None and day > today:
            told = _("日期 {day} 晚于今天，请填写实际发生的日期。").format(day=day.isoformat())
            raise BadPeriod(told, field="entered_on" if day == facts.entered_on else "exited_on")
    if entered and exited and exited < entered:
        told = _("退场日期不能早于进场日期 {day}。").format(day=entered.isoformat())
        raise BadPeriod(told, field="exited_on")
    twins = Team.all_rows.filter(participation=row.participation_id, name=facts.name).exclude(pk=row.pk)
    if facts.name and (twin := twins.first()):
        raise TeamExists(twin.number)
    if facts.exited_on is not None and row.exited_on is None:
        found = occupants(actor, row, today)
        if found.number:
            raise PeopleStillHere(found.names, found.number)


def _changed(row: Team, facts: TeamFacts) -> Iterator[str]:
    """Put what was said in its place and name what is new."""
    for name in _PLAIN:
        value = getattr(facts, name)
        if value is not None and value != getattr(row, name):
            setattr(row, name, value)
            yield name
    if facts.responsible_number:
        kind = row.responsible_id_type or "01"
        row.responsible_index = keyring().blind_index(f"identity:{kind}", facts.responsible_number)


def _filed(row: Team, facts: TeamFacts) -> Iterator[str]:
    for occasion, files in ((ENTRY, facts.entry_files), (EXIT, facts.exit_files)):
        standing = TeamFile.all_rows.filter(team=row, occasion=occasion, replaced_at=None)
        if not files or list(files) == [NamedFile(one.name, one.address) for one in standing]:
            continue
        standing.update(replaced_at=timezone.now())
        TeamFile.objects.bulk_create(
            TeamFile(team=row, occasion=occasion, position=position, name=one.name, address=one.address)
            for position, one in enumerate(files)
        )
        yield f"{occasion}_files"
