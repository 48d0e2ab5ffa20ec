"""Contracts on paper, training sessions and own rules of the demo's first project, made by the acts."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from random import Random
from typing import Any

from django.conf import settings
from PIL import Image, ImageDraw

from attendance.demo.ids import born
from attendance.demo.script import WUCHANG_CODE
from attendance.rules import day_of
from kernel.files import NamedFile
from kernel.models import Travelling
from kernel.scoping import Reach
from projects.models import Participation, Project
from web.uploads import check_file
from workers import contract_text, services
from workers.contract_text import Clause
from workers.models import Contract, ContractPaper, Engagement
from workers.selectors import contracted_on, present_on, trained_on
from workers.services import PolicyFacts, Result, SessionFacts, TermFacts

_BECAUSE = "the demo world is written for everybody; nobody reads"
CUT_HOUR = 4


class Hand:
    """Whoever keeps the papers of the demo project; two of them, for one verifies what the other made."""

    kind = "system"

    def __init__(self, label: str) -> None:
        self.label, self.key = label, f"demo/{label}"

    def may(self, permission: str) -> bool:
        return True

    def reach(self, permission: str) -> Reach:
        return Reach(region_paths=frozenset({"420000/"}))


CLERK, MANAGER = Hand("中北路综合楼 劳资专管员"), Hand("中北路综合楼 项目经理")


def write_papers(as_of: datetime) -> None:
    """Once; a project that has papers already stays as it is."""
    projects = Project.objects.unscoped(because=_BECAUSE).select_related("region")
    project = projects.filter(code=WUCHANG_CODE).first()
    papers = ContractPaper.objects.unscoped(because=_BECAUSE)
    if not settings.SYNTHETIC_PEOPLE or project is None or papers.exists():
        return
    rng = Random("papers/27")
    _wording(project, rng, as_of)
    _contracts(project, rng, as_of)
    _sessions(project, rng, as_of)
    _policies(project, rng, as_of)


def _named(row: Travelling, rng: Random, at: datetime) -> None:
    """The same ids from the same seed."""
    row.public_id = born(rng, at)
    row.save(update_fields=["public_id"])


def _wording(project: Project, rng: Random, at: datetime) -> None:
    text = [
        *contract_text.default_text("labour"),
        Clause(
            "本项目的补充约定",
            "乙方遵守{项目名称}的现场管理制度，高处作业必须系挂安全带。",
            "本企业用工管理制度",
        ),
    ]
    made = services.reword_contract(
        actor=MANAGER, project=project, kind="labour", clauses=text, reason="按本企业制度补充"
    )
    _named(made, rng, at)


def _people(project: Project, at: datetime, *, contracted: bool, most: int) -> list[Engagement]:
    day = day_of(at, CUT_HOUR)
    rows = Engagement.objects.unscoped(because=_BECAUSE).filter(
        present_on(day), project=project, ended_at=None, kind="20"
    )
    rows = rows.filter(contracted_on(day) if contracted else ~contracted_on(day))
    return list(rows.select_related("person", "team").order_by("public_id")[:most])


def _contracts(project: Project, rng: Random, at: datetime) -> None:
    """Drafts, one to be signed, one to be verified, one sent back, a void one, one with changed terms."""
    day = day_of(at, CUT_HOUR)
    terms = TermFacts(
        "labour",
        day,
        day + timedelta(days=364),
        "day",
        Decimal("320.00"),
        15,
        project.address or "项目所在地",
    )
    steps = ("draft", "signing", "scanned", "returned", "void", "draft")
    for step, who in zip(steps, _people(project, at, contracted=False, most=len(steps)), strict=False):
        made = services.make_contracts(actor=CLERK, engagements=[who], terms=terms, year=day.year)[0]
        _named(made, rng, at)
        _advance(made, step, at, rng)
    held = Contract.objects.unscoped(because=_BECAUSE).filter(
        engagement__in=_people(project, at, contracted=True, most=20), ended_on=None, starts_on__lt=day
    )
    if old := held.exclude(ends_on__lte=day).order_by("public_id").first():
        changed = replace(terms, kind=old.kind, unit_price=Decimal("350.00"))
        made = services.amend_contract(actor=CLERK, contract=old, terms=changed, year=day.year)
        _named(made, rng, at)
        _advance(made, "active", at, rng)


def _advance(paper: ContractPaper, step: str, at: datetime, rng: Random) -> None:
    # Drawn up before it was signed, not in the minute this world was written.
    paper.created_at = at - timedelta(days=2)
    paper.save(update_fields=["created_at"])
    if step == "void":
        services.void_paper(actor=CLERK, paper=paper, reason="报酬填错，重新制作")
        return
    if step == "draft":
        return
    services.begin_signing(actor=CLERK, papers=[paper])
    if step == "signing":
        return
    services.attach_scan(actor=CLERK, paper=paper, scan=_page(paper.number), now=at - timedelta(hours=20))
    if step == "returned":
        services.send_back_scan(actor=MANAGER, paper=paper, reason="没有拍到签字日期")
    if step == "active":
        _named(services.verify_scan(actor=MANAGER, paper=paper, now=at), rng, at)


def _sessions(project: Project, rng: Random, at: datetime) -> None:
    """One that is over, with a fail; one of today, signed in; one planned."""
    day = day_of(at, CUT_HOUR)
    trained = Engagement.objects.unscoped(because=_BECAUSE).filter(
        present_on(day), trained_on(day), project=project, kind="20"
    )
    people = list(trained.order_by("public_id")[:6])
    facts = SessionFacts("003001", "高处作业安全教育", day - timedelta(days=2), Decimal("4.0"), "示例安全员")
    facts = replace(facts, place_name="项目部会议室")
    if len(people) < 3:
        return
    done = services.open_session(actor=CLERK, project=project, facts=facts, today=day)
    rows = services.note_attendance(actor=CLERK, session=done, engagements=people, how="list", today=day)
    scores = (92, 88, 76, 51, 85, 64)
    results = {row.public_id: Result(Decimal(score)) for row, score in zip(rows, scores, strict=False)}
    services.score_session(actor=CLERK, session=done, results=results)
    sheet = [NamedFile("签到表.jpg", _page("签到表"))]
    services.close_session(actor=CLERK, session=done, files=sheet, today=day)
    today = replace(facts, name="钢筋班组班前教育", held_on=day, hours=Decimal("1.0"))
    now = services.open_session(actor=CLERK, project=project, facts=today, today=day)
    services.note_attendance(actor=CLERK, session=now, engagements=people[:4], how="code", today=day)
    ahead = replace(facts, name="冬季施工安全教育", held_on=day + timedelta(days=6))
    planned = services.open_session(actor=CLERK, project=project, facts=ahead, today=day)
    for row in (done, now, planned):
        _named(row, rng, at)
    for one in done.attended.order_by("pk"):
        _named(one, rng, at)


def _policies(project: Project, rng: Random, at: datetime) -> None:
    parts = Participation.objects.unscoped(because=_BECAUSE).filter(project=project)
    own = parts.filter(kind="009").first()
    if own is None:
        return
    day = day_of(at, CUT_HOUR)
    for number, days in (("2025", 400), ("2026", 90)):
        facts = PolicyFacts(
            "用工实名制管理制度",
            day - timedelta(days=days),
            NamedFile("用工实名制管理制度.jpg", _page(f"制度 {number}")),
            f"示例建〔{number}〕8号",
        )
        for made in services.file_policy(actor=MANAGER, participations=[own], facts=facts):
            _named(made, rng, at)


def _page(text: str) -> str:
    """A scan as a demo has it: a white page with a line that says so."""
    picture = Image.new("RGB", (620, 877), "white")
    draw: Any = ImageDraw.Draw(picture)
    draw.rectangle((40, 40, 580, 837), outline="#888888")
    draw.text((60, 60), f"DEMO {text.encode('ascii', 'ignore').decode()}", fill="#333333")
    written = BytesIO()
    picture.save(written, "JPEG")
    return check_file(written.getvalue(), name="demo.jpg").address
