"""The doors for other systems. Clients also write `/open.api?` with nothing behind it."""

from django.urls import path, re_path

from federation.api.gateway import GatewayDoor
from federation.open_api.file_view import open_api_file
from federation.open_api.view import open_api
from federation.web import (
    agreement_forms,
    agreement_objects,
    credential_forms,
    credentials,
    handbook,
    requests,
    sandbox,
    sharing,
    sharing_forms,
    sharing_views,
    why,
)

urlpatterns = [
    path("open.api", open_api, name="open_api"),
    path("open.api/files/<str:token>/", open_api_file, name="open_api_file"),
    path("gateway/v1/<slug:shared>", GatewayDoor.as_view(), name="gateway"),
    path("sharing/", sharing.PartnerList.as_view(), name="partners"),
    path("sharing/log/", sharing_views.HandedOut.as_view(), name="handed_out"),
    path("sharing/refusals/", sharing_views.TurnedAway.as_view(), name="turned_away"),
    path("sharing/partners/new/", sharing_forms.NewPartner.as_view(), name="partner_new"),
    path("sharing/partners/<uuid:public_id>/", sharing.PartnerRecord.as_view(), name="partner"),
    path("sharing/partners/<uuid:public_id>/edit/", sharing_forms.EditPartner.as_view(), name="partner_edit"),
    path(
        "sharing/partners/<uuid:public_id>/agreements/new/",
        agreement_forms.DraftAgreement.as_view(),
        name="agreement_new",
    ),
    path(
        "sharing/partners/<uuid:public_id>/keys/new/",
        sharing_forms.IssuePartnerKey.as_view(),
        name="partner_key_new",
    ),
    path("sharing/keys/<uuid:public_id>/secret/", sharing.PartnerSecret.as_view(), name="partner_secret"),
    path(
        "sharing/keys/<uuid:public_id>/rotate/",
        sharing_forms.RotatePartnerKey.as_view(),
        name="partner_key_rotate",
    ),
    path(
        "sharing/keys/<uuid:public_id>/addresses/",
        sharing_forms.LimitPartnerKey.as_view(),
        name="partner_key_limit",
    ),
    path(
        "sharing/keys/<uuid:public_id>/revoke/",
        sharing_forms.RevokePartnerKey.as_view(),
        name="partner_key_revoke",
    ),
    path("sharing/agreements/<uuid:public_id>/", sharing.AgreementRecord.as_view(), name="agreement"),
    path(
        "sharing/agreements/<uuid:public_id>/revise/",
        agreement_forms.ReviseAgreement.as_view(),
        name="agreement_revise",
    ),
    path(
        "sharing/agreements/<uuid:public_id>/suspend/",
        agreement_forms.SuspendAgreement.as_view(),
        name="agreement_suspend",
    ),
    path(
        "sharing/agreements/<uuid:public_id>/resume/",
        agreement_forms.ResumeAgreement.as_view(),
        name="agreement_resume",
    ),
    path(
        "sharing/versions/<uuid:public_id>/",
        sharing_views.VersionRecord.as_view(),
        name="agreement_version",
    ),
    path(
        "sharing/versions/<uuid:public_id>/edit/",
        agreement_forms.EditAgreement.as_view(),
        name="agreement_edit",
    ),
    path(
        "sharing/versions/<uuid:public_id>/objects/<slug:shared>/",
        agreement_objects.ShareObject.as_view(),
        name="agreement_object",
    ),
    path(
        "sharing/versions/<uuid:public_id>/objects/<slug:shared>/remove/",
        agreement_objects.WithholdObject.as_view(),
        name="agreement_object_remove",
    ),
    path(
        "sharing/versions/<uuid:public_id>/drop/",
        agreement_forms.DropDraft.as_view(),
        name="agreement_drop",
    ),
    path(
        "sharing/versions/<uuid:public_id>/approve/",
        agreement_forms.ApproveAgreement.as_view(),
        name="agreement_approve",
    ),
    path(
        "sharing/versions/<uuid:public_id>/document/",
        sharing_views.PartnerDocument.as_view(),
        name="agreement_document",
    ),
    path(
        "sharing/versions/<uuid:public_id>/openapi.json",
        sharing_views.PartnerDescription.as_view(),
        name="agreement_openapi",
    ),
    path("me/recipients/", sharing_views.OwnRecipients.as_view(), name="own_recipients"),
    path(
        "sharing/people/<uuid:public_id>/",
        sharing_views.PersonRecipients.as_view(),
        name="person_recipients",
    ),
    path("open-api/", handbook.Overview.as_view(), name="handbook"),
    path("open-api/signing/", handbook.Signing.as_view(), name="handbook_signing"),
    path("open-api/results/", handbook.Results.as_view(), name="handbook_results"),
    path("open-api/punches/", handbook.Punches.as_view(), name="handbook_punches"),
    path("open-api/dictionaries/", handbook.Dictionaries.as_view(), name="handbook_dictionaries"),
    path("open-api/dictionaries/<slug:key>/", handbook.OneDictionary.as_view(), name="handbook_dictionary"),
    re_path(
        r"^open-api/(?P<name>[A-Za-z]{1,40}\.[A-Za-z]{1,40})/$",
        handbook.OneMethod.as_view(),
        name="handbook_method",
    ),
    path("open-api/sandbox/", sandbox.OpenSandbox.as_view(), name="sandbox"),
    path("open-api/sandbox/<uuid:public_id>/", sandbox.ShownSandbox.as_view(), name="sandbox_shown"),
    path("open-api/conformance/", sandbox.Runs.as_view(), name="conformance"),
    path("open-api/conformance/<uuid:public_id>/", sandbox.OneRun.as_view(), name="conformance_run"),
    path("standard/why/", why.WhyRefused.as_view(), name="standard_why"),
    path("interface/", credentials.CredentialList.as_view(), name="credentials"),
    path("interface/new/", credential_forms.IssueCredential.as_view(), name="credential_new"),
    path(
        "interface/new-enterprise/",
        credential_forms.IssueToEnterprise.as_view(),
        name="credential_new_enterprise",
    ),
    path("interface/faults/", requests.FaultList.as_view(), name="request_faults"),
    path("interface/<uuid:public_id>/", credentials.CredentialRecord.as_view(), name="credential"),
    path("interface/<uuid:public_id>/secret/", credentials.Secret.as_view(), name="credential_secret"),
    path("interface/<uuid:public_id>/rotate/", credential_forms.Rotate.as_view(), name="credential_rotate"),
    path("interface/<uuid:public_id>/limits/", credential_forms.Limit.as_view(), name="credential_limit"),
    path("interface/<uuid:public_id>/revoke/", credential_forms.Revoke.as_view(), name="credential_revoke"),
    path("interface/calls/<slug:serial>/", requests.RequestRecord.as_view(), name="accepted_request"),
    path("interface/calls/<slug:serial>/retry/", requests.RetryRequest.as_view(), name="request_retry"),
]
