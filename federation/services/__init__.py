"""Acts on vendors' access and on what vendors sent."""

from federation.services.calls import (
    AWAY,
    GATE_LISTS,
    RECEIPTS,
    accept,
    note_query,
    note_refusal,
    note_refused_punches,
    note_signed_read,
    send,
    send_lane,
    serial,
)
from federation.services.conformance import begin_run, settle_runs
from federation.services.credentials import (
    issue_credential,
    issue_enterprise_credential,
    revoke_credential,
    rotate_credential,
)
from federation.services.limits import limit_credential
from federation.services.requests import retry_request
from federation.services.sandbox import forget_sandboxes, open_sandbox

__all__ = [
    "AWAY",
    "GATE_LISTS",
    "RECEIPTS",
    "accept",
    "begin_run",
    "forget_sandboxes",
    "issue_credential",
    "issue_enterprise_credential",
    "limit_credential",
    "note_query",
    "note_refusal",
    "note_refused_punches",
    "note_signed_read",
    "open_sandbox",
    "retry_request",
    "revoke_credential",
    "rotate_credential",
    "send",
    "send_lane",
    "serial",
    "settle_runs",
]
