"""Addresses of participations, qualifications and teams over the REST API."""

from django.urls import path

from projects.api import acts, qualifications, terms

urlpatterns = [
    path("participations/", acts.PartiesView.as_view(), name="api_participations"),
    path("participations/add/", acts.AddPartyView.as_view(), name="api_participation_add"),
    path(
        "participations/<uuid:public_id>/edit/", acts.EditPartyView.as_view(), name="api_participation_edit"
    ),
    path("participations/<uuid:public_id>/end/", acts.EndPartyView.as_view(), name="api_participation_end"),
    path(
        "participations/<uuid:public_id>/resume/",
        acts.ResumePartyView.as_view(),
        name="api_participation_resume",
    ),
    path("qualifications/", qualifications.QualificationsView.as_view(), name="api_qualifications"),
    path(
        "qualifications/record/",
        qualifications.RecordQualificationView.as_view(),
        name="api_qualification_record",
    ),
    path("teams/", acts.TeamsView.as_view(), name="api_teams"),
    path("teams/add/", acts.AddTeamView.as_view(), name="api_team_add"),
    path("teams/<uuid:public_id>/edit/", acts.EditTeamView.as_view(), name="api_team_edit"),
    path("teams/<uuid:public_id>/end/", acts.EndTeamView.as_view(), name="api_team_end"),
    path("teams/<uuid:public_id>/resume/", acts.ResumeTeamView.as_view(), name="api_team_resume"),
    path("terms/", terms.TermsListView.as_view(), name="api_terms"),
    path("projects/<uuid:public_id>/terms/", terms.StateTermsView.as_view(), name="api_terms_state"),
    path("terms/<uuid:public_id>/confirm/", terms.ConfirmTermsView.as_view(), name="api_terms_confirm"),
    path("terms/<uuid:public_id>/object/", terms.ObjectToTermsView.as_view(), name="api_terms_object"),
]
