"""Joins what travels to what carries it: who writes messages, who applies them, and what both must hear."""

from collections.abc import Mapping

from attendance.services.runs import has_runs_after, run_backlog
from federation import carriers
from federation.models import Line
from federation.selectors.corrections import known_name
from federation.services import applying, keeping_files
from federation.travel import incoming, learning, outgoing
from federation.wire import streams
from kernel import node_names, store
from outbox import capture
from web import uploads


def _shard(stream: str) -> int | None:
    return None if stream == streams.PUNCHES else outgoing.shard_of(stream)


def _waiting(stream: str, after: int, _node: str) -> carriers.Waiting:
    """What of a line no envelope holds yet; punches are counted by the runs in which they were added."""
    if stream == streams.FILES:
        # Files are counted apart: what waits here are records.
        return carriers.Waiting(0, None)
    shard = _shard(stream)
    if shard is None:
        return carriers.Waiting(*run_backlog(after))
    return carriers.Waiting(*capture.backlog(shard, after))


def _unsent(positions: Mapping[str, int]) -> Mapping[str, int]:
    """Which streams have anything behind these positions, and how old it is: the lower, the older.

    Punches are no changes and wait for none.
    """
    stream_of = {outgoing.shard_of(stream): stream for stream in positions if stream != streams.PUNCHES}
    oldest = capture.oldest_after({shard: positions[stream] for shard, stream in stream_of.items()})
    found = {stream_of[shard]: number for shard, number in oldest.items()}
    if streams.PUNCHES in positions and has_runs_after(positions[streams.PUNCHES]):
        found[streams.PUNCHES] = 0
    return found


def _needed(shard: int) -> int | None:
    """Up to which position every neighbour has had a shard; what lies after it is still needed."""
    stream = streams.DISPATCH if shard == capture.DISPATCH else streams.of_shard(shard)
    rows = Line.objects.filter(direction=Line.Direction.OUT, stream=stream)
    return rows.order_by("position").values_list("position", flat=True).first()


def connect() -> None:
    """Called once, when Django starts."""
    carriers.register(
        outgoing=outgoing.next_batch,
        incoming=incoming.apply_batch,
        learnt=learning.learn,
        waiting=_waiting,
        unsent=_unsent,
        retry=incoming.retry_waiting,
    )
    incoming.when_settled(applying.note_settled)
    capture.register_reader(_needed)
    store.when_kept_again(keeping_files.note_kept)
    uploads.explain_absence(keeping_files.absence)
    node_names.register(known_name)
