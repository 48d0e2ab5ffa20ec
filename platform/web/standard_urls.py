from django.urls import path

from web import standard

urlpatterns = [
    path("", standard.StandardPage.as_view(), name="standard"),
    path("<slug:key>/", standard.CodeListPage.as_view(), name="code_list"),
]
