"""Addresses of the editor, beneath /standard/."""

from django.urls import path

from web.editor import grants, life_pages, mappings, pages, parts, sheets, versions_page

_VERSION = "versions/<uuid:public_id>/"
_PART = "<slug:part>/<slug:of>/"

urlpatterns = [
    path("versions/", versions_page.VersionsPage.as_view(), name="standard_versions"),
    path("versions/begin/", life_pages.BeginVersion.as_view(), name="standard_begin"),
    path(_VERSION, pages.VersionPage.as_view(), name="standard_version"),
    path(f"{_VERSION}print/", sheets.ChangesPrint.as_view(), name="standard_changes_print"),
    path(f"{_VERSION}preview/<slug:object_key>/", sheets.PreviewPage.as_view(), name="standard_preview"),
    path(f"{_VERSION}impact/<int:pk>/", sheets.ImpactLinePage.as_view(), name="standard_impact_line"),
    path(f"{_VERSION}title/", life_pages.RetitleVersion.as_view(), name="standard_retitle"),
    path(f"{_VERSION}check/", life_pages.CheckVersion.as_view(), name="standard_check"),
    path(f"{_VERSION}impact/check/", life_pages.CheckImpact.as_view(), name="standard_check_impact"),
    path(f"{_VERSION}submit/", life_pages.SubmitVersion.as_view(), name="standard_submit"),
    path(f"{_VERSION}accept/", life_pages.AcceptVersion.as_view(), name="standard_accept"),
    path(f"{_VERSION}return/", life_pages.ReturnVersion.as_view(), name="standard_return"),
    path(f"{_VERSION}publish/", life_pages.PublishVersion.as_view(), name="standard_publish"),
    path(f"{_VERSION}withdraw/", life_pages.WithdrawVersion.as_view(), name="standard_withdraw"),
    path(f"{_VERSION}put/{_PART}", parts.PutPart.as_view(), name="standard_put"),
    path(f"{_VERSION}put/{_PART}<slug:code>/", parts.PutPart.as_view(), name="standard_put_code"),
    path(f"{_VERSION}drop/{_PART}<slug:code>/", parts.DropPart.as_view(), name="standard_drop"),
    path(
        f"{_VERSION}move/<slug:of>/<slug:code>/<slug:direction>/",
        parts.MoveElement.as_view(),
        name="standard_move",
    ),
    path(f"{_VERSION}<slug:tab>/", pages.VersionPage.as_view(), name="standard_version_tab"),
    path("grants/", grants.GrantsPage.as_view(), name="standard_grants"),
    path("grants/give/", grants.GiveGrant.as_view(), name="standard_grant_give"),
    path("grants/<uuid:public_id>/withdraw/", grants.WithdrawGrant.as_view(), name="standard_grant_withdraw"),
    path("mappings/", mappings.MappingsPage.as_view(), name="standard_mappings"),
    path("mappings/<slug:key>/", mappings.MappingPage.as_view(), name="standard_mapping"),
    path("mappings/<slug:key>/file/", mappings.MappingFile.as_view(), name="standard_mapping_file"),
    path("mappings/<slug:key>/<slug:code>/", mappings.MapCode.as_view(), name="standard_map"),
]
