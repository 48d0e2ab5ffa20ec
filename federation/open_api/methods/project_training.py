"""ProjectTraining 培训: trainings held on the project, and who attended them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Prefetch

from federation.open_api import values
from federation.open_api.calls import Call, Failed, Outcome, done
from federation.open_api.common import (
    PAGE,
    PROJECT_CODE,
    as_day,
    as_number,
    attachments,
    document_fields,
    filtered,
    local_day,
    named_files,
    page_of,
)
from federation.open_api.dictionaries import TRAINING_TYPE
from federation.open_api.dispatcher import query, write
from federation.open_api.pictures import attachments_of
from federation.open_api.roster import engagements_of, require_each_once, require_known, stranger
from federation.open_api.schema import Context, Field, Latest, Limit
from workers import errors, services
from workers.models import Engagement, Training, TrainingFile, TrainingSession
from workers.services import Attended, SessionFacts

HIGHEST_SCORE = 100


def _is_a_score(score: Any, _context: Context) -> str | None:
    return None if score <= HIGHEST_SCORE else f"值超出范围或无效!应在0与{HIGHEST_SCORE}之间"


@write(
    "ProjectTraining.Add",
    "上传项目培训",
    permission="workers.file",
    fields=(
        PROJECT_CODE,
        Field("trainingDate", "培训日期", values.day, required=True, latest=Latest.TODAY),
        Field("trainingDuration", "培训时长", values.exact(4, 1), required=True),
        Field("trainingName", "培训名称", required=True, most=200),
        Field("trainingTypeCode", "培训类型代码", dictionary=TRAINING_TYPE, required=True),
        Field("trainer", "培训人", most=60),
        Field("trainingOrg", "培训机构", most=200),
        Field("trainingAddress", "培训地址", most=200),
        Field("description", "培训简述", most=1000),
        attachments("attachments", "附件", most=Limit("open_api.attachments", "ProjectTraining")),
        Field(
            "workers",
            "参与培训的工人",
            most=Limit("open_api.training_people"),
            rows=(
                *document_fields(required=True),
                Field("isPass", "是否合格", values.flag, required=True),
                Field("trainingScore", "培训得分", values.exact(3, 1), check=_is_a_score),
            ),
        ),
    ),
)
def add(call: Call) -> Outcome:
    """Keep a training and whoever attended it, all or none; the same report again changes nothing."""
    given = call.values
    rows = given.get("workers", [])
    require_each_once(rows, "workers")
    engaged = engagements_of(call, rows)
    require_known(rows, engaged, stranger)
    try:
        services.report_training_session(
            actor=call.actor,
            project=call.own_project,
            facts=_facts(given),
            attended=[_attended(row, engaged) for row in rows],
            files=named_files(given.get("attachments")),
            today=local_day(call.now),
        )
    except errors.BadPaper as refused:
        field = "trainingDuration" if refused.field == "training_hours" else "trainingTypeCode"
        raise Failed(f"[{field}]值超出范围或无效!{refused.message}") from refused
    return done()


def _facts(given: Mapping[str, Any]) -> SessionFacts:
    return SessionFacts(
        kind=given["trainingTypeCode"],
        name=given["trainingName"],
        held_on=given["trainingDate"],
        hours=given["trainingDuration"],
        trainer=given.get("trainer", ""),
        organisation=given.get("trainingOrg", ""),
        place_name=given.get("trainingAddress", ""),
        description=given.get("description", ""),
    )


def _attended(row: Mapping[str, Any], engaged: Mapping[str, Engagement]) -> Attended:
    return Attended(engaged[row["idCardNumber"]], row["isPass"], row.get("trainingScore"))


@query(
    "ProjectTraining.Query",
    "查询项目培训",
    permission="workers.view",
    fields=(
        *PAGE,
        PROJECT_CODE,
        Field("trainingDate", "培训日期", values.day),
        Field("typeCode", "培训类型", dictionary=TRAINING_TYPE),
    ),
    answers=(
        "projectCode",
        "trainingDate",
        "trainingDuration",
        "trainingName",
        "trainingTypeCode",
        "trainer",
        "trainingOrg",
        "trainingAddress",
        "description",
        "attachments",
        "workers",
    ),
)
def trainings(call: Call) -> dict[str, Any]:
    """The project's trainings, newest last, each with whoever attended it."""
    # One that the site has only planned, or given up, is no training yet.
    held = TrainingSession.objects.visible_to(call.actor).filter(state=TrainingSession.State.CLOSED)
    rows = filtered(call, held, held_on="trainingDate", kind="typeCode")
    attended = Training.objects.visible_to(call.actor).filter(withdrawn_at=None)
    people = Prefetch("attended", attended.select_related("engagement__person").order_by("id"))
    files = Prefetch("files", TrainingFile.objects.visible_to(call.actor))
    rows = rows.select_related("project").prefetch_related(people, files).order_by("held_on", "id")
    return page_of(call, rows, _row)


def _row(call: Call, session: TrainingSession) -> dict[str, Any]:
    return {
        "projectCode": session.project.code,
        "trainingDate": as_day(session.held_on),
        "trainingDuration": as_number(session.hours),
        "trainingName": session.name,
        "trainingTypeCode": session.kind,
        "trainer": session.trainer,
        "trainingOrg": session.organisation,
        "trainingAddress": session.place_name,
        "description": session.description,
        "attachments": attachments_of(call, "training", session.files.all()) or None,
        "workers": _people(call, session.attended.all()) or None,
    }


def _people(call: Call, attended: Iterable[Training]) -> list[dict[str, Any]]:
    return [
        {
            "idCardType": one.engagement.person.id_type,
            "idCardNumber": call.sealed(one.engagement.person.id_number),
            "isPass": int(one.is_passed),
            "trainingScore": as_number(one.score),
        }
        for one in attended
    ]
