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

__all__ = [
    "AcceptedRequest",
    "AnsweredQuery",
    "ConformanceRun",
    "Credential",
    "Invitation",
    "Line",
    "Node",
    "NodeKey",
    "ReceivedEnvelope",
    "RecordResult",
    "RefusedCall",
    "RefusedEnvelope",
    "Sandbox",
    "SentEnvelope",
    "no_addresses",
    "of_an_enterprise",
]
