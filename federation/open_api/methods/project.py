"""Project.Query 查询项目: what the platform knows of the caller's project."""

from typing import Any

from federation.open_api.calls import Call
from federation.open_api.common import PAGE, as_day, as_number, filtered, page_of
from federation.open_api.dispatcher import query
from federation.open_api.schema import Field
from projects.models import Project


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
        "name",
        "category",
        "buildCorpName",
        "builderLicenses",
        "areaCode",
        "invest",
        "buildingArea",
        "startDate",
        "completeDate",
        "prjStatus",
        "lat",
        "lng",
        "address",
    ),
)
def projects(call: Call) -> dict[str, Any]:
    """The projects within reach of the appid; no filter is needed."""
    rows = Project.objects.visible_to(call.actor).select_related("region", "contractor").order_by("code")
    rows = filtered(
        call,
        rows,
        code="projectCode",
        contractor__uscc="contractorCorpCode",
        contractor__name="contractorCorpName",
    )
    return page_of(call, rows.prefetch_related("permits"), _row)


def _row(call: Call, project: Project) -> dict[str, Any]:
    return {
        "projectCode": project.code,
        "contractorCorpCode": project.contractor.uscc,
        "contractorCorpName": project.contractor.name,
        "name": project.name,
        "category": project.category,
        "buildCorpName": project.owner_name,
        "builderLicenses": [
            {"prjName": permit.works_name, "builderLicenseNum": call.sealed(permit.number)}
            for permit in project.permits.all()
        ],
        "areaCode": project.region.code,
        "invest": as_number(project.investment),
        "buildingArea": as_number(project.building_area),
        "startDate": as_day(project.starts_on),
        "completeDate": as_day(project.completes_on),
        "prjStatus": project.status,
        "lat": as_number(project.latitude),
        "lng": as_number(project.longitude),
        "address": project.address,
    }
