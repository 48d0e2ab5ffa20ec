"""What is told of a site: the project, its firms, who takes part, and the teams."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q

from federation.models import UpstreamProject
from federation.open_api.methods.corp import COLUMNS
from federation.open_api.methods.project import MORE, SITE
from federation.upstream.items import Item, Number, at_midnight, name_of, said
from federation.upstream.reporter import Reporter
from projects.models import (
    EnterpriseParticulars,
    Participation,
    Permit,
    Project,
    ProjectParticulars,
    ReportedPermit,
    Team,
    TeamFile,
    WageAccount,
)
from workers.models import Presence


@dataclass(frozen=True)
class View:
    """Through which eyes a project's rows are read; `keys` narrows to some rows of a kind, None is all."""

    access: UpstreamProject
    since: date
    keys: frozenset[UUID] | None = None
    # People whose reporting was given up; what lists several people leaves them out.
    waived: frozenset[str] = field(default_factory=frozenset)

    @property
    def project(self) -> Project:
        return self.access.project

    @property
    def actor(self) -> Reporter:
        return Reporter([self.project.public_id])

    def only(self, lookup: str = "public_id__in") -> Q:
        """The condition that narrows to the rows asked for."""
        return Q() if self.keys is None else Q(**{lookup: self.keys})


def projects(view: View) -> Iterator[Item]:
    """The project itself, where the other platform did not make it with a key of its own."""
    if view.access.has_own_key:
        return
    rows = Project.objects.visible_to(view.actor).select_related("region", "contractor").filter(view.only())
    told = {row.project_id: row for row in ProjectParticulars.objects.visible_to(view.actor)}
    for project in rows:
        more = told.get(project.pk)
        facts = {name: getattr(project, column) for name, column in SITE.items()}
        facts |= {name: getattr(more, column, None) for name, column in MORE.items()}
        facts |= {"thirdPartyProjectCode": project.code, "areaCode": project.region.code}
        yield Item(
            "project",
            project.public_id,
            said(
                contractorCorpCode=project.contractor.uscc,
                contractorCorpName=project.contractor.name,
                **facts,
                builderLicenses=_permits(view),
                invest=project.investment,
                buildingArea=project.building_area,
                buildingLength=getattr(more, "length", None),
                lat=project.latitude,
                lng=project.longitude,
            ),
            label=project.name,
        )


def _permits(view: View) -> list[dict[str, Any]]:
    """Those that the county has registered, and those that were only stated."""
    stated = ReportedPermit.objects.visible_to(view.actor)
    rows: list[Permit | ReportedPermit] = [*stated, *Permit.objects.visible_to(view.actor)]
    named = {row.number: row.works_name or view.project.name for row in rows}
    return [{"prjName": name, "builderLicenseNum": number} for number, name in sorted(named.items())]


def _parties(view: View) -> Any:
    rows = Participation.objects.visible_to(view.actor).select_related("enterprise", "project")
    return rows.order_by("pk")


def corps(view: View) -> Iterator[Item]:
    """Every firm of the site, with what the site's system or the firm itself has stated of it."""
    told = {row.enterprise_id: row for row in EnterpriseParticulars.objects.visible_to(view.actor)}
    base = () if view.access.has_own_key else (name_of("project", view.project.public_id),)
    for party in _parties(view).filter(view.only("enterprise__public_id__in")):
        firm, more = party.enterprise, told.get(party.enterprise_id)
        facts = {name: getattr(more, column, None) for name, column in COLUMNS.items()}
        facts["areaCode"] = facts.get("areaCode") or firm.uscc[2:8]  # GB 32100: where the firm is registered
        facts |= {"corpCode": firm.uscc, "corpName": firm.name}
        if more is not None:
            facts |= {
                "legalManIDCardType": more.legal_id_type,
                "legalManIDCardNumber": more.legal_id_number,
                "regCapital": more.capital,
                "factRegCapital": more.paid_in_capital,
            }
        yield Item("corp", firm.public_id, said(**facts), needs=base, label=firm.name)


def parties(view: View) -> Iterator[Item]:
    """Who takes part, with wage accounts and manager; when a firm has left is told apart."""
    accounts = WageAccount.objects.visible_to(view.actor).filter(ended_at=None).order_by("pk")
    held = Prefetch("wage_accounts", accounts, to_attr="accounts")
    for one in _parties(view).filter(view.only()).prefetch_related(held):
        yield Item(
            "party",
            one.public_id,
            said(
                **_firm(one),
                corpType=one.kind,
                entryTime=at_midnight(one.entered_on),
                bankInfos=[_account(row) for row in one.accounts],
                pmName=one.manager_name,
                pmPhone=one.manager_phone,
                pmIDCardType=one.manager_id_type,
                pmIDCardNumber=one.manager_id_number,
            ),
            needs=(name_of("corp", one.enterprise.public_id),),
            label=one.enterprise.name,
        )


def _account(row: WageAccount) -> dict[str, Any]:
    return said(
        bankCode=row.bank_code, bankName=row.branch, bankNumber=row.number, bankLinkNumber=row.link_number
    )


def _firm(party: Participation) -> dict[str, Any]:
    return {"corpCode": party.enterprise.uscc, "corpName": party.enterprise.name}


def _teams(view: View) -> Any:
    rows = Team.objects.visible_to(view.actor).filter(view.only())
    return rows.select_related("participation__enterprise", "participation__project").order_by("pk")


def teams(view: View) -> Iterator[Item]:
    """Teams with whoever answers for them and the scans of their coming."""
    kept = TeamFile.objects.visible_to(view.actor).filter(replaced_at=None, occasion="entry")
    held = Prefetch("files", kept.order_by("position"), to_attr="kept")
    for team in _teams(view).prefetch_related(held):
        yield Item(
            "team",
            team.public_id,
            said(
                **_firm(team.participation),
                teamName=team.name,
                responsiblePersonName=team.responsible_name,
                responsiblePersonPhone=team.responsible_phone,
                responsiblePersonIDCardType=team.responsible_id_type,
                responsiblePersonIDNumber=team.responsible_number,
                remark=team.remark,
                entryTime=team.entered_on,
                entryAttachments=[said(name=one.name, data=one.address) for one in team.kept],
            ),
            needs=(name_of("party", team.participation.public_id),),
            label=team.name,
        )


def team_exits(view: View) -> Iterator[Item]:
    """That a team has left, once everybody of it has."""
    for team in _teams(view).exclude(exited_on=None):
        presences = _presences(view).filter(engagement__team=team)
        if any(one.exited_on is None for one in presences):
            continue
        number = Number(name_of("team", team.public_id))
        facts = {"teamSysNo": number, "teamName": team.name, "exitTime": team.exited_on}
        yield Item(
            "team_exit",
            team.public_id,
            said(**facts),
            needs=(number.team, *(name_of("exit", one.public_id) for one in presences)),
            label=team.name,
        )


def party_exits(view: View) -> Iterator[Item]:
    """That a firm has left, once everybody of it has."""
    for one in _parties(view).filter(view.only()).exclude(exited_on=None):
        presences = _presences(view).filter(engagement__participation=one)
        if any(presence.exited_on is None for presence in presences):
            continue
        yield Item(
            "party_exit",
            one.public_id,
            said(**_firm(one), exitTime=at_midnight(one.exited_on)),
            needs=(
                name_of("party", one.public_id),
                *(name_of("exit", presence.public_id) for presence in presences),
            ),
            label=one.enterprise.name,
        )


def _presences(view: View) -> Any:
    """The presences that are told: those of people who were here on the first day or later."""
    here = Q(exited_on=None) | Q(exited_on__gte=view.since)
    return Presence.objects.visible_to(view.actor).filter(here)
