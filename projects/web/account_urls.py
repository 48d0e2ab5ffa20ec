"""Addresses of the administrator's pages on accounts and posts."""

from django.urls import path

from projects.web import account_buttons, account_forms, account_record, accounts

urlpatterns = [
    path("", accounts.AccountList.as_view(), name="accounts"),
    path("new/", account_forms.OpenAccount.as_view(), name="account_new"),
    path("<uuid:public_id>/", account_record.AccountRecord.as_view(), name="account"),
    path("<uuid:public_id>/password/", account_record.FirstPassword.as_view(), name="first_password"),
    path("<uuid:public_id>/reset/", account_buttons.ResetPassword.as_view(), name="account_reset"),
    path("<uuid:public_id>/unlock/", account_buttons.Unlock.as_view(), name="account_unlock"),
    path("<uuid:public_id>/close/", account_forms.Deactivate.as_view(), name="account_close"),
    path("<uuid:public_id>/reopen/", account_buttons.Reactivate.as_view(), name="account_reopen"),
    path("<uuid:public_id>/posts/new/", account_forms.GrantPost.as_view(), name="post_new"),
    path("<uuid:public_id>/posts/end/", account_buttons.EndAllPosts.as_view(), name="posts_end"),
    path("<uuid:public_id>/posts/<int:post>/days/", account_forms.ChangeEnd.as_view(), name="post_days"),
    path("<uuid:public_id>/posts/<int:post>/end/", account_forms.EndPost.as_view(), name="post_end"),
]
