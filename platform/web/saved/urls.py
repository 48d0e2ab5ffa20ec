from django.urls import path

from web.keys import Keys
from web.saved import pages

urlpatterns = [
    path("keys/", Keys.as_view(), name="keys"),
    path("columns/", pages.ChooseColumns.as_view(), name="list_columns"),
    path("filters/", pages.KeepFilter.as_view(), name="saved_filters"),
    path("filters/<uuid:public_id>/", pages.SavedFilterPage.as_view(), name="saved_filter"),
]
