"""The doors for other systems. Clients also write `/open.api?` with nothing behind it."""

from django.urls import path

from federation.open_api.view import open_api

urlpatterns = [path("open.api", open_api, name="open_api")]
