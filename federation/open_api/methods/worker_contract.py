"""WorkerContract 合同: labour contracts and written agreements of the project's people."""

from collections.abc import Mapping
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
    as_day,
    as_number,
    attachments,
    document_fields,
    filtered,
    for_person,
    named_files,
    page_of,
)
from federation.open_api.dictionaries import CONTRACT_PERIOD, MEASUREMENT_UNIT
from federation.open_api.dispatcher import query, write
from federation.open_api.pictures import attachments_of
from federation.open_api.roster import all_or_nothing, engagements_of, require_known, stranger
from federation.open_api.schema import Field, Limit
from kernel.errors import DomainError
from kernel.masking import mask_id_number
from projects import uscc
from workers import errors, services
from workers.models import Contract, ContractFile, Engagement
from workers.services import ContractFacts

CONTRACT = (
    CORP_CODE,
    CORP_NAME,
    *document_fields(required=True),
    Field("contractPeriodType", "合同期限类型", dictionary=CONTRACT_PERIOD, required=True),
    Field("startDate", "生效日期", values.day, required=True),
    Field("endDate", "失效日期", values.day, required=True),
    Field("unit", "计量单位", dictionary=MEASUREMENT_UNIT, zero_is_nothing=True),
    Field("unitPrice", "计量单价", values.exact(16, 2), zero_is_nothing=True),
    attachments("attachments", "合同附件", most=Limit("open_api.attachments", "WorkerContract")),
    Field("contractCode", "合同编号", most=50),
)


@write(
    "WorkerContract.Add",
    "上传工人合同",
    permission="workers.file",
    fields=(
        PROJECT_CODE,
        Field(
            "contractList",
            "合同列表",
            required=True,
            rows=CONTRACT,
            most=Limit("open_api.rows", "WorkerContract.Add"),
        ),
    ),
)
def add(call: Call) -> Outcome:
    """Keep the contracts of up to five people, all or none; one that overlaps another is refused."""
    rows = call.values["contractList"]
    engaged = engagements_of(call, rows)
    require_known(rows, engaged, stranger)
    _require_employers(rows, engaged)
    all_or_nothing(rows, lambda row: _record(call, engaged[row["idCardNumber"]], row), _wording)
    return done()


def _require_employers(rows: list[Mapping[str, Any]], engaged: Mapping[str, Engagement]) -> None:
    """A contract is of the firm that employs the person here. Raises Failed."""
    troubles = []
    for index, row in enumerate(rows):
        employer = engaged[row["idCardNumber"]].participation.enterprise
        if uscc.normalised(row["corpCode"]) != employer.uscc:
            text = f"与该工人的用人单位不一致!登记的用人单位为{employer.name}({employer.uscc})"
            troubles.append(f"[contractList][{index}][corpCode]{text}")
        elif row["corpName"] != employer.name:
            text = f"与统一社会信用代码不符!该代码登记的名称为{employer.name}"
            troubles.append(f"[contractList][{index}][corpName]{text}")
    if troubles:
        raise Failed(";".join(troubles))


def _record(call: Call, engagement: Engagement, row: Mapping[str, Any]) -> None:
    files = named_files(row.get("attachments"))
    facts = ContractFacts(
        kind=Contract.Kind.LABOUR,
        starts_on=row["startDate"],
        ends_on=row["endDate"],
        period_type=row["contractPeriodType"],
        unit=row.get("unit", ""),
        unit_price=row.get("unitPrice"),
        scan=files[0].address if files else "",
        number=row.get("contractCode", ""),
    )
    services.report_contract(actor=call.actor, engagement=engagement, facts=facts, files=files)


def _wording(index: int, row: Mapping[str, Any], refused: DomainError) -> str:
    path = f"[contractList][{index}]"
    match refused:
        case errors.AlreadyContracted():
            return f"{path}合同已存在!{mask_id_number(row['idCardNumber'])}:{refused.message}"
        case errors.BadPaper(field="contract_ends_on"):
            return f"{path}[endDate]不能早于生效日期[startDate]!{refused.message}"
        case errors.BadPaper(field="unit_price"):
            return f"{path}[unitPrice]值超出范围或无效!{refused.message}"
    return f"{path}{refused.message}"


@query(
    "WorkerContract.Query",
    "查询工人合同",
    permission="workers.view",
    fields=(
        *PAGE,
        PROJECT_CODE,
        CORP_CODE_SOUGHT,
        CORP_NAME_SOUGHT,
        *document_fields(required=False),
    ),
    answers=(
        "projectCode",
        "corpCode",
        "corpName",
        "idCardType",
        "idCardNumber",
        "contractPeriodType",
        "startDate",
        "endDate",
        "unit",
        "unitPrice",
        "contractCode",
        "attachments",
    ),
)
def contracts(call: Call) -> dict[str, Any]:
    """The contracts of the project's people; what was corrected away is not among them."""
    rows = filtered(
        call,
        Contract.objects.visible_to(call.actor).filter(replaced_by=None),
        engagement__participation__enterprise__uscc="corpCode",
        engagement__participation__enterprise__name="corpName",
    )
    rows = for_person(call, rows, "engagement__person").select_related(
        "engagement__person", "engagement__project", "engagement__participation__enterprise"
    )
    files = Prefetch("files", ContractFile.objects.visible_to(call.actor))
    return page_of(call, rows.prefetch_related(files).order_by("id"), _row)


def _row(call: Call, contract: Contract) -> dict[str, Any]:
    engagement = contract.engagement
    return {
        "projectCode": engagement.project.code,
        "corpCode": engagement.participation.enterprise.uscc,
        "corpName": engagement.participation.enterprise.name,
        "idCardType": engagement.person.id_type,
        "idCardNumber": call.sealed(engagement.person.id_number),
        "contractPeriodType": int(contract.period_type) if contract.period_type.isdigit() else None,
        "startDate": as_day(contract.starts_on),
        "endDate": as_day(contract.ended_on or contract.ends_on),
        "unit": int(contract.unit) if contract.unit.isdigit() else None,
        "unitPrice": as_number(contract.unit_price),
        "contractCode": contract.number,
        "attachments": attachments_of(call, "contract", contract.files.all()) or None,
    }
