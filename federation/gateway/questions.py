"""What a call asks for: read strictly, for whoever mistypes a filter must not get more than was meant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core import signing
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from federation.gateway.catalogue import ASKED
from federation.gateway.errors import BadCursor, BadQuestion
from federation.gateway.kinds import Shared
from standards.selectors import parameter

_SALT: Final = "gateway.cursor"
ALWAYS: Final = ("agreement", "fields", "since", "limit", "cursor")


@dataclass(frozen=True, slots=True)
class Question:
    """What a call asks: `filters` by the names of agreements, `fields` () for all that are agreed.

    `begun`: when the run of pages began; `after`: the row behind which the next page begins.
    """

    fields: tuple[str, ...] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    limit: int = 0
    begun: datetime | None = None
    after: int = 0

    @property
    def noted(self) -> dict[str, Any]:
        """What the log keeps of it."""
        told = {**self.filters, **({"fields": list(self.fields)} if self.fields else {})}
        return {**told, "since": self.since.isoformat()} if self.since else told


def read(asked: Mapping[str, str], shared: Shared) -> Question:
    """The question of an address's query, without its cursor. Raises BadQuestion."""
    for name in asked:
        if name not in ALWAYS and ASKED.get(name) not in shared.filters:
            known = [*ALWAYS, *(key for key, of in ASKED.items() if of in shared.filters)]
            told = _("没有名为“{name}”的参数，可用：{known}。").format(name=name[:40], known="、".join(known))
            raise BadQuestion(told, name)
    fields = tuple(part for part in asked.get("fields", "").split(",") if part)
    filters = {
        ASKED[name]: [value] if name in ("project", "enterprise") else _day(name, value)
        for name, value in asked.items()
        if name in ASKED
    }
    return Question(fields, filters, _instant(asked.get("since", "")), _limit(asked.get("limit", "")))


def _day(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadQuestion(_("{name} 应为日期，写作 2026-01-31。").format(name=name), name) from None


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        # A plus sign that was not quoted arrives as a blank.
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        told = _("since 应为带时区的时间，写作 2026-11-22T08:00:00+08:00，通常就是上次答复的 next_since。")
        raise BadQuestion(told, "since")
    return found


def _limit(text: str) -> int:
    most = int(parameter("gateway.most_rows"))
    if not text:
        return most
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= most):
        raise BadQuestion(_("limit 应为 1 至 {most} 的整数。").format(most=most), "limit")
    return int(text)


def cursor_of(question: Question, shared: Shared, version: UUID, after: int) -> str:
    """Where the next page begins, bound to the version, the object and all that was asked."""
    held = {
        "v": str(version),
        "o": shared.key,
        "f": list(question.fields),
        "q": dict(question.filters),
        "s": question.since.isoformat() if question.since else "",
        "b": question.begun.isoformat() if question.begun else "",
        "k": after,
    }
    return signing.dumps(held, salt=_SALT, compress=True)


def resumed(cursor: str, asked: Mapping[str, str], shared: Shared, version: UUID) -> Question:
    """The question that a cursor goes on with. Raises BadCursor, BadQuestion for more beside it."""
    for name in asked:
        if name not in ("cursor", "limit", "agreement"):
            told = _("带 cursor 时只能再带 limit 和 agreement：其余条件已在游标里。请去掉 {name}。")
            raise BadQuestion(told.format(name=name[:40]), name)
    age = timedelta(hours=int(parameter("gateway.cursor_hours")))
    try:
        held = signing.loads(cursor, salt=_SALT, max_age=age)
    except signing.BadSignature:
        raise BadCursor from None
    if (held["v"], held["o"]) != (str(version), shared.key):
        raise BadCursor
    since, begun = (datetime.fromisoformat(held[name]) if held[name] else None for name in ("s", "b"))
    limit = _limit(asked.get("limit", ""))
    return Question(tuple(held["f"]), held["q"], since, limit, begun, held["k"])
