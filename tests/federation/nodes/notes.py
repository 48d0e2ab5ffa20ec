"""A small kind that really travels: notes, written from a list and kept in a dictionary."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from federation.travel.messages import Batch, Message, Outcome, Recipient, Sender
from kernel.ids import new_id


def note(text: str, *, version: int = 1, key: UUID | None = None) -> Message:
    """A note of this node."""
    return Message("note", key or new_id(), version, "hb", "put", "2026-11-27T00:00:00Z", {"text": text})


@dataclass
class Changes:
    """What was written at this node, in order; positions count from 1. Only one stream has any."""

    messages: list[Message] = field(default_factory=list)
    stream: str = "records-0"
    asked: list[str] = field(default_factory=list)
    needs_seal: bool = False

    def __call__(self, stream: str, after: int, most: int, to: Recipient, before: int | None = None) -> Batch:
        self.asked.append(to.code)
        if stream != self.stream:
            return Batch([], after)
        found = self.messages[after : after + most]
        if self.needs_seal and found:
            to.seal("420106", "note/1/number")
        return Batch(found, after + len(found))


@dataclass
class Notebook:
    """Copies of notes: text by key. `needs` names the note that must be there first."""

    notes: dict[UUID, str] = field(default_factory=dict)
    applied: list[str] = field(default_factory=list)
    senders: list[Sender] = field(default_factory=list)
    breaks: bool = False
    waiting: list[Message] = field(default_factory=list)
    settled: Callable[[str, Message, Outcome], None] | None = None

    def __call__(self, stream: str, messages: Sequence[Message], sender: Sender) -> list[Outcome]:
        if self.breaks:
            raise ZeroDivisionError("a programme that fails")
        self.senders.append(sender)
        found = [self._one(message, sender) for message in messages]
        for message in [one for one in self.waiting if one.row["needs"] in map(str, self.notes)]:
            self.waiting.remove(message)
            outcome = self._one(message, sender)
            if self.settled:
                self.settled(sender.code, message, outcome)
        return found

    def _one(self, message: Message, sender: Sender) -> Outcome:
        needs = message.row.get("needs")
        if needs and UUID(needs) not in self.notes:
            self.waiting.append(message)
            return Outcome("waits", missing=f"note {needs}")
        if not sender.regions or not str(message.row.get("region", sender.regions[0])).startswith(
            tuple(sender.regions)
        ):
            return Outcome(
                "refused",
                rule="outside_region",
                sentence="记录所在的区划不归报送平台管理。",
                remedy="请由所在市州的平台报送。",
            )
        text = str(message.row["text"])
        if self.notes.get(message.key) == text:
            return Outcome("same")
        self.notes[message.key] = text
        self.applied.append(text)
        return Outcome("applied")
