"""WorkerAttendance 考勤: who passed a gate, when and which way."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from attendance.models import Punch
from attendance.services import PunchFacts, receive_punches
from federation.open_api import values
from federation.open_api.calls import Call, Failed, Outcome, done, partly_done
from federation.open_api.common import (
    IMAGE,
    PAGE,
    PROJECT_CODE,
    TEAM_NUMBER,
    TEAM_SOUGHT,
    as_instant,
    as_number,
    document_fields,
    filtered,
    page_of,
)
from federation.open_api.dictionaries import DIRECTION, PASS_METHOD
from federation.open_api.dispatcher import query, write
from federation.open_api.pictures import address_of
from federation.open_api.roster import team_of
from federation.open_api.schema import Context, Field, Limit
from projects.models import Team
from workers.services import identity_index

DIRECTIONS = {"01": Punch.Direction.IN, "02": Punch.Direction.OUT}
WIRE_DIRECTIONS = {str(ours): theirs for theirs, ours in DIRECTIONS.items()}
FINISHED = "[projectCode]项目已完工,打卡已留存备查!如仍在施工,请先由主管部门更正项目状态"

REMEDY = "(用ProjectWorker.Add登记、WorkerEntryExit.Add办理进场后,已留存的打卡自动计入,不必重传)"


def _within(limit: int) -> Any:
    def check(degrees: Decimal, _context: Context) -> str | None:
        return None if abs(degrees) <= limit else f"值超出范围或无效!应在-{limit}与{limit}之间"

    return check


@write(
    "WorkerAttendance.Add",
    "上传考勤",
    permission="attendance.punch",
    by_row=True,
    fields=(
        PROJECT_CODE,
        TEAM_NUMBER,
        Field(
            "dataList",
            "考勤列表",
            required=True,
            most=Limit("open_api.rows", "WorkerAttendance.Add"),
            rows=(
                *document_fields(required=True),
                Field("date", "刷卡时间", values.instant, required=True),
                Field("direction", "进出方向", dictionary=DIRECTION, required=True),
                Field("image", "刷卡近照", values.image, most=IMAGE),
                Field("channel", "通道名称", most=50),
                Field("attendType", "通行方式", dictionary=PASS_METHOD),
                Field("lng", "经度", values.decimal, check=_within(180)),
                Field("lat", "纬度", values.decimal, check=_within(90)),
            ),
        ),
    ),
)
def add(call: Call) -> Outcome:
    """Keep every well-formed row; status 10 names the rows that count for nobody yet, or were not kept."""
    team, troubles = _team(call)
    if not call.own_project.is_open:
        troubles.append((-1, FINISHED))
    troubles += [(fault.row or 0, str(fault)) for fault in call.reading.faults]
    rows = [(n, row) for n, row in enumerate(call.values["dataList"]) if n not in call.reading.faulty_rows]
    receipt = receive_punches(
        actor=call.actor,
        project=call.own_project,
        origin=Punch.Origin.OPEN_API,
        punches=[_facts(row) for _n, row in rows],
        now=call.now,
        team=team,
    )
    for place, text in receipt.unmatched.items():
        troubles.append((rows[place][0], f"[dataList][{rows[place][0]}][idCardNumber]{text}{REMEDY}"))
    for place, text in receipt.refused.items():
        troubles.append((rows[place][0], f"[dataList][{rows[place][0]}][date]不能大于当天!{text}"))
    return partly_done([text for _n, text in sorted(troubles)]) if troubles else done()


def _team(call: Call) -> tuple[Team | None, list[tuple[int, str]]]:
    """The team; punches of an unknown one are evidence all the same."""
    try:
        return team_of(call), []
    except Failed as refused:
        return None, [(-1, f"{refused}(打卡已留存备查)")]


def _facts(row: Mapping[str, Any]) -> PunchFacts:
    has_place = bool(row.get("lng") or row.get("lat"))  # some clients send 0 for a place they do not know
    return PunchFacts(
        id_type=row["idCardType"],
        number=row["idCardNumber"],
        occurred_at=row["date"],
        direction=DIRECTIONS[row["direction"]],
        channel=row.get("channel", ""),
        pass_method=row.get("attendType", ""),
        photo=row.get("image", ""),
        latitude=row.get("lat") if has_place else None,
        longitude=row.get("lng") if has_place else None,
    )


@query(
    "WorkerAttendance.Query",
    "查询考勤",
    permission="attendance.view",
    fields=(
        *PAGE,
        PROJECT_CODE,
        Field("date", "考勤日期", values.day, required=True),
        TEAM_SOUGHT,
        *document_fields(required=False),
    ),
)
def punches(call: Call) -> dict[str, Any]:
    """The punches of one calendar day, as they were reported."""
    begins = datetime.combine(call.values["date"], time(), values.SHANGHAI)
    ends = begins + timedelta(days=1)
    rows = Punch.objects.visible_to(call.actor).filter(occurred_at__gte=begins, occurred_at__lt=ends)
    rows = filtered(call, rows, team__number="teamSysNo")
    if number := call.values.get("idCardNumber"):
        id_type = call.values.get("idCardType", "01")
        rows = rows.filter(subject__id_type=id_type, subject__id_index=identity_index(id_type, number))
    rows = rows.select_related("subject", "team", "project").order_by("occurred_at", "public_id")
    return page_of(call, rows, _row)


def _row(call: Call, punch: Punch) -> dict[str, Any]:
    return {
        "projectCode": punch.project.code,
        "teamSysNo": punch.team.number if punch.team else None,
        "teamName": punch.team.name if punch.team else None,
        "idCardType": punch.subject.id_type,
        "idCardNumber": call.sealed(punch.subject.id_number),
        "date": as_instant(punch.occurred_at),
        "direction": WIRE_DIRECTIONS.get(punch.direction),
        "imageUrl": address_of(call, "punch", punch),
        "channel": punch.channel,
        "attendType": punch.pass_method,
        "lng": as_number(punch.longitude),
        "lat": as_number(punch.latitude),
    }
