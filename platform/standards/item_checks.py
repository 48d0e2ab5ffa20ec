"""What a version may not do to code lists (I-24): no code is used again, a city's stands in its namespace.

No Django, clock or I/O.
"""

import re
from collections.abc import Iterator, Mapping

from standards.layers import ItemSpec

LIST_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
LONGEST_CODE = 12
ITEM_CODE = re.compile(r"[0-9A-Za-z-]{1,12}")


def namespace(region_code: str) -> str:
    """How the codes of a city's elements begin: c420100_."""
    return f"c{region_code}_"


def item_namespace(region_code: str) -> str:
    """How a city's own codes in lists begin: 420100-."""
    return f"{region_code}-"


def rule_namespace(region_code: str) -> str:
    """How the codes of a city's rules begin: C420100-."""
    return f"C{region_code}-"


def item_faults(
    item: ItemSpec,
    known: Mapping[str, str] | None,
    region: str,
    granted: frozenset[str] | None,
    longest: int = LONGEST_CODE,
    list_name: str = "",
) -> Iterator[str]:
    """What is wrong with an item: `known` are all codes ever used in its list, None for a list there is not.

    `region`: the code of the city whose item it is, "" for everybody's; `granted`: the lists it may extend;
    `longest`: the characters that columns hold; `list_name`: what its list is called.
    """
    if item.retires:
        yield from _retired(item, known, region)
        return
    if known is None or (item.list_name and not LIST_KEY.fullmatch(item.code_list)):
        yield "没有这张代码表；新建代码表的，请写明名称，标识由小写字母、数字和下划线组成。"
    if not ITEM_CODE.fullmatch(item.code) or not item.name.strip():
        yield "代码由字母、数字和横线组成，不超过 12 个字符，并要有名称。"
    if len(item.code) > longest:
        yield f"这张代码表的代码最多 {longest} 个字符，请缩短。"
    if known and item.code in known:
        yield f"代码 {item.code} 已用过（{known[item.code]}），代码永不重复使用，请换一个。"
    if known and item.name in known.values():
        yield f"代码表中已有“{item.name}”，同一含义不另设代码。"
    if region:
        yield from _citys(item, known, region, granted, list_name or item.code_list)


def _retired(item: ItemSpec, known: Mapping[str, str] | None, region: str) -> Iterator[str]:
    if not known or item.code not in known:
        yield f"代码表中没有 {item.code}，不能停用。"
    elif region and not item.code.startswith(item_namespace(region)):
        yield f"{item.code} 不是本市州的代码，不能停用；可在加严中限定可用的代码。"


def _citys(
    item: ItemSpec,
    known: Mapping[str, str] | None,
    region: str,
    granted: frozenset[str] | None,
    list_name: str,
) -> Iterator[str]:
    own = item_namespace(region)
    if not known:
        if not item.code_list.startswith(namespace(region)):
            yield f"市州新建的代码表标识要以 {namespace(region)} 开头。"
        return
    if item.code_list.startswith(namespace(region)):
        return
    if granted is not None and item.code_list not in granted:
        yield f"授权不包括代码表“{list_name}”，请向省级申请。"
    if not item.code.startswith(own):
        yield f"市州扩展的代码要以 {own} 开头，例如 {own}01。"
    if not item.mapped_to or item.mapped_to not in known or item.mapped_to.startswith(own):
        yield f"请写明“{item.name}”对应省标准的哪个代码，上报时按那个代码。"
