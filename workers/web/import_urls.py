"""Addresses of rosters that are brought as files."""

from django.urls import path

from workers.web import import_mending, import_result, imports

urlpatterns = [
    path("projects/<uuid:public_id>/people/import/", imports.NewImport.as_view(), name="roster_import_new"),
    path(
        "projects/<uuid:public_id>/people/import/template/",
        imports.ImportTemplate.as_view(),
        name="roster_import_template",
    ),
    path("imports/<uuid:public_id>/", import_result.ImportResult.as_view(), name="roster_import"),
    path("imports/<uuid:public_id>/mend/", import_mending.MendCells.as_view(), name="roster_import_mend"),
    path("imports/<uuid:public_id>/map/", import_mending.MapCells.as_view(), name="roster_import_map"),
    path("imports/<uuid:public_id>/errors/", imports.ImportErrors.as_view(), name="roster_import_errors"),
    path("imports/<uuid:public_id>/drop/", imports.DropImport.as_view(), name="roster_import_drop"),
]
