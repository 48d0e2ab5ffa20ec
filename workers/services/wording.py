"""The wording of a project's contracts: versions that are never edited, by which papers are written."""

from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from kernel.permits import require
from kernel.scoping import Actor
from kernel.versions import require_version
from outbox.services import announce
from projects.models import Project
from standards.selectors import parameter
from workers import contract_text
from workers.contract_text import Clause
from workers.errors import BadPaper, BadWording, NothingReworded
from workers.models import ContractTemplate
from workers.services.reasons import checked_reason

_LONGEST = {"heading": 60, "text": 2000, "source": 120}
BY_THE_PLATFORM = "平台标准文本"


@transaction.atomic
def reword_contract(
    *,
    actor: Actor,
    project: Project,
    kind: str,
    clauses: Sequence[Clause],
    reason: str,
    expected_version: int | None = None,
) -> ContractTemplate:
    """Keep a further version of a kind's wording on a project; contracts made before keep theirs.

    `expected_version` is the number of the version that was on the page. Raises NotPermitted, NotFound,
    WhyMissing, BadPaper, BadWording, NothingReworded, Stale.
    """
    require(actor, "workers.word_contracts", on=project)
    why = checked_reason(reason)
    _require_kind(kind)
    tidy = _tidy(clauses)
    _require_sensible(tidy)
    Project.all_rows.select_for_update(of=("self",)).get(pk=project.pk)
    now = wording_in_force(project, kind)
    if expected_version is not None and expected_version != now.number:
        now.version = now.number
        require_version(now, expected_version, {})
    if clauses_of(now) == tidy:
        raise NothingReworded
    return _kept(actor, project, kind, tidy, now.number + 1, why)


def wording_in_force(project: Project, kind: str) -> ContractTemplate:
    """The newest version of a project; its first is the platform's own text, kept when first asked for.

    The caller has judged the project and, where a first version may be written, holds its lock.
    """
    rows = ContractTemplate.all_rows.filter(project=project, kind=kind)
    if found := rows.order_by("-number").first():
        return found
    return ContractTemplate.objects.create(
        project=project,
        kind=kind,
        number=1,
        clauses=[asdict(one) for one in contract_text.default_text(kind)],
        note=BY_THE_PLATFORM,
        edited_by=BY_THE_PLATFORM,
    )


def clauses_of(template: ContractTemplate) -> list[Clause]:
    """A version's clauses, in order."""
    return [Clause(**one) for one in template.clauses]


def _kept(
    actor: Actor, project: Project, kind: str, clauses: Sequence[Clause], number: int, why: str
) -> ContractTemplate:
    made = ContractTemplate.objects.create(
        project=project,
        kind=kind,
        number=number,
        clauses=[asdict(one) for one in clauses],
        note=why,
        edited_by=actor.label,
    )
    record(actor, "workers.contract_reworded", made, reason=why, number=number)
    announce("workers.contract_reworded.v1", key=made.public_id)
    return made


def _require_kind(kind: str) -> None:
    if kind not in contract_text.DEFAULTS:
        raise BadPaper(_("没有这种合同类型，请选择劳动合同或用工书面协议。"), field="kind")


def _tidy(clauses: Sequence[Clause]) -> list[Clause]:
    found = [Clause(one.heading.strip(), one.text.strip(), one.source.strip()) for one in clauses]
    return [one for one in found if one.heading or one.text]


def _require_sensible(clauses: Sequence[Clause]) -> None:
    most = int(parameter("contract.most_clauses"))
    if not 0 < len(clauses) <= most:
        raise BadWording(_("合同应有 1 至 {most} 条，请增减条款后再保存。").format(most=most))
    for place, one in enumerate(clauses):
        if not (one.heading and one.text):
            raise BadWording(
                _("第 {place} 条缺少标题或内容，请补齐，或把标题和内容都清空以删去这一条。").format(
                    place=place + 1
                )
            )
        if any(len(getattr(one, part)) > longest for part, longest in _LONGEST.items()):
            raise BadWording(
                _("第 {place} 条太长：标题最多 60 字、内容最多 2000 字、依据最多 120 字。").format(
                    place=place + 1
                )
            )
    _require_placeholders(clauses)


def _require_placeholders(clauses: Sequence[Clause]) -> None:
    known = "、".join(contract_text.PLACEHOLDERS)
    if unknown := contract_text.unknown_placeholders(clauses):
        named = "、".join(f"{{{name[:20]}}}" for name in unknown[:5])
        raise BadWording(_("没有名为 {named} 的填充项。可用的有：{known}。").format(named=named, known=known))
    if contract_text.has_loose_braces(clauses):
        raise BadWording(
            _("有一个花括号没有成对。填充项要写成 {{工资标准}} 这样，正文里不要单独使用花括号。").format()
        )
    if missing := contract_text.missing_placeholders(clauses):
        named = "、".join(f"{{{name}}}" for name in missing)
        raise BadWording(
            _("合同必须写明 {named}（劳动合同法第十七条、国务院令第724号第六条），请把它们写进条款。").format(
                named=named
            )
        )
