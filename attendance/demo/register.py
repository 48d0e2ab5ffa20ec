"""Writing the register of the demo world: firms, projects, permits, who takes part, teams, gates."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from django.conf import settings
from django.db import connection

from attendance.demo.passages import CHANNELS
from attendance.demo.plan import OWNER, SitePlan, World
from attendance.models import Device
from projects.models import Enterprise, Participation, Permit, Project, Source, Team
from regions.models import Region


def write_register(world: World) -> dict[str, Project]:
    """Everything that stands before the first worker; returns the projects by code."""
    enterprises = _enterprises(world)
    projects = _projects(world, enterprises)
    Permit.objects.bulk_create(_permit(planned, projects[planned.code]) for planned in world.sites)
    parties = Participation.objects.bulk_create(
        Participation(
            public_id=one.public_id,
            project=projects[planned.code],
            enterprise=enterprises[one.firm.name],
            kind=one.kind,
            entered_on=planned.calendar.opened_on,
            manager_name=next((team.leader for team in planned.teams if team.participation == n), ""),
        )
        for planned in world.sites
        for n, one in enumerate(planned.participations)
    )
    _write_teams(world, {one.public_id: one for one in parties})
    Device.objects.bulk_create(
        Device(
            public_id=public_id,
            project=projects[planned.code],
            channel=CHANNELS[gate],
            serial=f"DEMO-{planned.code[-12:]}-{gate + 1}",
        )
        for planned in world.sites
        for gate, public_id in enumerate(planned.devices)
    )
    return projects


def _enterprises(world: World) -> dict[str, Enterprise]:
    rows = Enterprise.objects.bulk_create(
        Enterprise(public_id=firm.public_id, uscc=firm.uscc, name=firm.name, source=Source.REPORTED)
        for firm in world.firms.values()
    )
    return {row.name: row for row in rows}


def _projects(world: World, enterprises: dict[str, Enterprise]) -> dict[str, Project]:
    counties = {region.code: region for region in Region.objects.filter(is_county=True)}
    rng = Random(f"{world.seed}/register")
    rows = []
    for planned in world.sites:
        owner = next(one.firm.name for one in planned.participations if one.kind == OWNER)
        area = Decimal(rng.randint(30, 900) * 100)
        rows.append(
            Project(
                public_id=planned.public_id,
                code=planned.code,
                name=planned.site.name,
                region=counties[planned.site.county],
                contractor=enterprises[planned.participations[0].firm.name],
                owner_name=owner,
                category=planned.site.category,
                status=planned.site.status,
                address=f"{counties[planned.site.county].name}{planned.site.name}工地",
                building_area=area,
                investment=area * Decimal("0.42"),
                starts_on=planned.calendar.opened_on,
                completes_on=planned.calendar.opened_on + timedelta(days=rng.randint(500, 900)),
            )
        )
    return {row.code: row for row in Project.objects.bulk_create(rows)}


def _permit(planned: SitePlan, project: Project) -> Permit:
    return Permit(
        public_id=planned.permit_id,
        project=project,
        number=planned.code,
        works_name=project.name,
        issued_on=planned.issued_on,
        amount=(project.investment or Decimal(0)) * 10_000,
    )


def _write_teams(world: World, parties: dict[UUID, Participation]) -> None:
    teams = [(planned, team) for planned in world.sites for team in planned.teams]
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('projects_team_number') FROM generate_series(1, %s)", [len(teams)])
        numbers = [settings.TEAM_NUMBER_START + int(row[0]) for row in cursor.fetchall()]
    Team.objects.bulk_create(
        Team(
            public_id=team.public_id,
            participation=parties[planned.participations[team.participation].public_id],
            name=team.name,
            number=number,
            is_management=team.is_management,
            responsible_name=team.leader,
            entered_on=planned.calendar.opened_on,
        )
        for (planned, team), number in zip(teams, numbers, strict=True)
    )
