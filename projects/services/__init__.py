"""Acts on projects: receiving a permit, naming who takes part, forming teams, granting one project."""

from projects.services.parties import (
    edit_participation,
    edit_team,
    end_participation,
    end_team,
    resume_participation,
    resume_team,
)
from projects.services.register import (
    CONTRACTOR,
    OWNER,
    SUPERVISOR,
    PermitFacts,
    add_participation,
    add_team,
    grant_project,
    known_enterprise,
    receive_permit,
)

__all__ = [
    "CONTRACTOR",
    "OWNER",
    "SUPERVISOR",
    "PermitFacts",
    "add_participation",
    "add_team",
    "edit_participation",
    "edit_team",
    "end_participation",
    "end_team",
    "grant_project",
    "known_enterprise",
    "receive_permit",
    "resume_participation",
    "resume_team",
]
