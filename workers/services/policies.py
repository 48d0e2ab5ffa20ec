"""Documents of an enterprise's own rules for real-name management: filed by version, withdrawn with a reason.

Source: 鄂建文〔2019〕27号 一(四).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from kernel.errors import NotFound
from kernel.files import NamedFile
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.models import Participation
from standards.selectors import parameter
from workers.errors import BadPaper, PaperEnded
from workers.models import PolicyDocument
from workers.services.reasons import checked_reason


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """A document: its title, number and day, and the file."""

    title: str
    effective_on: date
    file: NamedFile
    document: str = ""


@transaction.atomic
def file_policy(
    *, actor: Actor, participations: Sequence[Participation], facts: PolicyFacts
) -> list[PolicyDocument]:
    """File a document for an enterprise's part in one or several projects; of one title the next version.

    Raises NotPermitted, NotFound, BadPaper.
    """
    require(actor, "workers.file")
    _require_sensible(facts)
    keys = {one.pk for one in participations}
    rows = Participation.objects.visible_to(actor, "workers.file").filter(pk__in=keys)
    own = list(rows.select_related("project__region").select_for_update(of=("self",)).order_by("pk"))
    if not keys or len(own) != len(keys):
        raise NotFound
    return [_kept(actor, one, facts) for one in own]


@transaction.atomic
def withdraw_policy(*, actor: Actor, policy: PolicyDocument, reason: str) -> PolicyDocument:
    """Say that a document is no longer in force; it stays readable.

    Raises NotPermitted, NotFound, WhyMissing, WhyHoldsNumber, PaperEnded.
    """
    # Of the part and not of the document, which others on the site may read.
    require(actor, "workers.file", on=policy.participation)
    why = checked_reason(reason)
    rows = PolicyDocument.objects.visible_to(actor, "workers.file").select_related(
        "participation__project__region"
    )
    held = rows.select_for_update(of=("self",)).get(pk=policy.pk)
    if held.withdrawn_at is not None or PolicyDocument.all_rows.filter(replaces=held).exists():
        raise PaperEnded(_("制度文件"))
    held.withdrawn_at, held.withdrawal_reason = timezone.now(), why
    held.version += 1
    held.save(update_fields=["withdrawn_at", "withdrawal_reason", "version", "updated_at"])
    record(actor, "workers.policy_withdrawn", held, reason=why)
    announce("workers.policy_withdrawn.v1", key=held.public_id, version=held.version)
    return held


def _require_sensible(facts: PolicyFacts) -> None:
    if not facts.title.strip():
        raise BadPaper(_("请填写制度文件的名称。"), field="title")
    if not facts.file.address:
        raise BadPaper(_("请选择制度文件的 PDF 或照片。"), field="file")


def _kept(actor: Actor, of: Participation, facts: PolicyFacts) -> PolicyDocument:
    title = facts.title.strip()
    last = PolicyDocument.all_rows.filter(participation=of, title=title).order_by("-number").first()
    most = int(parameter("policies.most_versions"))
    if last is not None and last.number >= most:
        raise BadPaper(_("这份文件已有 {most} 个版本，请换一个名称。").format(most=most), field="title")
    made = PolicyDocument.objects.create(
        participation=of,
        title=title,
        document=facts.document.strip(),
        number=last.number + 1 if last else 1,
        effective_on=facts.effective_on,
        address=facts.file.address,
        file_name=facts.file.name[:200],
        filed_by=actor.label,
        replaces=last,
    )
    record(actor, "workers.policy_filed", made, number=made.number)
    announce("workers.policy_filed.v1", key=made.public_id)
    return made
