"""Addresses of the roster over the REST API."""

from django.urls import path

from workers.api import roster_views as views

urlpatterns = [
    path("roster/enter/", views.EnterView.as_view(), name="api_roster_enter"),
    path("roster/leave-temporarily/", views.LeaveView.as_view(), name="api_roster_leave"),
    path("roster/return/", views.ReturnView.as_view(), name="api_roster_return"),
    path("roster/exit/", views.ExitView.as_view(), name="api_roster_exit"),
    path("roster/settle/", views.SettleView.as_view(), name="api_roster_settle"),
    path("roster/change-team/", views.ChangeTeamView.as_view(), name="api_roster_team"),
    path("roster/end/", views.EndView.as_view(), name="api_roster_end"),
    path("roster/verify-identity/", views.VerifyView.as_view(), name="api_roster_verify"),
    path("roster/submit/", views.SubmitView.as_view(), name="api_roster_submit"),
    path("roster/approve/", views.ApproveView.as_view(), name="api_roster_approve"),
    path("roster/send-back/", views.SendBackView.as_view(), name="api_roster_send_back"),
    path("roster/reverse/", views.ReverseView.as_view(), name="api_roster_reverse"),
    path("presences/", views.PresencesView.as_view(), name="api_presences"),
    path("reviews/", views.ReviewsView.as_view(), name="api_reviews"),
    path("key-posts/assign/", views.AssignPostView.as_view(), name="api_key_post_assign"),
    path("key-posts/<uuid:public_id>/relieve/", views.RelievePostView.as_view(), name="api_key_post_relieve"),
]
