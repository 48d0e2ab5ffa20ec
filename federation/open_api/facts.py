"""What the methods about enterprises and projects share: kinds of values, documents, and facts from calls."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from federation.open_api import values
from federation.open_api.calls import Call, Failed
from federation.open_api.common import CITIZEN_CARD
from federation.open_api.dictionaries import IDENTITY_DOCUMENT
from federation.open_api.schema import Context, Field
from kernel.errors import DomainError
from projects import errors, uscc
from projects.numbers import PERMIT_NUMBER, BadNumber
from regions.models import Region
from workers import identity

NO_SUCH_PLACE = "参数值不正确,请参见行政区划字典表!"
_DOCUMENT = re.compile(r"[0-9A-Za-z()（）-]{5,30}")
_SPOKEN_PHONE = re.compile(r"[-0-9 +()（）,，;；/、#*转分机]{5,50}")
_WEBSITE = re.compile(r"(https?://)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?(/\S*)?", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PERMIT = re.compile(r"[^\x00-\x1f\x7f]{1,50}")


def decimal_of(digits: int, places: int) -> Callable[[Any], Decimal]:
    """A reader of numbers with so many digits in all, rounded to so many behind the point."""
    unit = Decimal(1).scaleb(-places)

    def read(value: Any) -> Decimal:
        number = values.decimal(value)
        if number.copy_abs() >= Decimal(10) ** (digits - places):
            raise values.Unreadable("值超出范围或无效!")
        return number.quantize(unit)

    return read


def not_negative(value: Decimal, _context: Context) -> str | None:
    """Areas, lengths and sums of money."""
    return "值超出范围或无效!不能小于0" if value < 0 else None


def place(value: str, _context: Context) -> str | None:
    """Six figures of GB/T 2260 in any province."""
    known = len(value) == 6 and value.isascii() and value.isdigit() and value[:2] in identity.PROVINCES
    return None if known else NO_SUCH_PLACE


def postcode(value: str, _context: Context) -> str | None:
    return None if re.fullmatch(r"[0-9]{6}", value) else "格式不正确!应为6位数字"


def website(value: str, _context: Context) -> str | None:
    return None if _WEBSITE.fullmatch(value) else "格式不正确!"


def email(value: str, _context: Context) -> str | None:
    return None if _EMAIL.fullmatch(value) else "格式不正确!"


def contact(value: str, _context: Context) -> str | None:
    """One telephone number or several, with extensions."""
    return None if _SPOKEN_PHONE.fullmatch(value) else "格式不正确!请填写电话号码"


def permit_number(value: str, _context: Context) -> str | None:
    """A wrongly decrypted number begins with garbage."""
    return None if _PERMIT.fullmatch(value) else "格式不正确!请核对编号和加密方式"


def licence_number(value: str, _context: Context) -> str | None:
    """A construction permit's number, in the form in which counties register it; it is not repeated here."""
    try:
        PERMIT_NUMBER.read(value)
    except BadNumber:
        signs, least, most = PERMIT_NUMBER.signs, PERMIT_NUMBER.shortest, PERMIT_NUMBER.longest
        return f"格式不正确!施工许可证编号由{signs}组成,{least}至{most}位,请核对编号和加密方式"
    return None


def figures(value: str, _context: Context) -> str | None:
    return None if value.isascii() and value.isdigit() else "格式不正确!应为数字代码"


def _document(value: str, _context: Context) -> str | None:
    return None if _DOCUMENT.fullmatch(value) else "格式不正确!请核对证件号码和加密方式"


def any_document(prefix: str, label: str) -> tuple[Field, Field]:
    """Kind and number of somebody's document; unlike workers, these people may hold any."""
    return (
        Field(f"{prefix}IDCardType", f"{label}证件类型", dictionary=IDENTITY_DOCUMENT),
        Field(f"{prefix}IDCardNumber", f"{label}证件号码", encrypted=True, most=30, check=_document),
    )


def document_of(call: Call, prefix: str) -> tuple[str | None, str | None]:
    """What the call says of the document; a number without a kind is a citizen's. Raises Failed."""
    kind = call.values.get(f"{prefix}IDCardType")
    number = call.values.get(f"{prefix}IDCardNumber")
    if number is None:
        return kind, None
    kind = kind or CITIZEN_CARD
    if kind == CITIZEN_CARD:
        today = timezone.localdate(call.now)
        try:
            number = identity.read_number(
                number, today=today, synthetic_allowed=settings.SYNTHETIC_PEOPLE
            ).number
        except identity.BadIdentityNumber as fault:
            raise Failed(f"[{prefix}IDCardNumber]格式不正确!{fault}") from fault
    return kind, number


def county_of(code: str) -> Region:
    """The county, or unit without counties, in which a project lies. Raises Failed."""
    found = Region.objects.filter(code=code).first()
    if found is None:
        raise Failed(f"[areaCode]{NO_SUCH_PLACE}")
    if Region.objects.filter(parent=found, is_county=True).exists():
        raise Failed(f"[areaCode]{NO_SUCH_PLACE}{found.name}下设县(市、区),请填写项目所在县(市、区)的编码")
    return found


def measured(given: Mapping[str, Any], name: str) -> Decimal | None:
    """A measure; some clients send 0 for one that they do not know."""
    value: Decimal | None = given.get(name)
    return value or None


def firm_of(given: Mapping[str, Any], name: str) -> str | None:
    """A credit code as it is registered."""
    return uscc.normalised(given[name]) if name in given else None


def firm_fault(refused: DomainError, party: str) -> Failed:
    """A refusal of an enterprise, at the field that names it: `party` is corp, contractorCorp, buildCorp."""
    if isinstance(refused, errors.BadCreditCode):
        return Failed(f"[{party}Code]格式不正确!{refused.message}")
    return Failed(f"[{party}Name]与统一社会信用代码不符!{refused.message}")
