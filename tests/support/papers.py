"""A county's contracts on paper, training sessions and own rules: one of each step."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from kernel.store import keep
from projects.models import Participation, Project
from tests.support.records import site_day
from workers import contract_text
from workers.models import (
    ContractPaper,
    ContractTemplate,
    Engagement,
    PolicyDocument,
    SessionAttendance,
    TrainingSession,
)


def template(of: Project, word: str = "", kind: str = "labour") -> ContractTemplate:
    """The first wording of a project."""
    text = contract_text.default_text(kind)
    clauses = [{"heading": one.heading, "text": one.text, "source": one.source} for one in text]
    return ContractTemplate.objects.create(
        project=of, kind=kind, number=1, clauses=clauses, note=word, edited_by=f"{word}平台"
    )


def paper(of: Engagement, by: ContractTemplate, serial: int, word: str = "", **fields: Any) -> ContractPaper:
    """A draft of a labour contract from today for a year."""
    given = {
        "number": f"{of.project.code}-LD-{serial:04}",
        "serial": serial,
        "period_type": "0",
        "starts_on": site_day(),
        "ends_on": site_day() + timedelta(days=364),
        "wage_form": "day",
        "unit_price": Decimal("280.00"),
        "pay_day": 15,
        "workplace": f"{word}工地",
        "duties": f"{word}砌筑",
        "made_by_key": "maker",
        "made_by": f"{word}制作",
    }
    return ContractPaper.objects.create(engagement=of, wording=by, **{**given, **fields})


def session(of: Project, word: str = "", to: Participation | None = None, **fields: Any) -> TrainingSession:
    """An open session of today."""
    given = {"kind": "003001", "held_on": site_day(), "hours": Decimal("8.0"), "state": "open"}
    name = fields.pop("name", "安全教育")
    return TrainingSession.objects.create(
        project=of, participation=to, name=f"{word}{name}", trainer=f"{word}讲师",
        digest=f"{of.pk}{name}{to and to.pk}".encode(), **{**given, **fields},
    )  # fmt: skip


def came(of: TrainingSession, who: Engagement, word: str = "", **fields: Any) -> SessionAttendance:
    """Somebody at a session."""
    return SessionAttendance.objects.create(session=of, engagement=who, noted_by=f"{word}记录", **fields)


def policy(of: Participation, word: str = "", **fields: Any) -> PolicyDocument:
    """The first version of a document."""
    given = {"title": f"{word}用工管理制度", "effective_on": site_day(), "filed_by": f"{word}上传"}
    address = keep(f"policy of {word} {of.pk}".encode())
    return PolicyDocument.objects.create(
        participation=of, address=address, file_name=f"{word}制度.pdf", **{**given, **fields}
    )


def write_papers(county: Any) -> None:
    """For 张三 a paper of each step, for 李四 a draft; sessions of the project and of the subcontractor."""
    word, project, workers = county.word, county.project, county.workers
    county.template = template(project, word)
    county.policies = {
        title: policy(county.participations[title], word) for title in ("contractor", "subcontractor")
    }
    county.sessions = {
        "open": session(project, word, name="入场教育"),
        "judged": session(project, word, name="考核过的教育"),
        "subcontractor": session(project, word, county.participations["subcontractor"]),
    }
    if "contractor" in workers:
        _steps(county, workers["contractor"])
        who = workers["contractor"].engagement
        county.attendance["open"] = came(county.sessions["open"], who, word)
    if "gap" in workers:
        _results(county, workers["gap"].engagement)
    if "subcontractor" in workers:
        who = workers["subcontractor"].engagement
        county.papers["subcontractor"] = paper(who, county.template, 9, word)
        county.attendance["subcontractor"] = came(county.sessions["subcontractor"], who, word)


def _steps(county: Any, who: Any) -> None:
    """The one with a scan changes the terms of the contract that 张三 has."""
    word = county.word
    steps: dict[str, dict[str, Any]] = {
        "draft": {},
        "signing": {"state": "signing"},
        "scanned": {
            "state": "signing",
            "amends": who.contract,
            "scan": keep(f"signed by {word}".encode()),
            "scanned_by_key": "clerk",
            "scanned_by": f"{word}上传",
            "scanned_at": county.now,
        },
    }
    for serial, (name, fields) in enumerate(steps.items(), 1):
        county.papers[name] = paper(who.engagement, county.template, serial, word, **fields)


def _results(county: Any, who: Engagement) -> None:
    word = county.word
    county.attendance["judged"] = came(
        county.sessions["judged"], who, word, score=Decimal("88.0"), is_passed=True
    )
    county.attendance["failed"] = came(county.session, who, word, score=Decimal("40.0"), is_passed=False)
