"""Whether the links keep up: what waits, since when, how fast it goes, and what was refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Min, Q, Sum

from federation.carriers import carriers
from federation.models import (
    Line,
    Node,
    ReceivedEnvelope,
    RecordResult,
    SentEnvelope,
    ToldFile,
    TravellingFile,
)
from federation.models.nodes import SUSPENDED_ABOVE
from federation.selectors.nodes import nodes, require_governing
from kernel.scoping import Actor
from standards.selectors import parameter

_MEASURED: Final = timedelta(hours=1)
OUT, IN = Line.Direction.OUT, Line.Direction.IN


@dataclass(frozen=True, slots=True)
class Health:
    """How the link with one neighbour stands.

    `waiting` counts records that it has not acknowledged, `unapplied` its envelopes that wait to be applied;
    the seconds run from a change's birth to the neighbour's receipt, over the last hour. `files_in` have not
    come from it and `files_out` it has not taken, since `files_since`; `files_lost` it has not either.
    """

    waiting: int = 0
    oldest_at: datetime | None = None
    unapplied: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    records: int = 0
    held: int = 0
    troubles: tuple[str, ...] = ()
    files_in: int = 0
    files_out: int = 0
    files_lost: int = 0
    files_since: datetime | None = None
    level: str = "green"
    words: str = "正常"


def healths(actor: Actor, now: datetime) -> dict[int, Health]:
    """The health of each link with a neighbour, by the node's primary key; a fixed number of questions."""
    require_governing(actor)
    neighbours = nodes(actor).filter(relation__in=(Node.Relation.PARENT, Node.Relation.CHILD))
    waiting, sealed, received = _unsealed(), _sealed(), _received()
    speeds, held, troubles = _speeds(now), _held(), _troubles()
    coming, going = _files_coming(), _files_going()
    return {
        node.pk: _judged(
            node,
            now,
            coming=coming.get(node.code, _NO_FILES),
            going=going.get(node.pk, _NO_FILES),
            waiting=waiting.get(node.pk, (0, None)),
            sealed=sealed.get(node.pk, {}),
            unapplied=received.get(node.pk, 0),
            speed=speeds.get(node.pk, (None, None, None, 0)),
            held=held.get(node.pk, 0),
            troubles=troubles.get(node.pk, ()),
        )
        for node in neighbours
    }


def held_number(actor: Actor) -> int:
    """How many records of ours wait for somebody here because a neighbour refused them."""
    require_governing(actor)
    return RecordResult.objects.filter(
        line__direction=OUT, became=RecordResult.Became.REFUSED, resolved_at=None
    ).count()


def _unsealed() -> dict[int, tuple[int, datetime | None]]:
    """What no envelope holds yet: only the part that writes messages down can count it."""
    count = carriers().waiting
    found: dict[int, tuple[int, datetime | None]] = {}
    rows = Line.objects.filter(direction=OUT).select_related("node") if count else ()
    for line in rows:
        one = count(line.stream, line.position, line.node.code) if count else None
        if one is not None:
            number, oldest = found.get(line.node_id, (0, None))
            found[line.node_id] = (number + one.number, _earlier(oldest, one.oldest_at))
    return found


def _sealed() -> dict[int, dict[str, Any]]:
    rows = SentEnvelope.objects.filter(state=SentEnvelope.State.SEALED).order_by()
    grouped = rows.values("line__node").annotate(number=Sum("messages"), oldest=Min("oldest_at"))
    return {row["line__node"]: dict(row) for row in grouped}


def _received() -> dict[int, int]:
    rows = ReceivedEnvelope.objects.exclude(state=ReceivedEnvelope.State.APPLIED).order_by()
    return {
        row["line__node"]: row["number"] for row in rows.values("line__node").annotate(number=Count("pk"))
    }


def _speeds(now: datetime) -> dict[int, tuple[float | None, float | None, float | None, int]]:
    """p50, p95 and p99 of the last hour by neighbour, in seconds, and how many records they rest on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT l.node_id,
                   percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (
                       ORDER BY extract(epoch FROM e.accepted_at - e.oldest_at)),
                   sum(e.messages)
            FROM federation_sentenvelope e JOIN federation_line l ON l.id = e.line_id
            WHERE e.accepted_at > %s GROUP BY l.node_id
            """,
            [now - _MEASURED],
        )
        found = cursor.fetchall()
    return {
        node: (float(p50), float(p95), float(p99), int(number)) for node, (p50, p95, p99), number in found
    }


def _held() -> dict[int, int]:
    rows = RecordResult.objects.filter(became=RecordResult.Became.REFUSED, resolved_at=None).order_by()
    mine = rows.filter(line__direction=OUT)
    return {
        row["line__node"]: row["number"] for row in mine.values("line__node").annotate(number=Count("pk"))
    }


def _troubles() -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for line in Line.objects.filter(~Q(state=Line.State.OPEN) | ~Q(trouble="")):
        said = line.trouble or str(Line.State(line.state).label)
        if said not in found.get(line.node_id, ()):
            found[line.node_id] = (*found.get(line.node_id, ()), said)
    return found


_Files = dict[str, Any]
_NO_FILES: Final[_Files] = {"number": 0, "since": None, "lost": 0}


def _files_coming() -> dict[str, _Files]:
    """By the neighbour's code, what copies name and has not come."""
    here = TravellingFile.State.HERE
    rows = TravellingFile.objects.exclude(state=here).filter(unnamed_at=None).exclude(node="").order_by()
    awaited = Q(state=TravellingFile.State.AWAITED)
    grouped = rows.values("node").annotate(
        number=Count("pk", filter=awaited),
        since=Min("since", filter=awaited),
        lost=Count("pk", filter=~awaited),
    )
    return {row["node"]: dict(row) for row in grouped}


def _files_going() -> dict[int, _Files]:
    """By neighbour, what it was told of and has not taken though it is here."""
    rows = ToldFile.objects.filter(taken_at=None, file__state=TravellingFile.State.HERE).order_by()
    grouped = rows.values("node").annotate(number=Count("pk"), since=Min("told_at"))
    return {row["node"]: {**row, "lost": 0} for row in grouped}


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


def _judged(
    node: Node,
    now: datetime,
    *,
    waiting: tuple[int, datetime | None],
    sealed: dict[str, Any],
    unapplied: int,
    speed: tuple[float | None, float | None, float | None, int],
    held: int,
    troubles: Iterable[str],
    coming: _Files,
    going: _Files,
) -> Health:
    number = waiting[0] + (sealed.get("number") or 0)
    oldest = _earlier(waiting[1], sealed.get("oldest"))
    level, words = _level(node, now, number, oldest, speed[1], tuple(troubles), unapplied)
    if (
        level == "green"
        and held
        and speed[3]
        and held / speed[3] > float(parameter("federation.refused_share"))
    ):
        level, words = "amber", "被拒记录偏多"
    files_since = _earlier(coming["since"], going["since"])
    if level == "green" and files_since and now - files_since > _file_hours():
        level, words = "amber", "附件积压过久"
    return Health(
        files_in=coming["number"],
        files_out=going["number"],
        files_lost=coming["lost"],
        files_since=files_since,
        waiting=number,
        oldest_at=oldest,
        unapplied=unapplied,
        p50=speed[0],
        p95=speed[1],
        p99=speed[2],
        records=speed[3],
        held=held,
        troubles=tuple(troubles),
        level=level,
        words=words,
    )


def _file_hours() -> timedelta:
    return timedelta(hours=float(parameter("federation.file_hours")))


def _level(
    node: Node,
    now: datetime,
    number: int,
    oldest: datetime | None,
    p95: float | None,
    troubles: tuple[str, ...],
    unapplied: int,
) -> tuple[str, str]:
    """How pressing a link is, and why in a word. Source: AL-33."""
    limits = dict(parameter("federation.backlog"))
    if node.state == Node.State.SUSPENDED:
        return "grey", "已停用"
    if node.is_refused_above:
        return "red", SUSPENDED_ABOVE
    if oldest and now - oldest > timedelta(minutes=limits["minutes"]):
        return "red", "积压过久"
    if troubles:
        return "red", "有数据流不通"
    if number > limits["records"] or unapplied > limits["records"]:
        return "amber", "积压较多"
    if p95 is not None and p95 > float(parameter("federation.slow_seconds")):
        return "amber", "时延偏高"
    if node.state == Node.State.INVITED:
        return "blue", "等待接入"
    return "green", "正常"
