"""Acts on people: enrolling, the roster's moves, review, papers, corrections, and reading a full number."""

from workers.services.certificates import CertificateFacts, record_certificate
from workers.services.contracts import (
    ContractFacts,
    end_contract,
    overlaps_told,
    record_contract,
    replace_contract,
    report_contract,
)
from workers.services.drafting import TermFacts, amend_contract, duties_of, make_contracts
from workers.services.edits import OwnFacts, edit_engagement
from workers.services.ends import tell_of_ends
from workers.services.filling import print_contracts
from workers.services.identities import correct_identity
from workers.services.leaving import End, Exit, Settle, SettlementFacts
from workers.services.lessons import (
    Result,
    cancel_session,
    close_session,
    make_up,
    note_attendance,
    open_session,
    reaches_whole,
    score_session,
    strike_attendance,
)
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
from workers.services.policies import PolicyFacts, file_policy, withdraw_policy
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
from workers.services.reversal import WORDS as MOVE_WORDS
from workers.services.reversal import Reverse, latest_of
from workers.services.review import Approve, SendBack, Submit, VerifyIdentity, missing_papers
from workers.services.roster import Outcome, Refused, judge_moves, move_one, move_people
from workers.services.search import find_by_number
from workers.services.sessions import Attended, SessionFacts, report_training_session
from workers.services.sheets import print_badges, print_session
from workers.services.sign_in import (
    about_code,
    ask_code,
    enter_by_code,
    enter_by_number,
    forget_codes,
    own_account,
)
from workers.services.signing import (
    attach_scan,
    attach_scans,
    begin_signing,
    send_back_scan,
    verify_scan,
    void_paper,
)
from workers.services.standing import site_day
from workers.services.taking_on import take_on
from workers.services.wording import reword_contract

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
    "PolicyFacts",
    "Refused",
    "Result",
    "Return",
    "Reverse",
    "SendBack",
    "SessionFacts",
    "Settle",
    "SettlementFacts",
    "Submit",
    "TermFacts",
    "TrainingFacts",
    "VerifyIdentity",
    "WorkFacts",
    "about_code",
    "amend_contract",
    "approve_entry",
    "ask_code",
    "assign_key_post",
    "attach_scan",
    "attach_scans",
    "begin_signing",
    "cancel_session",
    "change_team",
    "checked_number",
    "close_session",
    "correct_identity",
    "duties_of",
    "edit_engagement",
    "end_contract",
    "end_engagement",
    "enrol",
    "enter",
    "enter_by_code",
    "enter_by_number",
    "file_policy",
    "fill_phone_indexes",
    "find_by_number",
    "forget_codes",
    "identity_index",
    "judge_moves",
    "known_person",
    "latest_of",
    "leave",
    "leave_temporarily",
    "look_up",
    "make_contracts",
    "make_up",
    "missing_papers",
    "move_one",
    "move_people",
    "note_attendance",
    "open_session",
    "overlaps_told",
    "own_account",
    "phone_columns",
    "phone_index",
    "print_badges",
    "print_contracts",
    "print_session",
    "reaches_whole",
    "record_certificate",
    "record_contract",
    "record_training",
    "record_trainings",
    "relieve_key_post",
    "replace_contract",
    "replace_training",
    "report_contract",
    "report_training_session",
    "return_to_site",
    "reveal_number",
    "reverse_move",
    "reword_contract",
    "score_session",
    "send_back",
    "send_back_scan",
    "set_phone",
    "settle_wages",
    "site_day",
    "stored_number",
    "stored_phone",
    "strike_attendance",
    "submit_for_review",
    "take_on",
    "tell_of_ends",
    "verify_identity",
    "verify_scan",
    "void_paper",
    "withdraw_policy",
    "withdraw_training",
]
