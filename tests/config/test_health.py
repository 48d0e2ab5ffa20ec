"""/healthz tells each part's state, and which part is to blame."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendance.models import Inbox
from federation.models import AcceptedRequest
from kernel.ids import new_id
from outbox.models import Heartbeat, OutboxEvent, Receiver
from outbox.selectors import lag_seconds
from tests.support.world import two_counties

pytestmark = pytest.mark.django_db


def test_a_node_whose_worker_beats_is_well(client):
    Heartbeat.objects.create(name="worker", at=timezone.now())
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert {name: part["ok"] for name, part in answer.json()["parts"].items()} == {
        "database": True,
        "redis": True,
        "worker": True,
        "outbox": True,
        "settler": True,
    }


def test_a_silent_worker_is_named(client):
    Heartbeat.objects.create(name="worker", at=timezone.now() - timedelta(seconds=31))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["worker"] == {"ok": False, "fault": "TimeoutError"}
    assert answer.json()["parts"]["database"]["ok"] is True


def test_punches_that_wait_for_a_settler_are_named(client):
    Heartbeat.objects.create(name="worker", at=timezone.now())
    Inbox.objects.create(content=b"sealed", punches=1, accepted_at=timezone.now() - timedelta(seconds=31))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["settler"] == {"ok": False, "fault": "TimeoutError"}


def test_punches_of_the_national_interface_that_wait_for_a_settler_are_named(client):
    Heartbeat.objects.create(name="worker", at=timezone.now())
    waiting = AcceptedRequest.all_rows.filter(pk=two_counties().wuchang.request.pk)
    accepted_at = timezone.now() - timedelta(seconds=31)
    waiting.update(method="WorkerAttendance.Add", state=0, finished_at=None, accepted_at=accepted_at)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["settler"] == {"ok": False, "fault": "TimeoutError"}


def test_news_that_a_receiver_cannot_take_shows_as_lag():
    now = timezone.now()
    assert lag_seconds(now) == 0.0
    Receiver.objects.create(name="attendance.people", position=4)
    for position in (4, 5):
        OutboxEvent.objects.create(event="workers.enrolled.v1", key=new_id(), position=position)
    OutboxEvent.objects.update(created_at=now - timedelta(seconds=300))
    assert lag_seconds(now) == 300.0
    Receiver.objects.update(position=5)
    assert lag_seconds(now) == 0.0
