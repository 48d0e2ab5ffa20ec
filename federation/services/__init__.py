"""Acts on vendors' access and on what vendors sent."""

from federation.services.calls import AWAY, accept, note_query, note_refusal, send, send_lane, serial
from federation.services.credentials import (
    issue_credential,
    issue_enterprise_credential,
    revoke_credential,
    rotate_credential,
)
from federation.services.requests import retry_request

__all__ = [
    "AWAY",
    "accept",
    "issue_credential",
    "issue_enterprise_credential",
    "note_query",
    "note_refusal",
    "retry_request",
    "revoke_credential",
    "rotate_credential",
    "send",
    "send_lane",
    "serial",
]
