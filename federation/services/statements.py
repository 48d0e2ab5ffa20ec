"""对账单: what both sides hold of a month, signed by the child and countersigned by its parent.

The child states its own counts and the parent's, as the parent answered; the parent signs when they are its
own. What stays different is stated with its reasons instead of being hidden.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import httpx
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import LinkStatement, Node, NodeKey, ReconciliationDiff, ReconciliationRun
from federation.selectors.nodes import own_region, require_governing
from federation.services.comparing import (
    Ask,
    Busy,
    Question,
    StatementCard,
    StatementReply,
    put_question,
    states_by,
)
from federation.services.exchanging import parent
from federation.services.own_node import SIGNS, own_key, private_of, public_of
from federation.services.transport import Unreachable, client
from federation.travel import kept_punches
from federation.travel.trees import COMPARED, Branch, branch_of, children, summed
from federation.wire import heads
from kernel.errors import DomainError
from kernel.models import this_node
from kernel.scoping import Actor

HEAD: Final = "hbfed/1 statement"
State = ReconciliationDiff.State
Counts = tuple[int, str]


@dataclass(frozen=True)
class Entry:
    """One object of a statement: how many rows and their digest, below and above."""

    kind: str
    below: Counts
    above: Counts

    @property
    def is_equal(self) -> bool:
        return self.below == self.above


@dataclass(frozen=True)
class Read:
    """A statement as it is read: its words, and whether both signatures are of exactly these."""

    said: Mapping[str, Any]
    entries: Sequence[Entry]
    is_signed_below: bool
    is_signed_above: bool

    @property
    def is_equal(self) -> bool:
        return all(one.is_equal for one in self.entries)


def month_before(day: date) -> date:
    """The first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _days(month: date) -> tuple[date, date]:
    following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return month, following - timedelta(days=1)


def _asks(month: date) -> list[Ask]:
    first, last = _days(month)
    return [Ask(kind, str(first), str(last)) for kind in COMPARED]


def _counted(month: date, branch: Branch, now: datetime) -> dict[str, Counts]:
    """Our own counts and digests of a month."""
    first, last = _days(month)
    if not branch.enterprise:
        for _day in kept_punches.freshen(branch.peer, first, last, now):
            pass
    return {ask.kind: summed(children(ask, branch).values()) for ask in _asks(month)}


@transaction.atomic
def state_month(*, actor: Actor, node: Node, month: date, now: datetime | None = None) -> LinkStatement:
    """Make the statement of a month with the parent and have it countersigned.

    Raises NotPermitted; DomainError for a month that is not over, and where the parent does not answer.
    """
    require_governing(actor)
    at = now or timezone.now()
    require_statable(node, month, at)
    with client() as http:
        found = make_statement(node, month, http=http, now=at)
    if found.trouble:
        raise DomainError(found.trouble, code="not_signed")
    record(actor, "federation.statement_made", node, code=node.code, month=str(month))
    return found


def require_statable(node: Node, month: date, now: datetime) -> None:
    """Raises DomainError at the parent, and for a month that is not over."""
    if node.relation != Node.Relation.PARENT:
        raise DomainError(_("对账单由下级平台发起，本平台在收到时会签。"), code="not_asked_here")
    if _days(month)[1] >= now.astimezone(UTC).date():
        raise DomainError(_("这个月还没有结束，月底之后才能出对账单。"), code="not_over")


def state_last_month(now: datetime) -> bool:
    """The statement of the month before, once a night until it is countersigned."""
    node, month = parent(), month_before(now.astimezone(UTC).date())
    if node is None or now.astimezone(UTC).day < 2:
        return False
    signed = LinkStatement.objects.filter(node=node, month=month).exclude(above_signature="")
    is_compared = ReconciliationRun.objects.filter(node=node, state="done", day__gt=_days(month)[1]).exists()
    if signed.exists() or not is_compared:
        return False
    with client() as http:
        return not make_statement(node, month, http=http, now=now).trouble


def make_statement(node: Node, month: date, *, http: httpx.Client, now: datetime) -> LinkStatement:
    """State a month and ask the parent to sign; what went wrong stands in `trouble`."""
    held = LinkStatement.objects.filter(node=node, month=month).first()
    if held is not None and held.above_signature:
        return held
    row = held or LinkStatement(node=node, month=month, made_at=now)
    try:
        body = _body(node, month, http, now)
        key = own_key(SIGNS, now)
        row.body, row.below_key, row.made_at = body, key.key_id, now
        row.below_signature = heads.sign_text(
            signed_text(body), algorithm=key.algorithm, private=private_of(key)
        )
        reply = _countersigned(node, row, http, now)
    except Busy:
        row.trouble = _("上级还在计算摘要，请过几分钟再试。")
    except Unreachable as away:
        row.trouble = away.sentence[:300]
    else:
        row.above_key, row.above_signature = reply.key_id[:32], reply.signature[:200]
        row.trouble = reply.objection[:300]
        if row.above_signature and not _is_signed(node, row.above_key, _above_text(row), row.above_signature):
            row.above_key, row.above_signature = "", ""
            row.trouble = _("上级的会签与对账单内容不符，没有采用。")
        row.countersigned_at = now if row.above_signature else None
    if row.body:
        row.save()
    return row


def _body(node: Node, month: date, http: httpx.Client, now: datetime) -> str:
    """The words that both sign: our counts, the parent's as it answers them, and what is known to differ."""
    run = LinkStatement(node=node).public_id
    asks = _asks(month)
    reply, _sent, _got = put_question(http, node, Question(run, "statement", ask=asks), now)
    mine = _counted(month, branch_of(node, own_region().path), now)
    first, last = _days(month)
    rows = ReconciliationDiff.objects.filter(node=node, day__range=(str(first), str(last)))
    said = {
        "statement": HEAD,
        "below": this_node(),
        "above": node.code,
        "month": f"{month:%Y-%m}",
        "made_at": heads.stamp(now),
        "objects": [
            {
                "kind": ask.kind,
                "below": list(mine[ask.kind]),
                "above": list(summed(theirs.values())),
            }
            for ask, theirs in zip(asks, reply.answers, strict=True)
        ],
        "explained": rows.filter(state=State.EXPLAINED).count(),
        "open": rows.filter(state__in=(State.OPEN, State.SENT)).count(),
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _countersigned(node: Node, row: LinkStatement, http: httpx.Client, now: datetime) -> StatementReply:
    card = StatementCard(f"{row.month:%Y-%m}", row.body, row.below_key, row.below_signature)
    question = Question(row.public_id, "statement", statement=card)
    reply, _sent, _got = put_question(http, node, question, now)
    return reply.statement or StatementReply(objection=_("上级平台不支持会签对账单。"))


def signed_text(body: str) -> bytes:
    """What the child signs."""
    return f"{HEAD}\n{sha256(body.encode()).hexdigest()}".encode()


def _above_text(row: LinkStatement) -> bytes:
    """What the parent signs: the same words, as the child has signed them."""
    return f"{HEAD} countersigned\n{sha256(row.body.encode()).hexdigest()}\n{row.below_signature}".encode()


def _is_signed(node: Node, key_id: str, text: bytes, signature: str) -> bool:
    """Whether a key of that node, of whatever time, has signed the text."""
    key = NodeKey.objects.filter(node=node, key_id=key_id, purpose=SIGNS).first()
    return key is not None and heads.is_text_signed(
        text, signature, algorithm=key.algorithm, public=public_of(key)
    )


def countersign(node: Node, card: StatementCard, now: datetime) -> StatementReply:
    """What a parent says to a statement: its signature, or what it objects to."""
    found = _judged(node, card, now)
    if isinstance(found, str):
        return StatementReply(objection=found)
    held = LinkStatement.objects.filter(node=node, month=found).first()
    if held is not None and held.body == card.body and held.above_signature:
        return StatementReply(held.above_key, held.above_signature)
    if held is not None and held.above_signature:
        return StatementReply(objection=_("这个月的对账单已经会签过，内容不同，不再重签。"))
    row = held or LinkStatement(node=node, month=found)
    row.body, row.below_key, row.below_signature = card.body, card.key_id, card.signature
    row.made_at, row.countersigned_at = now, now
    key = own_key(SIGNS, now)
    row.above_key = key.key_id
    row.above_signature = heads.sign_text(_above_text(row), algorithm=key.algorithm, private=private_of(key))
    row.save()
    return StatementReply(row.above_key, row.above_signature)


def _judged(node: Node, card: StatementCard, now: datetime) -> date | str:
    """The month of a statement that may be signed, or the objection."""
    if not _is_signed(node, card.key_id, signed_text(card.body), card.signature):
        return _("对账单的签名与内容不符，没有会签。")
    try:
        said = json.loads(card.body)
        month = date.fromisoformat(f"{said['month']}-01")
        objects = {one["kind"]: tuple(one["above"]) for one in said["objects"]}
    except (ValueError, KeyError, TypeError):
        return _("对账单的格式不对，没有会签。")
    if said.get("below") != node.code or said.get("above") != this_node():
        return _("对账单上的双方与本链路不符，没有会签。")
    if _days(month)[1] >= now.astimezone(UTC).date():
        return _("这个月还没有结束，没有会签。")
    own = _counted(month, branch_of(node, own_region().path), now)
    wrong = [kind for kind in COMPARED if objects.get(kind) != own[kind]]
    if wrong:
        return _("上级的数量或摘要在此期间有变化（{number} 类），请重新出对账单。").format(number=len(wrong))
    return month


def read_statement(row: LinkStatement) -> Read:
    """A statement with its signatures verified against the keys that both nodes have."""
    own = Node.objects.filter(relation=Node.Relation.SELF).first()
    is_ours = row.node.relation == Node.Relation.PARENT
    below, above = (own, row.node) if is_ours else (row.node, own)
    said = _said(row.body)
    entries = [
        Entry(one["kind"], (one["below"][0], one["below"][1]), (one["above"][0], one["above"][1]))
        for one in said.get("objects", ())
    ]
    return Read(
        said,
        entries,
        below is not None and _is_signed(below, row.below_key, signed_text(row.body), row.below_signature),
        above is not None and _is_signed(above, row.above_key, _above_text(row), row.above_signature),
    )


def _said(body: str) -> dict[str, Any]:
    """The words; none where somebody has made them unreadable."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


# The door of comparisons takes statements too.
states_by(countersign)
