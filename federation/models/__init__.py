"""The tables of everything that crosses the border of this node."""

from federation.models.masters import (
    ChangeProposal,
    ManagerRegistration,
    MasterChange,
    MasterFeed,
    MasterPull,
    MasterRecord,
)
from federation.models.open_api import (
    AcceptedRequest,
    AnsweredQuery,
    ConformanceRun,
    Credential,
    RefusedCall,
    Sandbox,
    no_addresses,
    of_an_enterprise,
)

__all__ = [
    "AcceptedRequest",
    "AnsweredQuery",
    "ChangeProposal",
    "ConformanceRun",
    "Credential",
    "ManagerRegistration",
    "MasterChange",
    "MasterFeed",
    "MasterPull",
    "MasterRecord",
    "RefusedCall",
    "Sandbox",
    "no_addresses",
    "of_an_enterprise",
]
