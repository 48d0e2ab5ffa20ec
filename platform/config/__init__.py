"""The roof: settings, URLs and entry points. Imported by none of the rooms below."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
