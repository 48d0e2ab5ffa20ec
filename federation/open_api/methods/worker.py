"""Worker 工人: what the platform knows of one person who works, or worked, on the caller's projects."""

from typing import Any

from django.db.models import QuerySet

from federation.open_api.calls import Call
from federation.open_api.common import PAGE, as_day, document_fields, for_person, page_of
from federation.open_api.dispatcher import query
from federation.open_api.methods.project_worker import particulars_of
from federation.open_api.pictures import address_of
from federation.open_api.schema import Field
from workers.models import Certificate, Engagement

PROJECT_SOUGHT = Field("projectCode", "项目编码", most=40)


def people_asked_for(call: Call) -> "QuerySet[Engagement]":
    """The engagements within the caller's reach of the person asked for; none of anybody else's person."""
    return for_person(call, Engagement.objects.visible_to(call.actor))


@query(
    "Worker.Query",
    "查询工人基本信息",
    permission="workers.view",
    fields=(*PAGE, PROJECT_SOUGHT, *document_fields(required=True)),
    answers=(
        "name",
        "idCardType",
        "idCardNumber",
        "gender",
        "nation",
        "birthday",
        "birthPlaceCode",
        "address",
        "headImageUrl",
        "politicsType",
        "isJoined",
        "cellPhone",
        "cultureLevelType",
        "workTypeCode",
        "workCorpName",
        "grantOrg",
        "positiveIdCardImageUrl",
        "negativeIdCardImageUrl",
        "joinedTime",
        "specialty",
        "hasBadMedicalHistory",
        "urgentLinkMan",
        "urgentLinkManPhone",
        "workDate",
        "maritalStatus",
        "startDate",
        "expiryDate",
    ),
)
def workers(call: Call) -> dict[str, Any]:
    """One row, as the caller's newest engagement of the person tells it; an empty page for a stranger."""
    newest = people_asked_for(call).order_by("-pk").values("pk")[:1]
    rows = Engagement.objects.visible_to(call.actor).filter(pk__in=newest)
    related = ("person", "participation__enterprise", "particulars")
    return page_of(call, rows.select_related(*related).order_by("pk"), _row)


def _row(call: Call, engagement: Engagement) -> dict[str, Any]:
    person = engagement.person
    more = particulars_of(call, getattr(engagement, "particulars", None))
    return {
        "name": person.name,
        "idCardType": person.id_type,
        "idCardNumber": call.sealed(person.id_number),
        "gender": person.sex,
        "nation": person.nation,
        "birthday": as_day(person.born_on),
        "birthPlaceCode": person.id_number[:6] if person.id_type == "01" else "",
        "address": engagement.address,
        "headImageUrl": address_of(call, "headImage", engagement),
        "politicsType": engagement.political_status,
        "isJoined": int("joinedTime" in more and more["joinedTime"] != "") if more else None,
        "cellPhone": engagement.phone,
        "cultureLevelType": engagement.education,
        "workTypeCode": engagement.trade,
        "workCorpName": engagement.participation.enterprise.name,
        "grantOrg": engagement.issuing_authority,
        **{name: more.get(name) for name in _SAID},
        "positiveIdCardImageUrl": more.get("positiveIDCardImageUrl"),
        "negativeIdCardImageUrl": more.get("negativeIDCardImageUrl"),
    }


_SAID = (
    "joinedTime",
    "specialty",
    "hasBadMedicalHistory",
    "urgentLinkMan",
    "urgentLinkManPhone",
    "workDate",
    "maritalStatus",
    "startDate",
    "expiryDate",
)


@query(
    "WorkerCredential.Query",
    "查询工人资质",
    permission="workers.view",
    fields=(*PAGE, PROJECT_SOUGHT, *document_fields(required=True)),
    answers=(
        "idCardType",
        "idCardNumber",
        "certTypeNum",
        "certLevelNum",
        "certCode",
        "grantOrg",
        "firstBeginDate",
        "validEndDate",
        "certStatus",
    ),
)
def certificates(call: Call) -> dict[str, Any]:
    """The certificates of a person who works, or worked, on the caller's projects."""
    people = people_asked_for(call).values("person")
    rows = Certificate.objects.visible_to(call.actor).filter(person__in=people)
    return page_of(call, rows.select_related("person").order_by("kind", "issued_on", "id"), _certificate)


def _certificate(call: Call, row: Certificate) -> dict[str, Any]:
    return {
        "idCardType": row.person.id_type,
        "idCardNumber": call.sealed(row.person.id_number),
        "certTypeNum": row.kind,
        "certLevelNum": row.level,
        "certCode": call.sealed(row.number),
        "grantOrg": row.issuer,
        "firstBeginDate": as_day(row.issued_on),
        "validEndDate": as_day(row.valid_to),
        "certStatus": row.status,
    }
