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
from federation.services.credentials import (
    issue_credential,
    issue_enterprise_credential,
    revoke_credential,
    rotate_credential,
)
from federation.services.limits import limit_credential
from federation.services.partner_keys import (
    issue_partner_key,
    limit_partner_key,
    revoke_partner_key,
    rotate_partner_key,
)
from federation.services.partners import PartnerFacts, create_partner, edit_partner
from federation.services.requests import retry_request
from federation.services.sandbox import forget_sandboxes, open_sandbox
from federation.services.sharing import forget_handed_out, hand_out

__all__ = [
    "AWAY",
    "GATE_LISTS",
    "RECEIPTS",
    "AgreementFacts",
    "PartnerFacts",
    "accept",
    "approve_agreement",
    "begin_run",
    "create_partner",
    "draft_agreement",
    "drop_agreement_draft",
    "edit_agreement",
    "edit_partner",
    "forget_handed_out",
    "forget_sandboxes",
    "hand_out",
    "issue_credential",
    "issue_enterprise_credential",
    "issue_partner_key",
    "limit_credential",
    "limit_partner_key",
    "note_query",
    "note_refusal",
    "note_refused_punches",
    "note_signed_read",
    "open_sandbox",
    "resume_agreement",
    "retry_request",
    "revise_agreement",
    "revoke_credential",
    "revoke_partner_key",
    "rotate_credential",
    "rotate_partner_key",
    "send",
    "send_lane",
    "serial",
    "settle_runs",
    "share_object",
    "suspend_agreement",
    "withhold_object",
]
