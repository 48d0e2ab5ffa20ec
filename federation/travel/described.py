"""The kinds of records in a document, for who joins with software of another maker."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from federation.compare_words import kind_said
from federation.travel.catalogue import KINDS
from federation.travel.kinds import Column, Kind, Part
from federation.travel.names import KIND_OF
from federation.travel.punches import LISTED, MOST_A_MESSAGE, ROW

_FLOWS = {"up": "上行", "down": "下行", "both": "上行、下行"}
_HEAD = """# 节点之间的记录

由 `./dev manage node_kinds --file docs/federation-kinds.md` 从程序生成。
报文的写法见[接入协议](federation-protocol.md)。

- 每条记录的 `row` 里有下面的字段；没有值的写 `null`。
- 引用、列表、类型读不懂的记录单独被拒（规则 `shape`），不影响其他记录；文字里不能有 NUL 字符。
- 时间一律 UTC（ISO 8601），小数写成字符串，附件字段写内容的 SHA-256。
- “另放”的字段不在 `row` 里，封装在 `sealed`。
- “自然编号”相同的，接收方认作同一条。
- 类别按依赖的次序排列，被引用的在前。
"""


def page() -> str:
    """All kinds in the order of need, as Markdown."""
    kinds = (line for kind in KINDS.values() for line in _kind(kind))
    return "\n".join([_HEAD, *kinds, *_punches(), _SIGHTING])


def _punches() -> Iterator[str]:
    yield f"## `punches` {kind_said('punches')}\n"
    yield f"上行，走 `punches` 数据流；一条记录至多 {MOST_A_MESSAGE} 次打卡，记录的编号随意。\n"
    yield "各项目的打卡分别处理：项目还没到的等待，不归报送平台管理的被拒，其余当即收下；"
    yield "原样再报只补上缺的。\n"
    yield "重复出现的值各列一次：\n"
    yield "| 列表 | 内容 |"
    yield "|---|---|"
    yield from (f"| `{name}` | {_LISTS[name]} |" for name in LISTED)
    yield "\n`rows` 的每一项是按下面次序的一列值：\n"
    yield "| 值 | 内容 |"
    yield "|---|---|"
    yield from (f"| `{name}` | {said} |" for name, said in ROW)
    yield ""


_LISTS = {
    "projects": "项目编号",
    "sources": "考勤设备编号；厂商接口为空串",
    "people": "人员编号；还没有登记的人写 `节点代码:任意名称`，以后用 `sighting` 告知是谁",
    "teams": "班组编号，没有为空串",
    "channels": "通道",
    "methods": "通行方式的代码",
    "origins": "接收渠道：open_api 厂商接口、gate 闸机、handheld 手持终端、phone 手机、migration 历史迁移",
}
_SIGHTING = """## `sighting` 认出的人

上行。以前打卡时没有登记的人登记了：`row` 为 `{"name": "节点代码:名称", "person": "人员编号"}`，
`name` 是打卡里用过的那个。
"""


def _kind(kind: Kind) -> Iterator[str]:
    yield f"## `{kind.name}` {kind_said(kind.name)}\n"
    said = [_FLOWS[kind.flow]]
    if kind.natural:
        said.append("自然编号：" + "、".join(f"`{name}`" for name in kind.natural))
    if kind.pointer is not None:
        said.append(f"`{kind.pointer[0]}` 和 `{kind.pointer[1]}` 合指一条记录")
    yield "；".join(said) + "。\n"
    yield from _table(kind, "")


def _table(of: Kind | Part, within: str) -> Iterator[str]:
    yield "| 字段 | 类型 | 可空 |"
    yield "|---|---|---|"
    for column in of.columns:
        yield f"| `{column.name}` | {_sort(of, column)} | {'是' if column.field.null else ''} |"
    for part in of.parts:
        yield f"| `{part.name}` | 列表，见下；以 {'、'.join(f'`{name}`' for name in part.by)} 相认 | |"
    yield ""
    for part in of.parts:
        name = f"{within}{part.name}"
        yield f"### `{name}` 的每一项\n"
        yield from _table(part, f"{name}.")


def _sort(of: Kind | Part, column: Column) -> str:
    if column.name in of.files:
        return "附件"
    if column.sort == "sealed":
        return "另放：文字"
    if column.sort == "region":
        return "区划代码"
    if column.sort == "reference":
        kind = KIND_OF.get(column.field.related_model)
        return f"编号，`{kind}`" if kind else "编号，同一条记录的一项"
    return _plain(column.field)


def _plain(field: "models.Field[Any, Any]") -> str:
    for kind, word in _PLAIN:
        if isinstance(field, kind):
            return word
    return f"文字，最长 {field.max_length}" if field.max_length else "文字"


# The more particular first: a day with a time is a day as well.
_PLAIN: "tuple[tuple[type[models.Field[Any, Any]], str], ...]" = (
    (models.DateTimeField, "时间"),
    (models.DateField, "日期"),
    (models.BooleanField, "真假"),
    (models.DecimalField, "小数"),
    (models.IntegerField, "整数"),
    (models.JSONField, "JSON"),
    (models.UUIDField, "编号"),
)
