"""The tables of everything that crosses the border of this node."""

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

__all__ = [
    "AcceptedRequest",
    "AgreementVersion",
    "AnsweredQuery",
    "ConformanceRun",
    "Credential",
    "GatewayLog",
    "GatewayRefusal",
    "GatewayUse",
    "Partner",
    "PartnerKey",
    "RefusedCall",
    "Sandbox",
    "SharingAgreement",
    "no_addresses",
    "of_an_enterprise",
]
