"""A method's fields as a vendor's programmer reads them: kind, length, dictionary, encryption, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from federation.open_api import values
from federation.open_api.dictionaries import Dictionary
from federation.open_api.dispatcher import Method
from federation.open_api.elements import further_elements
from federation.open_api.facts import decimal_of
from federation.open_api.schema import Context, Field, Latest, Limit, size_in_words

KINDS = {
    values.text: "文本",
    values.whole: "整数",
    values.flag: "1 是，0 否",
    values.decimal: "数字",
    values.day: "日期 yyyy-MM-dd",
    values.month: "月份 yyyy-MM",
    values.moment: "时间 yyyy-MM-dd HH:mm:ss",
    values.instant: "时间 yyyy-MM-dd HH:mm:ss，可带毫秒",
    values.image: "图片 base64（jpg、png）",
    values.attachment: "附件 base64",
    further_elements: "对象，数据元素代码: 值；敏感的加密。本地当日要哪些，见 /api/v1/standards/effective/",
}
ROWS = "open_api.rows"
_LATEST = {Latest.TODAY: "不能晚于当天", Latest.NOW: "不能晚于当前时间"}


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the table: `depth` counts the lists around it."""

    name: str
    label: str
    kind: str
    is_required: bool
    is_encrypted: bool
    length: str
    dictionary: Dictionary | None
    note: str
    depth: int

    @property
    def shown_name(self) -> str:
        """`· idCardType`, as the standard indents what stands in a list."""
        return "·\u00a0" * self.depth + self.name

    @property
    def remarks(self) -> str:
        """Length and note in one cell."""
        return "；".join(filter(None, (self.length, self.note)))


def lines(fields: Iterable[Field], context: Context, depth: int = 0) -> Iterator[Line]:
    """Every field, what stands in a list right behind the list."""
    for item in fields:
        yield Line(
            name=item.name,
            label=item.label,
            kind=_kind(item),
            is_required=item.required,
            is_encrypted=item.encrypted,
            length=_length(item, context),
            dictionary=item.dictionary,
            note=_LATEST[item.latest] if item.latest else "",
            depth=depth,
        )
        yield from lines(item.rows, context, depth + 1)


def flat(fields: Iterable[Field]) -> Iterator[Field]:
    """Every field, those in lists too."""
    for item in fields:
        yield item
        yield from flat(item.rows)


def dictionaries_of(methods: Iterable[Method]) -> dict[Dictionary, list[Method]]:
    """Each dictionary that fields refer to, with the methods that do, by its name."""
    found: dict[Dictionary, list[Method]] = {}
    for method in methods:
        for item in flat(method.fields):
            if item.dictionary and method not in found.setdefault(item.dictionary, []):
                found[item.dictionary].append(method)
    return dict(sorted(found.items(), key=lambda pair: pair[0].title))


def limits_of(method: Method, context: Context) -> list[tuple[str, str, str]]:
    """What parameters limit in a method: field, value in force, the parameter's key."""
    return [
        (item.label, _length(item, context), item.most.key)
        for item in flat(method.fields)
        if isinstance(item.most, Limit)
    ]


def rows_per_call(method: Method, context: Context) -> int | None:
    """How many rows one call takes; None where it takes no list."""
    lists = [item.most for item in method.fields if item.rows and isinstance(item.most, Limit)]
    found = [context.limit(most) for most in lists if most.key == ROWS]
    return found[0] if found else None


def _kind(item: Field) -> str:
    if item.rows:
        return "列表"
    return "字典代码" if item.dictionary else KINDS[reader_of(item)]


def reader_of(item: Field) -> Any:
    """Which of the known readers reads a field; one made by another reads a number."""
    made_by = getattr(item.kind, "__qualname__", "").partition(".")[0]
    makers = (decimal_of.__name__, values.exact.__name__)
    return values.decimal if made_by in makers else item.kind


def _length(item: Field, context: Context) -> str:
    most = context.limit(item.most)
    if most is None:
        return ""
    if item.rows:
        return f"每次最多 {most} 条"
    if item.holds_a_file:
        return f"不超过 {size_in_words(most)}（按图片或附件本身计，不是 base64）"
    return f"最多 {most} 个字{'（明文）' if item.encrypted else ''}"
