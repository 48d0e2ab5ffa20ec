"""Addresses of pictures and attachments in answers: signed for one appid, good for minutes, judged again.

An address names a row, never a file; whoever opens it is asked anew whether that row is within the appid's
reach, and every opening is on record. Users open the same files on the pages of the person, team or batch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from attendance.models import Punch
from federation import selectors
from federation.actors import CredentialActor
from federation.models import Credential
from federation.open_api.calls import Call
from kernel.errors import NotFound
from payroll.models import PayrollFile
from projects.models import TeamFile
from standards.selectors import parameter
from workers.models import ContractFile, Engagement, Particulars, Presence, TrainingFile

_SALT = "open_api.picture"


@dataclass(frozen=True, slots=True)
class Kind:
    """A column that holds a file: of which table, how its reading is called, and whom the trail names."""

    model: type[Any]  # a scoped model that has a public id
    column: str
    action: str
    name: str
    subject: Callable[[Any], Any] = lambda row: row
    # The column that says in which partition a row lies.
    when: str = ""


def _engagement(row: Any) -> Any:
    return row.engagement


KINDS = {
    "headImage": Kind(Engagement, "photo", "workers.photo_read", "头像"),
    "issueCardPic": Kind(
        Particulars, "gate_card_picture", "workers.picture_read", "办卡采集相片", _engagement
    ),
    "positiveIDCardImage": Kind(Particulars, "card_front", "workers.picture_read", "证件正面照", _engagement),
    "negativeIDCardImage": Kind(Particulars, "card_back", "workers.picture_read", "证件反面照", _engagement),
    "entryVoucher": Kind(Presence, "entry_voucher", "workers.voucher_read", "进场凭证", _engagement),
    "exitVoucher": Kind(Presence, "exit_voucher", "workers.voucher_read", "退场凭证", _engagement),
    "contract": Kind(
        ContractFile,
        "address",
        "workers.contract_scan_read",
        "合同附件",
        lambda row: row.contract.engagement,
    ),
    "training": Kind(
        TrainingFile, "address", "workers.training_file_read", "培训附件", lambda row: row.session
    ),
    "team": Kind(TeamFile, "address", "projects.team_file_read", "班组附件", lambda row: row.team),
    "payroll": Kind(PayrollFile, "address", "payroll.file_read", "工资单附件", lambda row: row.batch),
    "punch": Kind(Punch, "photo", "attendance.photo_read", "刷卡近照", when="occurred_at"),
}


def address_of(call: Call, kind: str, row: Any) -> str:
    """Where the caller finds a file of `row` for the next minutes; "" where it has none."""
    of = KINDS[kind]
    if row is None or not getattr(row, of.column):
        return ""
    when = getattr(row, of.when).isoformat() if of.when else ""
    token = signing.dumps([call.credential.appid, kind, row.public_id.hex, when], salt=_SALT)
    return settings.PUBLIC_URL + reverse("open_api_file", args=[token])


def attachments_of(call: Call, kind: str, rows: Any) -> list[dict[str, str]]:
    """Attachments in an answer: their names, and addresses in place of their content."""
    return [{"name": row.name, "data": address_of(call, kind, row)} for row in rows]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that an address leads to, and by whose right."""

    actor: CredentialActor
    kind: Kind
    row: Any

    @property
    def address(self) -> str:
        return str(getattr(self.row, self.kind.column))


def opened(token: str, *, address: str, now: datetime) -> Opened:
    """What a signed address leads to. Raises NotFound: forged, too old, revoked or out of reach are one."""
    age = timedelta(minutes=int(parameter("open_api.file_minutes")))
    try:
        appid, name, key, when = signing.loads(token, salt=_SALT, max_age=age)
    except signing.BadSignature:
        raise NotFound from None
    credential = _valid(appid, address, now)
    kind = KINDS[name]
    actor = CredentialActor(credential)
    at = {kind.when: datetime.fromisoformat(when)} if kind.when else {}
    row = kind.model.objects.visible_to(actor).filter(public_id=UUID(key), **at).first()
    if row is None or not getattr(row, kind.column):
        raise NotFound
    return Opened(actor, kind, row)


def _valid(appid: str, address: str, now: datetime) -> Credential:
    for credential in selectors.valid_credentials(appid, now):
        if credential.allows(address):
            return credential
    raise NotFound
