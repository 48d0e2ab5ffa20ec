"""Addresses of a project's contract terms."""

from django.urls import path

from projects.web import terms

urlpatterns = [
    path("projects/<uuid:public_id>/terms/", terms.ProjectTerms.as_view(), name="project_terms"),
    path("projects/<uuid:public_id>/terms/new/", terms.StateTerms.as_view(), name="terms_new"),
    path("terms/<uuid:public_id>/confirm/", terms.ConfirmTerms.as_view(), name="terms_confirm"),
    path("terms/<uuid:public_id>/object/", terms.ObjectToTerms.as_view(), name="terms_object"),
    path("terms/<uuid:public_id>/files/<slug:which>/", terms.TermsFile.as_view(), name="terms_file"),
]
