"""Records that may be another node's: what they are called, the fields that a wish may name, their pages.

What a field does not say in one clear value (a code, another row, a sealed number) is wished for in words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from projects.master_facts import OWNED

OTHER = "其他内容（在下面写明）"


@dataclass(frozen=True, slots=True)
class Correctable:
    """One kind of record: its title, the fields that a wish may name, how a row is called and its page."""

    title: str
    fields: Mapping[str, str]
    label: Callable[[Any], str]
    url: Callable[[Any], str]
    # What label and page read of the row.
    reads: tuple[str, ...] = ()


def _page(name: str, *path: str) -> Callable[[Any], str]:
    def url(row: Any) -> str:
        for step in path:
            row = getattr(row, step)
        return reverse(name, args=[row.public_id])

    return url


def _tab(tab: str, *path: str) -> Callable[[Any], str]:
    def url(row: Any) -> str:
        for step in path:
            row = getattr(row, step)
        return reverse("project_tab", args=[row.public_id, tab])

    return url


def _owned(kind: str, *names: str) -> dict[str, str]:
    return {name: OWNED[kind][name] for name in names}


_DAYS = {"entered_on": "进场日期", "exited_on": "退场日期"}
CORRECTABLE: Mapping[str, Correctable] = {
    "enterprise": Correctable(
        "企业", _owned("enterprise", "name"), lambda row: row.name, _page("enterprise")
    ),
    "project": Correctable(
        "项目",
        _owned("project", "name", "owner_name", "address", "building_area", "starts_on", "completes_on"),
        lambda row: row.name,
        _page("project"),
    ),
    "permit": Correctable(
        "施工许可证",
        _owned("permit", "works_name", "issued_on", "amount"),
        lambda row: row.number,
        _page("project", "project"),
        ("project",),
    ),
    "participation": Correctable(
        "参建单位",
        {**_DAYS, "manager_name": "负责人姓名"},
        lambda row: row.enterprise.name,
        _tab("parties", "project"),
        ("enterprise", "project"),
    ),
    "team": Correctable(
        "班组",
        {"name": "班组名称", "responsible_name": "负责人姓名", **_DAYS},
        lambda row: row.name,
        _tab("teams", "participation", "project"),
        ("participation__project",),
    ),
    "engagement": Correctable(
        "人员用工",
        {"issuing_authority": "发证机关", "bank_name": "开户支行", "gate_card": "考勤卡号"},
        lambda row: row.person.name,
        _page("person"),
        ("person",),
    ),
    "contract": Correctable(
        "合同",
        {"number": "合同编号", "starts_on": "开始日期", "ends_on": "结束日期", "unit_price": "单价"},
        lambda row: f"{row.engagement.person.name}的合同",
        _page("person", "engagement"),
        ("engagement__person",),
    ),
    "training": Correctable(
        "培训记录",
        {"held_on": "培训日期", "valid_to": "有效期至", "hours": "学时", "trainer": "培训人"},
        lambda row: f"{row.engagement.person.name}的培训",
        _page("person", "engagement"),
        ("engagement__person",),
    ),
    "training_session": Correctable(
        "培训",
        {"name": "培训名称", "held_on": "培训日期", "hours": "学时", "trainer": "培训人"},
        lambda row: row.name,
        _page("training_session"),
    ),
    "contract_paper": Correctable(
        "电子合同文本", {}, lambda row: "合同文本", _page("contract_paper")
    ),
    "payroll_batch": Correctable(
        "工资表",
        {},
        lambda row: f"{row.month:%Y-%m} {row.team.name}工资表",
        _page("payroll_batch"),
        ("team",),
    ),
    "notice": Correctable("整改通知", {}, lambda row: row.number, _page("notice")),
    "quantity": Correctable("完工数量", {}, lambda row: "完工数量", _page("quantity")),
    "ledger": Correctable("台账", {}, lambda row: "台账", _page("ledger")),
}  # fmt: skip


def field_label(kind: str, field: str) -> str:
    """What people call a field; the wish in words has none."""
    known = CORRECTABLE.get(kind)
    return known.fields.get(field, "") if known and field else ""
