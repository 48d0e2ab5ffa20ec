"""Acts on vendors' access and on what vendors sent."""

from federation.services.agreements import (
    AgreementFacts,
    approve_agreement,
    draft_agreement,
    drop_agreement_draft,
    edit_agreement,
    resume_agreement,
    revise_agreement,
    share_object,
    suspend_agreement,
    withhold_object,
)
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
from federation.services.corrections import answer_correction, ask_correction, mark_corrected
from federation.services.credentials import (
    issue_credential,
    issue_enterprise_credential,
    revoke_credential,
    rotate_credential,
)
from federation.services.differences import explain_difference, repair_differences
from federation.services.forgetting import forget_node
from federation.services.held import approve_waiver, ask_waiver, decline_waiver, put_aside, requeue_record
from federation.services.inviting import (
    invite_node,
    register_hosted,
    resume_node,
    suspend_node,
)
from federation.services.joining import join_parent
from federation.services.limits import limit_credential
from federation.services.masters import (
    answer_proposal,
    propose_change,
    request_pull,
    take_back_proposal,
)
from federation.services.moving import abort_migration, begin_migration, switch_migration
from federation.services.node_keys import rotate_node_key
from federation.services.partner_keys import (
    issue_partner_key,
    limit_partner_key,
    revoke_partner_key,
    rotate_partner_key,
)
from federation.services.partners import PartnerFacts, create_partner, edit_partner
from federation.services.passing import approve_passing, ask_passing, decline_passing
from federation.services.reconciling import start_reconciliation
from federation.services.requests import retry_request
from federation.services.sandbox import forget_sandboxes, open_sandbox
from federation.services.sealing import restart_line
from federation.services.sharing import forget_handed_out, hand_out
from federation.services.statements import state_month
from federation.services.taking_back import take_back
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
    "AgreementFacts",
    "PartnerFacts",
    "UpstreamFacts",
    "abort_migration",
    "accept",
    "add_upstream",
    "answer_correction",
    "answer_proposal",
    "approve_agreement",
    "approve_passing",
    "approve_waiver",
    "ask_correction",
    "ask_passing",
    "ask_waiver",
    "begin_migration",
    "begin_run",
    "change_upstream_project",
    "choose_project",
    "create_partner",
    "decline_passing",
    "decline_waiver",
    "draft_agreement",
    "drop_agreement_draft",
    "edit_agreement",
    "edit_partner",
    "edit_upstream",
    "end_upstream_project",
    "explain_difference",
    "forget_handed_out",
    "forget_node",
    "forget_sandboxes",
    "hand_out",
    "invite_node",
    "issue_credential",
    "issue_enterprise_credential",
    "issue_partner_key",
    "join_parent",
    "limit_credential",
    "limit_partner_key",
    "mark_corrected",
    "note_query",
    "note_refusal",
    "note_refused_punches",
    "note_signed_read",
    "open_sandbox",
    "pause_upstream",
    "propose_change",
    "put_aside",
    "register_hosted",
    "repair_differences",
    "request_pull",
    "requeue_record",
    "requeue_refused",
    "requeue_upstream_record",
    "restart_line",
    "resume_agreement",
    "resume_node",
    "resume_upstream",
    "retry_request",
    "revise_agreement",
    "revoke_credential",
    "revoke_partner_key",
    "rotate_credential",
    "rotate_node_key",
    "rotate_partner_key",
    "send",
    "send_lane",
    "serial",
    "settle_runs",
    "share_object",
    "start_reconciliation",
    "state_month",
    "suspend_agreement",
    "suspend_node",
    "switch_migration",
    "take_back",
    "take_back_proposal",
    "waive_upstream_record",
    "withhold_object",
]
