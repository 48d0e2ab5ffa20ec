"""Two doors: one only inserts, the other resolves people and keeps days and counters in the request."""

from django.urls import path

from tools.bench._typical.views import Inserted, Settled

urlpatterns = [
    path("typical/insert/", Inserted.as_view()),
    path("typical/full/", Settled.as_view()),
]
