from django.urls import include, path

from web import parameters, standard

urlpatterns = [
    path("", standard.StandardPage.as_view(), name="standard"),
    path("parameters/<str:key>/", parameters.ParameterPage.as_view(), name="parameter"),
    path("parameters/<str:key>/set/", parameters.SetParameter.as_view(), name="parameter_set"),
    path(
        "parameters/<str:key>/<int:pk>/take-back/",
        parameters.TakeBackParameter.as_view(),
        name="parameter_take_back",
    ),
    path("", include("web.editor.urls")),
    path("<slug:key>/", standard.CodeListPage.as_view(), name="code_list"),
]
