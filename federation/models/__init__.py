"""The tables of everything that crosses the border of this node."""

from federation.models.files import ToldFile, TravellingFile
from federation.models.lines import (
    Line,
    ReceivedEnvelope,
    RecordResult,
    RefusedEnvelope,
    SentEnvelope,
)
from federation.models.masters import (
    ChangeProposal,
    ManagerRegistration,
    MasterChange,
    MasterFeed,
    MasterPull,
    MasterRecord,
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
from federation.models.partners import (
    AgreementVersion,
    GatewayLog,
    GatewayRefusal,
    GatewayUse,
    Partner,
    PartnerKey,
    SharingAgreement,
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
from federation.models.upstreams import (
    MANAGE_UPSTREAMS,
    Upstream,
    UpstreamCall,
    UpstreamProject,
    UpstreamRecord,
)

__all__ = [
    "MANAGE_UPSTREAMS",
    "AcceptedRequest",
    "AgreementVersion",
    "AnsweredQuery",
    "ChangeProposal",
    "ConformanceRun",
    "Copied",
    "Credential",
    "GatewayLog",
    "GatewayRefusal",
    "GatewayUse",
    "Invitation",
    "KeptDay",
    "KnownAs",
    "Line",
    "LinkStatement",
    "ManagerRegistration",
    "MasterChange",
    "MasterFeed",
    "MasterPull",
    "MasterRecord",
    "Node",
    "NodeKey",
    "Partner",
    "PartnerKey",
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
    "SharingAgreement",
    "StaleDay",
    "ToldFile",
    "TravellingFile",
    "Upstream",
    "UpstreamCall",
    "UpstreamProject",
    "UpstreamRecord",
    "WaitingRow",
    "no_addresses",
    "of_an_enterprise",
]
