"""Acts on people: enrolling, entering, leaving, contracts, training, key posts, and reading a full number."""

from workers.services.papers import assign_key_post, record_contract, record_training
from workers.services.people import (
    CITIZEN_CARD,
    PersonFacts,
    WorkFacts,
    checked_number,
    enrol,
    identity_index,
    known_person,
    reveal_number,
    stored_number,
)
from workers.services.presence import enter, leave
from workers.services.search import find_by_number

__all__ = [
    "CITIZEN_CARD",
    "PersonFacts",
    "WorkFacts",
    "assign_key_post",
    "checked_number",
    "enrol",
    "enter",
    "find_by_number",
    "identity_index",
    "known_person",
    "leave",
    "record_contract",
    "record_training",
    "reveal_number",
    "stored_number",
]
