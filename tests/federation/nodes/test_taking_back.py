"""What an owner has lost (a backup was restored) comes back from its parent's copies, as its own."""

import gzip
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from attendance.models import Punch
from attendance.services import settle_step
from federation.models import Copied, ReconciliationDiff, ReconciliationRun
from federation.services import take_back
from federation.services.own_node import SEALS, own_key, public_of
from federation.travel import outgoing, punches
from federation.travel.catalogue import KINDS
from federation.travel.messages import Recipient
from federation.travel.reading import snapshots
from federation.wire import boxes, envelopes
from kernel.errors import DomainError
from kernel.models import this_node
from projects.models import Enterprise
from tests.support.actors import EVERYONE
from workers.models import Certificate

NOW = timezone.now()


def _lost(node: Any, kind: str, key: UUID, mark: str = "ab") -> ReconciliationDiff:
    run, _is_new = ReconciliationRun.objects.get_or_create(
        node=node, day=NOW.date(), defaults={"started_at": NOW, "state": "done"}
    )
    return ReconciliationDiff.objects.create(
        node=node, run=run, kind=kind, key=key, mark=mark, sort="missing_below", state="open",
        found_at=NOW, seen_at=NOW,
    )  # fmt: skip


def test_a_record_and_a_punch_that_were_lost_are_ours_again(node, above):
    certificate = Certificate.all_rows.earliest("pk")
    key = certificate.public_id
    (snapshot,) = snapshots(KINDS["certificate"], [key], this_node()).values()
    at = (NOW - timedelta(days=1)).isoformat()
    key_of_ours = own_key(SEALS, NOW)
    to = Recipient(
        this_node(),
        lambda text, at: boxes.close(text, at, key_id=key_of_ours.key_id, public=public_of(key_of_ours)),
    )
    message = outgoing.message_of(KINDS["certificate"], snapshot, at, to)
    name = Punch.all_rows.earliest("occurred_at").public_id
    (again,) = punches.messages_of([name], NOW)
    rows = [json.loads(envelopes.message_bytes(one)) for one in (message, again)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM workers_certificate WHERE public_id = %s", [str(key)])
        cursor.execute("ALTER TABLE attendance_punch DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM attendance_punch WHERE public_id = %s", [str(name)])
        cursor.execute("ALTER TABLE attendance_punch ENABLE TRIGGER USER")
    asked: list[Any] = []

    def answer(body: bytes) -> tuple[int, bytes]:
        asked.extend(json.loads(gzip.decompress(body))["lost"])
        return 200, gzip.compress(json.dumps({"rows": rows}).encode())

    above.answers["compare"] = answer
    wanted = [_lost(node, "certificate", key), _lost(node, "punches", uuid4())]
    assert take_back(actor=EVERYONE, node=node, differences=wanted, http=above.http(), now=NOW) == 2
    while settle_step(timezone.now()):
        pass
    assert [one["kind"] for one in asked] == ["certificate", "punches"]
    back = Certificate.all_rows.get(public_id=key)
    assert snapshot.sealed
    assert (back.origin, back.number) == (this_node(), certificate.number)
    assert Punch.all_rows.filter(public_id=name).count() == 1
    # They are no copies: the parent is told of them like of any other row of ours.
    assert not Copied.objects.filter(node=node.code).exists()
    assert set(ReconciliationDiff.objects.values_list("state", flat=True)) == {"sent"}


def test_only_what_was_lost_here_is_taken_back(node, above):
    row = _lost(node, "team", uuid4())
    ReconciliationDiff.objects.update(sort="missing_above")
    with pytest.raises(DomainError):
        take_back(actor=EVERYONE, node=node, differences=[row], http=above.http(), now=NOW)
    assert above.calls == ["join"]


def test_a_parent_hands_out_what_is_the_childs_own_and_nothing_else(city, its_node):
    own = Enterprise.all_rows.create(uscc="91420100MA4KTEST0X", name="卮昤建设有限公司", origin="whs")
    other = Enterprise.all_rows.create(uscc="91420100MA4KTEST1X", name="别家建设有限公司", origin="yichang")
    lost = [{"kind": "enterprise", "key": str(one.public_id)} for one in (own, other)]
    answer = city.compare(lost=lost, scope="statement")
    (row,) = json.loads(gzip.decompress(answer.content))["rows"]
    assert (row["key"], row["origin"], row["row"]["name"]) == (str(own.public_id), "whs", "卮昤建设有限公司")
