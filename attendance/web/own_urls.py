"""Addresses of the worker's own pages, the worker's door, and the corrections that the site answers."""

from django.urls import path

from attendance.web import corrections, own, own_ask, own_career, own_sign_in

urlpatterns = [
    path("account/worker/", own_sign_in.Door.as_view(), name="worker_sign_in"),
    path("account/worker/code/", own_sign_in.Code.as_view(), name="worker_code"),
    path("account/worker/number/", own_sign_in.Number.as_view(), name="worker_number"),
    path("me/", own.Today.as_view(), name="me"),
    path("me/days/<day:day>/", own.Day.as_view(), name="own_day"),
    path("me/corrections/", own.Corrections.as_view(), name="own_corrections"),
    path("me/corrections/new/", own_ask.OwnAsk.as_view(), name="own_ask"),
    path("me/corrections/<uuid:public_id>/", own.Correction.as_view(), name="own_correction"),
    path(
        "me/corrections/<uuid:public_id>/photo/", own.CorrectionPhoto.as_view(), name="own_correction_photo"
    ),
    path("me/readers/", own.Readers.as_view(), name="own_readers"),
    path("me/career/", own_career.OwnCareer.as_view(), name="own_career"),
    path("me/career/code/", own_career.CareerCodePage.as_view(), name="own_career_code"),
    path("me/career/close/", own_career.CareerClosePage.as_view(), name="own_career_close"),
    path("me/record/", own.Record.as_view(), name="own_record"),
    path("me/record/days.csv", own.DaysFile.as_view(), name="own_days_file"),
    path("attendance/corrections/", corrections.CorrectionList.as_view(), name="corrections"),
    path(
        "attendance/corrections/<uuid:public_id>/", corrections.CorrectionRecord.as_view(), name="correction"
    ),
    path(
        "attendance/corrections/<uuid:public_id>/photo/",
        corrections.CorrectionPhoto.as_view(),
        name="correction_photo",
    ),
    path("people/<uuid:public_id>/correction/", corrections.AskForWorker.as_view(), name="ask_correction"),
]
