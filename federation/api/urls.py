"""Vendors' access and calls."""

from django.urls import path

from federation.api import corrections, gates, masters, punches, sharing, sharing_acts, upstreams, views, why

_PARTNER = "sharing/partners/<uuid:public_id>/"
_KEY = "sharing/keys/<uuid:public_id>/"
_AGREEMENT = "sharing/agreements/<uuid:public_id>/"
_VERSION = "sharing/versions/<uuid:public_id>/"

urlpatterns = [
    path("sharing/partners/", sharing.PartnersView.as_view(), name="api_partners"),
    path("sharing/agreements/", sharing.AgreementsView.as_view(), name="api_agreements"),
    path("sharing/log/", sharing.HandedOutView.as_view(), name="api_handed_out"),
    path("sharing/refusals/", sharing.TurnedAwayView.as_view(), name="api_turned_away"),
    path("sharing/partners/enter/", sharing_acts.NewPartnerView.as_view(), name="api_partner_new"),
    path(f"{_PARTNER}edit/", sharing_acts.EditPartnerView.as_view(), name="api_partner_edit"),
    path(f"{_PARTNER}keys/", sharing_acts.IssueKeyView.as_view(), name="api_partner_key_issue"),
    path(f"{_PARTNER}agreements/", sharing_acts.DraftView.as_view(), name="api_agreement_draft"),
    path(f"{_KEY}rotate/", sharing_acts.RotateKeyView.as_view(), name="api_partner_key_rotate"),
    path(f"{_KEY}addresses/", sharing_acts.LimitKeyView.as_view(), name="api_partner_key_limit"),
    path(f"{_KEY}revoke/", sharing_acts.RevokeKeyView.as_view(), name="api_partner_key_revoke"),
    path(f"{_AGREEMENT}revise/", sharing_acts.ReviseView.as_view(), name="api_agreement_revise"),
    path(f"{_AGREEMENT}suspend/", sharing_acts.SuspendView.as_view(), name="api_agreement_suspend"),
    path(f"{_AGREEMENT}resume/", sharing_acts.ResumeView.as_view(), name="api_agreement_resume"),
    path(f"{_VERSION}edit/", sharing_acts.EditDraftView.as_view(), name="api_agreement_edit"),
    path(f"{_VERSION}objects/<slug:shared>/", sharing_acts.ShareView.as_view(), name="api_agreement_share"),
    path(
        f"{_VERSION}objects/<slug:shared>/remove/",
        sharing_acts.WithholdView.as_view(),
        name="api_agreement_withhold",
    ),
    path(f"{_VERSION}drop/", sharing_acts.DropView.as_view(), name="api_agreement_drop"),
    path(f"{_VERSION}approve/", sharing_acts.ApproveView.as_view(), name="api_agreement_approve"),
    path("punches/", punches.PunchesDoor.as_view(), name="api_punches"),
    path("punch-receipts/<uuid:public_id>/", punches.PunchReceiptView.as_view(), name="api_punch_receipt"),
    path("gates/allow-list/", gates.AllowListView.as_view(), name="api_gate_list"),
    path("gates/photos/<uuid:public_id>/", gates.PassPhotoView.as_view(), name="api_gate_photo"),
    path("credentials/", views.CredentialsView.as_view(), name="api_credentials"),
    path("credentials/issue/", views.IssueView.as_view(), name="api_credential_issue"),
    path(
        "credentials/issue-to-enterprise/",
        views.IssueToEnterpriseView.as_view(),
        name="api_credential_issue_enterprise",
    ),
    path("credentials/<uuid:public_id>/calls/", views.CallsView.as_view(), name="api_credential_calls"),
    path("credentials/<uuid:public_id>/rotate/", views.RotateView.as_view(), name="api_credential_rotate"),
    path("credentials/<uuid:public_id>/limits/", views.LimitView.as_view(), name="api_credential_limit"),
    path("credentials/<uuid:public_id>/revoke/", views.RevokeView.as_view(), name="api_credential_revoke"),
    path("upstreams/", upstreams.UpstreamsView.as_view(), name="api_upstreams"),
    path("upstreams/<uuid:public_id>/figures/", upstreams.FiguresView.as_view(), name="api_upstream_figures"),
    path("upstreams/<uuid:public_id>/records/", upstreams.RecordsView.as_view(), name="api_upstream_records"),
    path("upstreams/<uuid:public_id>/pause/", upstreams.PauseView.as_view(), name="api_upstream_pause"),
    path("upstreams/<uuid:public_id>/resume/", upstreams.ResumeView.as_view(), name="api_upstream_resume"),
    path(
        "upstream-records/<uuid:public_id>/requeue/",
        upstreams.RequeueView.as_view(),
        name="api_upstream_record_requeue",
    ),
    path(
        "upstream-records/<uuid:public_id>/waive/",
        upstreams.WaiveView.as_view(),
        name="api_upstream_record_waive",
    ),
    path("standards/why/", why.WhyView.as_view(), name="api_standard_why"),
    path("requests/<slug:serial>/retry/", views.RetryView.as_view(), name="api_request_retry"),
    path("masters/", masters.FeedsView.as_view(), name="api_masters"),
    path("masters/pull/", masters.PullView.as_view(), name="api_master_pull"),
    path("master-records/", masters.MasterRecordsView.as_view(), name="api_master_records"),
    path("manager-registrations/", masters.ManagersView.as_view(), name="api_manager_registrations"),
    path("change-proposals/", masters.ProposalsView.as_view(), name="api_change_proposals"),
    path("change-proposals/propose/", masters.ProposeView.as_view(), name="api_change_propose"),
    path(
        "change-proposals/ask-correction/",
        corrections.AskCorrectionView.as_view(),
        name="api_copy_correction_ask",
    ),
    path(
        "change-proposals/<uuid:public_id>/answer-correction/",
        corrections.AnswerCorrectionView.as_view(),
        name="api_copy_correction_answer",
    ),
    path("change-proposals/<uuid:public_id>/answer/", masters.AnswerView.as_view(), name="api_change_answer"),
    path(
        "change-proposals/<uuid:public_id>/take-back/",
        masters.TakeBackView.as_view(),
        name="api_change_take_back",
    ),
]
