"""Addresses of the acts on participations and teams."""

from django.urls import path

from projects.web import correcting, parties, team_files, teams

urlpatterns = [
    path(
        "projects/<uuid:public_id>/facts/correct/",
        correcting.CorrectProject.as_view(),
        name="project_correct",
    ),
    path("projects/<uuid:public_id>/parties/new/", parties.AddParty.as_view(), name="party_new"),
    path("parties/<uuid:public_id>/edit/", parties.EditParty.as_view(), name="party_edit"),
    path("parties/<uuid:public_id>/end/", parties.EndParty.as_view(), name="party_end"),
    path("parties/<uuid:public_id>/resume/", parties.ResumeParty.as_view(), name="party_resume"),
    path("projects/<uuid:public_id>/teams/new/", teams.AddTeam.as_view(), name="team_new"),
    path("teams/files/<uuid:public_id>/", team_files.TeamFileView.as_view(), name="team_file"),
    path("teams/<uuid:public_id>/edit/", teams.EditTeam.as_view(), name="team_edit"),
    path("teams/<uuid:public_id>/end/", teams.EndTeam.as_view(), name="team_end"),
    path("teams/<uuid:public_id>/resume/", teams.ResumeTeam.as_view(), name="team_resume"),
]
