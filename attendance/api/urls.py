"""Dashboards, projects, people, punches and days."""

from django.urls import path

from attendance.api import career, corrections, devices, own, views

urlpatterns = [
    path("dashboard/", views.DashboardView.as_view(), name="api_dashboard"),
    path("projects/", views.ProjectsView.as_view(), name="api_projects"),
    path("projects/<uuid:public_id>/", views.ProjectView.as_view(), name="api_project"),
    path("engagements/", views.EngagementsView.as_view(), name="api_engagements"),
    path("engagements/<uuid:public_id>/", views.EngagementView.as_view(), name="api_engagement"),
    path("attendance-days/", views.AttendanceDaysView.as_view(), name="api_attendance_days"),
    path("devices/", devices.DevicesView.as_view(), name="api_devices"),
    path("devices/register/", devices.RegisterDeviceView.as_view(), name="api_device_register"),
    path("devices/<uuid:public_id>/change/", devices.ChangeDeviceView.as_view(), name="api_device_change"),
    path("devices/<uuid:public_id>/retire/", devices.RetireDeviceView.as_view(), name="api_device_retire"),
    path("devices/<uuid:public_id>/restore/", devices.RestoreDeviceView.as_view(), name="api_device_restore"),
    path("corrections/", corrections.CorrectionsView.as_view(), name="api_corrections"),
    path("corrections/<uuid:public_id>/", corrections.CorrectionView.as_view(), name="api_correction"),
    path(
        "corrections/<uuid:public_id>/answer/",
        corrections.AnswerCorrectionView.as_view(),
        name="api_answer_correction",
    ),
    path(
        "engagements/<uuid:public_id>/ask-correction/",
        corrections.AskCorrectionView.as_view(),
        name="api_ask_correction",
    ),
    path("me/", own.OwnRecordView.as_view(), name="api_me"),
    path("me/days/", own.OwnDaysView.as_view(), name="api_my_days"),
    path("me/corrections/", own.OwnCorrectionsView.as_view(), name="api_my_corrections"),
    path("me/corrections/ask/", own.OwnAskView.as_view(), name="api_my_ask"),
    path("me/career/", career.OwnCareerView.as_view(), name="api_my_career"),
    path("me/career/open/", career.OpenCareerView.as_view(), name="api_my_career_open"),
    path("me/career/close/", career.CloseCareerView.as_view(), name="api_my_career_close"),
    path("careers/read/", career.ReadCareerView.as_view(), name="api_career_read"),
    path("careers/<uuid:public_id>/", career.CareerView.as_view(), name="api_career"),
]
