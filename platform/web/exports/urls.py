from django.urls import path

from web.exports import pages

urlpatterns = [
    path("", pages.Exports.as_view(), name="exports"),
    path("new/", pages.NewExport.as_view(), name="export_new"),
    path("<uuid:public_id>/file/", pages.ExportFile.as_view(), name="export_file"),
    path("<uuid:public_id>/cancel/", pages.CancelExport.as_view(), name="export_cancel"),
]
