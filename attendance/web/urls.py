"""Addresses of the pages: home, dashboards, lists and records."""

from datetime import date

from django.urls import include, path, register_converter

from attendance.web import (
    attendance_lists,
    career,
    device_forms,
    device_list,
    enterprises,
    home,
    paper_lists,
    people_list,
    person_record,
    project_list,
    project_record,
    quantity_list,
    regions,
    search,
)
from attendance.web.clock import day_in_bounds


class DayConverter:
    """A day in an address: 2026-11-22."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return day_in_bounds(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("", include("attendance.web.own_urls")),
    path("search/", search.Search.as_view(), name="search"),
    path("regions/", regions.RegionPage.as_view(), name="overview"),
    path("regions/<str:code>/", regions.RegionPage.as_view(), name="region"),
    path("projects/", project_list.ProjectList.as_view(), name="projects"),
    path("projects/<uuid:public_id>/", project_record.ProjectRecord.as_view(), name="project"),
    path("projects/<uuid:public_id>/people/", project_record.ProjectPeople.as_view(), name="project_people"),
    path(
        "projects/<uuid:public_id>/attendance/",
        project_record.ProjectAttendance.as_view(),
        name="project_attendance",
    ),
    path(
        "projects/<uuid:public_id>/contracts/",
        paper_lists.ProjectContracts.as_view(),
        name="project_contracts",
    ),
    path(
        "projects/<uuid:public_id>/contracts/papers/",
        paper_lists.ProjectPapers.as_view(),
        name="project_papers",
    ),
    path(
        "projects/<uuid:public_id>/trainings/",
        paper_lists.ProjectTrainings.as_view(),
        name="project_trainings",
    ),
    path(
        "projects/<uuid:public_id>/sessions/",
        paper_lists.ProjectSessions.as_view(),
        name="project_sessions",
    ),
    path(
        "projects/<uuid:public_id>/policies/",
        paper_lists.ProjectPolicies.as_view(),
        name="project_policies",
    ),
    path(
        "projects/<uuid:public_id>/quantities/",
        quantity_list.ProjectQuantities.as_view(),
        name="project_quantities",
    ),
    path(
        "projects/<uuid:public_id>/quantities/totals/",
        quantity_list.QuantityTotals.as_view(),
        name="quantity_totals",
    ),
    path("projects/<uuid:public_id>/<slug:tab>/", project_record.ProjectRecord.as_view(), name="project_tab"),
    path("people/", people_list.PeopleList.as_view(), name="people"),
    path("people/<uuid:public_id>/", person_record.PersonRecord.as_view(), name="person"),
    path("people/<uuid:public_id>/number/", person_record.RevealNumber.as_view(), name="reveal_number"),
    path("career/", career.ReadCareer.as_view(), name="read_career"),
    path("careers/<uuid:public_id>/", career.Career.as_view(), name="career"),
    path("people/<uuid:public_id>/career/", career.PersonCareer.as_view(), name="person_career"),
    path("people/<uuid:public_id>/<slug:tab>/", person_record.PersonRecord.as_view(), name="person_tab"),
    path("attendance/days/", attendance_lists.DayList.as_view(), name="days"),
    path("attendance/punches/", attendance_lists.PunchList.as_view(), name="punches"),
    path(
        "attendance/punches/<day:day>/<uuid:public_id>/",
        attendance_lists.PunchRecord.as_view(),
        name="punch",
    ),
    path("devices/", device_list.DeviceList.as_view(), name="devices"),
    path("devices/new/", device_forms.RegisterDevice.as_view(), name="device_new"),
    path("devices/<uuid:public_id>/", device_list.DeviceRecord.as_view(), name="device"),
    path("devices/<uuid:public_id>/edit/", device_forms.ChangeDevice.as_view(), name="device_edit"),
    path("devices/<uuid:public_id>/retire/", device_forms.RetireDevice.as_view(), name="device_retire"),
    path("devices/<uuid:public_id>/restore/", device_forms.RestoreDevice.as_view(), name="device_restore"),
    path("enterprises/", enterprises.EnterpriseList.as_view(), name="enterprises"),
    path("enterprises/<uuid:public_id>/", enterprises.EnterpriseRecord.as_view(), name="enterprise"),
]
