"""WorkerEntryExit 进退场: who came to the site and who left, from a day to a day."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, IntegerField, Value

from federation.open_api import values
from federation.open_api.calls import Call, Outcome, done
from federation.open_api.common import (
    CORP_CODE,
    CORP_CODE_SOUGHT,
    CORP_NAME,
    CORP_NAME_SOUGHT,
    IMAGE,
    PAGE,
    PROJECT_CODE,
    TEAM_NUMBER,
    TEAM_SOUGHT,
    as_day,
    as_instant,
    document_fields,
    filtered,
    for_person,
    local_day,
    page_of,
)
from federation.open_api.dictionaries import ENTRY_EXIT
from federation.open_api.dispatcher import query, write
from federation.open_api.pictures import address_of
from federation.open_api.roster import (
    all_or_nothing,
    engagements_of,
    require_known,
    stranger,
    team_of_enterprise,
)
from federation.open_api.schema import Field, Latest, Limit
from kernel.errors import DomainError
from kernel.masking import mask_id_number
from workers import errors, selectors, services
from workers.models import Engagement, Presence

ENTRY, EXIT = "1", "0"


@write(
    "WorkerEntryExit.Add",
    "上传人员进退场",
    permission="workers.enter",
    fields=(
        PROJECT_CODE,
        CORP_CODE,
        CORP_NAME,
        TEAM_NUMBER,
        Field(
            "workerList",
            "人员列表",
            required=True,
            most=Limit("open_api.rows", "WorkerEntryExit.Add"),
            rows=(
                *document_fields(required=True),
                Field("date", "进退场日期", values.day, required=True, latest=Latest.TODAY),
                Field("type", "类型", dictionary=ENTRY_EXIT, required=True),
                Field("voucher", "凭证扫描件", values.image, most=IMAGE),
            ),
        ),
    ),
)
def add(call: Call) -> Outcome:
    """Record presence as reported, all rows or none; the same entry or exit again changes nothing."""
    team_of_enterprise(call)
    rows = call.values["workerList"]
    engaged = engagements_of(call, rows)
    require_known(rows, engaged, stranger)
    all_or_nothing(rows, lambda row: _record(call, engaged[row["idCardNumber"]], row), _wording)
    return done()


def _record(call: Call, engagement: Engagement, row: Mapping[str, Any]) -> None:
    if _is_known(engagement, row):
        return
    on = {"on": row["date"], "today": local_day(call.now)}
    if row["type"] == ENTRY and selectors.is_away(engagement):
        # Vendors know no temporary leave: whoever comes while away, comes back.
        services.return_to_site(actor=call.actor, engagement=engagement, **on)
        return
    act = services.enter if row["type"] == ENTRY else services.leave
    act(
        actor=call.actor,
        engagement=engagement,
        **on,
        voucher=row.get("voucher", ""),
    )


def _is_known(engagement: Engagement, row: Mapping[str, Any]) -> bool:
    """Whether exactly this entry or exit is on record as the last one."""
    presences = engagement.presences.order_by("-entered_on", "-id")
    last = presences.values_list("entered_on", "exited_on").first()
    if last is None:
        return False
    return row["date"] == last[1] if row["type"] == EXIT else last == (row["date"], None)


def _wording(index: int, row: Mapping[str, Any], refused: DomainError) -> str:
    path, who = f"[workerList][{index}]", mask_id_number(row["idCardNumber"])
    match refused:
        case errors.BadDate(code="in_future"):
            return f"{path}[date]不能大于当天!"
        case errors.BadDate():
            return f"{path}[date]不能小于历史进退场时间!{refused.message}"
        case errors.AlreadyOnSite() | errors.NotOnSite():
            return f"{path}[type]与进退场记录不符!{who}:{refused.message}"
    return refused.message


@query(
    "WorkerEntryExit.Query",
    "查询人员进退场",
    permission="workers.view",
    fields=(
        *PAGE,
        PROJECT_CODE,
        CORP_CODE_SOUGHT,
        CORP_NAME_SOUGHT,
        TEAM_SOUGHT,
        *document_fields(required=False),
        Field("entryExitDate", "进退场日期", values.day),
    ),
    answers=(
        "entryExitId",
        "projectCode",
        "corpCode",
        "corpName",
        "teamSysNo",
        "teamName",
        "idCardType",
        "idCardNumber",
        "date",
        "dateTime",
        "type",
        "voucher",
    ),
)
def entries_and_exits(call: Call) -> dict[str, Any]:
    """Every entry and every exit of the project's people, by day."""
    rows = Presence.objects.visible_to(call.actor).order_by()
    rows = filtered(
        call,
        rows,
        engagement__team__number="teamSysNo",
        engagement__participation__enterprise__uscc="corpCode",
        engagement__participation__enterprise__name="corpName",
    )
    rows = for_person(call, rows)
    moves = _moves(filtered(call, rows, entered_on="entryExitDate"), "entered_on", ENTRY).union(
        _moves(filtered(call, rows.exclude(exited_on=None), exited_on="entryExitDate"), "exited_on", EXIT),
        all=True,
    )
    return page_of(call, moves.order_by("day", "presence", "-kind"), _row, prepare=_presences)


def _moves(rows: Any, day: str, kind: str) -> Any:
    """One row per entry, or per exit, of these presences."""
    marked = rows.annotate(presence=F("id"), day=F(day), kind=Value(int(kind), output_field=IntegerField()))
    return marked.values("presence", "day", "kind")


def _presences(_call: Call, moves: Sequence[Mapping[str, Any]]) -> list[tuple[Presence, Mapping[str, Any]]]:
    """The presences behind a page of moves, read at once."""
    related = ("person", "engagement__team", "engagement__participation__enterprise", "engagement__project")
    rows = Presence.all_rows.select_related(*related)  # the moves are within scope already
    known = rows.in_bulk({move["presence"] for move in moves})
    return [(known[move["presence"]], move) for move in moves]


def _row(call: Call, found: tuple[Presence, Mapping[str, Any]]) -> dict[str, Any]:
    presence, move = found
    engagement = presence.engagement
    return {
        "entryExitId": f"{presence.public_id.hex}{move['kind']}",
        "projectCode": engagement.project.code,
        "corpCode": engagement.participation.enterprise.uscc,
        "corpName": engagement.participation.enterprise.name,
        "teamSysNo": engagement.team.number,
        "teamName": engagement.team.name,
        "idCardType": presence.person.id_type,
        "idCardNumber": call.sealed(presence.person.id_number),
        "date": as_day(move["day"]),
        "dateTime": as_instant(move["day"]),
        "type": move["kind"],
        "voucher": address_of(call, "entryVoucher" if move["kind"] else "exitVoucher", presence),
    }
