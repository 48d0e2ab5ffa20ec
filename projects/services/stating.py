"""Acts by which systems and authorities state what enterprises are: particulars and qualifications."""

from django.db import transaction

from audit.services import record
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.models import Enterprise, EnterpriseParticulars, Project, Qualification
from projects.services.register import known_enterprise
from projects.statements import EnterpriseFacts, QualificationFacts, take_over

_STATE = "projects.manage_participation"
_QUALIFY = "projects.record_qualification"


@transaction.atomic
def state_enterprise(
    *, actor: Actor, stater: Project | Enterprise, uscc: str, name: str, facts: EnterpriseFacts
) -> EnterpriseParticulars:
    """Keep what a project's or an enterprise's system states of an enterprise; an unknown one is entered.

    Each has one statement of its own, so nobody's is overwritten; what is not stated stays as it was.
    Raises NotPermitted, NotFound, BadCreditCode, NameDiffers.
    """
    _require_stater(actor, stater)
    enterprise = known_enterprise(uscc, name, told_to=actor)
    project, stated_by = (stater, None) if isinstance(stater, Project) else (None, stater)
    rows = enterprise.particulars.select_for_update(of=("self",))
    row, is_new = rows.get_or_create(enterprise=enterprise, project=project, stated_by=stated_by)
    changed = take_over(row, facts)
    if changed:
        row.version += 0 if is_new else 1
        row.save()
    if changed or is_new:
        record(actor, "projects.enterprise_stated", row, enterprise=enterprise.uscc, fields=len(changed))
        announce("projects.enterprise_stated.v1", key=row.public_id, version=row.version)
    return row


def _require_stater(actor: Actor, stater: Project | Enterprise) -> None:
    if isinstance(stater, Project):
        require(actor, _STATE, on=stater)
        return
    require(actor, _STATE)
    reach = actor.reach(_STATE)
    if not (stater.public_id in reach.enterprises or reach.is_province_wide):
        raise NotFound


@transaction.atomic
def record_qualification(*, actor: Actor, enterprise: Enterprise, facts: QualificationFacts) -> Qualification:
    """Enter a qualification that an authority has given, or what has become of it.

    The same trade on the same certificate is one row. Raises NotPermitted, NotFound.
    Source: 建筑业企业资质管理规定 (住房和城乡建设部令第22号).
    """
    require(actor, _QUALIFY, on=enterprise)
    rows = enterprise.qualifications.select_for_update(of=("self",))
    row, is_new = rows.get_or_create(
        enterprise=enterprise, kind=facts.kind, number=facts.number, trade=facts.trade
    )
    if take_over(row, facts) and not is_new:
        row.version += 1
    row.save()
    record(actor, "projects.qualification_recorded", row, place=_place(actor), certificate=facts.number)
    announce("projects.qualification_recorded.v1", key=row.public_id, version=row.version)
    return row


def _place(actor: Actor) -> str:
    """A qualification holds everywhere; its line is read where the authority stands."""
    return min(actor.reach(_QUALIFY).region_paths, default="")
