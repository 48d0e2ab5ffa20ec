"""The objects of the source: how a record of each is named, taken and ended here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from federation.masters import contract
from federation.masters.managers import take_managers, withdraw_managers
from integrity.services.mastering import take_credit, withdraw_master_credit
from projects.master_facts import OWNED, Taken
from projects.services.mastering import take_enterprises
from projects.services.mastering_projects import take_permits, take_projects

Take = Callable[[Sequence[Any], datetime], list[Taken]]
End = Callable[[Sequence[UUID], datetime], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One object. `row` names what a record becomes here, as history and proposals call it.

    `key` gives what people know a record by; empty where several records may share it.
    """

    name: str
    row: str
    key: Callable[[Any], str]
    label: Callable[[Any], str]
    take: Take
    end: End | None = None

    @property
    def title(self) -> str:
        return contract.LABELS[self.name]


KINDS: Mapping[str, Kind] = {
    contract.ENTERPRISES: Kind(
        contract.ENTERPRISES,
        "enterprise",
        lambda one: one.uscc,
        lambda one: one.name,
        lambda facts, _now: take_enterprises(facts),
    ),
    contract.PROJECTS: Kind(
        contract.PROJECTS,
        "project",
        lambda one: one.code,
        lambda one: one.name,
        lambda facts, _now: take_projects(facts),
    ),
    contract.PERMITS: Kind(
        contract.PERMITS,
        "permit",
        lambda one: one.number,
        lambda one: one.works_name or one.number,
        lambda facts, _now: take_permits(facts),
    ),
    contract.MANAGERS: Kind(
        contract.MANAGERS,
        "manager",
        lambda one: one.number,
        lambda one: one.name,
        lambda facts, _now: take_managers(facts),
        withdraw_managers,
    ),
    contract.CREDIT: Kind(
        contract.CREDIT,
        "credit",
        lambda one: "",
        lambda one: one.facts.document,
        take_credit,
        withdraw_master_credit,
    ),
}
KIND_OF_ROW = {kind.row: kind for kind in KINDS.values()}
# Fields in words, for history: what the master owns, and what comes with it.
FIELD_WORDS: Mapping[str, str] = {
    **{name: label for fields in OWNED.values() for name, label in fields.items()},
    "source": "数据来源",
    "qualification": "资质",
    "participation": "参建单位",
    "enterprise": "注册企业",
    "project": "所属项目",
    "post": "岗位",
    "certificate": "证书编号",
    "speciality": "专业",
    "grade": "等级",
    "valid_from": "有效期起",
    "valid_to": "有效期止",
    "withdrawn_at": "撤销时间",
    "behaviour": "类别",
    "document": "文号",
    "content": "内容",
    "authority": "决定机关",
    "decided_on": "决定日期",
}
FORMER_NAME_FIELDS = ("name",)
