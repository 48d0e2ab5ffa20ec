"""Corrections in words: what is wrong, how it stands, what comes next."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from attendance.models import CorrectionRequest
from attendance.models.corrections import State, Wrong
from web import words

WRONG: dict[str, str] = {
    Wrong.MISSING_IN: "没有进场记录",
    Wrong.MISSING_OUT: "没有出场记录",
    Wrong.MISSING_BOTH: "进出都没有",
    Wrong.NOT_ME: "那天不是我",
    Wrong.OTHER: "别的不对",
    Wrong.RECORD: "姓名手机不对",
}
# As the clerk and the regulator read them, of somebody else.
WRONG_OF_OTHERS: dict[str, str] = {
    **WRONG,
    Wrong.MISSING_IN: "缺进场",
    Wrong.MISSING_OUT: "缺出场",
    Wrong.MISSING_BOTH: "进出场都缺",
    Wrong.NOT_ME: "当天未到，打卡不是本人",
    Wrong.OTHER: "其他不符",
    Wrong.RECORD: "个人信息有误",
}
STATES: dict[str, tuple[str, str]] = {
    State.DRAFT: ("grey", "未提交"),
    State.SUBMITTED: ("amber", "待处理"),
    State.GC_APPROVED: ("blue", "已通过，正在改"),
    State.REJECTED: ("red", "没有通过"),
    State.APPLIED: ("green", "已更正"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A request as its worker reads it."""

    public_id: UUID
    title: str
    place: str
    by: str
    asked_at: datetime
    level: str
    status: str
    next: str


def said(row: CorrectionRequest) -> Said:
    """One request in the worker's words."""
    level, status = STATES[row.state]
    if row.state == State.SUBMITTED:
        status = "等总承包单位处理"
    if row.state == State.APPLIED and row.wrong in (Wrong.OTHER, Wrong.RECORD):
        status = "已处理"
    return Said(
        public_id=row.public_id,
        title=title_of(row, WRONG),
        place=row.engagement.project.name,
        by="自己报的" if row.is_by_worker else f"{row.asked_by} 代报",
        asked_at=row.asked_at,
        level=level,
        status=status,
        next=_next(row),
    )


def title_of(row: CorrectionRequest, names: dict[str, str]) -> str:
    """What a request is about, such as “11 月 5 日 没有出场记录”."""
    day = f"{row.day.month} 月 {row.day.day} 日 " if row.day else ""
    return f"{day}{names.get(row.wrong, row.wrong)}"


def _next(row: CorrectionRequest) -> str:
    if row.state == State.SUBMITTED:
        return "项目总承包单位会核对打卡记录。有结果后，“今天”页会告诉您。"
    if row.state == State.REJECTED:
        return "不同意的，可带上凭证找项目劳资专管员，或向当地住建、人社部门投诉。"
    return ""


def events_of(row: CorrectionRequest) -> list[dict[str, Any]]:
    """Its life for the timeline, newest first."""
    found = [_event(row.asked_at, f"{row.asked_by} 提出", "")]
    if row.answered_at:
        verb = "没有通过" if row.state == State.REJECTED else "通过"
        found.insert(0, _event(row.answered_at, f"{row.answered_by} {verb}", row.answer))
    if row.applied_at:
        done = "考勤已按更正重新计算" if row.day and row.wrong not in (Wrong.OTHER,) else "已处理"
        found.insert(0, _event(row.applied_at, done, ""))
    found[0]["kind"] = "warn" if row.state == State.REJECTED else "now"
    return found


def _event(at: datetime, text: str, sub: str) -> dict[str, Any]:
    return {"at": at, "when": words.moment(at), "text": text, "sub": sub, "kind": ""}


_WEEKDAYS = "一二三四五六日"


def weekday(day: date) -> str:
    """星期一 … 星期日."""
    return f"星期{_WEEKDAYS[day.weekday()]}"


def spoken_day(day: date) -> str:
    """A day as it is read aloud."""
    return f"{day.month}月{day.day}日，{weekday(day)}"


def spoken_time(at: datetime) -> str:
    """A time as it is read aloud: 6点52分."""
    hour, minute = words.clock(at).split(":")
    return f"{int(hour)}点{int(minute)}分" if int(minute) else f"{int(hour)}点整"
