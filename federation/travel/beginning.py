"""A neighbour is to be told of everything: capture begins, and what stood before is laid down once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from attendance.services.runs import lay_down_runs
from federation.travel.catalogue import KINDS
from federation.travel.kinds import Kind, rows_of
from kernel.models import this_node
from outbox import capture

_PIECE = 5_000
_SHARES = len(capture.SHARDS) - 1


def begin(now: datetime, *, up: bool) -> int:
    """Capture what goes up (or down) from now on; returns the number to wait for before lay_down.

    Nothing written before may still be under way then: ask capture.settled_since with that number.
    """
    capture.switch_on(now, up=up)
    return capture.running_now()


def lay_down(*, up: bool, origins: Collection[str] | None, now: datetime) -> int:
    """Write down everything that travels up (or down) as changed, in the order of need; how many rows.

    `origins`: whose rows, None: whosever they are. Call it once for a new neighbour, when no transaction from
    before `begin` is left. Neighbours who have had it before find the same again, which changes nothing.
    """
    number = 0
    for kind in KINDS.values():
        if kind.goes_up if up else kind.goes_down:
            number += _lay_down(kind, up, origins, now)
    if up:
        lay_down_runs(now)
    return number


def _lay_down(kind: Kind, up: bool, origins: Collection[str] | None, now: datetime) -> int:
    if kind.named is not None:
        rows = rows_of(kind.model).select_related(*(["region"] if kind.place else []))
        keys = [(kind.named(row), 0 if up else capture.DISPATCH) for row in rows]
        return capture.lay_down(kind.name, keys, now)
    condition = Q()
    if origins is not None:
        condition = Q(**{f"{kind.whose}__in": list(origins)}) if kind.whose else Q()
        if not kind.whose and this_node() not in origins:
            return 0
    rows = rows_of(kind.model).filter(condition).filter(kind.when).order_by("pk")
    # The project of a row, by which it has its shard; the triggers count alike.
    project = F(f"{kind.project}__pk" if kind.project else "pk") if kind.project is not None else None
    found: Any = rows.values_list("public_id", *([project] if project is not None else ["pk"]))
    number, piece = 0, []
    for key, pk in found.iterator(chunk_size=_PIECE):
        shard = capture.DISPATCH if not up else 0 if project is None or pk is None else 1 + pk % _SHARES
        piece.append((key, shard))
        if len(piece) >= _PIECE:
            number += capture.lay_down(kind.name, piece, now)
            piece = []
    return number + (capture.lay_down(kind.name, piece, now) if piece else 0)
