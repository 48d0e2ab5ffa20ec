"""Ledgers over the REST API."""

from django.urls import path

from ledgers.api import views

urlpatterns = [
    path("ledgers/", views.LedgersView.as_view(), name="api_ledgers"),
    path("ledgers/owed/", views.OwedView.as_view(), name="api_ledgers_owed"),
    path("ledgers/file/", views.FileView.as_view(), name="api_ledger_file"),
    path("ledgers/<uuid:public_id>/", views.LedgerView.as_view(), name="api_ledger"),
    path("ledgers/<uuid:public_id>/accept/", views.AcceptView.as_view(), name="api_ledger_accept"),
    path("ledgers/<uuid:public_id>/return/", views.ReturnView.as_view(), name="api_ledger_return"),
]
