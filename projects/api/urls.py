"""Enterprises and permits."""

from django.urls import path

from projects.api.permits import IssueAccountView, PermitsView, ReceivePermitView, UnclaimedView
from projects.api.views import EnterprisesView

urlpatterns = [
    path("enterprises/", EnterprisesView.as_view(), name="api_enterprises"),
    path("permits/", PermitsView.as_view(), name="api_permits"),
    path("permits/receive/", ReceivePermitView.as_view(), name="api_permit_receive"),
    path("permits/unclaimed/", UnclaimedView.as_view(), name="api_permits_unclaimed"),
    path(
        "permits/<uuid:public_id>/issue-account/", IssueAccountView.as_view(), name="api_permit_issue_account"
    ),
]
