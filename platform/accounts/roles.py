"""What each post may do. Rights are code, read and reviewed like the regulation they come from."""

from dataclasses import dataclass

READ = frozenset(
    {
        "projects.view",
        "workers.view",
        "attendance.view",
        "standards.view",
        "integrity.view",
        "payroll.view",
        "lists.export",
        "ledgers.view",
    }
)
# What a worker holds over the own records, without any post.
OWN = frozenset({"own.view", "own.dispute"})


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of post: its title, the scopes it may be tied to, and its permissions."""

    title: str
    scopes: frozenset[str]
    permissions: frozenset[str]


def _role(title: str, scopes: str, permissions: frozenset[str] | set[str]) -> Role:
    return Role(title, frozenset(scopes.split()), frozenset(permissions))


ROLES: dict[str, Role] = {
    "province_regulator": _role(
        "省监管员",
        "region",
        READ
        | {
            "workers.reveal",
            "projects.compare",
            "projects.coverage",
            "projects.record_qualification",
            "integrity.record_credit",
            "federation.view_credentials",
            "federation.view_partners",
            "federation.approve_sharing",
            "standards.explain",
            "masters.view",
            "masters.propose",
            "corrections.answer",
            "masters.answer",
        },
    ),
    "city_regulator": _role(
        "市州监管员",
        "region",
        READ
        | {
            "workers.reveal",
            "projects.compare",
            "projects.coverage",
            "projects.record_qualification",
            "integrity.record_credit",
            "federation.view_credentials",
            "standards.explain",
            "masters.propose",
            "corrections.answer",
        },
    ),
    "county_regulator": _role(
        "县区监管员",
        "region",
        READ
        | {
            "workers.reveal",
            "workers.correct",
            "projects.receive_permit",
            "projects.issue_account",
            "projects.coverage",
            "projects.record_qualification",
            "integrity.record_credit",
            "federation.view_credentials",
            "standards.explain",
            "masters.propose",
            "corrections.answer",
        },
    ),
    "standards_administrator": _role(
        "数据标准管理员",
        "region",
        {
            "standards.view",
            "standards.edit",
            "standards.review",
            "standards.grant",
            "standards.explain",
            "standards.set_parameters",
        },
    ),
    "platform_administrator": _role(
        "平台管理员",
        "region",
        {
            "standards.view",
            "accounts.manage",
            "audit.view",
            "attendance.manage_devices",
            "federation.manage_credentials",
            "federation.manage_upstreams",
            "federation.manage_nodes",
            "federation.view_credentials",
            "federation.manage_partners",
            "federation.view_partners",
            "standards.set_parameters",
            "jobs.view",
            "lists.export",
            "masters.view",
            "masters.pull",
        },
    ),
    "contractor_manager": _role(
        "总承包项目管理员",
        "enterprise project",
        READ
        | {
            "workers.reveal",
            "workers.enrol",
            "workers.enter",
            "workers.approve",
            "workers.file",
            "workers.word_contracts",
            "workers.verify_contracts",
            "workers.correct",
            "attendance.answer_correction",
            "integrity.reply_notice",
            "projects.manage_participation",
            "projects.manage_team",
            "projects.state",
            "federation.view_credentials",
            "standards.explain",
            "projects.agree_terms",
            "projects.contractor_terms",
            "workers.quantify",
            "workers.accept_quantity",
            "ledgers.accept",
            "masters.propose",
            "corrections.answer",
        },
    ),
    "labour_clerk": _role(
        "劳资专管员",
        "project",
        READ
        | {
            "workers.word_contracts",
            "workers.verify_contracts",
            "workers.reveal",
            "workers.enrol",
            "workers.enter",
            "workers.file",
            "workers.correct",
            "attendance.answer_correction",
            "integrity.reply_notice",
            "projects.manage_participation",
            "projects.manage_team",
            "standards.explain",
            "projects.agree_terms",
            "projects.contractor_terms",
            "workers.quantify",
            "workers.accept_quantity",
            "ledgers.accept",
            "masters.propose",
            "corrections.answer",
        },
    ),
    "subcontractor_clerk": _role(
        "分包劳资专管员",
        "participation",
        READ
        | {
            "workers.reveal",
            "workers.enrol",
            "workers.enter",
            "workers.file",
            "integrity.reply_notice",
            "projects.manage_team",
            "workers.quantify",
            "ledgers.file",
        },
    ),
    "owner": _role(
        "建设单位代表", "enterprise project", READ | {"projects.agree_terms", "projects.owner_terms"}
    ),
    "supervisor": _role("监理工程师", "project", READ | {"workers.reveal", "integrity.issue_notice"}),
}

# 一省直管: the regulator of a county that is its own second-level unit holds both tiers' permissions.
COUNTY_AND_UNIT = ROLES["county_regulator"].permissions | ROLES["city_regulator"].permissions


def permissions_of(role: str, *, county_is_unit: bool) -> frozenset[str]:
    """The permissions of a post's role at its place; none for a role this release does not know."""
    if county_is_unit and role in ("county_regulator", "city_regulator"):
        return COUNTY_AND_UNIT
    known = ROLES.get(role)
    return known.permissions if known else frozenset()
