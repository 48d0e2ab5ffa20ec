"""Acts on projects: receiving a permit, naming who takes part, forming teams, granting one project."""

from projects.permit_facts import PermitFacts
from projects.services.issuing import (
    claim_account,
    forget_tries,
    issue_project_account,
    open_claim,
    shown_code,
)
from projects.services.parties import (
    edit_participation,
    edit_team,
    end_participation,
    end_team,
    resume_participation,
    resume_team,
)
from projects.services.paying import state_party
from projects.services.permits import Trial, forget_permit_files, keep_permit_file, receive_permits
from projects.services.refusals import forget_refused_records, note_refused_record
from projects.services.register import (
    CONTRACTOR,
    OWNER,
    SUPERVISOR,
    add_participation,
    add_team,
    grant_project,
    known_enterprise,
    receive_permit,
)
from projects.services.reporting import correctable_facts, report_project, restate_project
from projects.services.stating import record_qualification, state_enterprise
from projects.services.teams import TeamFacts, report_team
from projects.services.terms import TermsFacts, confirm_terms, object_to_terms, state_terms

__all__ = [
    "CONTRACTOR",
    "OWNER",
    "SUPERVISOR",
    "PermitFacts",
    "TeamFacts",
    "TermsFacts",
    "Trial",
    "add_participation",
    "add_team",
    "claim_account",
    "confirm_terms",
    "correctable_facts",
    "edit_participation",
    "edit_team",
    "end_participation",
    "end_team",
    "forget_permit_files",
    "forget_refused_records",
    "forget_tries",
    "grant_project",
    "issue_project_account",
    "keep_permit_file",
    "known_enterprise",
    "note_refused_record",
    "object_to_terms",
    "open_claim",
    "receive_permit",
    "receive_permits",
    "record_qualification",
    "report_project",
    "report_team",
    "restate_project",
    "resume_participation",
    "resume_team",
    "shown_code",
    "state_enterprise",
    "state_party",
    "state_terms",
]
