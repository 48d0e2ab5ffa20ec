"""Project 项目: reported by its contractor's system, stated anew, and asked for."""

from typing import Any

from django.db.models import Prefetch

from federation.open_api import values
from federation.open_api.calls import Call, Failed, Outcome, done
from federation.open_api.common import PAGE, PROJECT_CODE, as_day, as_number, local_day, page_of
from federation.open_api.dictionaries import (
    APPROVAL_LEVEL,
    BUILDING_NATURE,
    BUILDING_USE,
    PROJECT_CLASS,
    PROJECT_SIZE,
    PROJECT_STATUS,
)
from federation.open_api.dispatcher import query, write
from federation.open_api.elements import EXTRAS, findings_of, opened, sentences, warned
from federation.open_api.facts import (
    contact,
    county_of,
    decimal_of,
    figures,
    firm_fault,
    firm_of,
    licence_number,
    measured,
    not_negative,
    permit_number,
)
from federation.open_api.places import position
from federation.open_api.schema import Field, Limit
from federation.open_api.shapes import person_name
from kernel.errors import DomainError
from projects import errors, services
from projects.by_standard import standard_at
from projects.models import Participation, Project
from projects.numbers import PERMIT_NUMBER
from projects.services import OWNER
from projects.statements import MoreFacts, ProjectStatement, SiteFacts
from standards.errors import BreaksStandard
from standards.spec import OPEN_API, PROJECT

CONTRACTOR = (
    Field("contractorCorpCode", "总承包单位统一社会信用代码", required=True, most=18),
    Field("contractorCorpName", "总承包单位名称", required=True, most=200),
)
# Field of the interface → column of the project itself, and of its particulars.
SITE = {
    "name": "name",
    "buildCorpName": "owner_name",
    "category": "category",
    "prjStatus": "status",
    "address": "address",
    "startDate": "starts_on",
    "completeDate": "completes_on",
}
MORE = {
    "thirdPartyProjectCode": "third_party_code",
    "description": "description",
    "buildPlanNum": "land_permit",
    "prjPlanNum": "planning_permit",
    "linkMan": "contact_name",
    "linkPhone": "contact_phone",
    "approvalNum": "approval_number",
    "approvalLevelNum": "approval_level",
    "prjSize": "size",
    "propertyNum": "nature",
    "functionNum": "use",
    "nationNum": "nationality",
}
_WIRE = {column: name for name, column in SITE.items()} | {
    "region": "areaCode",
    "building_area": "buildingArea",
    "investment": "invest",
}
_DEGREES = decimal_of(18, 15)
_METRES = decimal_of(18, 2)


def _fields(*, required: bool) -> tuple[Field, ...]:
    """What is stated of a project; a partial update requires nothing."""
    permit = (
        Field("prjName", "工程名称", required=True, most=255),
        Field("builderLicenseNum", "施工许可证编号", required=True, encrypted=True, check=licence_number),
    )
    return (
        Field("name", "项目名称", required=required, most=200),
        Field("description", "项目简介", most=1000),
        Field("category", "项目分类", dictionary=PROJECT_CLASS, required=required),
        Field("buildCorpName", "建设单位名称", most=200),
        Field("buildCorpCode", "建设单位统一社会信用代码", most=18),
        Field(
            "builderLicenses", "施工许可证", required=required, most=Limit("open_api.permits"), rows=permit
        ),
        Field("buildPlanNum", "建设用地规划许可证编号", encrypted=True, check=permit_number),
        Field("prjPlanNum", "建设工程规划许可证编号", encrypted=True, check=permit_number),
        Field("areaCode", "项目所在地", required=required, most=6),
        Field("invest", "总投资(万元)", decimal_of(18, 6), check=not_negative),
        Field("buildingArea", "总面积(平方米)", _METRES, check=not_negative),
        Field("buildingLength", "总长度(米)", _METRES, check=not_negative),
        Field("startDate", "开工日期", values.day),
        Field("completeDate", "竣工日期", values.day),
        Field("linkMan", "联系人", most=50, check=person_name),
        Field("linkPhone", "办公电话", most=50, check=contact),
        Field("prjStatus", "项目状态", dictionary=PROJECT_STATUS, required=required),
        Field("lat", "纬度(WGS84)", _DEGREES),
        Field("lng", "经度(WGS84)", _DEGREES),
        Field("address", "项目地点", most=200),
        Field("approvalNum", "立项文号", most=50),
        Field("approvalLevelNum", "立项级别", dictionary=APPROVAL_LEVEL),
        Field("prjSize", "建设规模", dictionary=PROJECT_SIZE),
        Field("propertyNum", "建设性质", dictionary=BUILDING_NATURE),
        Field("functionNum", "工程用途", dictionary=BUILDING_USE),
        Field("nationNum", "国籍或地区", most=3, check=figures),
        Field("thirdPartyProjectCode", "第三方项目编码", required=required, most=50),
        EXTRAS,
    )


@write(
    "Project.Add",
    "新增项目",
    permission="projects.report",
    fields=(*CONTRACTOR, *_fields(required=True)),
    answers=("projectCode",),
)
def add(call: Call) -> Outcome:
    """Report a project of the enterprise whose appid calls; the result carries its code."""
    enterprise = call.credential.enterprise
    if enterprise is None:
        raise LookupError("only an enterprise's system reports projects")
    given = call.values
    if firm_of(given, "contractorCorpCode") != enterprise.uscc:
        raise Failed(
            f"[contractorCorpCode]值超出范围或无效!该appid只能新增总承包单位为{enterprise.name}的项目"
        )
    if given["contractorCorpName"] != enterprise.name:
        raise Failed(f"[contractorCorpName]与统一社会信用代码不符!该代码登记的名称为{enterprise.name}")
    statement = _statement(call)
    try:
        project = services.report_project(
            actor=call.actor,
            contractor=enterprise,
            statement=statement,
            channel=OPEN_API,
            today=local_day(call.now),
        )
    except errors.ProjectReported as refused:
        # In the words by which clients recognise a team that is there already.
        raise Failed(f"项目已存在,已存在项目编码为:{refused.project_code}!") from refused
    except DomainError as refused:
        raise _worded(refused, statement) from refused
    return done({"projectCode": project.code}, project=project, findings=warned(project.findings))


@write(
    "Project.Update",
    "更新项目",
    permission="projects.state",
    fields=(PROJECT_CODE, *_fields(required=True)),
    answers=("projectCode",),
)
def update(call: Call) -> Outcome:
    """State a project anew, whole."""
    return _restated(call)


@write(
    "Project.PartUpdate",
    "更新项目部分信息",
    permission="projects.state",
    fields=(PROJECT_CODE, *_fields(required=False)),
    answers=("projectCode",),
)
def part_update(call: Call) -> Outcome:
    """State some facts of a project anew; what is left out or empty stays."""
    return _restated(call)


def _restated(call: Call) -> Outcome:
    statement = _statement(call)
    try:
        project = services.restate_project(
            actor=call.actor,
            project=call.own_project,
            statement=statement,
            channel=OPEN_API,
            today=local_day(call.now),
        )
    except DomainError as refused:
        raise _worded(refused, statement) from refused
    # One client reads the result of an update as it reads that of a new project.
    return done({"projectCode": project.code}, findings=warned(project.findings))


def _statement(call: Call) -> ProjectStatement:
    """What the call states. Raises Failed."""
    given = call.values
    latitude, longitude = position(given.get("lat"), given.get("lng"))
    licences = given.get("builderLicenses")
    return ProjectStatement(
        site=SiteFacts(
            **{column: given.get(name) for name, column in SITE.items()},
            region=county_of(given["areaCode"]) if "areaCode" in given else None,
            investment=measured(given, "invest"),
            building_area=measured(given, "buildingArea"),
            latitude=latitude,
            longitude=longitude,
        ),
        more=MoreFacts(
            **{column: given.get(name) for name, column in MORE.items()},
            length=measured(given, "buildingLength"),
        ),
        owner_uscc=firm_of(given, "buildCorpCode"),
        permits=tuple((PERMIT_NUMBER.read(row["builderLicenseNum"]), row["prjName"]) for row in licences)
        if licences
        else None,
        extras=_extras(call),
    )


def _extras(call: Call) -> dict[str, Any] | None:
    """What the call says beyond the national fields, as the standard of the place knows it. Raises Failed."""
    given = call.values
    if "extras" not in given:
        return None
    region = county_of(given["areaCode"]) if "areaCode" in given else call.own_project.region
    try:
        return opened(standard_at(region, local_day(call.now)), PROJECT, given["extras"], call.credential.key)
    except DomainError as refused:
        raise Failed(f"[extras][{refused.field}]{refused.message}") from refused


def _worded(refused: DomainError, statement: ProjectStatement) -> Failed:
    """A refusal with the field that it speaks of in front."""
    match refused:
        case errors.PermitElsewhere():
            numbers = [number for number, _name in statement.permits or ()]
            path = f"[builderLicenses][{numbers.index(refused.number)}][builderLicenseNum]"
            return Failed(f"{path}值超出范围或无效!该施工许可证已登记在另一个项目下,请核对编号")
        case errors.BadCreditCode() | errors.NameDiffers():
            return firm_fault(refused, "buildCorp")
        case BreaksStandard():
            return Failed(sentences(refused, PROJECT), findings_of(refused))
    wire = _WIRE.get(refused.field or "", "")
    return Failed(f"[{wire}]{refused.message}" if wire else refused.message)


@query(
    "Project.Query",
    "查询项目",
    permission="projects.view",
    fields=(
        *PAGE,
        Field("projectCode", "项目编码", most=40),
        Field("contractorCorpCode", "总承包单位统一社会信用代码", most=18),
        Field("contractorCorpName", "总承包单位名称", most=200),
    ),
    answers=(
        "projectCode",
        "contractorCorpCode",
        "contractorCorpName",
        *SITE,
        "buildCorpCode",
        "builderLicenses",
        "areaCode",
        "invest",
        "buildingArea",
        "lat",
        "lng",
        *MORE,
        "buildingLength",
    ),
)
def projects(call: Call) -> dict[str, Any]:
    """The projects within reach of the appid; no filter is needed."""
    rows = Project.objects.visible_to(call.actor).order_by("code")
    if code := call.values.get("projectCode"):
        rows = rows.filter(code=code)
    if code := firm_of(call.values, "contractorCorpCode"):
        rows = rows.filter(contractor__uscc=code)
    if name := call.values.get("contractorCorpName"):
        rows = rows.filter(contractor__name=name)
    owners = Participation.objects.visible_to(call.actor).filter(kind=OWNER).select_related("enterprise")
    rows = rows.select_related("region", "contractor", "particulars").prefetch_related(
        "permits", "reported_permits", Prefetch("participations", owners.order_by("pk"), to_attr="owners")
    )
    return page_of(call, rows, _row)


def _row(call: Call, project: Any) -> dict[str, Any]:
    return {
        "projectCode": project.code,
        "contractorCorpCode": project.contractor.uscc,
        "contractorCorpName": project.contractor.name,
        **{name: _written(getattr(project, column)) for name, column in SITE.items()},
        "buildCorpCode": next(
            (one.enterprise.uscc for one in project.owners if one.enterprise.name == project.owner_name), ""
        ),
        "builderLicenses": _permits(call, project),
        "areaCode": project.region.code,
        "invest": as_number(project.investment),
        "buildingArea": as_number(project.building_area),
        "lat": as_number(project.latitude),
        "lng": as_number(project.longitude),
        **_particulars(call, getattr(project, "particulars", None)),
    }


def _particulars(call: Call, told: Any) -> dict[str, Any]:
    if told is None:
        return {}
    return {
        **{name: getattr(told, column) for name, column in MORE.items()},
        "buildPlanNum": call.sealed(told.land_permit),
        "prjPlanNum": call.sealed(told.planning_permit),
        "buildingLength": as_number(told.length),
    }


def _permits(call: Call, project: Any) -> list[dict[str, Any]]:
    """Those that the county has registered, and those that were only stated."""
    named = {one.number: one.works_name for one in (*project.reported_permits.all(), *project.permits.all())}
    return [
        {"prjName": name, "builderLicenseNum": call.sealed(number)} for number, name in sorted(named.items())
    ]


def _written(value: Any) -> Any:
    return as_day(value) if hasattr(value, "isoformat") else value
