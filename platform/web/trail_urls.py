"""Addresses of the audit trail."""

from django.urls import path

from web import trail

urlpatterns = [
    path("", trail.TrailList.as_view(), name="trail"),
    path("<int:pk>/", trail.TrailEvent.as_view(), name="trail_event"),
]
