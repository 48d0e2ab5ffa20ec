"""Addresses of contracts on paper, training sessions and enterprises' own rules over the REST API."""

from django.urls import path

from workers.api import contracting, lessons

urlpatterns = [
    path("contract-papers/", contracting.PapersView.as_view(), name="api_papers"),
    path("contract-wordings/", contracting.WordingsView.as_view(), name="api_wordings"),
    path(
        "projects/<uuid:public_id>/contract-papers/",
        contracting.MakePapersView.as_view(),
        name="api_papers_make",
    ),
    path(
        "projects/<uuid:public_id>/contract-wordings/",
        contracting.RewordView.as_view(),
        name="api_wording_add",
    ),
    path("contracts/<uuid:public_id>/amend/", contracting.AmendView.as_view(), name="api_contract_amend"),
    path("contract-papers/<uuid:public_id>/sign/", contracting.SignView.as_view(), name="api_paper_sign"),
    path("contract-papers/<uuid:public_id>/scan/", contracting.ScanView.as_view(), name="api_paper_scan"),
    path(
        "contract-papers/<uuid:public_id>/verify/", contracting.VerifyView.as_view(), name="api_paper_verify"
    ),
    path(
        "contract-papers/<uuid:public_id>/send-back/",
        contracting.SendBackView.as_view(),
        name="api_paper_send_back",
    ),
    path("contract-papers/<uuid:public_id>/void/", contracting.VoidView.as_view(), name="api_paper_void"),
    path("training-sessions/", lessons.SessionsView.as_view(), name="api_sessions"),
    path("training-attendance/", lessons.AttendanceListView.as_view(), name="api_attendance_of_training"),
    path(
        "projects/<uuid:public_id>/training-sessions/",
        lessons.OpenSessionView.as_view(),
        name="api_session_open",
    ),
    path("training-sessions/<uuid:public_id>/attend/", lessons.CameView.as_view(), name="api_session_attend"),
    path(
        "training-sessions/<uuid:public_id>/scores/", lessons.ScoreView.as_view(), name="api_session_scores"
    ),
    path("training-sessions/<uuid:public_id>/close/", lessons.CloseView.as_view(), name="api_session_close"),
    path(
        "training-sessions/<uuid:public_id>/cancel/", lessons.CancelView.as_view(), name="api_session_cancel"
    ),
    path(
        "training-attendance/<uuid:public_id>/strike/",
        lessons.StrikeView.as_view(),
        name="api_session_strike",
    ),
    path(
        "training-attendance/<uuid:public_id>/make-up/",
        lessons.MakeUpView.as_view(),
        name="api_session_make_up",
    ),
    path("policies/", lessons.PoliciesView.as_view(), name="api_policies"),
    path("projects/<uuid:public_id>/policies/", lessons.FilePolicyView.as_view(), name="api_policy_file"),
    path(
        "policies/<uuid:public_id>/withdraw/",
        lessons.WithdrawPolicyView.as_view(),
        name="api_policy_withdraw",
    ),
]
