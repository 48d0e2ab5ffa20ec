"""Dashboards, projects, people, punches and days."""

from django.urls import path

from attendance.api import devices, views

urlpatterns = [
    path("dashboard/", views.DashboardView.as_view(), name="api_dashboard"),
    path("projects/", views.ProjectsView.as_view(), name="api_projects"),
    path("projects/<uuid:public_id>/", views.ProjectView.as_view(), name="api_project"),
    path("engagements/", views.EngagementsView.as_view(), name="api_engagements"),
    path("engagements/<uuid:public_id>/", views.EngagementView.as_view(), name="api_engagement"),
    path("punches/", views.PunchesView.as_view(), name="api_punches"),
    path("attendance-days/", views.AttendanceDaysView.as_view(), name="api_attendance_days"),
    path("devices/", devices.DevicesView.as_view(), name="api_devices"),
    path("devices/register/", devices.RegisterDeviceView.as_view(), name="api_device_register"),
    path("devices/<uuid:public_id>/change/", devices.ChangeDeviceView.as_view(), name="api_device_change"),
    path("devices/<uuid:public_id>/retire/", devices.RetireDeviceView.as_view(), name="api_device_retire"),
    path("devices/<uuid:public_id>/restore/", devices.RestoreDeviceView.as_view(), name="api_device_restore"),
]
