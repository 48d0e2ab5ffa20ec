"""The doors for other systems. Clients also write `/open.api?` with nothing behind it."""

from django.urls import path, re_path

from federation.open_api.file_view import open_api_file
from federation.open_api.view import open_api
from federation.web import (
    credential_forms,
    credentials,
    handbook,
    requests,
    sandbox,
    upstream_forms,
    upstream_records,
    upstreams,
    why,
)

urlpatterns = [
    path("open.api", open_api, name="open_api"),
    path("open.api/files/<str:token>/", open_api_file, name="open_api_file"),
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
    path("upstreams/", upstreams.UpstreamList.as_view(), name="upstreams"),
    path("upstreams/new/", upstream_forms.NewUpstream.as_view(), name="upstream_new"),
    path("upstreams/<uuid:public_id>/", upstreams.UpstreamRecordPage.as_view(), name="upstream"),
    path("upstreams/<uuid:public_id>/edit/", upstream_forms.EditUpstream.as_view(), name="upstream_edit"),
    path("upstreams/<uuid:public_id>/try/", upstream_forms.TryUpstream.as_view(), name="upstream_try"),
    path("upstreams/<uuid:public_id>/pause/", upstream_forms.PauseUpstream.as_view(), name="upstream_pause"),
    path(
        "upstreams/<uuid:public_id>/resume/", upstream_forms.ResumeUpstream.as_view(), name="upstream_resume"
    ),
    path(
        "upstreams/<uuid:public_id>/requeue/",
        upstream_forms.RequeueRefused.as_view(),
        name="upstream_requeue",
    ),
    path(
        "upstreams/<uuid:public_id>/projects/",
        upstreams.UpstreamProjects.as_view(),
        name="upstream_projects",
    ),
    path(
        "upstreams/<uuid:public_id>/projects/new/",
        upstream_forms.NewUpstreamProject.as_view(),
        name="upstream_project_new",
    ),
    path(
        "upstreams/projects/<uuid:public_id>/",
        upstream_forms.EditUpstreamProject.as_view(),
        name="upstream_project_edit",
    ),
    path(
        "upstreams/projects/<uuid:public_id>/check/",
        upstreams.CheckProject.as_view(),
        name="upstream_project_check",
    ),
    path(
        "upstreams/projects/<uuid:public_id>/end/",
        upstream_forms.EndUpstreamProject.as_view(),
        name="upstream_project_end",
    ),
    path(
        "upstreams/<uuid:public_id>/records/",
        upstream_records.UpstreamRecords.as_view(),
        name="upstream_records",
    ),
    path("upstreams/records/<uuid:public_id>/", upstream_records.OneRecord.as_view(), name="upstream_record"),
    path(
        "upstreams/records/<uuid:public_id>/requeue/",
        upstream_records.RequeueRecord.as_view(),
        name="upstream_record_requeue",
    ),
    path(
        "upstreams/records/<uuid:public_id>/waive/",
        upstream_records.WaiveRecord.as_view(),
        name="upstream_record_waive",
    ),
]
