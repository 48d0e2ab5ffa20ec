"""The call by which a child compares with its parent: branches asked for, digests answered, a result told.

Both bodies are gzip of JSON. Source: issue "Federation", Reconciliation; docs/federation-protocol.md.
"""

import gzip
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import httpx
import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from federation.models import Node, ReconciliationCount, ReconciliationDiff, ReconciliationRun
from federation.selectors.nodes import own_region
from federation.services.admitting import Caller
from federation.services.receiving import most_unzipped
from federation.services.refusals_of_calls import CallRefused
from federation.services.transport import ENVELOPE, Unreachable, call
from federation.travel import kept_punches
from federation.travel.messages import Message
from federation.travel.trees import Ask, Branch, Children, branch_of, children, is_freshening
from federation.wire import envelopes

COMPARE: Final = "compare"
# A question for the statement of a month is no comparison that anybody keeps.
STATEMENT: Final = "statement"
# How long one answer may compute digests that are not kept yet; beyond it the child asks again.
_SECONDS: Final = 6.0
_MOST_ASKS: Final = 512
_MOST_TOLD: Final = 5_000
Diff = ReconciliationDiff
Run = ReconciliationRun


class CountCard(msgspec.Struct, frozen=True):
    """What was compared of a kind."""

    kind: str
    below: int
    above: int
    digest_below: str
    digest_above: str


class DiffCard(msgspec.Struct, frozen=True):
    """One row that differs; `mark` finds it again."""

    kind: str
    key: UUID
    mark: str
    day: str
    project: str
    sort: str
    state: str
    why: str = ""


class Told(msgspec.Struct, frozen=True):
    """What the child found: how the comparison stands, its counts, every difference that is not closed."""

    state: str
    counts: Sequence[CountCard] = ()
    differences: Sequence[DiffCard] = ()
    questions: int = 0
    bytes_out: int = 0
    bytes_in: int = 0


class StatementCard(msgspec.Struct, frozen=True):
    """The statement of a month as the child has signed it."""

    month: str
    body: str
    key_id: str
    signature: str


class StatementReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """The parent's signature under it, or what it objects to."""

    key_id: str = ""
    signature: str = ""
    objection: str = ""


class Lost(msgspec.Struct, frozen=True):
    """A row that its owner has lost and its parent still holds."""

    kind: str
    key: UUID
    mark: str = ""
    day: str = ""
    project: str = ""


# Gives an owner back what it has lost (services.taking_back, which stands above this module).
HandsOut = Callable[[Node, Sequence[Lost], datetime], list[Message]]
_hands: list[HandsOut] = []


def hands_out(hand: HandsOut) -> None:
    """Say who gives back."""
    _hands[:] = [hand]


# Signs the statement of a child, or objects (services.statements, which stands above this module).
States = Callable[[Node, StatementCard, datetime], StatementReply]
_states: list[States] = []


def states_by(sign: States) -> None:
    """Say who signs statements."""
    _states[:] = [sign]


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """One call: of which comparison, what is asked, what is told. `anew`: from the rows themselves."""

    run: UUID
    scope: str = "night"
    day: str = ""
    anew: bool = False
    ask: Sequence[Ask] = ()
    tell: Told | None = None
    statement: StatementCard | None = None
    lost: Sequence[Lost] = []


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """The digests of each branch, and what the parent wants sent again; or that it still computes."""

    answers: Sequence[dict[str, tuple[int, str]]] = []
    wanted: Sequence[tuple[str, UUID]] = []
    busy: bool = False
    statement: StatementReply | None = None
    rows: Sequence[Message] = []


class Busy(Exception):
    """The parent still computes digests: the same question is asked again."""


def packed(said: Question | Reply) -> bytes:
    """A body as it is sent."""
    return gzip.compress(msgspec.json.encode(said), mtime=0)


def answer_compare(caller: Caller, content: bytes, now: datetime) -> bytes:
    """What a parent answers. Raises CallRefused for what is no question, and to whoever is no child."""
    if caller.node.relation != Node.Relation.CHILD:
        raise CallRefused("malformed", 400, _("对账由下级平台发起，没有处理。"), node=caller.node)
    question = _question(content, caller.node)
    if question.statement is not None:
        return packed(Reply(statement=_states[0](caller.node, question.statement, now)))
    if question.lost:
        return packed(Reply(rows=_hands[0](caller.node, question.lost, now)))
    is_kept = question.scope != STATEMENT
    run = _run_told(caller.node, question, now) if is_kept else Run(started_at=now)
    if question.tell is not None and is_kept:
        _keep_told(run, question.tell, now)
    branch = branch_of(caller.node, own_region().path)
    try:
        if not _is_fresh(question, branch, run):
            return packed(Reply(busy=True))
        answers = [dict(children(ask, branch)) for ask in question.ask[:_MOST_ASKS]]
    except (KeyError, ValueError) as wrong:
        raise CallRefused(
            "malformed", 400, _("所问的对象、日期或项目不对，没有处理。请对照协议文档。"), node=caller.node
        ) from wrong
    return packed(Reply(answers, _wanted(caller.node)))


def _question(content: bytes, node: Node) -> Question:
    try:
        return msgspec.json.decode(envelopes.unzipped(content, most_unzipped()), type=Question)
    except envelopes.TooLarge:
        raise CallRefused("too_large", 413, _("对账请求过大，没有处理。请分几次问。"), node=node) from None
    except (envelopes.Malformed, msgspec.MsgspecError, RecursionError):
        raise CallRefused(
            "malformed",
            400,
            _("对账请求的格式不对（应为 gzip 压缩的 JSON），没有处理。请对照协议文档。"),
            node=node,
        ) from None


def _is_fresh(question: Question, branch: Branch, run: Run) -> bool:
    """Compute what is not kept, for a while; whether all is there."""
    began = time.monotonic()
    for ask in question.ask:
        first, last = ask.span
        if not is_freshening(ask) or first is None or last is None or branch.enterprise:
            continue
        for _day in kept_punches.freshen(branch.peer, first, last, run.started_at, anew=question.anew):
            if time.monotonic() - began > _SECONDS:
                return False
    return True


def _run_told(node: Node, question: Question, now: datetime) -> Run:
    """The comparison as the parent keeps it, made at the first question."""
    day = _day_of(question.day, now)
    found, is_new = Run.objects.get_or_create(
        public_id=question.run,
        defaults={"node": node, "scope": Run.Scope.WHOLE, "day": day, "started_at": now},
    )
    if found.node_id != node.pk:
        raise CallRefused("malformed", 400, _("这个编号的对账是别的平台的，没有处理。"), node=node)
    is_first = not Run.objects.filter(node=node, scope=Run.Scope.NIGHT, day=day).exists()
    if is_new and question.scope == Run.Scope.NIGHT and is_first:
        Run.objects.filter(pk=found.pk).update(scope=Run.Scope.NIGHT)
    return found


def _day_of(said: str, now: datetime) -> Any:
    try:
        return datetime.strptime(said, "%Y-%m-%d").date()  # noqa: DTZ007  # a day, not an instant
    except ValueError:
        return now.date()


@transaction.atomic
def _keep_told(run: Run, told: Told, now: datetime) -> None:
    """The child's word on how the comparison ended, which is this side's too."""
    run = Run.objects.select_for_update().get(pk=run.pk)
    run.state = told.state if told.state in Run.State.values else run.state
    run.questions, run.bytes_out, run.bytes_in = told.questions, told.bytes_in, told.bytes_out
    run.finished_at = now if run.state in (Run.State.DONE, Run.State.FAILED) else None
    run.told_at = now
    run.save()
    for one in told.counts[:200]:
        ReconciliationCount.objects.update_or_create(
            run=run,
            kind=one.kind[:40],
            defaults={
                "below": one.below, "above": one.above,
                "digest_below": one.digest_below[:32], "digest_above": one.digest_above[:32],
            },
        )  # fmt: skip
    _keep_differences(run, told.differences[:_MOST_TOLD], now)


def _keep_differences(run: Run, told: Sequence[DiffCard], now: datetime) -> None:
    """All differences of the link that stand open below; those no longer told of are repaired."""
    held = {(row.kind, row.key): row for row in Diff.objects.filter(node=run.node).exclude(state="repaired")}
    for one in told:
        if one.sort not in Diff.Sort.values or one.state not in Diff.State.values:
            continue
        row = held.pop((one.kind, one.key), None) or Diff(node=run.node, run=run, found_at=now)
        row.kind, row.key, row.mark = one.kind[:40], one.key, one.mark[:32]
        row.day, row.project, row.sort = one.day[:10], one.project[:36], one.sort
        row.state, row.seen_at, row.why = one.state, now, one.why[:300]
        row.save()
    gone = [row.pk for row in held.values()]
    Diff.objects.filter(pk__in=gone).update(state=Diff.State.REPAIRED, closed_at=now)


def _wanted(node: Node) -> list[tuple[str, UUID]]:
    """What an operator here asks the owner to send again."""
    rows = Diff.objects.filter(node=node, state=Diff.State.OPEN, asked_at__isnull=False)
    return list(rows.values_list("kind", "key")[:_MOST_TOLD])


def put_question(http: httpx.Client, node: Node, question: Question, now: datetime) -> tuple[Reply, int, int]:
    """Ask the parent; its reply, and the bytes there and back. Raises Unreachable, Busy."""
    content = packed(question)
    answer = call(http, node, COMPARE, content, now, content_type=ENVELOPE)
    if answer.status != 200:
        raise Unreachable(answer.sentence)
    try:
        reply = msgspec.json.decode(envelopes.unzipped(answer.content, most_unzipped()), type=Reply)
    except (envelopes.Malformed, envelopes.TooLarge, msgspec.MsgspecError) as wrong:
        raise Unreachable(_("“{name}”对账的回答格式不对。").format(name=node.name)) from wrong
    if reply.busy:
        raise Busy
    if len(reply.answers) != len(question.ask):
        raise Unreachable(_("“{name}”没有答全所问的分支。").format(name=node.name))
    return reply, len(content), len(answer.content)


def differing(mine: Children, theirs: Mapping[str, tuple[int, str]]) -> list[str]:
    """The children in which two sides differ, in their order."""
    names = sorted({*mine, *theirs})
    return [name for name in names if mine.get(name) != theirs.get(name)]
