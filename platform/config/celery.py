"""The Celery application. Tasks take ids, are short and survive running twice; the queue may be lost."""

import os
from importlib import import_module

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("hubei")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Each app states what must be swept, and how often, in its own schedule module.
for _room in (
    "outbox",
    "accounts",
    "web",
    "projects",
    "workers",
    "attendance",
    "ledgers",
    "integrity",
    "federation",
):
    app.conf.beat_schedule.update(import_module(f"{_room}.schedule").BEAT)


@setup_logging.connect
def _use_the_node_logging(**_kwargs: object) -> None:
    """Keep the node's own log settings, with their filter against personal data."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@task_prerun.connect
@task_postrun.connect
def _keep_or_close_connections(**_kwargs: object) -> None:
    """As around a request: what is broken or older than CONN_MAX_AGE is closed, the rest serves again.

    A new connection costs more than most of our tasks; an idle node opened seven a second.
    """
    close_old_connections()
