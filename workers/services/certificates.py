"""Certificates of a person: of skill, of special operation, of registration."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from kernel.cipher import keyring
from kernel.permits import require
from kernel.scoping import Actor
from kernel.text import compact
from outbox.services import announce
from standards.selectors import codes
from workers.errors import BadCode, BadPaper, CertificateKnown
from workers.models import Certificate, Engagement

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
