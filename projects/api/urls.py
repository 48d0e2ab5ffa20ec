"""Enterprises."""

from django.urls import path

from projects.api.views import EnterprisesView

urlpatterns = [path("enterprises/", EnterprisesView.as_view(), name="api_enterprises")]
