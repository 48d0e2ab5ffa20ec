"""Which nodes stand on one machine: four tiers of one branch, each with the settings that make it so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The project that the province registers, and the firms that build, own and supervise it. All are invented.
PROJECT = "420106202611010101"
PERMIT = "420106202611010101"
CONTRACTOR = ("91420100MA4FED001U", "武汉联调建设工程有限公司")
OWNER = ("91420100MA4FED002Y", "武汉联调置业有限公司")
SUPERVISOR = ("91420100MA4FED0032", "武汉联调监理有限公司")


@dataclass(frozen=True)
class Account:
    """An account that a node is given: its one post, at a region or on the project."""

    username: str
    name: str
    role: str
    scope: str


@dataclass(frozen=True)
class Plan:
    """One node: what it is, below whom it stands, and who signs in there."""

    code: str
    name: str
    kind: str
    region: str
    parent: str = ""
    enterprise: str = ""
    # Of a block of team numbers of its own (docs: .env.example).
    block: int = 0
    accounts: tuple[Account, ...] = ()

    def settings(self, url: str) -> dict[str, str]:
        """The variables by which the same software is this node."""
        return {
            "NODE_ID": self.code,
            "NODE_NAME": self.name,
            "NODE_KIND": self.kind,
            "NODE_REGION": self.region,
            "NODE_ENTERPRISE": self.enterprise,
            "PUBLIC_URL": url,
            "COOKIE_SUFFIX": f"-{self.code}",
            "TEAM_NUMBER_START": str(1_500_000_000 + self.block * 1_000_000),
            # The demo world is a whole province; here the world comes through the acts.
            "DEMO_WORLD": "0",
        }

    @property
    def invitation(self) -> dict[str, Any]:
        """How its parent invites it."""
        place = {} if self.enterprise else {"region": self.region}
        return {
            "code": self.code, "name": self.name, "kind": self.kind, "enterprise": self.enterprise, **place
        }  # fmt: skip


NODES = (
    Plan(
        "hb", "湖北省建筑工人管理服务信息平台", "province", "420000",
        accounts=(
            Account("province", "赵敏之", "province_regulator", "420000"),
            Account("standards", "周正标", "standards_administrator", "420000"),
            Account("standards2", "周复核", "standards_administrator", "420000"),
            Account("admin", "吴台管", "platform_administrator", "420000"),
        ),
    ),
    Plan(
        "whs", "武汉市建筑工人平台", "city", "420100", "hb", block=1,
        accounts=(
            Account("wuhan", "钱文汉", "city_regulator", "420100"),
            Account("admin", "吴市管", "platform_administrator", "420100"),
        ),
    ),
    Plan(
        "wuchang", "武昌区建筑工人平台", "county", "420106", "whs", block=2,
        accounts=(
            Account("wuchang", "孙武昌", "county_regulator", "420106"),
            Account("admin", "吴区管", "platform_administrator", "420106"),
        ),
    ),
    Plan(
        "liantiao", "武汉联调建设工程有限公司平台", "enterprise", "420106", "wuchang", CONTRACTOR[0], 3,
        accounts=(
            Account("contractor", "郑建工", "contractor_manager", PROJECT),
            Account("clerk", "王劳资", "labour_clerk", PROJECT),
            Account("admin", "吴企管", "platform_administrator", "420106"),
        ),
    ),
)  # fmt: skip


def folder_of(var: Path, plan: Plan) -> Path:
    """The data folder of a node."""
    return var / plan.code


def stand_in_exists() -> bool:
    """Whether this version of the platform brings the stand-in for 四库一平台."""
    from tools.paths import ROOT

    return (ROOT / "federation" / "management" / "commands" / "four_databases.py").exists()
