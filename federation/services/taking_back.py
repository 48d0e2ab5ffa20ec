"""Taking back: rows that their owner has lost (a backup was restored) and that its parent still holds.

The parent hands its copies out, sealed for their owner; the owner takes them in as its own again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import httpx
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Copied, Node, ReconciliationDiff
from federation.selectors.nodes import own_region, require_governing
from federation.services.applying import opener
from federation.services.comparing import Busy, Lost, Question, hands_out, put_question
from federation.services.sealing import recipient
from federation.services.transport import Unreachable, client
from federation.travel import incoming, outgoing, punches
from federation.travel.catalogue import KINDS, ORDER
from federation.travel.messages import Message, Sender
from federation.travel.reading import snapshots
from federation.travel.trees import PUNCHES, branch_of, punch_names
from federation.wire import heads
from kernel.errors import DomainError
from kernel.models import this_node
from kernel.scoping import Actor

_AT_ONCE: Final = 500
State, Sort = ReconciliationDiff.State, ReconciliationDiff.Sort


def require_lost(rows: Iterable[ReconciliationDiff]) -> list[ReconciliationDiff]:
    """Those of the rows that can be taken back. Raises DomainError where there is none."""
    live = (State.OPEN, State.SENT)
    ready = [row for row in rows if row.state in live and may_be_taken_back(row)]
    if not ready:
        raise DomainError(
            _("只有“下级缺少、上级还有”的记录可以取回，由缺少它的下级平台办理。"), code="nothing_lost"
        )
    return ready


def may_be_taken_back(row: ReconciliationDiff) -> bool:
    """Whether the parent has it and its owner, this node, has not."""
    return row.sort == Sort.MISSING_BELOW and row.node.relation == Node.Relation.PARENT


@transaction.atomic
def take_back(
    *,
    actor: Actor,
    node: Node,
    differences: Sequence[ReconciliationDiff],
    http: httpx.Client | None = None,
    now: datetime | None = None,
) -> int:
    """Take rows that were lost here back from the parent's copies; how many came.

    Raises NotPermitted; DomainError where nothing can be taken back, or the parent does not answer.
    """
    require_governing(actor)
    at = now or timezone.now()
    held = ReconciliationDiff.objects.select_for_update(of=("self",)).select_related("node")
    rows = held.filter(pk__in=[one.pk for one in differences], node=node, state__in=(State.OPEN, State.SENT))
    ready = require_lost(rows.order_by("pk")[:_AT_ONCE])
    messages = _fetched(node, ready, http, at)
    taken = _applied(node, messages)
    ReconciliationDiff.objects.filter(pk__in=[row.pk for row in ready]).update(
        state=State.SENT, sent_at=at, handled_by=actor.label[:120]
    )
    record(actor, "federation.rows_taken_back", node, code=node.code, number=taken)
    return taken


def _fetched(
    node: Node, rows: Sequence[ReconciliationDiff], http: httpx.Client | None, now: datetime
) -> Sequence[Message]:
    lost = [Lost(row.kind, row.key, row.mark, row.day, row.project) for row in rows]
    question = Question(rows[0].run.public_id, "statement", lost=lost)
    try:
        if http is not None:
            return put_question(http, node, question, now)[0].rows
        with client() as own:
            return put_question(own, node, question, now)[0].rows
    except Unreachable as away:
        raise DomainError(away.sentence, code="away") from away
    except Busy:
        raise DomainError(_("上级正忙，请稍后再试。"), code="busy") from None


def _applied(node: Node, messages: Sequence[Message]) -> int:
    """Written as our own; how many were taken."""
    branch = branch_of(node, own_region().path)
    sender = Sender(node.code, ("",), (), branch.origins | {node.code}, opener(), gives_back=True)
    taken = 0
    for stream, some in (
        ("records-0", [one for one in messages if one.kind != PUNCHES]),
        (PUNCHES, [one for one in messages if one.kind == PUNCHES]),
    ):
        if some:
            outcomes = incoming.apply_batch(stream, some, sender)
            taken += sum(one.became in ("applied", "same") for one in outcomes)
    return taken


def hand_out(node: Node, lost: Sequence[Lost], now: datetime) -> list[Message]:
    """What a parent hands to an owner of its own rows: its copies of them, in the order of need."""
    branch = branch_of(node, own_region().path)
    wanted: dict[str, list[Lost]] = defaultdict(list)
    for one in lost[:_AT_ONCE]:
        wanted[one.kind].append(one)
    found: list[Message] = []
    for name in sorted((name for name in wanted if name in KINDS), key=ORDER.__getitem__):
        keys = [one.key for one in wanted[name]]
        changed = dict(Copied.objects.filter(kind=name, key__in=keys).values_list("key", "at"))
        for key, copy in snapshots(KINDS[name], keys, this_node()).items():
            if copy.origin in branch.origins:
                at = heads.stamp(changed.get(key, now))
                found.append(outgoing.message_of(KINDS[name], copy, at, recipient(node, now)))
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in wanted.get(PUNCHES, ()):
        places[one.day, one.project].add(one.mark)
    for (day, project), marks in places.items():
        names = punch_names(day, project, branch)
        found += punches.messages_of([names[mark] for mark in marks if mark in names], now)
    return found


# The door of comparisons hands out too.
hands_out(hand_out)
