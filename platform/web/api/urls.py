"""Tokens and the public tables."""

from django.urls import path

from web.api import standard_acts, standards
from web.api.administration import SetParameterView, TakeBackParameterView, TrailView
from web.api.reference import CodeListsView, CodeListView, ParametersView, RegionsView
from web.api.tokens import CurrentTokenView, TokensView
from web.exports import api as exports

_DRAFT = "standards/drafts/<uuid:public_id>/"

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
    path("standards/drafts/", standard_acts.DraftsView.as_view(), name="api_standard_drafts"),
    path("standards/drafts/begin/", standard_acts.BeginView.as_view(), name="api_standard_begin"),
    path(
        f"{_DRAFT}title/",
        standard_acts.RetitleView.as_view(),
        name="api_standard_retitle",
    ),
    path(f"{_DRAFT}put/", standard_acts.PutView.as_view(), name="api_standard_put"),
    path(f"{_DRAFT}drop/", standard_acts.DropView.as_view(), name="api_standard_drop"),
    path(f"{_DRAFT}move/", standard_acts.MoveView.as_view(), name="api_standard_move"),
    path(
        f"{_DRAFT}check/",
        standard_acts.CheckView.as_view(),
        name="api_standard_check",
    ),
    path(
        f"{_DRAFT}impact/",
        standard_acts.ImpactView.as_view(),
        name="api_standard_impact",
    ),
    path(
        f"{_DRAFT}impact/check/",
        standard_acts.CheckImpactView.as_view(),
        name="api_standard_check_impact",
    ),
    path(
        f"{_DRAFT}submit/",
        standard_acts.SubmitView.as_view(),
        name="api_standard_submit",
    ),
    path(
        f"{_DRAFT}accept/",
        standard_acts.AcceptView.as_view(),
        name="api_standard_accept",
    ),
    path(
        f"{_DRAFT}return/",
        standard_acts.ReturnView.as_view(),
        name="api_standard_return",
    ),
    path(
        f"{_DRAFT}publish/",
        standard_acts.PublishView.as_view(),
        name="api_standard_publish",
    ),
    path(
        f"{_DRAFT}withdraw/",
        standard_acts.WithdrawView.as_view(),
        name="api_standard_withdraw",
    ),
    path("standards/grants/", standard_acts.GrantsView.as_view(), name="api_standard_grants"),
    path("standards/grants/give/", standard_acts.GiveGrantView.as_view(), name="api_standard_grant_give"),
    path(
        "standards/grants/<uuid:public_id>/withdraw/",
        standard_acts.WithdrawGrantView.as_view(),
        name="api_standard_grant_withdraw",
    ),
    path("standards/mappings/", standard_acts.CoverageView.as_view(), name="api_standard_mappings"),
    path("standards/mappings/set/", standard_acts.MapView.as_view(), name="api_standard_map"),
]
