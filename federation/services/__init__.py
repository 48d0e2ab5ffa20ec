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
from federation.services.differences import explain_difference, repair_differences
from federation.services.held import approve_waiver, ask_waiver, decline_waiver, requeue_record
from federation.services.inviting import (
    begin_migration,
    end_migration,
    invite_node,
    register_hosted,
    resume_node,
    suspend_node,
)
from federation.services.joining import join_parent
from federation.services.limits import limit_credential
from federation.services.node_keys import rotate_node_key
from federation.services.reconciling import start_reconciliation
from federation.services.requests import retry_request
from federation.services.sandbox import forget_sandboxes, open_sandbox
from federation.services.sealing import restart_line
from federation.services.statements import state_month
from federation.services.taking_back import take_back

__all__ = [
    "AWAY",
    "GATE_LISTS",
    "RECEIPTS",
    "accept",
    "approve_waiver",
    "ask_waiver",
    "begin_migration",
    "begin_run",
    "decline_waiver",
    "end_migration",
    "explain_difference",
    "forget_sandboxes",
    "invite_node",
    "issue_credential",
    "issue_enterprise_credential",
    "join_parent",
    "limit_credential",
    "note_query",
    "note_refusal",
    "note_refused_punches",
    "note_signed_read",
    "open_sandbox",
    "register_hosted",
    "repair_differences",
    "requeue_record",
    "restart_line",
    "resume_node",
    "retry_request",
    "revoke_credential",
    "rotate_credential",
    "rotate_node_key",
    "send",
    "send_lane",
    "serial",
    "settle_runs",
    "start_reconciliation",
    "state_month",
    "suspend_node",
    "take_back",
]
