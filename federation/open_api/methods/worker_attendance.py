"""WorkerAttendance 考勤: who passed a gate, when and which way."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from attendance.batches import Batch, Row, microseconds
from attendance.models import Punch
from federation.open_api import values
from federation.open_api.calls import Call
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
from federation.open_api.dispatcher import query, settled
from federation.open_api.handed import WHOLE, Handed, Words
from federation.open_api.pictures import address_of
from federation.open_api.roster import NO_TEAM
from federation.open_api.schema import Context, Field, Limit
from workers.services import identity_index

DIRECTIONS = {"01": Punch.Direction.IN, "02": Punch.Direction.OUT}
WIRE_DIRECTIONS = {str(ours): theirs for theirs, ours in DIRECTIONS.items()}
FINISHED = "[projectCode]项目已完工,打卡已留存备查!如仍在施工,请先由主管部门更正项目状态"

REMEDY = "(用ProjectWorker.Add登记、WorkerEntryExit.Add办理进场后,已留存的打卡自动计入,不必重传)"
WORDS = Words(
    unmatched="[dataList][{row}][idCardNumber]{text}" + REMEDY,
    refused="[dataList][{row}][date]不能大于当天!{text}",
    no_team=f"{NO_TEAM}(打卡已留存备查)",
)


def _within(limit: int) -> Any:
    def check(degrees: Decimal, _context: Context) -> str | None:
        return None if abs(degrees) <= limit else f"值超出范围或无效!应在-{limit}与{limit}之间"

    return check


@settled(
    "WorkerAttendance.Add",
    "上传考勤",
    permission="attendance.punch",
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
def add(call: Call) -> Handed:
    """Every well-formed row is kept; status 10 names the rows that count for nobody yet, or were not kept."""
    handed = Handed(project=call.own_project.pk, team=call.values["teamSysNo"])
    if not call.own_project.is_open:
        handed.troubles.append((WHOLE, FINISHED))
    handed.troubles += [(fault.row or 0, str(fault)) for fault in call.reading.faults]
    faulty = call.reading.faulty_rows
    rows = [_row_of(n, row) for n, row in enumerate(call.values["dataList"]) if n not in faulty]
    if rows:
        handed.batch = Batch(
            receipt=b"",
            project=call.own_project.pk,
            source="",
            origin=Punch.Origin.OPEN_API.value,
            received_at=microseconds(call.now),
            rows=rows,
        )
    return handed


def _row_of(place: int, row: Mapping[str, Any]) -> Row:
    has_place = bool(row.get("lng") or row.get("lat"))  # some clients send 0 for a place they do not know
    return Row(
        at=microseconds(row["date"]),
        direction=DIRECTIONS[row["direction"]],
        number=row["idCardNumber"],
        id_type=row["idCardType"],
        channel=row.get("channel", ""),
        pass_method=row.get("attendType", ""),
        photo=row.get("image", ""),
        latitude=str(row.get("lat", "")) if has_place else "",
        longitude=str(row.get("lng", "")) if has_place else "",
        mark=place,
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
    answers=(
        "projectCode",
        "teamSysNo",
        "teamName",
        "idCardType",
        "idCardNumber",
        "date",
        "direction",
        "imageUrl",
        "channel",
        "attendType",
        "lng",
        "lat",
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
