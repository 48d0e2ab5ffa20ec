"""Acts on people: enrolling, the roster's moves, review, papers, corrections, and reading a full number."""

from workers.services.careers import close_career, forget_tries, open_career, read_career, shown_code
from workers.services.certificates import CertificateFacts, record_certificate
from workers.services.contracts import (
    ContractFacts,
    end_contract,
    overlaps_told,
    record_contract,
    replace_contract,
    report_contract,
)
from workers.services.edits import OwnFacts, edit_engagement
from workers.services.identities import correct_identity
from workers.services.leaving import End, Exit, Settle, SettlementFacts
from workers.services.lookups import Found, look_up
from workers.services.moves import (
    ChangeTeam,
    Enter,
    LeaveTemporarily,
    Move,
    Return,
)
from workers.services.papers import (
    TrainingFacts,
    record_training,
    record_trainings,
    replace_training,
    withdraw_training,
)
from workers.services.particulars import ParticularFacts
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
from workers.services.posts import assign_key_post, relieve_key_post
from workers.services.presence import (
    approve_entry,
    change_team,
    end_engagement,
    enter,
    leave,
    leave_temporarily,
    return_to_site,
    reverse_move,
    send_back,
    settle_wages,
    submit_for_review,
    verify_identity,
)
from workers.services.quantities import (
    QuantityFacts,
    accept_quantity,
    correct_quantity,
    enter_quantity,
    return_quantity,
)
from workers.services.reversal import WORDS as MOVE_WORDS
from workers.services.reversal import Reverse, latest_of
from workers.services.review import Approve, SendBack, Submit, VerifyIdentity, missing_papers
from workers.services.roster import Outcome, Refused, judge_moves, move_one, move_people
from workers.services.search import find_by_number
from workers.services.sessions import Attended, SessionFacts, report_training_session
from workers.services.sign_in import (
    about_code,
    ask_code,
    enter_by_code,
    enter_by_number,
    forget_codes,
    own_account,
)
from workers.services.standing import site_day
from workers.services.taking_on import take_on

__all__ = [
    "CITIZEN_CARD",
    "MOVE_WORDS",
    "Approve",
    "Attended",
    "CertificateFacts",
    "ChangeTeam",
    "ContractFacts",
    "End",
    "Enter",
    "Exit",
    "Found",
    "LeaveTemporarily",
    "Move",
    "Outcome",
    "OwnFacts",
    "ParticularFacts",
    "PersonFacts",
    "QuantityFacts",
    "Refused",
    "Return",
    "Reverse",
    "SendBack",
    "SessionFacts",
    "Settle",
    "SettlementFacts",
    "Submit",
    "TrainingFacts",
    "VerifyIdentity",
    "WorkFacts",
    "about_code",
    "accept_quantity",
    "approve_entry",
    "ask_code",
    "assign_key_post",
    "change_team",
    "checked_number",
    "close_career",
    "correct_identity",
    "correct_quantity",
    "edit_engagement",
    "end_contract",
    "end_engagement",
    "enrol",
    "enter",
    "enter_by_code",
    "enter_by_number",
    "enter_quantity",
    "fill_phone_indexes",
    "find_by_number",
    "forget_codes",
    "forget_tries",
    "identity_index",
    "judge_moves",
    "known_person",
    "latest_of",
    "leave",
    "leave_temporarily",
    "look_up",
    "missing_papers",
    "move_one",
    "move_people",
    "open_career",
    "overlaps_told",
    "own_account",
    "phone_columns",
    "phone_index",
    "read_career",
    "record_certificate",
    "record_contract",
    "record_training",
    "record_trainings",
    "relieve_key_post",
    "replace_contract",
    "replace_training",
    "report_contract",
    "report_training_session",
    "return_quantity",
    "return_to_site",
    "reveal_number",
    "reverse_move",
    "send_back",
    "set_phone",
    "settle_wages",
    "shown_code",
    "site_day",
    "stored_number",
    "stored_phone",
    "submit_for_review",
    "take_on",
    "verify_identity",
    "withdraw_training",
]
