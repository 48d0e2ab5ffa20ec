"""Acts on vendors' access and on what vendors sent."""

from federation.services.calls import (
    AWAY,
    accept,
    note_query,
    note_receipt_read,
    note_refusal,
    note_refused_punches,
    send,
    send_lane,
    serial,
)
from federation.services.credentials import issue_credential, revoke_credential, rotate_credential
from federation.services.requests import retry_request

__all__ = [
    "AWAY",
    "accept",
    "issue_credential",
    "note_query",
    "note_receipt_read",
    "note_refusal",
    "note_refused_punches",
    "retry_request",
    "revoke_credential",
    "rotate_credential",
    "send",
    "send_lane",
    "serial",
]
