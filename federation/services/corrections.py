"""Correction requests: a wish about a record that another node owns, and that node's answer."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from federation.corrections import CORRECTABLE, field_label
from federation.masters.errors import (
    NotAccepted,
    NotACopy,
    NotTheOwner,
    StillUncorrected,
    WishStands,
    WishUnchanged,
)
from federation.models import ChangeProposal, ProposalAnswer
from federation.selectors.corrections import (
    ANSWER_CORRECTION,
    copied_row,
    place_of_copy,
    platform_name,
    value_now,
)
from federation.selectors.masters import PROPOSE, present_value
from federation.services.masters import answered, locked
from federation.travel.wishes import finish, settle
from federation.wish_numbers import require_no_numbers
from kernel.errors import DomainError, NotFound
from kernel.models import this_node
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.models import Source


@transaction.atomic
def ask_correction(
    *, actor: Actor, kind: str, row: Any, field: str, wish: str, reason: str, now: datetime
) -> ChangeProposal:
    """Ask the node that owns a record to correct it; `field` is "" where the wish says it in words.

    The request travels to the owner by itself. Raises NotPermitted, NotFound, NotACopy, WishUnchanged,
    WishStands, NumberInWish, DomainError for an unknown field or no reason.
    Source: product 5.7 (county, city, province read-only; correction requests downward).
    """
    require(actor, PROPOSE, on=row)
    row = copied_row(actor, kind, row.public_id)
    if row.origin == this_node():
        raise NotACopy
    if getattr(row, "source", "") == Source.MASTER:
        raise NotFound
    region, project = place_of_copy(actor, kind, row)
    present = _present(kind, row, field)
    wish, reason = wish.strip()[:300], reason.strip()[:300]
    if not wish or wish == present:
        raise WishUnchanged
    if not reason:
        raise DomainError(_("请写明依据，例如核对了哪份原件。"), code="no_reason", field="reason")
    require_no_numbers(kind, field, (("wish", wish), ("reason", reason)))
    try:
        with transaction.atomic():
            made = ChangeProposal.objects.create(
                owner=row.origin,
                region=region,
                project=project,
                object=kind,
                row=row.public_id,
                label=CORRECTABLE[kind].label(row)[:200],
                field=field,
                present=present[:300],
                wish=wish,
                reason=reason,
                asked_at=now,
                asked_by=actor.label[:120],
                asked_by_key=actor.key,
            )
    except IntegrityError as clash:
        raise WishStands(platform_name(row.origin)) from clash
    record(actor, "federation.correction_asked", made, field=field, owner=made.owner)
    announce("federation.correction_asked.v1", key=made.public_id)
    return made


def _present(kind: str, row: Any, field: str) -> str:
    if field and field not in CORRECTABLE[kind].fields:
        raise DomainError(
            _("这个字段不能这样更正。请选“其他内容”，写明哪里有误。"), code="no_such_field", field="field"
        )
    return present_value(row, field) if field else ""


@transaction.atomic
def answer_correction(
    *, actor: Actor, proposal: ChangeProposal, accepts: bool, answer: str, now: datetime
) -> ChangeProposal:
    """Answer a request about a record of this node, in words when it is declined.

    Accepting changes nothing by itself: the record is put right by its usual act; its new version travels.
    Raises NotPermitted, NotFound, NotTheOwner, NotAsked, OwnWish, NumberInWish, DomainError.
    """
    row = _locked_here(actor, proposal)
    return answered(actor, row, accepts=accepts, answer=answer, now=now)


@transaction.atomic
def mark_corrected(*, actor: Actor, proposal: ChangeProposal, now: datetime) -> ChangeProposal:
    """Say that a record of this node is corrected as it was accepted; who asked is told.

    A field that comes to who asked with the very value that was wished for needs no such word.
    Raises NotPermitted, NotFound, NotTheOwner, NotAccepted, StillUncorrected.
    """
    row = _locked_here(actor, proposal)
    require_corrected(row)
    made = ProposalAnswer.objects.select_for_update(of=("self",)).filter(proposal=row, origin=this_node())
    for answer in made:
        answer.done_at, answer.version = now, answer.version + 1
        answer.save(update_fields=["done_at", "version", "updated_at"])
        settle([answer.public_id])
        row.refresh_from_db()
    if row.state != ChangeProposal.State.DONE:
        # The record's former owner has accepted it.
        finish(row, now)
    record(actor, "federation.correction_made", row)
    announce("federation.correction_made.v1", key=row.public_id, version=row.version)
    return row


def _locked_here(actor: Actor, proposal: ChangeProposal) -> ChangeProposal:
    """A request about a record of this node. Raises NotPermitted, NotFound for a wish, NotTheOwner."""
    require(actor, ANSWER_CORRECTION, on=proposal)
    row = locked(proposal)
    if not row.owner:
        raise NotFound
    if row.owner != this_node():
        raise NotTheOwner(platform_name(row.owner))
    return row


def require_corrected(proposal: ChangeProposal) -> None:
    """Raises NotAccepted, and StillUncorrected while a field says what it said when it was asked about."""
    if proposal.state != ChangeProposal.State.ACCEPTED:
        raise NotAccepted
    value = value_now(proposal)
    if value is not None and value == proposal.present:
        raise StillUncorrected(field_label(proposal.object, proposal.field), value or _("未填"))
