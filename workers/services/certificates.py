"""Certificates of a person: of skill, of special operation, of registration."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from kernel.cipher import keyring
from kernel.errors import DomainError
from kernel.permits import require
from kernel.scoping import Actor
from kernel.text import compact
from kernel.versions import require_version
from outbox.services import announce
from standards.selectors import code_name, codes
from workers.errors import BadCode, BadPaper, CertificateKnown
from workers.models import Certificate, Engagement
from workers.services.reasons import checked_reason

IN_FORCE = "1"
# Facts whose values are codes of a list.
_LISTS = {"kind": "certificate_kind", "level": "certificate_level", "status": "certificate_status"}


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate says. Its number is often the holder's identity number: it is sealed."""

    kind: str
    number: str
    issued_on: date
    valid_to: date | None = None
    level: str = ""
    issuer: str = ""
    status: str = IN_FORCE
    scan: str = ""

    def __repr__(self) -> str:
        return "<CertificateFacts>"


@transaction.atomic
def record_certificate(
    *, actor: Actor, engagement: Engagement, facts: CertificateFacts, today: date
) -> Certificate:
    """Keep a certificate of the person behind an engagement.

    Raises NotPermitted, NotFound, BadCode, BadPaper, CertificateKnown.
    Source: 鄂建文〔2019〕27号 二(三) (从业信息); 建质〔2008〕75号 (special operations).
    """
    require(actor, "workers.file", on=engagement)
    number = compact(facts.number).upper()
    _require_sensible(facts, number, today)
    try:
        with transaction.atomic():
            certificate = _kept(actor, engagement, facts, number)
    except IntegrityError:
        raise CertificateKnown from None
    record(actor, "workers.certificate_recorded", engagement)
    announce("workers.certificate_recorded.v1", key=engagement.public_id)
    return certificate


@transaction.atomic
def change_certificate(
    *,
    actor: Actor,
    certificate: Certificate,
    valid_to: date | None,
    status: str,
    reason: str,
    scan: str = "",
    expected_version: int | None = None,
) -> Certificate:
    """Keep that a certificate was renewed, suspended or cancelled; what it was stays on the trail.

    From then on it opens a trade of special operations, or opens it no longer, wherever its holder works.
    Raises NotPermitted, NotFound, WhyMissing, WhyHoldsNumber, BadCode, BadPaper, Stale, DomainError where
    nothing is new. Source: 建质〔2008〕75号 第二十二条 (every two years anew).
    """
    require(actor, "workers.file", on=certificate)
    why = checked_reason(reason)
    rows = Certificate.objects.visible_to(actor, "workers.file").select_for_update(of=("self",))
    row = rows.get(pk=certificate.pk)
    until = row.valid_to.isoformat() if row.valid_to else _("长期")
    require_version(
        row, expected_version, {"有效期至": until, "状态": code_name(_LISTS["status"], row.status)}
    )
    _require_change(row, valid_to, status, scan)
    before = {"valid_to": row.valid_to.isoformat() if row.valid_to else "", "status": row.status}
    row.valid_to, row.status, row.scan = valid_to, status, scan or row.scan
    row.version += 1
    row.save(update_fields=["valid_to", "status", "scan", "version", "updated_at"])
    for work in Engagement.objects.visible_to(actor, "workers.file").filter(person=row.person_id):
        record(
            actor, "workers.certificate_changed", work, reason=why, certificate=str(row.public_id), **before
        )
    announce("workers.certificate_changed.v1", key=row.person.public_id, version=row.version)
    return row


def _require_change(row: Certificate, valid_to: date | None, status: str, scan: str) -> None:
    if status not in codes(_LISTS["status"]):
        raise BadCode("status")
    if valid_to is not None and valid_to < row.issued_on:
        raise BadPaper(_("有效期止早于发证日期，请按证书核对。"), field="valid_to")
    if (valid_to, status) == (row.valid_to, row.status) and not scan:
        raise DomainError(_("与登记的一样，没有要改的。请填新的有效期或状态。"), code="nothing_new")


def _kept(actor: Actor, engagement: Engagement, facts: CertificateFacts, number: str) -> Certificate:
    return Certificate.objects.create(
        person_id=engagement.person_id,
        kind=facts.kind,
        level=facts.level,
        number=number,
        number_index=keyring().blind_index("certificate", number),
        issuer=facts.issuer.strip(),
        issued_on=facts.issued_on,
        valid_to=facts.valid_to,
        status=facts.status,
        scan=facts.scan,
        recorded_by=actor.label,
    )


def _require_sensible(facts: CertificateFacts, number: str, today: date) -> None:
    for name, code_list in _LISTS.items():
        value = getattr(facts, name)
        if value and value not in codes(code_list):
            raise BadCode(name)
    if not number:
        raise BadPaper(_("请填写证书编号，以证书上印的为准。"), field="number")
    if facts.issued_on > today:
        raise BadPaper(
            _("发证日期 {day} 晚于今天，请按证书填写。").format(day=facts.issued_on), field="issued_on"
        )
    if facts.valid_to is not None and facts.valid_to < facts.issued_on:
        raise BadPaper(_("有效期止早于发证日期，请按证书核对。"), field="valid_to")
