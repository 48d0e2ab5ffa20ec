"""The tables of everything that crosses the border of this node."""

from federation.models.lines import (
    Line,
    ReceivedEnvelope,
    RecordResult,
    RefusedEnvelope,
    SentEnvelope,
)
from federation.models.nodes import Invitation, Node, NodeKey
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
from federation.models.reconciling import (
    KeptDay,
    LinkStatement,
    PunchDay,
    ReconciliationCount,
    ReconciliationDiff,
    ReconciliationRun,
    StaleDay,
)
from federation.models.travel import Copied, KnownAs, WaitingRow

__all__ = [
    "AcceptedRequest",
    "AnsweredQuery",
    "ConformanceRun",
    "Copied",
    "Credential",
    "Invitation",
    "KeptDay",
    "KnownAs",
    "Line",
    "LinkStatement",
    "Node",
    "NodeKey",
    "PunchDay",
    "ReceivedEnvelope",
    "ReconciliationCount",
    "ReconciliationDiff",
    "ReconciliationRun",
    "RecordResult",
    "RefusedCall",
    "RefusedEnvelope",
    "Sandbox",
    "SentEnvelope",
    "StaleDay",
    "WaitingRow",
    "no_addresses",
    "of_an_enterprise",
]
