"""Acts on people: enrolling, the roster's moves, review, papers, corrections, and reading a full number."""

from workers.services.careers import close_career, forget_tries, open_career, read_career, shown_code
from workers.services.certificates import CertificateFacts, change_certificate, record_certificate
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
from workers.services.enrolling import Enrolled, Taking, enrol_many
from workers.services.entering import Permission, permissions
from workers.services.filling import print_contracts
from workers.services.identities import correct_identity
from workers.services.import_acts import (
    drop_import,
    forget_imports,
    keep_roster_file,
    map_import,
    mend_import,
    require_size,
    save_import,
    take_errors,
)
from workers.services.import_acts import send as send_import
from workers.services.import_work import carry_on, import_roster
from workers.services.import_work import unfinished as unfinished_imports
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
from workers.services.points import (
    PointFacts,
    change_collection_point,
    close_collection_point,
    open_collection_point,
    renew_reader_key,
)
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
from workers.services.quantities import (
    QuantityFacts,
    accept_quantity,
    correct_quantity,
    enter_quantity,
    return_quantity,
)
from workers.services.readings import Sent, new_challenge
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
    "Enrolled",
    "Enter",
    "Exit",
    "Found",
    "LeaveTemporarily",
    "Move",
    "Outcome",
    "OwnFacts",
    "ParticularFacts",
    "Permission",
    "PersonFacts",
    "PointFacts",
    "PolicyFacts",
    "QuantityFacts",
    "Refused",
    "Result",
    "Return",
    "Reverse",
    "SendBack",
    "Sent",
    "SessionFacts",
    "Settle",
    "SettlementFacts",
    "Submit",
    "Taking",
    "TermFacts",
    "TrainingFacts",
    "VerifyIdentity",
    "WorkFacts",
    "about_code",
    "accept_quantity",
    "amend_contract",
    "approve_entry",
    "ask_code",
    "assign_key_post",
    "attach_scan",
    "attach_scans",
    "begin_signing",
    "cancel_session",
    "carry_on",
    "change_certificate",
    "change_collection_point",
    "change_team",
    "checked_number",
    "close_career",
    "close_collection_point",
    "close_session",
    "correct_identity",
    "correct_quantity",
    "drop_import",
    "duties_of",
    "edit_engagement",
    "end_contract",
    "end_engagement",
    "enrol",
    "enrol_many",
    "enter",
    "enter_by_code",
    "enter_by_number",
    "enter_quantity",
    "file_policy",
    "fill_phone_indexes",
    "find_by_number",
    "forget_codes",
    "forget_imports",
    "forget_tries",
    "identity_index",
    "import_roster",
    "judge_moves",
    "keep_roster_file",
    "known_person",
    "latest_of",
    "leave",
    "leave_temporarily",
    "look_up",
    "make_contracts",
    "make_up",
    "map_import",
    "mend_import",
    "missing_papers",
    "move_one",
    "move_people",
    "new_challenge",
    "note_attendance",
    "open_career",
    "open_collection_point",
    "open_session",
    "overlaps_told",
    "own_account",
    "permissions",
    "phone_columns",
    "phone_index",
    "print_badges",
    "print_contracts",
    "print_session",
    "reaches_whole",
    "read_career",
    "record_certificate",
    "record_contract",
    "record_training",
    "record_trainings",
    "relieve_key_post",
    "renew_reader_key",
    "replace_contract",
    "replace_training",
    "report_contract",
    "report_training_session",
    "require_size",
    "return_quantity",
    "return_to_site",
    "reveal_number",
    "reverse_move",
    "reword_contract",
    "save_import",
    "score_session",
    "send_back",
    "send_back_scan",
    "send_import",
    "set_phone",
    "settle_wages",
    "shown_code",
    "site_day",
    "stored_number",
    "stored_phone",
    "strike_attendance",
    "submit_for_review",
    "take_errors",
    "take_on",
    "tell_of_ends",
    "unfinished_imports",
    "verify_identity",
    "verify_scan",
    "void_paper",
    "withdraw_policy",
    "withdraw_training",
]
