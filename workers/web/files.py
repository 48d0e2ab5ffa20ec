"""Photographs and scans: shown to whoever may see the person, and each showing is on record."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from audit.services import record
from kernel.errors import NotFound
from web.pages import Page
from web.uploads import serve
from workers.models import Engagement
from workers.selectors import (
    contract_file,
    contract_to,
    particulars,
    presence_to,
    training_to,
    work_to,
)


class _File(Page):
    """A file of one person, for whoever may see that person."""

    permission = "workers.view"

    def shown(self, work: Engagement, address: str, action: str, name: str) -> HttpResponse:
        """The file, once it is on record who looked at it. Raises NotFound where there is none."""
        if not address:
            raise NotFound
        record(self.actor, action, work)
        return serve(address, name)


class PersonPhoto(_File):
    """The photograph taken on site."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        work = work_to(self.actor, self.permission, public_id)
        return self.shown(work, work.photo, "workers.photo_read", "现场照片")


# Which picture, by the word in its address: the column that holds it, and how it is called.
PICTURES = {
    "front": ("card_front", "证件正面照"),
    "back": ("card_back", "证件反面照"),
    "gate-card": ("gate_card_picture", "办卡采集相片"),
}


class PersonPicture(_File):
    """A picture of the identity card, or the one taken for the gate's card."""

    def get(self, request: HttpRequest, public_id: UUID, which: str) -> HttpResponse:
        work = work_to(self.actor, self.permission, public_id)
        kept = particulars(self.actor, work)
        if kept is None or which not in PICTURES:
            raise NotFound
        column, name = PICTURES[which]
        return self.shown(work, getattr(kept, column), "workers.picture_read", name)


class ContractPage(_File):
    """A further scan of a contract."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = contract_file(self.actor, public_id)
        return self.shown(found.contract.engagement, found.address, "workers.contract_scan_read", found.name)


class ContractScan(_File):
    """The scan of a contract."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        contract = contract_to(self.actor, self.permission, public_id)
        return self.shown(contract.engagement, contract.scan, "workers.contract_scan_read", "合同")


class EntryVoucher(_File):
    """What came with an entry."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        presence = presence_to(self.actor, self.permission, public_id)
        return self.shown(presence.engagement, presence.entry_voucher, "workers.voucher_read", "进场凭证")


class ExitVoucher(_File):
    """What came with an exit."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        presence = presence_to(self.actor, self.permission, public_id)
        return self.shown(presence.engagement, presence.exit_voucher, "workers.voucher_read", "退场凭证")


class TrainingEvidence(_File):
    """What proves a training."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        training = training_to(self.actor, self.permission, public_id)
        return self.shown(
            training.engagement, training.evidence, "workers.training_evidence_read", "培训记录"
        )
