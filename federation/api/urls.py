"""Vendors' access and calls."""

from django.urls import path

from federation.api import punches, views, why

urlpatterns = [
    path("punches/", punches.PunchesDoor.as_view(), name="api_punches"),
    path("punch-receipts/<uuid:public_id>/", punches.PunchReceiptView.as_view(), name="api_punch_receipt"),
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
    path("standards/why/", why.WhyView.as_view(), name="api_standard_why"),
    path("requests/<slug:serial>/retry/", views.RetryView.as_view(), name="api_request_retry"),
]
