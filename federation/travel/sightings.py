"""Somebody whom the gates saw before enrolment is known now: the passages that went as evidence are theirs.

Evidence travels under a name that only its own node understands; when the node learns whose it is, it tells
that name together with the person's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from attendance.models import Subject
from federation.travel import sentences
from federation.travel.kinds import rows_of
from federation.travel.messages import Message, Outcome, Sender
from federation.travel.names import known
from federation.travel.punches import EVIDENCE, evidence_index, evidence_name
from kernel.models import this_node
from outbox.services import announce_all
from workers.models import Engagement, Person

KIND: Final = "sighting"


def messages_of(wanted: Mapping[UUID, datetime]) -> Iterator[Message]:
    """One message for each subject that has a person now; the trigger names a subject by its key here."""
    rows = Subject.objects.filter(pk__in=[key.int for key in wanted], person__isnull=False)
    for pk, person in rows.order_by("pk").values_list("pk", "person__public_id"):
        key = UUID(int=pk)
        row = {"name": evidence_name(pk), "person": str(person)}
        at = wanted[key].astimezone(UTC).isoformat()
        yield Message(KIND, key, 1, this_node(), "put", at, row)


def apply(messages: Sequence[Message], sender: Sender) -> list[Outcome]:
    """Give the passages that were kept under these names to their persons, and conclude their days anew.

    Only whoever gave a name says whose it is: a sender names by its own code whoever its branch has seen.
    """
    people = known(Person, [UUID(message.row["person"]) for message in messages])
    tied: set[int] = set()
    outcomes = []
    for message in messages:
        found = people.get(UUID(message.row["person"]))
        if not message.row["name"].startswith(f"{sender.code}:"):
            outcomes.append(sentences.foreign_name(message.row["name"]))
            continue
        if found is None:
            outcomes.append(Outcome("waits", missing=f"person:{message.row['person']}"))
            continue
        evidence = Subject.objects.filter(
            id_type=EVIDENCE, id_index=evidence_index(message.row["name"]), person=None
        )
        number = evidence.update(person=found[0])
        tied.update([found[0]] if number else [])
        outcomes.append(Outcome("applied" if number else "same"))
    conclude_again(tied)
    return outcomes


def conclude_again(people: Iterable[int]) -> None:
    """Have the days of these people concluded from all that the gates saw of them."""
    works = rows_of(Engagement).filter(person__in=list(people)).values_list("public_id", flat=True)
    announce_all("workers.enrolled.v1", [(key, {}) for key in works])
