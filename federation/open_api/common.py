"""Fields that many methods share, and the pages that all queries answer with."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from federation.open_api import envelope, values
from federation.open_api.calls import Call
from federation.open_api.dictionaries import IDENTITY_DOCUMENT
from federation.open_api.schema import Context, Field, Limit
from kernel.files import NamedFile
from standards.selectors import parameter
from workers import identity
from workers.services import identity_index

CITIZEN_CARD = "01"
IMAGE = Limit("open_api.image_kilobytes")
CARD_IMAGE = Limit("open_api.card_image_kilobytes")
ATTACHMENT = Limit("open_api.attachment_kilobytes")


def _only_citizen_cards(code: str, _context: Context) -> str | None:
    return None if code == CITIZEN_CARD else "异常,目前只支持身份证类型的证件!"


def is_identity_number(number: str, context: Context) -> str | None:
    """A wrongly decrypted number is caught here too: its first block is garbage."""
    today = timezone.localdate(context.now)
    try:
        allowed = settings.SYNTHETIC_PEOPLE or context.is_practice
        identity.read_number(number, today=today, synthetic_allowed=allowed)
    except identity.BadIdentityNumber as fault:
        return f"格式不正确!{fault}"
    return None


def number_field(name: str, label: str, *, required: bool = False) -> Field:
    """A citizen identity number, encrypted on the wire."""
    return Field(name, label, required=required, encrypted=True, most=30, check=is_identity_number)


def document_fields(*, required: bool) -> tuple[Field, Field]:
    """Kind and number of an identity document; only the citizen's card is taken."""
    return (
        Field(
            "idCardType",
            "证件类型",
            dictionary=IDENTITY_DOCUMENT,
            required=required,
            check=_only_citizen_cards,
        ),
        number_field("idCardNumber", "证件号码", required=required),
    )


def attachments(name: str, label: str, *, most: int | Limit) -> Field:
    """A list of named files."""
    inner = (
        Field("name", "附件名称", required=True, most=200),
        Field("data", "附件内容", values.attachment, required=True, most=ATTACHMENT),
    )
    return Field(name, label, most=most, rows=inner)


def named_files(given: Sequence[Mapping[str, str]] | None) -> tuple[NamedFile, ...]:
    """The attachments that a call brought, as the store keeps them."""
    return tuple(NamedFile(one["name"], one["data"]) for one in given or ())


def for_person(call: Call, rows: "QuerySet[Any, Any]", person: str = "person") -> "QuerySet[Any, Any]":
    """`rows` of the one person whose document the call gives; all of them where it gives none."""
    number = call.values.get("idCardNumber")
    if number is None:
        return rows
    id_type = call.values.get("idCardType", CITIZEN_CARD)
    found = {f"{person}__id_type": id_type, f"{person}__id_index": identity_index(id_type, number)}
    return rows.filter(**found)


PROJECT_CODE = Field("projectCode", "项目编码", required=True, most=40)
CORP_CODE = Field("corpCode", "统一社会信用代码", required=True, most=18)
CORP_NAME = Field("corpName", "企业名称", required=True, most=200)
TEAM_NUMBER = Field("teamSysNo", "班组编号", values.whole, required=True)

# The same as filters of a query: nothing needed but the project.
CORP_CODE_SOUGHT = Field("corpCode", "统一社会信用代码", most=18)
CORP_NAME_SOUGHT = Field("corpName", "企业名称", most=200)
TEAM_SOUGHT = Field("teamSysNo", "班组编号", values.whole)
PAGE = (Field("pageIndex", "页码", values.whole), Field("pageSize", "每页行数", values.whole))


def page_of(
    call: Call,
    rows: "QuerySet[Any, Any]",
    answer: Callable[[Call, Any], dict[str, Any]],
    prepare: Callable[[Call, list[Any]], list[Any]] = lambda _call, found: found,
) -> dict[str, Any]:
    """The page that the call asks for; pages count from 0 and hold at most `open_api.page_size` rows.

    `prepare` fetches at once what all rows of the page need.
    """
    most = int(parameter("open_api.page_size"))
    asked = call.values.get("pageSize", most)
    size = asked if 0 < asked <= most else most
    index = max(call.values.get("pageIndex", 0), 0)
    found = prepare(call, list(rows[index * size : (index + 1) * size]))
    return envelope.page([answer(call, row) for row in found], index=index, size=size, total=rows.count())


def filtered(call: Call, rows: "QuerySet[Any, Any]", **lookups: str) -> "QuerySet[Any, Any]":
    """`rows` narrowed by those filters that the call gave: lookup → name of the field."""
    given = {lookup: call.values[name] for lookup, name in lookups.items() if name in call.values}
    return rows.filter(**given)


def as_day(day: date | None) -> str:
    """yyyy-MM-dd."""
    return day.isoformat() if day else ""


def as_instant(at: datetime | date | None) -> str:
    """yyyy-MM-dd HH:mm:ss in UTC+8; a date is its first second."""
    if at is None:
        return ""
    if isinstance(at, datetime):
        return at.astimezone(values.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    return f"{at.isoformat()} 00:00:00"


def as_number(number: Decimal | None) -> float | None:
    """A JSON number."""
    return None if number is None else float(number)


def local_day(at: datetime) -> date:
    """The date of an instant in UTC+8."""
    return at.astimezone(values.SHANGHAI).date()
