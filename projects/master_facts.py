"""What 四库一平台 says of enterprises, projects and permits, and what became of each statement here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from projects.statements import QualificationFacts
from regions.models import Region

# What the four-database platform owns of each object; everything else is this side's.
OWNED: dict[str, dict[str, str]] = {
    "enterprise": {"name": "企业名称", "uscc": "统一社会信用代码"},
    "project": {
        "name": "项目名称",
        "code": "项目编码",
        "region": "项目所在地",
        "contractor": "总承包单位",
        "owner_name": "建设单位名称",
        "category": "项目分类",
        "address": "项目地点",
        "building_area": "总面积",
        "investment": "总投资",
        "starts_on": "开工日期",
        "completes_on": "竣工日期",
    },
    "permit": {
        "number": "施工许可证编号",
        "project": "所属项目",
        "works_name": "工程名称",
        "issued_on": "发证日期",
        "amount": "合同价格",
    },
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a master changed, as texts."""

    field: str
    before: str
    after: str


@dataclass(slots=True)
class Taken:
    """What became of one statement: the row, and what changed of it; or why it could not be taken."""

    became: Literal["new", "changed", "same", "held"]
    row: UUID | None = None
    changes: list[Change] = field(default_factory=list)
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class EnterpriseMaster:
    """An enterprise; `known` is the row that this record became before. `qualifications`: the whole list."""

    uscc: str
    name: str
    known: UUID | None = None
    qualifications: Sequence[QualificationFacts] = ()


@dataclass(frozen=True, slots=True)
class Firm:
    """An enterprise as a project names it."""

    uscc: str
    name: str


@dataclass(frozen=True, slots=True)
class ProjectMaster:
    """A project; investment in 万元, area in m²."""

    code: str
    name: str
    region: Region
    contractor: Firm
    owner: Firm | None = None
    supervisor: Firm | None = None
    known: UUID | None = None
    # Columns of Project by name: owner_name, category, address, building_area, investment, two days.
    columns: dict[str, Any] = field(default_factory=dict)

    @property
    def firms(self) -> list[Firm]:
        return [firm for firm in (self.contractor, self.owner, self.supervisor) if firm]


@dataclass(frozen=True, slots=True)
class PermitMaster:
    """A construction permit; amount in yuan."""

    number: str
    project_code: str
    issued_on: date
    works_name: str = ""
    amount: Decimal | None = None
    known: UUID | None = None
