"""What each method accepts and answers, as one Markdown table: generated, never written by hand."""

from collections.abc import Iterator

from federation.handbook.fields import flat, rows_per_call
from federation.open_api.dispatcher import Method
from federation.open_api.schema import Context, Field

HEAD = """# 开放接口：逐个接口的收与答

由 `./dev manage open_api_coverage --file docs/open-api-coverage.md` 从接口表生成，测试比对；不要手改。
字段详情、示例见运行中的平台的 `/open-api/`。行数是参数的默认值。
加粗的字段必填，带 🔒 的字段加密，`[…]` 里是列表的字段。

"""


def page(methods: list[Method], terms: Context) -> str:
    """The whole document."""
    parts = [HEAD, *_overview(methods, terms), "\n", *(_detail(one) for one in methods)]
    return "".join(parts)


def _overview(methods: list[Method], terms: Context) -> Iterator[str]:
    yield "| 接口 | 名称 | 怎样处理 | 每次行数 | 权限 | 答复 |\n|---|---|---|---|---|---|\n"
    for one in methods:
        rows = rows_per_call(one, terms)
        yield (
            f"| [{one.name}](#{one.name.replace('.', '').lower()}) | {one.label} | {_manner(one)} "
            f"| {rows or '–'} | `{one.permission}` | {_answer(one)} |\n"
        )


def _manner(one: Method) -> str:
    if not one.writes:
        return "查询，立即答复"
    return "先受理；逐行处理" if one.by_row else "先受理；全部成功或全部不写"


def _answer(one: Method) -> str:
    named = "、".join(one.answers)
    if one.writes:
        return f"requestSerialCode；结果 {{{named}}}" if named else "requestSerialCode；结果 {}"
    if one.is_paged:
        return f"一页，每行 {len(one.answers)} 个字段"
    return named or "{}"


def _detail(one: Method) -> str:
    dictionaries = {f"{item.dictionary.title}（{item.name}）" for item in flat(one.fields) if item.dictionary}
    lines = [
        f"## {one.name}\n\n{one.label}。\n",
        f"- 收：{'、'.join(_field(item) for item in one.fields) or '没有字段'}",
        f"- 字典：{'、'.join(sorted(dictionaries)) or '没有'}",
        f"- 答：{'、'.join(one.answers) or _answer(one)}",
    ]
    return "\n".join(lines) + "\n\n"


def _field(item: Field) -> str:
    name = f"**{item.name}**" if item.required else item.name
    inner = f"[{'、'.join(_field(one) for one in item.rows)}]" if item.rows else ""
    return f"{name}{'🔒' if item.encrypted else ''}{inner}"
