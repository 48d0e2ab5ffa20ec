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
from workers.services.phones import fill_phone_indexes, phone_columns, phone_index, set_phone, stored_phone
from workers.services.presence import enter, leave

__all__ = [
    "CITIZEN_CARD",
    "PersonFacts",
    "WorkFacts",
    "assign_key_post",
    "checked_number",
    "enrol",
    "enter",
    "fill_phone_indexes",
    "identity_index",
    "known_person",
    "leave",
    "phone_columns",
    "phone_index",
    "record_contract",
    "record_training",
    "reveal_number",
    "set_phone",
    "stored_number",
    "stored_phone",
]
