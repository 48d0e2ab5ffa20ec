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
from federation.services.masters import (
    answer_proposal,
    propose_change,
    request_pull,
    take_back_proposal,
)
from federation.services.requests import retry_request
from federation.services.sandbox import forget_sandboxes, open_sandbox

__all__ = [
    "AWAY",
    "GATE_LISTS",
    "RECEIPTS",
    "accept",
    "answer_proposal",
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
    "propose_change",
    "request_pull",
    "retry_request",
    "revoke_credential",
    "rotate_credential",
    "send",
    "send_lane",
    "serial",
    "settle_runs",
    "take_back_proposal",
]
