"""Addresses of the acts on people and their papers over the REST API."""

from django.urls import path

from workers.api import entry, imports, papers, quantities, views

urlpatterns = [
    path("projects/<uuid:public_id>/look-up/", views.LookUpView.as_view(), name="api_look_up"),
    path(
        "projects/<uuid:public_id>/roster-imports/",
        imports.BringRosterView.as_view(),
        name="api_roster_bring",
    ),
    path("roster-imports/<uuid:public_id>/", imports.RosterView.as_view(), name="api_roster"),
    path("roster-imports/<uuid:public_id>/save/", imports.SaveRosterView.as_view(), name="api_roster_save"),
    path("projects/<uuid:public_id>/enrol/", views.EnrolView.as_view(), name="api_enrol"),
    path("projects/<uuid:public_id>/trainings/", papers.TeamTrainingView.as_view(), name="api_team_training"),
    path("engagements/<uuid:public_id>/edit/", views.EditView.as_view(), name="api_engagement_edit"),
    path("engagements/<uuid:public_id>/correct/", views.CorrectView.as_view(), name="api_engagement_correct"),
    path(
        "engagements/<uuid:public_id>/contracts/", papers.AddContractView.as_view(), name="api_contract_add"
    ),
    path(
        "engagements/<uuid:public_id>/trainings/", papers.AddTrainingView.as_view(), name="api_training_add"
    ),
    path("certificates/", entry.CertificatesView.as_view(), name="api_certificates"),
    path(
        "engagements/<uuid:public_id>/certificates/",
        entry.AddCertificateView.as_view(),
        name="api_certificate_add",
    ),
    path(
        "certificates/<uuid:public_id>/change/",
        entry.ChangeCertificateView.as_view(),
        name="api_certificate_change",
    ),
    path("projects/<uuid:public_id>/points/", entry.PointsView.as_view(), name="api_points"),
    path("projects/<uuid:public_id>/points/open/", entry.OpenPointView.as_view(), name="api_point_open"),
    path("points/<uuid:public_id>/change/", entry.ChangePointView.as_view(), name="api_point_change"),
    path("points/<uuid:public_id>/close/", entry.ClosePointView.as_view(), name="api_point_close"),
    path("contracts/", papers.ContractsView.as_view(), name="api_contracts"),
    path(
        "contracts/<uuid:public_id>/replace/",
        papers.ReplaceContractView.as_view(),
        name="api_contract_replace",
    ),
    path("contracts/<uuid:public_id>/end/", papers.EndContractView.as_view(), name="api_contract_end"),
    path("trainings/", papers.TrainingsView.as_view(), name="api_trainings"),
    path(
        "trainings/<uuid:public_id>/replace/",
        papers.ReplaceTrainingView.as_view(),
        name="api_training_replace",
    ),
    path(
        "trainings/<uuid:public_id>/withdraw/",
        papers.WithdrawTrainingView.as_view(),
        name="api_training_withdraw",
    ),
    path("quantities/", quantities.QuantitiesView.as_view(), name="api_quantities"),
    path("quantities/enter/", quantities.EnterView.as_view(), name="api_quantity_enter"),
    path(
        "quantities/<uuid:public_id>/correct/", quantities.CorrectView.as_view(), name="api_quantity_correct"
    ),
    path("quantities/<uuid:public_id>/accept/", quantities.AcceptView.as_view(), name="api_quantity_accept"),
    path("quantities/<uuid:public_id>/return/", quantities.ReturnView.as_view(), name="api_quantity_return"),
]
