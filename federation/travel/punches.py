"""Punches between nodes: read by runs, written as lists, and taken in by the same settler as any door's.

A punch is known between nodes by what makes it one row (instant, project, source, token), so that sending it
again adds nothing. Who passed is said by the person's name between nodes; a passage of somebody unknown
carries no number, but a name that only its own node understands.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from attendance.batches import Batch as PunchBatch
from attendance.batches import Row, packed
from attendance.models import Inbox, Punch
from attendance.services.runs import give_run_positions, punches_named, punches_of, runs_after
from federation.travel import sentences
from federation.travel.concerns import is_within
from federation.travel.kinds import rows_of
from federation.travel.messages import Batch, Message, Outcome, Recipient, Sender
from federation.travel.names import known
from kernel.ids import new_id
from kernel.models import this_node
from projects.models import Participation, Project, Team
from workers.models import Person
from workers.services import identity_index

KIND: Final = "punches"
# What stands for a document's type where a passage is of somebody without a number here.
EVIDENCE: Final = "node"
MOST_A_MESSAGE: Final = 5_000
# What repeats is said once, in lists of the message's own; a row holds places in them.
LISTED: Final = ("projects", "sources", "people", "teams", "channels", "methods", "origins")
# The values of a row in their order, and what they are.
ROW: Final = (
    ("public_id", "打卡编号（UUID）"),
    ("at", "打卡时刻，1970 年起的微秒数（UTC）"),
    ("project", "在 projects 里的位置"),
    ("source", "在 sources 里的位置"),
    ("token", "设备给的序号，文字"),
    ("person", "在 people 里的位置"),
    ("team", "在 teams 里的位置"),
    ("direction", "in 进、out 出，不明为空串"),
    ("channel", "在 channels 里的位置"),
    ("method", "在 methods 里的位置"),
    ("photo", "有现场照片的为非空文字，没有的为空串；照片本身留在来源平台"),
    ("latitude", "纬度，文字，可为空串"),
    ("longitude", "经度，文字，可为空串"),
    ("received", "收到的时刻，微秒数（UTC）"),
    ("origin", "在 origins 里的位置"),
)


_NAMES: Final = [name for name, _said in ROW]
Found = Mapping[UUID, tuple[int, UUID]]


def next_batch(after: int, most: int, to: Recipient) -> Batch:
    """The next punches for a neighbour, at most about `most`; runs that came from it are passed over."""
    give_run_positions()
    runs = runs_after(after, most)
    if not runs:
        return Batch((), after)
    messages = [
        message
        for run in runs
        if run.came_from != to.code
        for message in _messages(run.created_at, punches_of(run))
    ]
    return Batch(messages, runs[-1].position or after)


def messages_of(keys: Sequence[UUID], now: datetime) -> list[Message]:
    """Certain punches once more, for a repair; what the receiver has already it adds nothing of."""
    return list(_messages(now, punches_named(keys)))


def _messages(at: datetime, rows: Sequence[tuple[Any, ...]]) -> Iterator[Message]:
    remaining = iter(rows)
    while piece := list(islice(remaining, MOST_A_MESSAGE)):
        row = _written(piece)
        yield Message(KIND, new_id(), 1, this_node(), "put", at.astimezone(UTC).isoformat(), row=row)


class _List:
    """The different values of a column, in the order in which they came, and the place of each."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def at(self, value: str) -> int:
        """The place of a value."""
        return self.places.setdefault(value, len(self.places))


def _written(rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    """Rows as lists, what repeats said once."""
    projects, sources, people, teams, channels, methods, origins = (_List() for _name in LISTED)
    lines = [
        [
            name, at, projects.at(project), sources.at(source), token,
            people.at(person or evidence_name(subject)), teams.at(team), direction, channels.at(channel),
            methods.at(method), photo, latitude, longitude, received, origins.at(origin),
        ]
        for (
            name, at, project, source, token, person, subject, team, direction, channel, method, origin,
            photo, latitude, longitude, received,
        ) in rows
    ]  # fmt: skip
    listed = (projects, sources, people, teams, channels, methods, origins)
    return {
        **{name: list(one.places) for name, one in zip(LISTED, listed, strict=True)},
        "rows": lines,
    }


def apply(message: Message, sender: Sender, now: datetime) -> tuple[Outcome, Message]:
    """Hand a neighbour's punches to the settler, durably; what is known already it adds nothing of.

    Each project's punches stand for themselves: those of one that has not come yet are waited for, those of
    one beyond what the sender answers for are refused, the others count at once. Returned with the outcome:
    the message with the punches that are still to be judged, which alone are kept while they wait. A person
    who has not come yet is evidence for now, and the person's when it comes.
    """
    if "*" not in sender.origins and message.origin not in sender.origins:
        return sentences.other_origin(message.origin), message
    said = message.row
    if not set(said["origins"]) <= set(Punch.Origin.values):
        return sentences.shape("origin"), message
    projects = known(Project, [UUID(name) for name in said["projects"]])
    missing = {place for place, name in enumerate(said["projects"]) if UUID(name) not in projects}
    beyond = _beyond(said["projects"], projects, sender)
    _hand_over(_only(said, missing | beyond, is_in=False), projects, sender, now)
    rest = replace(message, row=_only(said, missing | beyond, is_in=True))
    if missing:
        name = str(UUID(said["projects"][min(missing)]))
        return Outcome("waits", missing=f"project:{name}"), rest
    if beyond:
        names = {str(UUID(said["projects"][place])) for place in beyond}
        names_here = [projects[UUID(name)][0] for name in sorted(names)]
        called = rows_of(Project).filter(pk__in=names_here).order_by("pk").values_list("name", flat=True)
        return sentences.punches_outside(list(called), len(rest.row["rows"])), rest
    return Outcome("applied"), rest


def _only(said: Mapping[str, Any], places: Collection[int], *, is_in: bool) -> Mapping[str, Any]:
    """The list with the punches of these projects alone, or with all the others."""
    place = _NAMES.index("project")
    return {**said, "rows": [line for line in said["rows"] if (line[place] in places) is is_in]}


def _hand_over(said: Mapping[str, Any], projects: Found, sender: Sender, now: datetime) -> None:
    if not said["rows"]:
        return
    people = known(Person, [key for name in said["people"] if (key := _uuid(name))])
    teams = known(Team, [key for name in said["teams"] if (key := _uuid(name))])
    batches = _batches(said, projects, people, teams, sender.code)
    Inbox.objects.create(content=packed(batches), punches=len(said["rows"]), accepted_at=now)


def _batches(
    said: Mapping[str, Any], projects: Found, people: Found, teams: Found, node: str
) -> list[PunchBatch]:
    """Rows of one project, source, channel of reception, team and call stand together."""
    who = [_who(name, people) for name in said["people"]]
    # Of a project that is not among these no row is left.
    where = [projects.get(UUID(name), (0,))[0] for name in said["projects"]]
    of_team = [teams[key][0] if (key := _uuid(name)) and key in teams else None for name in said["teams"]]
    sources, channels, methods = said["sources"], said["channels"], said["methods"]
    # The door that took it in is said by the node where that was, and by no gate (I-09).
    doors = said["origins"]
    together: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for (
        name, at, project, source, token, person, team, direction, channel, method, photo, latitude,
        longitude, received, origin,
    ) in said["rows"]:  # fmt: skip
        key, evidence = who[person]
        together[project, source, doors[origin], team, received].append(
            Row(
                at=at, token=token, direction=direction, number=evidence,
                id_type=EVIDENCE if evidence else "01", channel=channels[channel],
                pass_method=methods[method],
                photo=photo, latitude=latitude, longitude=longitude, person=key,
                public_id=bytes.fromhex(name.replace("-", "")),
            )
        )  # fmt: skip
    return [
        PunchBatch(
            receipt=b"", project=where[project], source=sources[source], origin=door,
            received_at=received, rows=rows, team=of_team[team], came_from=node,
        )
        for (project, source, door, team, received), rows in together.items()
    ]  # fmt: skip


def _who(name: str, people: Found) -> tuple[bytes, str]:
    """The person as we name it, or the words under which a passage is kept as evidence."""
    key = _uuid(name)
    if key is not None and key in people:
        return people[key][1].bytes, ""
    return b"", name


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def evidence_name(subject: int) -> str:
    """What this node calls somebody whom a gate saw and nobody has enrolled; it tells nothing of them."""
    return f"{this_node()}:{subject}"


def evidence_index(name: str) -> bytes:
    """The index of somebody who is known by a neighbour's name alone."""
    return identity_index(EVIDENCE, name)


def _beyond(names: Sequence[str], projects: Found, sender: Sender) -> set[int]:
    """The places in the list of those projects that lie where the sender does not answer for punches."""
    if "" in sender.regions:
        return set()
    rows = rows_of(Project).filter(pk__in=[pk for pk, _name in projects.values()])
    beyond = {
        pk for pk, path in rows.values_list("pk", "region__path") if not is_within(path, sender.regions)
    }
    if beyond and sender.enterprises:
        own = rows_of(Participation).filter(project__in=beyond, enterprise__uscc__in=sender.enterprises)
        beyond -= set(own.values_list("project", flat=True))
    return {place for place, name in enumerate(names) if projects.get(UUID(name), (0,))[0] in beyond}
