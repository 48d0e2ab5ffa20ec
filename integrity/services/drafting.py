"""From gaps that were ticked to a draft whose items are filled in."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit.services import record
from integrity import wording
from integrity.errors import GapGone, NotABuilder, NothingPicked, NotNow, NotTheirs
from integrity.models import NoticeItem, SupervisionNotice
from integrity.rules import State
from integrity.selectors.gaps import OF_PEOPLE, SILENT_DEVICE, UNMATCHED, Gap, site_gaps
from integrity.selectors.notices import ISSUE, NOT_BUILDERS, builders
from kernel.permits import require
from kernel.scoping import Actor
from projects.models import Participation, Project
from standards.selectors import parameter

# What the ids of a gap's evidence stand for; those of the others are people at work.
_EVIDENCE = {UNMATCHED: "punches", SILENT_DEVICE: "devices"}


@transaction.atomic
def draft_notice(
    *,
    actor: Actor,
    project: Project,
    gaps: Iterable[str],
    addressee: Participation | None = None,
    day: date,
    now: datetime,
) -> SupervisionNotice:
    """Begin a notice from the gaps of these keys as they are now; the author's earlier draft gives way.

    It goes to the general contractor unless `addressee` names a subcontractor, who is then asked about its
    own people alone. Raises NotPermitted, NotFound, NothingPicked, GapGone, NotABuilder, NotTheirs.
    Source: 鄂建文〔2019〕27号 一(六).
    """
    require(actor, ISSUE, on=project)
    # One at a time on a project, so that an author never has two drafts.
    Project.objects.visible_to(actor, ISSUE).select_for_update(of=("self",)).get(pk=project.pk)
    to = _addressee(actor, project, addressee)
    picked = _picked(actor, project, list(gaps), to, day, now)
    SupervisionNotice.objects.visible_to(actor, ISSUE).filter(
        project=project, state=State.DRAFT, drafted_by=actor.key
    ).delete()
    notice = SupervisionNotice.objects.create(
        project=project, addressee=to, found_on=day, drafted_by=actor.key
    )
    clauses = parameter("notices.clauses", project.region, day)
    NoticeItem.objects.bulk_create(
        _item(notice, position, gap, clauses[gap.kind]) for position, gap in enumerate(picked, start=1)
    )
    record(actor, "integrity.notice_drafted", notice, items=len(picked))
    return notice


@transaction.atomic
def discard_draft(*, actor: Actor, notice: SupervisionNotice) -> None:
    """Throw a draft away; it had no number and nobody else has seen it.

    Raises NotPermitted, NotFound, NotNow.
    """
    require(actor, ISSUE, on=notice)
    held = (
        SupervisionNotice.objects.visible_to(actor, ISSUE).select_for_update(of=("self",)).get(pk=notice.pk)
    )
    if held.state != State.DRAFT:
        raise NotNow(wording.STATES[held.state][1], "已经编号，不能删除；整改完成后会闭合存档。")
    record(actor, "integrity.notice_discarded", held)
    held.delete()


def _addressee(actor: Actor, project: Project, asked: Participation | None) -> Participation:
    found = asked or builders(actor, project).first()
    if found is None or found.project_id != project.pk or found.kind in NOT_BUILDERS:
        raise NotABuilder
    return found


def _picked(
    actor: Actor, project: Project, keys: list[str], to: Participation, day: date, now: datetime
) -> list[Gap]:
    """The gaps of the keys; of a subcontractor only those of its own people."""
    if not keys:
        raise NothingPicked
    whole = site_gaps(actor, project.public_id, day, now)
    picked = whole.picked(keys)
    if len(picked) < len(set(keys)):
        raise GapGone
    if to.enterprise_id == project.contractor_id:
        return picked
    if others := [gap for gap in picked if gap.kind not in OF_PEOPLE]:
        raise NotTheirs("、".join(wording.name(gap) for gap in others))
    own = site_gaps(actor, project.public_id, day, now, only=to).picked(keys)
    if len(own) < len(picked):
        raise NotTheirs("、".join(wording.name(gap) for gap in picked if gap.key not in {g.key for g in own}))
    return own


def _item(notice: SupervisionNotice, position: int, gap: Gap, rule: dict[str, str]) -> NoticeItem:
    facts: dict[str, Any] = {"number": gap.number, "days": gap.days, "level": gap.level, "limit": gap.limit}
    if gap.since:
        facts["since"] = gap.since.isoformat()
    if gap.evidence:
        facts[_EVIDENCE.get(gap.kind, "engagements")] = list(gap.evidence)
    return NoticeItem(
        notice=notice,
        position=position,
        gap=gap.key,
        title=wording.title(gap),
        fact=wording.fact(gap),
        clause=rule["clause"],
        measure=rule["measure"],
        facts=facts,
    )
