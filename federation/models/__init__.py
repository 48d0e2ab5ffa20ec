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
    "AnsweredQuery",
    "ConformanceRun",
    "Credential",
    "RefusedCall",
    "Sandbox",
    "Upstream",
    "UpstreamCall",
    "UpstreamProject",
    "UpstreamRecord",
    "no_addresses",
    "of_an_enterprise",
]
