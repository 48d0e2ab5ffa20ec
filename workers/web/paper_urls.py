"""Addresses of contracts on paper, of training sessions and of the enterprises' own rules."""

from django.urls import path

from workers.web import contract_making, contract_signing, lesson_results, lessons, policies, wordings

urlpatterns = [
    path(
        "projects/<uuid:public_id>/contracts/new/",
        contract_making.MakeContracts.as_view(),
        name="make_contracts",
    ),
    path(
        "projects/<uuid:public_id>/contracts/chosen/",
        contract_signing.ChosenPapers.as_view(),
        name="papers_chosen",
    ),
    path(
        "projects/<uuid:public_id>/contracts/scans/",
        contract_signing.UploadScans.as_view(),
        name="upload_scans",
    ),
    path(
        "projects/<uuid:public_id>/contracts/wording/",
        wordings.Wordings.as_view(),
        name="contract_wordings",
    ),
    path(
        "projects/<uuid:public_id>/contracts/wording/<slug:kind>/",
        wordings.EditWording.as_view(),
        name="edit_wording",
    ),
    path("contracts/<uuid:public_id>/amend/", contract_making.AmendContract.as_view(), name="amend_contract"),
    path("contracts/papers/<uuid:public_id>/", contract_signing.PaperRecord.as_view(), name="contract_paper"),
    path(
        "contracts/papers/<uuid:public_id>/print/", contract_signing.PrintPaper.as_view(), name="print_paper"
    ),
    path(
        "contracts/papers/<uuid:public_id>/scan/", contract_signing.UploadScan.as_view(), name="upload_scan"
    ),
    path(
        "contracts/papers/<uuid:public_id>/scan/file/",
        contract_signing.PaperScan.as_view(),
        name="paper_scan",
    ),
    path(
        "contracts/papers/<uuid:public_id>/verify/",
        contract_signing.VerifyScan.as_view(),
        name="verify_paper",
    ),
    path(
        "contracts/papers/<uuid:public_id>/return/", contract_signing.ReturnScan.as_view(), name="return_scan"
    ),
    path("contracts/papers/<uuid:public_id>/void/", contract_signing.VoidPaper.as_view(), name="void_paper"),
    path("projects/<uuid:public_id>/sessions/new/", lessons.OpenSession.as_view(), name="session_new"),
    path("sessions/<uuid:public_id>/", lessons.SessionRecord.as_view(), name="training_session"),
    path("sessions/<uuid:public_id>/people/", lessons.NotePeople.as_view(), name="session_people"),
    path("sessions/<uuid:public_id>/badge/", lessons.NoteBadge.as_view(), name="session_badge"),
    path("sessions/<uuid:public_id>/scores/", lesson_results.EnterScores.as_view(), name="session_scores"),
    path("sessions/<uuid:public_id>/close/", lesson_results.CloseSession.as_view(), name="session_close"),
    path("sessions/<uuid:public_id>/cancel/", lesson_results.CancelSession.as_view(), name="session_cancel"),
    path("sessions/<uuid:public_id>/sheet/", lessons.SessionSheet.as_view(), name="session_sheet"),
    path("projects/<uuid:public_id>/badges/", lessons.Badges.as_view(), name="print_badges"),
    path("sessions/files/<uuid:public_id>/", lessons.SessionFile.as_view(), name="session_file"),
    path(
        "sessions/attendance/<uuid:public_id>/strike/", lesson_results.Strike.as_view(), name="session_strike"
    ),
    path(
        "sessions/attendance/<uuid:public_id>/again/", lesson_results.MakeUp.as_view(), name="session_make_up"
    ),
    path("projects/<uuid:public_id>/policies/new/", policies.FilePolicy.as_view(), name="policy_new"),
    path("policies/<uuid:public_id>/withdraw/", policies.WithdrawPolicy.as_view(), name="policy_withdraw"),
    path("policies/<uuid:public_id>/file/", policies.PolicyFile.as_view(), name="policy_file"),
]
