"""Acts on master data: asking for a pull, and wishing for a change of what 四库一平台 owns."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from federation.masters import contract, pulling
from federation.masters.errors import (
    MasterUnset,
    NotAsked,
    NotTheProvince,
    OwnWish,
    WishStands,
    WishUnchanged,
)
from federation.models import ChangeProposal, MasterFeed, ProposalAnswer
from federation.selectors.masters import (
    ANSWER,
    PROPOSE,
    PULL,
    fields_of,
    owned_row,
    place_of_wish,
    present_value,
    require_province,
)
from federation.travel.wishes import settle
from federation.wish_numbers import require_no_numbers
from kernel.errors import DomainError, NotFound
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.models import Permit
from projects.provenance import Row

State = ChangeProposal.State


@transaction.atomic
def request_pull(*, actor: Actor, name: str, is_full: bool, now: datetime) -> list[MasterFeed]:
    """Ask for a pull of one object, or of all ("all"), at once; `is_full` reads everything anew.

    Who reads already goes on. Raises NotPermitted, NotFound, NotTheProvince, MasterUnset.
    """
    require(actor, PULL)
    require_province(actor, PULL)
    if name != "all" and name not in contract.OBJECTS:
        raise NotFound
    if not pulling.is_the_province():
        raise NotTheProvince
    if not pulling.is_configured():
        raise MasterUnset
    pulling.feeds()
    rows = MasterFeed.objects.select_for_update()
    wanted = list(rows.order_by("pk") if name == "all" else rows.filter(object=name))
    for feed in wanted:
        feed.wanted_at, feed.wanted_by, feed.due_at = now, actor.label[:120], now
        feed.reads_all = feed.reads_all or is_full
        feed.save(update_fields=["wanted_at", "wanted_by", "due_at", "reads_all"])
    record(actor, "federation.pull_requested", object_name=name, is_full=is_full)
    return wanted


@transaction.atomic
def propose_change(
    *, actor: Actor, kind: str, row: Row, field: str, wish: str, reason: str, now: datetime
) -> ChangeProposal:
    """Wish for another value of a field that 四库一平台 owns; the wish goes upward to the province.

    Raises NotPermitted, NotFound, DomainError for a field that is no master's, WishUnchanged, WishStands,
    NumberInWish.
    Source: product 5.7 (Enterprise, project, permit: read-only; ChangeProposal upward).
    """
    require(actor, PROPOSE, on=row)
    row = owned_row(actor, kind, row.public_id)
    place = place_of_wish(actor, row)
    if place is None:
        raise NotFound
    if field not in fields_of(kind):
        raise DomainError(
            _("这个字段不归四库一平台所有，请直接在本平台修改。"), code="not_the_masters", field="field"
        )
    wish, reason = wish.strip()[:300], reason.strip()[:300]
    if not wish or wish == present_value(row, field):
        raise WishUnchanged
    if not reason:
        raise DomainError(_("请写明依据，例如变更通知书的文号。"), code="no_reason", field="reason")
    require_no_numbers(kind, field, (("wish", wish), ("reason", reason)))
    try:
        with transaction.atomic():
            made = ChangeProposal.objects.create(
                region=place[0],
                project=place[1],
                object=kind,
                row=row.public_id,
                label=(row.number if isinstance(row, Permit) else row.name)[:200],
                field=field,
                present=present_value(row, field)[:300],
                wish=wish,
                reason=reason,
                asked_at=now,
                asked_by=actor.label[:120],
                asked_by_key=actor.key,
            )
    except IntegrityError as clash:
        raise WishStands from clash
    record(actor, "federation.change_proposed", made, field=field)
    announce("federation.change_proposed.v1", key=made.public_id)
    return made


@transaction.atomic
def take_back_proposal(*, actor: Actor, proposal: ChangeProposal) -> ChangeProposal:
    """Withdraw a wish that nobody has answered; who asked does. Raises NotPermitted, NotFound, NotAsked."""
    require(actor, PROPOSE, on=proposal)
    row = locked(proposal)
    if row.asked_by_key != actor.key:
        raise NotFound
    if row.state != State.ASKED:
        raise NotAsked(is_correction=bool(row.owner))
    return _moved(actor, row, State.TAKEN_BACK, "federation.change_taken_back")


@transaction.atomic
def answer_proposal(
    *, actor: Actor, proposal: ChangeProposal, accepts: bool, answer: str, now: datetime
) -> ChangeProposal:
    """Say for the province whether a wish is handed on to 四库一平台, and why or why not.

    It changes nothing here: the value comes by the pull. Raises NotPermitted, NotFound, NotTheProvince,
    NotAsked, OwnWish, NumberInWish, DomainError without words for a refusal.
    """
    require(actor, ANSWER, on=proposal)
    require_province(actor, ANSWER)
    if not pulling.is_the_province():
        raise NotTheProvince
    row = locked(proposal)
    if row.owner:
        raise NotFound
    return answered(actor, row, accepts=accepts, answer=answer, now=now)


def answered(
    actor: Actor, row: ChangeProposal, *, accepts: bool, answer: str, now: datetime
) -> ChangeProposal:
    """Write the answer to a locked wish; it travels to who asked.

    Raises NotAsked, OwnWish, NumberInWish, DomainError.
    """
    if row.state != State.ASKED:
        raise NotAsked(is_correction=bool(row.owner))
    if row.asked_by_key == actor.key:
        raise OwnWish(is_correction=bool(row.owner))
    answer = answer.strip()[:300]
    if not accepts and not answer:
        raise DomainError(_("不予采纳的，请写明理由，让提出人知道怎么办。"), code="no_answer", field="answer")
    require_no_numbers(row.object, row.field, [("answer", answer)])
    made = ProposalAnswer.objects.create(
        proposal=row,
        accepts=accepts,
        answer=answer,
        answered_at=now,
        answered_by=actor.label[:120],
        answered_by_key=actor.key,
    )
    settle([made.public_id])
    row.refresh_from_db()
    record(actor, "federation.change_answered", row, reason=answer, state=str(row.state))
    announce("federation.change_answered.v1", key=row.public_id, version=row.version)
    return row


def locked(proposal: ChangeProposal) -> ChangeProposal:
    """The wish, held until the end of the transaction."""
    rows = ChangeProposal.all_rows.select_related("region")
    return rows.select_for_update(of=("self",)).get(pk=proposal.pk)


def _moved(actor: Actor, row: ChangeProposal, state: str, action: str) -> ChangeProposal:
    row.state = state
    row.version += 1
    row.save()
    record(actor, action, row, reason=row.answer, state=str(state))
    announce(f"{action}.v1", key=row.public_id, version=row.version)
    return row
