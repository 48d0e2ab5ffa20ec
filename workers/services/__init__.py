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
from workers.services.sign_in import (
    about_code,
    ask_code,
    enter_by_code,
    enter_by_number,
    forget_codes,
    own_account,
)

__all__ = [
    "CITIZEN_CARD",
    "PersonFacts",
    "WorkFacts",
    "about_code",
    "ask_code",
    "assign_key_post",
    "checked_number",
    "enrol",
    "enter",
    "enter_by_code",
    "enter_by_number",
    "fill_phone_indexes",
    "forget_codes",
    "identity_index",
    "known_person",
    "leave",
    "own_account",
    "phone_columns",
    "phone_index",
    "record_contract",
    "record_training",
    "reveal_number",
    "set_phone",
    "stored_number",
    "stored_phone",
]
