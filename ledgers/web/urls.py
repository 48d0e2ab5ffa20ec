"""Addresses of ledgers."""

from datetime import date

from django.urls import path, register_converter

from ledgers.web import lists, pages, verify


class MonthConverter:
    """A month in an address: 2026-10; its value is the month's first day."""

    regex = r"20\d{2}-(0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else f"{value:%Y-%m}"


register_converter(MonthConverter, "month")

urlpatterns = [
    path("ledgers/", lists.LedgerList.as_view(), name="ledgers"),
    path("ledgers/verify/", verify.Verify.as_view(), name="ledger_verify"),
    path("ledgers/<uuid:public_id>/", pages.LedgerRecord.as_view(), name="ledger"),
    path("ledgers/<uuid:public_id>/print/", pages.LedgerPrint.as_view(), name="ledger_print"),
    path("ledgers/<uuid:public_id>/ledger.json", pages.LedgerFile.as_view(), name="ledger_json"),
    path("ledgers/<uuid:public_id>/ledger.xlsx", pages.LedgerSheet.as_view(), name="ledger_xlsx"),
    path("ledgers/<uuid:public_id>/accept/", pages.AcceptLedger.as_view(), name="ledger_accept"),
    path("ledgers/<uuid:public_id>/return/", pages.ReturnLedger.as_view(), name="ledger_return"),
    path("projects/<uuid:public_id>/ledgers/", lists.ProjectLedgers.as_view(), name="project_ledgers"),
    path(
        "participations/<uuid:public_id>/ledgers/<month:month>/",
        pages.FileLedger.as_view(),
        name="ledger_file",
    ),
]
