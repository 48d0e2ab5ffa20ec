"""The doors for other systems. Clients also write `/open.api?` with nothing behind it."""

from django.urls import path

from federation.open_api.file_view import open_api_file
from federation.open_api.view import open_api
from federation.web import credential_forms, credentials, requests

urlpatterns = [
    path("open.api", open_api, name="open_api"),
    path("open.api/files/<str:token>/", open_api_file, name="open_api_file"),
    path("interface/", credentials.CredentialList.as_view(), name="credentials"),
    path("interface/new/", credential_forms.IssueCredential.as_view(), name="credential_new"),
    path("interface/faults/", requests.FaultList.as_view(), name="request_faults"),
    path("interface/<uuid:public_id>/", credentials.CredentialRecord.as_view(), name="credential"),
    path("interface/<uuid:public_id>/secret/", credentials.Secret.as_view(), name="credential_secret"),
    path("interface/<uuid:public_id>/rotate/", credential_forms.Rotate.as_view(), name="credential_rotate"),
    path("interface/<uuid:public_id>/revoke/", credential_forms.Revoke.as_view(), name="credential_revoke"),
    path("interface/calls/<slug:serial>/", requests.RequestRecord.as_view(), name="accepted_request"),
    path("interface/calls/<slug:serial>/retry/", requests.RetryRequest.as_view(), name="request_retry"),
]
