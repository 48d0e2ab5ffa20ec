"""Team 班组: teams of the participating enterprises."""

from datetime import date
from typing import Any

from django.db.models import Prefetch

from federation.open_api import shapes, values
from federation.open_api.calls import Call, Failed, Outcome, done
from federation.open_api.common import (
    CITIZEN_CARD,
    CORP_CODE,
    CORP_CODE_SOUGHT,
    CORP_NAME,
    CORP_NAME_SOUGHT,
    PAGE,
    PROJECT_CODE,
    TEAM_NUMBER,
    TEAM_SOUGHT,
    as_instant,
    attachments,
    filtered,
    is_identity_number,
    local_day,
    named_files,
    page_of,
)
from federation.open_api.dictionaries import IDENTITY_DOCUMENT
from federation.open_api.dispatcher import query, write
from federation.open_api.pictures import attachments_of
from federation.open_api.roster import participation_of, team_of
from federation.open_api.schema import Field, Latest, Limit
from projects import errors, services, uscc
from projects.models import Team, TeamFile
from workers.models import Engagement
from workers.services import stored_number, stored_phone

MOST_FILES = Limit("open_api.attachments", "Team")
RESPONSIBLE = (
    Field("responsiblePersonName", "责任人姓名", most=50),
    Field("responsiblePersonPhone", "责任人电话", most=50, check=shapes.phone),
    Field("responsiblePersonIDCardType", "责任人证件类型", dictionary=IDENTITY_DOCUMENT),
    # The number of another document than the citizen's card is taken as it comes.
    Field("responsiblePersonIDNumber", "责任人证件号码", encrypted=True, most=30),
    Field("remark", "备注", most=200),
)
TIMES = (
    Field("entryTime", "进场日期", values.day, latest=Latest.TODAY),
    Field("exitTime", "退场日期", values.day, latest=Latest.TODAY),
)
FILES = (
    attachments("entryAttachments", "进场附件", most=MOST_FILES),
    attachments("exitAttachments", "退场附件", most=MOST_FILES),
)


@write(
    "Team.Add",
    "新增班组",
    permission="projects.manage_team",
    fields=(
        # One client leaves the project out: its appid is the project.
        Field("projectCode", "项目编码", most=40),
        CORP_CODE,
        CORP_NAME,
        Field("teamName", "班组名称", required=True, most=100),
        *RESPONSIBLE,
        *TIMES,
        *FILES,
    ),
    answers=("teamSysNo",),
)
def add(call: Call) -> Outcome:
    """Form a team; the result carries its number, and so does the refusal of a name that is there already."""
    given, facts = call.values, _facts(call)
    _require_order(given.get("entryTime"), given.get("exitTime"))
    try:
        team = services.add_team(
            actor=call.actor,
            participation=participation_of(call),
            name=given["teamName"],
            entered_on=given.get("entryTime"),
            today=local_day(call.now),
        )
        services.report_team(actor=call.actor, team=team, facts=facts, today=local_day(call.now))
    except errors.TeamExists as refused:
        raise _exists(refused) from refused
    return done({"teamSysNo": team.number})


@write(
    "Team.Update",
    "修改班组",
    permission="projects.manage_team",
    fields=(
        Field("projectCode", "项目编码", most=40),
        TEAM_NUMBER,
        Field("teamName", "班组名称", required=True, most=100),
        CORP_CODE_SOUGHT,
        CORP_NAME_SOUGHT,
        *RESPONSIBLE,
        *TIMES,
        *FILES,
    ),
    answers=("teamSysNo",),
)
def update(call: Call) -> Outcome:
    """Bring a team up to date: what is not sent stays; files that are sent replace those of their kind."""
    team = team_of(call)
    if (corp := call.values.get("corpCode")) and uscc.normalised(corp) != team.participation.enterprise.uscc:
        raise Failed("[corpCode]与班组所在企业不一致!班组不能改到另一企业,请用Team.Add新增班组")
    given = call.values
    _require_order(given.get("entryTime", team.entered_on), given.get("exitTime", team.exited_on))
    try:
        services.report_team(actor=call.actor, team=team, facts=_facts(call), today=local_day(call.now))
    except errors.TeamExists as refused:
        raise _exists(refused) from refused
    return done({"teamSysNo": team.number})


def _facts(call: Call) -> services.TeamFacts:
    given = call.values
    phone = given.get("responsiblePersonPhone")
    return services.TeamFacts(
        name=given["teamName"],
        responsible_name=given.get("responsiblePersonName"),
        responsible_phone=stored_phone(phone) if phone else None,
        responsible_id_type=given.get("responsiblePersonIDCardType"),
        responsible_number=_number(call),
        remark=given.get("remark"),
        entered_on=given.get("entryTime"),
        exited_on=given.get("exitTime"),
        entry_files=named_files(given.get("entryAttachments")),
        exit_files=named_files(given.get("exitAttachments")),
    )


def _number(call: Call) -> str | None:
    """The number of who answers for the team; a citizen's card has to pass its check. Raises Failed."""
    number = call.values.get("responsiblePersonIDNumber")
    kind = call.values.get("responsiblePersonIDCardType", CITIZEN_CARD)
    if number and kind == CITIZEN_CARD and (wrong := is_identity_number(number, call.context)):
        raise Failed(f"[responsiblePersonIDNumber]{wrong}")
    return stored_number(kind, number) if number else None


def _require_order(entered: date | None, left: date | None) -> None:
    if entered and left and left < entered:
        raise Failed("[exitTime]不能早于进场日期[entryTime],请核对后重新上传!")


def _exists(refused: errors.TeamExists) -> Failed:
    return Failed(f"班组已存在,已存在班组编号为:{refused.number}!")


@query(
    "Team.Query",
    "查询班组",
    permission="projects.view",
    fields=(
        *PAGE,
        PROJECT_CODE,
        TEAM_SOUGHT,
        Field("teamName", "班组名称", most=100),
        CORP_CODE_SOUGHT,
        CORP_NAME_SOUGHT,
    ),
    answers=(
        "projectCode",
        "corpCode",
        "corpName",
        "teamSysNo",
        "teamName",
        "responsiblePersonName",
        "responsiblePersonPhone",
        "responsiblePersonIDCardType",
        "responsiblePersonIDNumber",
        "remark",
        "entryTime",
        "exitTime",
        "entryAttachments",
        "exitAttachments",
        "teamLeaderName",
        "teamLeaderPhone",
        "teamLeaderIDCardType",
        "teamLeaderIDNumber",
    ),
)
def teams(call: Call) -> dict[str, Any]:
    """The project's teams, each with its leader."""
    leaders = Engagement.all_rows.filter(is_team_leader=True, ended_at=None)
    rows = Team.objects.visible_to(call.actor)
    rows = filtered(
        call,
        rows,
        number="teamSysNo",
        name="teamName",
        participation__enterprise__uscc="corpCode",
        participation__enterprise__name="corpName",
    )
    rows = rows.select_related("participation__enterprise", "participation__project").order_by("number")
    led = Prefetch("engagements", leaders.select_related("person").order_by("id"), to_attr="leaders")
    files = Prefetch(
        "files", TeamFile.objects.visible_to(call.actor).filter(replaced_at=None), to_attr="kept"
    )
    return page_of(call, rows.prefetch_related(led, files), _row)


def _row(call: Call, team: Any) -> dict[str, Any]:
    return {
        "projectCode": team.participation.project.code,
        "corpCode": team.participation.enterprise.uscc,
        "corpName": team.participation.enterprise.name,
        "teamSysNo": team.number,
        "teamName": team.name,
        "responsiblePersonName": team.responsible_name,
        "responsiblePersonPhone": team.responsible_phone,
        "responsiblePersonIDCardType": team.responsible_id_type,
        "responsiblePersonIDNumber": call.sealed(team.responsible_number),
        "remark": team.remark,
        "entryTime": as_instant(team.entered_on),
        "exitTime": as_instant(team.exited_on),
        **{f"{occasion}Attachments": _files(call, team, occasion) for occasion in ("entry", "exit")},
        **(_leader(call, team.leaders[0]) if team.leaders else {}),
    }


def _files(call: Call, team: Any, occasion: str) -> list[dict[str, str]] | None:
    kept = [row for row in team.kept if row.occasion == occasion]
    return attachments_of(call, "team", kept) or None


def _leader(call: Call, engagement: Engagement) -> dict[str, Any]:
    return {
        "teamLeaderName": engagement.person.name,
        "teamLeaderPhone": engagement.phone,
        "teamLeaderIDCardType": engagement.person.id_type,
        "teamLeaderIDNumber": call.sealed(engagement.person.id_number),
    }
