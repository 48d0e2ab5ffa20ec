"""Differences: kept as suspicions, looked at again, sent again by their owner, explained, closed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from attendance.models import PunchRun
from audit.services import record
from federation.carriers import carriers
from federation.models import (
    Line,
    Node,
    ReconciliationDiff,
    ReconciliationRun,
    RecordResult,
    SentEnvelope,
)
from federation.selectors.nodes import own_region, require_governing
from federation.services.comparing import Ask, CountCard, DiffCard, Told
from federation.travel.catalogue import KINDS
from federation.travel.kinds import rows_of
from federation.travel.trees import (
    PUNCHES,
    Branch,
    Children,
    branch_of,
    bucket_of,
    children,
    project_shard,
    punch_names,
)
from kernel.errors import DomainError
from kernel.scoping import Actor
from outbox import capture
from standards.selectors import parameter

Diff = ReconciliationDiff
Run = ReconciliationRun
State, Sort = Diff.State, Diff.Sort
LIVE: Final = (State.SUSPECT, State.OPEN, State.SENT, State.EXPLAINED)
_ASKS_AT_ONCE: Final = 64
Asking = Callable[[Sequence[Ask]], Sequence[Children]]
Side = tuple[int, str] | None


@dataclass(frozen=True)
class Found:
    """A row in which both sides differ: in which branch, its name there, and how either side has it."""

    ask: Ask
    name: str
    mine: Side
    theirs: Side

    @property
    def sort(self) -> str:
        if self.mine is None:
            return Sort.MISSING_BELOW
        return Sort.MISSING_ABOVE if self.theirs is None else Sort.DIFFERENT


@transaction.atomic
def keep_found(run: Run, found: Iterable[Found], now: datetime) -> None:
    """Note suspicions; one that is known already stays what it was. A row that moved is one, not two."""
    for one in found:
        key = UUID(one.name)
        row = Diff.objects.filter(node=run.node, kind=one.ask.kind, key=key).exclude(state=State.REPAIRED)
        known = row.first()
        if known is not None and known.seen_at == now and known.sort != one.sort:
            row.update(sort=Sort.DIFFERENT)
        elif known is not None:
            row.update(seen_at=now, sort=one.sort, day=one.ask.day or "", project=one.ask.project or "")
        else:
            Diff.objects.create(
                node=run.node,
                run=run,
                kind=one.ask.kind,
                key=key,
                mark=one.name if one.ask.kind == PUNCHES else bucket_of(key),
                day=one.ask.day or "",
                project=one.ask.project or "",
                sort=one.sort,
                found_at=now,
                seen_at=now,
            )


def has_suspects(run: Run) -> bool:
    """Whether anything is to be looked at again."""
    return Diff.objects.filter(node=run.node, state=State.SUSPECT).exists()


def is_anything_open(node: Node) -> bool:
    """Whether a difference waits for somebody or something."""
    return Diff.objects.filter(node=node, state__in=(State.OPEN, State.SENT)).exists()


def is_settled(run: Run, now: datetime) -> bool:
    """Whether what was on its way at the last suspicion has been applied, or was waited for enough."""
    last = Diff.objects.filter(node=run.node, state=State.SUSPECT).order_by("-seen_at").first()
    if last is None:
        return True
    since = last.seen_at
    if now - since > timedelta(minutes=float(parameter("federation.reconcile_wait_minutes"))):
        return True
    return not _is_under_way(run.node, since)


def _is_under_way(node: Node, since: datetime) -> bool:
    waiting = SentEnvelope.objects.filter(
        line__node=node,
        sealed_at__lte=since,
        state__in=(SentEnvelope.State.SEALED, SentEnvelope.State.ACCEPTED),
    )
    if waiting.exists():
        return True
    count = carriers().waiting
    for line in Line.objects.filter(node=node, direction=Line.Direction.OUT):
        oldest = count(line.stream, line.position, node.code).oldest_at if count else None
        if oldest is not None and oldest <= since:
            return True
    return False


def look_again(node: Node, ask: Asking, branch: Branch, now: datetime, *, only_sent: bool = False) -> int:
    """Compare the rows of known differences once more; how many. Raises Unreachable, Busy."""
    states = (State.SENT,) if only_sent else LIVE
    pause = timedelta(seconds=float(parameter("federation.settle_seconds")))
    rows = [
        row
        for row in Diff.objects.filter(node=node, state__in=states)
        if row.state != State.SENT or (row.sent_at or now) + pause <= now
    ]
    groups: dict[Ask, list[Diff]] = defaultdict(list)
    for row in rows:
        groups[Ask(row.kind, day=row.day, project=row.project, bucket=row.mark[:2])].append(row)
    asks = list(groups)
    for start in range(0, len(asks), _ASKS_AT_ONCE):
        some = asks[start : start + _ASKS_AT_ONCE]
        for one, theirs in zip(some, ask(some), strict=True):
            mine = children(one, branch)
            for row in groups[one]:
                name = row.mark if row.kind == PUNCHES else str(row.key)
                _judge(row, mine.get(name), theirs.get(name), now)
    return len(rows)


def _judge(row: Diff, mine: Side, theirs: Side, now: datetime) -> None:
    """Equal now, explained by what both know, or open."""
    if mine == theirs:
        if row.state == State.SUSPECT:
            row.delete()
            return
        row.state, row.closed_at, row.seen_at = State.REPAIRED, now, now
        row.save(update_fields=["state", "closed_at", "seen_at"])
        return
    row.seen_at = now
    if row.state == State.SENT:
        row.why = _("重发后仍不一致，请查看该记录在“待处理”里的原因。")
    if why := _explanation(row):
        row.state, row.why = State.EXPLAINED, why
    elif row.state != State.EXPLAINED or not row.handled_by:
        row.state = State.OPEN
    row.save(update_fields=["state", "seen_at", "why"])


def _explanation(row: Diff) -> str:
    """What both sides know of a record that is not there: refused, waiting, or waived."""
    results = RecordResult.objects.filter(
        line__node=row.node_id, line__direction=Line.Direction.OUT, kind=row.kind, key=row.key
    )
    last = results.order_by("-told_at", "-pk").first()
    if last is None:
        return ""
    if last.resolution == "waived":
        return _("双方已同意不再上报：{why}").format(why=last.waiver_why)[:300]
    if last.resolved_at is not None:
        return ""
    if last.became == RecordResult.Became.REFUSED:
        return _("上级拒收，在“待处理”里办理：{why}").format(why=last.sentence)[:300]
    return _("上级在等它引用的另一条记录：{missing}").format(missing=last.missing)[:300]


def told(run: Run, state: str) -> Told:
    """What the parent is told: the counts of a run, and all that differs over the link."""
    rows = Diff.objects.filter(node=run.node, state__in=(State.OPEN, State.SENT, State.EXPLAINED))
    return Told(
        state,
        [
            CountCard(one.kind, one.below, one.above, one.digest_below, one.digest_above)
            for one in run.counts.all()
        ],
        [
            DiffCard(one.kind, one.key, one.mark, one.day, one.project, one.sort, one.state, one.why)
            for one in rows.order_by("pk")[:5_000]
        ],
        run.questions,
        run.bytes_out,
        run.bytes_in,
    )


def note_wanted(node: Node, wanted: Sequence[tuple[str, UUID]], now: datetime) -> None:
    """The parent's operator asks the owner to send certain rows again."""
    for kind, key in wanted:
        rows = Diff.objects.filter(node=node, kind=kind, key=key, state=State.OPEN, asked_at=None)
        rows.update(asked_at=now)


@transaction.atomic
def send_wanted(node: Node, now: datetime) -> int:
    """Send again what the parent asked for; how many. What was sent before is sent once more only by hand."""
    rows = list(
        Diff.objects.select_for_update().filter(
            node=node, state=State.OPEN, asked_at__isnull=False, sent_at=None
        )
    )
    return _sent(rows, now, str(node.name))


@transaction.atomic
def repair_differences(
    *, actor: Actor, node: Node, differences: Sequence[Diff], now: datetime | None = None
) -> int:
    """Make both sides equal again: the owner's state goes once more by the ordinary way; how many.

    What the owner has not got goes up as a tombstone. At the parent this asks the owner for it; a punch that
    only the parent has stays, for punches are never removed: it is explained instead.
    Raises NotPermitted, DomainError where nothing can be sent.
    """
    require_governing(actor)
    at = now or timezone.now()
    rows = list(
        Diff.objects.select_for_update().filter(
            pk__in=[one.pk for one in differences], node=node, state__in=(State.OPEN, State.SENT)
        )
    )
    ready = require_sendable(rows)
    if node.relation == Node.Relation.PARENT:
        _sent(ready, at, actor.label)
    else:
        Diff.objects.filter(pk__in=[row.pk for row in ready]).update(
            asked_at=at, handled_by=actor.label[:120]
        )
    record(actor, "federation.differences_sent", node, code=node.code, number=len(ready))
    return len(ready)


def require_sendable(rows: Sequence[Diff]) -> list[Diff]:
    """Those of the rows that sending again can mend. Raises DomainError where there is none."""
    ready = [row for row in rows if row.state in (State.OPEN, State.SENT) and may_be_sent(row)]
    if not rows:
        raise DomainError(_("没有可以重发的差异。"), code="nothing_to_send")
    if not ready:
        raise DomainError(
            _("所选差异不能由重发修复：打卡只增不删，上级多出的打卡请核对后写明原因；其余可能已处理。"),
            code="nothing_to_send",
        )
    return ready


def may_be_sent(row: Diff) -> bool:
    """Whether sending again can mend it."""
    if row.kind == PUNCHES:
        return row.sort == Sort.MISSING_ABOVE
    return row.kind in KINDS and (row.sort != Sort.DIFFERENT or not KINDS[row.kind].is_only_added)


@transaction.atomic
def explain_difference(*, actor: Actor, difference: Diff, why: str, now: datetime | None = None) -> Diff:
    """Say why a difference stands and may stand. Raises NotPermitted, DomainError."""
    require_governing(actor)
    row = Diff.objects.select_for_update(of=("self",)).select_related("node").get(pk=difference.pk)
    if row.state not in (State.OPEN, State.SENT):
        raise DomainError(_("这条差异已一致或已说明，不需要再说明。"), code="is_closed")
    if not why.strip():
        raise DomainError(_("请写明为什么允许这条差异存在，对账单上会列出。"), code="no_reason", field="why")
    row.state, row.why, row.handled_by = State.EXPLAINED, why.strip()[:300], actor.label[:120]
    row.seen_at = now or timezone.now()
    row.save(update_fields=["state", "why", "handled_by", "seen_at"])
    facts = {"node": row.node.code, "kind": row.kind, "record": str(row.key)}
    record(actor, "federation.difference_explained", row, reason=row.why, **facts)
    return row


def _sent(rows: Sequence[Diff], now: datetime, by: str) -> int:
    """Lay the rows down as changed, so that they go up by themselves."""
    for row in rows:
        if row.kind != PUNCHES:
            capture.lay_down(row.kind, [(row.key, _shard(row))], now)
    _send_punches([row for row in rows if row.kind == PUNCHES], now)
    Diff.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.SENT, sent_at=now, handled_by=by[:120]
    )
    return len(rows)


def _shard(row: Diff) -> int:
    """The line on which the record's project travels here, by our own name of it."""
    kind = KINDS[row.kind]
    if kind.project is None or kind.named is not None:
        return 0
    lookup = f"{kind.project}__public_id" if kind.project else "public_id"
    name = rows_of(kind.model).filter(public_id=row.key).values_list(lookup, flat=True).first()
    return project_shard(str(name)) if name else 0


def _send_punches(rows: Sequence[Diff], now: datetime) -> None:
    """A run for each punch: the line of punches carries it like any other."""
    places: dict[tuple[str, str], list[Diff]] = defaultdict(list)
    for row in rows:
        places[row.day, row.project].append(row)
    for (day, project), some in places.items():
        branch = branch_of(some[0].node, own_region().path)
        names = punch_names(day, project, branch)
        found = [names[row.mark] for row in some if row.mark in names]
        PunchRun.objects.bulk_create(
            PunchRun(first_id=name, last_id=name, punches=1, came_from="", created_at=now) for name in found
        )
