"""Tokens and the public tables."""

from django.urls import path

from web.api import standards
from web.api.administration import SetParameterView, TakeBackParameterView, TrailView
from web.api.reference import CodeListsView, CodeListView, ParametersView, RegionsView
from web.api.tokens import CurrentTokenView, TokensView
from web.exports import api as exports

urlpatterns = [
    path("tokens/", TokensView.as_view(), name="api_tokens"),
    path("tokens/current/", CurrentTokenView.as_view(), name="api_current_token"),
    path("regions/", RegionsView.as_view(), name="api_regions"),
    path("code-lists/", CodeListsView.as_view(), name="api_code_lists"),
    path("code-lists/<slug:key>/", CodeListView.as_view(), name="api_code_list"),
    path("exports/", exports.ExportsView.as_view(), name="api_exports"),
    path("exports/ask/", exports.AskForExportView.as_view(), name="api_ask_for_export"),
    path("exports/<uuid:public_id>/", exports.ExportView.as_view(), name="api_export"),
    path("exports/<uuid:public_id>/cancel/", exports.CancelExportView.as_view(), name="api_cancel_export"),
    path("exports/<uuid:public_id>/file/", exports.ExportFileView.as_view(), name="api_export_file"),
    path("parameters/", ParametersView.as_view(), name="api_parameters"),
    path("parameters/<str:key>/values/", SetParameterView.as_view(), name="api_parameter_set"),
    path("parameters/<str:key>/take-back/", TakeBackParameterView.as_view(), name="api_parameter_take_back"),
    path("trail/", TrailView.as_view(), name="api_trail"),
    path("standards/versions/", standards.VersionsView.as_view(), name="api_standard_versions"),
    path(
        "standards/versions/<uuid:public_id>/",
        standards.VersionView.as_view(),
        name="api_standard_version",
    ),
    path("standards/effective/", standards.EffectiveView.as_view(), name="api_standard_effective"),
    path(
        "standards/effective/<slug:object_key>/",
        standards.SchemaOfObjectView.as_view(),
        name="api_standard_schema",
    ),
]
