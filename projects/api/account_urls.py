"""Accounts and posts."""

from django.urls import path

from projects.api import accounts as views

urlpatterns = [
    path("accounts/", views.AccountsView.as_view(), name="api_accounts"),
    path("accounts/open/", views.OpenAccountView.as_view(), name="api_account_open"),
    path("accounts/<uuid:public_id>/", views.AccountView.as_view(), name="api_account"),
    path("accounts/<uuid:public_id>/posts/", views.GrantPostView.as_view(), name="api_post_grant"),
    path("accounts/<uuid:public_id>/end-posts/", views.EndPostsView.as_view(), name="api_posts_end"),
    path(
        "accounts/<uuid:public_id>/posts/<int:post>/days/",
        views.ChangeEndView.as_view(),
        name="api_post_days",
    ),
    path("accounts/<uuid:public_id>/posts/<int:post>/end/", views.EndPostView.as_view(), name="api_post_end"),
    path(
        "accounts/<uuid:public_id>/reset-password/",
        views.ResetPasswordView.as_view(),
        name="api_account_reset",
    ),
    path("accounts/<uuid:public_id>/unlock/", views.UnlockView.as_view(), name="api_account_unlock"),
    path("accounts/<uuid:public_id>/deactivate/", views.DeactivateView.as_view(), name="api_account_close"),
    path("accounts/<uuid:public_id>/reactivate/", views.ReactivateView.as_view(), name="api_account_reopen"),
]
