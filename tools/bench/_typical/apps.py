"""The app of the typical service."""

from django.apps import AppConfig


class Typical(AppConfig):
    name = "tools.bench._typical"
    label = "typical"
