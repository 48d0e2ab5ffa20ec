"""What several pages of ledgers show alike: months, states, a person's row in words, what has changed."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from attendance.web.clock import EARLIEST
from attendance.web.places import crumbs, dashboard_url
from kernel.scoping import Actor
from ledgers.models import Ledger
from ledgers.rules import BRIEFLY, MISSING, Difference, lacking, month_before
from ledgers.selectors import NOT_FILED, VIEW
from projects.models import Project
from standards.selectors import code_name
from web import words
from web.navigation import Crumb
from workers.models import Contract

# Mark and word of a filing; of one that is owed, before its first filing and after the due day.
STATES = {
    NOT_FILED: ("grey", "未报送"),
    "late": ("red", "逾期未报"),
    Ledger.State.FILED: ("amber", "待备案"),
    Ledger.State.ACCEPTED: ("green", "已备案"),
    Ledger.State.RETURNED: ("red", "已退回"),
}
HEADINGS = (
    "序号", "姓名", "证件号", "班组", "工种", "岗位", "进退场", "合同", "安全培训", "考勤天数",
    "应发工资", "实发工资", "缺项",
)  # fmt: skip


def month_asked(text: str | None, today: date) -> date:
    """The first day of a month written 2026-10 that has begun; last month for anything else."""
    default = month_before(today)
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return default
    return month if EARLIEST <= month <= today else default


def month_words(month: date) -> str:
    """A month as pages write it: 2026-10."""
    return f"{month:%Y-%m}"


def place(actor: Actor, project: Project, *tail: Crumb) -> list[Crumb]:
    """The way from the reader's region, or from the own projects, to a page about a project's ledgers."""
    region = project.region if actor.reach(VIEW).region_paths else None
    here = Crumb(project.name, reverse("project", args=[project.public_id]))
    listed = Crumb("台账", reverse("project_ledgers", args=[project.public_id]))
    return crumbs(actor, region, dashboard_url, here, listed, *tail)


def state_of(stands: str, due: date, today: date) -> tuple[str, str]:
    """How a ledger stands that is owed by a day."""
    return STATES["late" if stands == NOT_FILED and today > due else stands]


def rows_of(people: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The people of a ledger, each cell in words."""
    return [_row(number, one) for number, one in enumerate(people, 1)]


def _row(number: int, one: Mapping[str, Any]) -> dict[str, Any]:
    wages = one["wages"] or {}
    posts = [code_name("key_post", post) for post in one["posts"]]
    if one["is_team_leader"]:
        posts.append("班组长")
    return {
        "number": number,
        "name": one["name"],
        "id_number": one["number"],
        "team": one["team"],
        "trade": code_name("trade", one["trade"]) or code_name("worker_kind", one["kind"]),
        "posts": "、".join(posts),
        "stays": "；".join(
            f"{first} 进场" + (f"，{last} 退场" if last else "") for first, last in one["presences"]
        ),
        "contract": _contract(one["contract"]),
        "training": _until(one["training"]),
        "days": one["days"],
        "gross": words.money(Decimal(wages["gross"])) if wages else "",
        "net": words.money(Decimal(wages["net"])) if wages else "",
        "missing": "、".join(BRIEFLY[key] for key in one["missing"]),
    }


def _contract(paper: Any) -> str:
    if not paper:
        return ""
    name = dict(Contract.Kind.choices).get(paper[0], paper[0])
    return f"{name}，至 {paper[2] or '长期'}"


def _until(paper: Any) -> str:
    return f"{paper[1]}，有效至 {paper[2]}" if paper else ""


def lacking_words(people: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is lacking, and of how many."""
    return [f"{MISSING[key]} {words.exact(number)} 人" for key, number in lacking(people).items()]


def difference_words(difference: Difference) -> list[tuple[str, list[str]]]:
    """Who joined, who left, what of whom has changed: each with its names."""
    found = [
        (f"新增 {len(difference.joined)} 人", [str(one["name"]) for one in difference.joined]),
        (f"退场 {len(difference.left)} 人", [str(one["name"]) for one in difference.left]),
        (
            f"变更 {len(difference.changed)} 人",
            [f"{one['name']}（{'、'.join(names)}）" for one, names in difference.changed],
        ),
    ]
    return [(title, names) for title, names in found if names]
