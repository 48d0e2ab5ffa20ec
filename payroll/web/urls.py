"""Addresses of wages."""

from django.urls import path

from payroll.web import pages

urlpatterns = [
    path("projects/<uuid:public_id>/payroll/", pages.ProjectPayroll.as_view(), name="project_payroll"),
    path("people/<uuid:public_id>/payroll/", pages.PersonPayroll.as_view(), name="person_payroll"),
    path("payroll/<uuid:public_id>/", pages.Batch.as_view(), name="payroll_batch"),
    path("payroll/files/<uuid:public_id>/", pages.BatchFile.as_view(), name="payroll_file"),
]
