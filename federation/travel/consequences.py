"""What follows from a copy here, as it would from an act here: the same events to the same receivers."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from federation.models import ProposalAnswer
from federation.travel import wishes
from federation.travel.kinds import Kind, rows_of
from federation.travel.people import follow, tie_evidence
from federation.travel.writing import Coming
from outbox.services import announce_all
from standards.effective import forget_standards
from standards.models import CodeList, RuleParameter, StandardVersion
from standards.selectors import forget
from workers.models import Engagement, Person

_RULES = (StandardVersion, CodeList, RuleParameter)


def announce_copies(kind: Kind, rows: Sequence[Coming]) -> None:
    """Tell this node's own receivers of rows that were written, or are about to be deleted.

    Days, counters and gates' lists are concluded from them as from local acts; each with the earliest day
    that any version of the row names.
    """
    if not rows:
        return
    if kind.model in _RULES:
        transaction.on_commit(forget)
        transaction.on_commit(forget_standards)
    if kind.model is Person:
        _people(rows)
    if kind.model is Engagement:
        _moved(rows)
    if kind.model is ProposalAnswer:
        wishes.settle(one.target for one in rows)
    origins = {one.target: one.message.origin for one in rows} if kind.whose else {}
    wishes.follow(kind.name, {one.target: one.row for one in rows}, origins)
    if not kind.event:
        return
    written = rows_of(kind.model).filter(public_id__in=[one.target for one in rows])
    about = dict(written.values_list("public_id", kind.about))
    announce_all(
        kind.event,
        [(about[one.target], _since(kind, one)) for one in rows if one.target in about],
    )


def _since(kind: Kind, one: Coming) -> dict[str, str]:
    """The earliest day named by the row, as it was and as it is."""
    said = [row.get(name) for row in (one.row, one.old.row if one.old else {}) for name in kind.since]
    days = [date.fromisoformat(str(day)[:10]) for day in said if day]
    return {"since": min(days).isoformat()} if days else {}


def _people(rows: Sequence[Coming]) -> None:
    """Evidence that came before its person is the person's; work that stood under another follows."""
    targets = [one.target for one in rows]
    keys = dict(rows_of(Person).filter(public_id__in=targets).values_list("public_id", "pk"))
    tie_evidence((one.target, keys[one.target]) for one in rows if one.target in keys)
    for one in rows:
        if one.left is not None:
            follow(one.left, one.target, one.message.origin)


def _moved(rows: Sequence[Coming]) -> None:
    """An engagement that was another person's: days are concluded anew for both."""
    announce_all(
        "workers.identity_corrected.v1",
        [
            (one.target, {"was": str(UUID(one.old.row["person"]))})
            for one in rows
            if one.old is not None and one.old.row["person"] != one.row.get("person")
        ],
    )
