"""Addresses of the background work's page."""

from django.urls import path

from web import jobs

urlpatterns = [
    path("", jobs.JobsPage.as_view(), name="jobs"),
    path("messages/retry/", jobs.RetryMessages.as_view(), name="messages_retry"),
]
