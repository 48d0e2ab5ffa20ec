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
from federation.services.upstreams import (
    UpstreamFacts,
    add_upstream,
    change_upstream_project,
    choose_project,
    edit_upstream,
    end_upstream_project,
    pause_upstream,
    requeue_refused,
    requeue_upstream_record,
    resume_upstream,
    waive_upstream_record,
)

__all__ = [
    "AWAY",
    "GATE_LISTS",
    "RECEIPTS",
    "UpstreamFacts",
    "accept",
    "add_upstream",
    "begin_run",
    "change_upstream_project",
    "choose_project",
    "edit_upstream",
    "end_upstream_project",
    "forget_sandboxes",
    "issue_credential",
    "issue_enterprise_credential",
    "limit_credential",
    "note_query",
    "note_refusal",
    "note_refused_punches",
    "note_signed_read",
    "open_sandbox",
    "pause_upstream",
    "requeue_refused",
    "requeue_upstream_record",
    "resume_upstream",
    "retry_request",
    "revoke_credential",
    "rotate_credential",
    "send",
    "send_lane",
    "serial",
    "settle_runs",
    "waive_upstream_record",
]
