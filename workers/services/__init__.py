"""Acts on people: enrolling, entering, leaving, papers, corrections, and reading a full number."""

from workers.services.contracts import ContractFacts, end_contract, record_contract, replace_contract
from workers.services.edits import OwnFacts, edit_engagement
from workers.services.identities import correct_identity
from workers.services.lookups import Found, look_up
from workers.services.papers import (
    TrainingFacts,
    assign_key_post,
    record_training,
    record_trainings,
    replace_training,
    withdraw_training,
)
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
from workers.services.taking_on import take_on

__all__ = [
    "CITIZEN_CARD",
    "ContractFacts",
    "Found",
    "OwnFacts",
    "PersonFacts",
    "TrainingFacts",
    "WorkFacts",
    "assign_key_post",
    "checked_number",
    "correct_identity",
    "edit_engagement",
    "end_contract",
    "enrol",
    "enter",
    "identity_index",
    "known_person",
    "leave",
    "look_up",
    "record_contract",
    "record_training",
    "record_trainings",
    "replace_contract",
    "replace_training",
    "reveal_number",
    "stored_number",
    "take_on",
    "withdraw_training",
]
