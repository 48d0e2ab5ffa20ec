"""Gaps, notices, and enterprises' credit."""

from django.urls import path

from integrity.api import credit, views

urlpatterns = [
    path("projects/<uuid:public_id>/gaps/", views.GapsView.as_view(), name="api_site_gaps"),
    path("projects/<uuid:public_id>/notices/", views.DraftView.as_view(), name="api_notice_draft"),
    path("notices/", views.NoticesView.as_view(), name="api_notices"),
    path("notices/files/<uuid:public_id>/", views.FileView.as_view(), name="api_notice_file"),
    path("notices/<uuid:public_id>/", views.NoticeView.as_view(), name="api_notice"),
    path("notices/<uuid:public_id>/issue/", views.IssueView.as_view(), name="api_notice_issue"),
    path("notices/<uuid:public_id>/discard/", views.DiscardView.as_view(), name="api_notice_discard"),
    path("notices/<uuid:public_id>/read/", views.ReadView.as_view(), name="api_notice_read"),
    path("notices/<uuid:public_id>/reply/", views.ReplyView.as_view(), name="api_notice_reply"),
    path("notices/<uuid:public_id>/accept/", views.AcceptView.as_view(), name="api_notice_accept"),
    path("notices/<uuid:public_id>/return/", views.ReturnView.as_view(), name="api_notice_return"),
    path("notices/<uuid:public_id>/extend/", views.ExtendView.as_view(), name="api_notice_extend"),
    path("credit-records/", credit.CreditRecordsView.as_view(), name="api_credit_records"),
    path("credit-records/record/", credit.RecordCreditView.as_view(), name="api_credit_record"),
    path(
        "credit-records/<uuid:public_id>/withdraw/",
        credit.WithdrawCreditView.as_view(),
        name="api_credit_withdraw",
    ),
]
