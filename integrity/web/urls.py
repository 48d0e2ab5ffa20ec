"""Addresses of supervision: a site's gaps, and the notices."""

from django.urls import path

from integrity.web import credit, gaps, inbox, issuing, judging, printing, record, replying

urlpatterns = [
    path("gaps/", gaps.SiteList.as_view(), name="gaps"),
    path("projects/<uuid:public_id>/gaps/", gaps.GapsPage.as_view(), name="site_gaps"),
    path("people/<uuid:public_id>/credit/", credit.PersonCreditTab.as_view(), name="person_credit"),
    path("people/<uuid:public_id>/credit/new/", credit.NewCredit.as_view(), name="person_credit_new"),
    path("credit/<uuid:public_id>/withdraw/", credit.WithdrawCredit.as_view(), name="person_credit_withdraw"),
    path("notices/", inbox.NoticeList.as_view(), name="notices"),
    path("notices/<uuid:public_id>/", record.NoticeRecord.as_view(), name="notice"),
    path("notices/<uuid:public_id>/issue/", issuing.IssuePage.as_view(), name="notice_issue"),
    path("notices/<uuid:public_id>/discard/", issuing.DiscardPage.as_view(), name="notice_discard"),
    path("notices/<uuid:public_id>/reply/", replying.ReplyPage.as_view(), name="notice_reply"),
    path("notices/<uuid:public_id>/accept/", judging.AcceptPage.as_view(), name="notice_accept"),
    path("notices/<uuid:public_id>/return/", judging.ReturnPage.as_view(), name="notice_return"),
    path("notices/<uuid:public_id>/extend/", judging.ExtendPage.as_view(), name="notice_extend"),
    path("notices/<uuid:public_id>/print/", printing.PrintPage.as_view(), name="notice_print"),
    path("notices/files/<uuid:public_id>/", record.FileView.as_view(), name="notice_file"),
]
