"""Team 班组: teams of the participating enterprises."""

from typing import Any

from django.db.models import Prefetch

from federation.open_api import values
from federation.open_api.calls import Call, Failed, Outcome, done
from federation.open_api.common import (
    CORP_CODE,
    CORP_CODE_SOUGHT,
    CORP_NAME,
    CORP_NAME_SOUGHT,
    PAGE,
    PROJECT_CODE,
    TEAM_SOUGHT,
    as_instant,
    attachments,
    filtered,
    local_day,
    number_field,
    page_of,
)
from federation.open_api.dictionaries import IDENTITY_DOCUMENT
from federation.open_api.dispatcher import query, write
from federation.open_api.roster import participation_of
from federation.open_api.schema import Field, Latest
from projects import errors, services
from projects.models import Team
from workers.models import Engagement


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
        Field("responsiblePersonName", "责任人姓名", most=50),
        Field("responsiblePersonPhone", "责任人电话", most=50),
        Field("responsiblePersonIDCardType", "责任人证件类型", dictionary=IDENTITY_DOCUMENT),
        number_field("responsiblePersonIDNumber", "责任人证件号码"),
        Field("remark", "备注", most=200),
        Field("entryTime", "进场日期", values.day, latest=Latest.TODAY),
        Field("exitTime", "退场日期", values.day, latest=Latest.TODAY),
        attachments("entryAttachments", "进场附件", most=5),
        attachments("exitAttachments", "退场附件", most=5),
    ),
    answers=("teamSysNo",),
)
def add(call: Call) -> Outcome:
    """Form a team; the result carries its number, and so does the refusal of a name that is there already."""
    given = call.values
    entered, left = given.get("entryTime"), given.get("exitTime")
    if entered and left and left < entered:
        raise Failed("[exitTime]不能早于进场日期[entryTime],请核对后重新上传!")
    try:
        team = services.add_team(
            actor=call.actor,
            participation=participation_of(call),
            name=given["teamName"],
            responsible_name=given.get("responsiblePersonName", ""),
            entered_on=entered,
            exited_on=left,
            remark=given.get("remark", ""),
            today=local_day(call.now),
        )
    except errors.TeamExists as refused:
        raise Failed(f"班组已存在,已存在班组编号为:{refused.number}!") from refused
    return done({"teamSysNo": team.number})


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
        "remark",
        "entryTime",
        "exitTime",
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
    return page_of(call, rows.prefetch_related(led), _row)


def _row(call: Call, team: Any) -> dict[str, Any]:
    return {
        "projectCode": team.participation.project.code,
        "corpCode": team.participation.enterprise.uscc,
        "corpName": team.participation.enterprise.name,
        "teamSysNo": team.number,
        "teamName": team.name,
        "responsiblePersonName": team.responsible_name,
        "remark": team.remark,
        "entryTime": as_instant(team.entered_on),
        "exitTime": as_instant(team.exited_on),
        **(_leader(call, team.leaders[0]) if team.leaders else {}),
    }


def _leader(call: Call, engagement: Engagement) -> dict[str, Any]:
    return {
        "teamLeaderName": engagement.person.name,
        "teamLeaderPhone": engagement.phone,
        "teamLeaderIDCardType": engagement.person.id_type,
        "teamLeaderIDNumber": call.sealed(engagement.person.id_number),
    }
