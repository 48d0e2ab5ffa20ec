"""A worker keeps its connection from task to task, and gives up one that is broken or too old."""

import pytest
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import task_postrun, task_prerun
from django.db import connection

from config.celery import app
from outbox.tasks import beat_heart

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker() -> DjangoWorkerFixup:
    """What Celery does around tasks where Django is."""
    return DjangoWorkerFixup(app)


def _around(worker: DjangoWorkerFixup) -> object:
    """One task as a worker runs it; the connection that there is afterwards."""
    worker.on_task_prerun(sender=beat_heart)
    task_prerun.send(sender=beat_heart)
    beat_heart()
    task_postrun.send(sender=beat_heart)
    worker.on_task_postrun(sender=beat_heart)
    return connection.connection


def test_a_second_task_uses_the_connection_of_the_first(worker: DjangoWorkerFixup) -> None:
    first = _around(worker)
    assert first is not None
    assert _around(worker) is first


def test_a_connection_that_has_had_its_time_gives_way_to_a_fresh_one(worker: DjangoWorkerFixup) -> None:
    first = _around(worker)
    connection.close_at = 0
    assert _around(worker) is not first


def test_a_task_after_a_restart_of_the_database_finds_a_fresh_connection(worker: DjangoWorkerFixup) -> None:
    first = _around(worker)
    server_side = connection.connection.info.backend_pid
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [server_side])
    other.close()
    assert _around(worker) is not first
