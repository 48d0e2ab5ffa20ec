"""Addresses of permits, and of the account that comes with one."""

from django.urls import path

from projects.web import claims, permit_import, permits, unclaimed

_UPLOAD = "permits/import/<uuid:public_id>/"

urlpatterns = [
    path("permits/new/", permits.NewPermit.as_view(), name="permit_new"),
    path("permits/import/", permit_import.ImportPermits.as_view(), name="permit_import"),
    path("permits/import/template/", permit_import.PermitTemplate.as_view(), name="permit_template"),
    path(_UPLOAD, permit_import.PermitUploadPage.as_view(), name="permit_upload"),
    path(f"{_UPLOAD}faults/", permit_import.UploadFaults.as_view(), name="permit_faults"),
    path("permits/unclaimed/", unclaimed.UnclaimedAccounts.as_view(), name="unclaimed_accounts"),
    path("permits/<uuid:public_id>/account/", permits.IssueAccount.as_view(), name="issue_account"),
    path("permits/<uuid:public_id>/account/slip/", permits.AccountSlip.as_view(), name="account_slip"),
    path("account/claim/", claims.Claim.as_view(), name="claim"),
    path("account/claim/open/", claims.OpenAccount.as_view(), name="claim_open"),
]
