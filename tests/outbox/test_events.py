"""The outbox: written with the change, numbered after commit, read by cursors that can skip nothing."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from kernel import locks
from kernel.ids import new_id
from outbox import services
from outbox.models import OutboxEvent, Receiver
from outbox.services import announce, deliver, deliver_all, give_positions, prune, receive

EVENT, OTHER = "tests.happened.v1", "tests.something_else.v1"


class Reader:
    """A receiver that remembers what it was handed."""

    def __init__(self, name: str, *events: str) -> None:
        self.name, self.fails = name, False
        self.seen: list[UUID] = []
        receive(name, events or (EVENT,), self)

    def __call__(self, events: Sequence[OutboxEvent]) -> None:
        if self.fails:
            raise RuntimeError("the reader stumbled")
        self.seen.extend(event.key for event in events)

    def read(self) -> None:
        while deliver(self.name):
            pass

    @property
    def cursor(self) -> int:
        return Receiver.objects.get(name=self.name).position


@pytest.fixture(autouse=True)
def _only_these_readers(monkeypatch) -> None:
    monkeypatch.setattr(services, "_handlers", {})


def _happen(event: str = EVENT) -> UUID:
    key = new_id()
    with transaction.atomic():
        announce(event, key=key)
    return key


@pytest.fixture
def second() -> Iterator:
    """Another connection to the same database: another process that writes."""
    other = connections["default"].copy()
    yield other
    other.close()


def _write_in(other, key: UUID) -> None:
    with other.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_outboxevent (event, key, version, facts, shard, created_at)"
            " VALUES (%s, %s, 1, '{}', 0, now())",
            [EVENT, key],
        )


@pytest.mark.django_db(transaction=True)
def test_an_event_belongs_to_the_transaction_of_its_change() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        announce(EVENT, key=new_id())
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        announce(EVENT, key=new_id())
        raise ZeroDivisionError
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db
def test_positions_are_given_in_order_of_birth_and_only_once() -> None:
    keys = [_happen() for _step in range(3)]
    assert list(OutboxEvent.objects.values_list("position", flat=True)) == [None] * 3
    assert (give_positions(), give_positions()) == (3, 0)
    assert list(OutboxEvent.objects.order_by("position").values_list("key", "position")) == [
        (key, number) for number, key in enumerate(keys, start=1)
    ]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_is_not_skipped_by_a_cursor_that_has_gone_on(second) -> None:
    reader = Reader("tests.reader")
    late = new_id()
    second.set_autocommit(False)
    _write_in(second, late)  # the lower id, still uncommitted
    early = _happen()  # the higher id, committed
    give_positions()
    reader.read()
    assert (reader.seen, reader.cursor) == ([early], 1)
    second.commit()
    give_positions()
    reader.read()
    assert (reader.seen, reader.cursor) == ([early, late], 2)
    ids = dict(OutboxEvent.objects.values_list("key", "id"))
    assert ids[late] < ids[early]


@pytest.mark.django_db(transaction=True)
def test_two_processes_never_give_positions_at_the_same_time(second) -> None:
    _happen()
    second.set_autocommit(False)
    with second.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [locks.OUTBOX_POSITIONS, 0])
    with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
        give_positions()
    assert OutboxEvent.objects.filter(position=None).count() == 1
    second.rollback()
    assert give_positions() == 1


@pytest.mark.django_db(transaction=True)
def test_while_another_process_reads_for_a_receiver_this_one_leaves_it_alone(second) -> None:
    reader = Reader("tests.reader")
    reader.read()
    key = _happen()
    give_positions()
    second.set_autocommit(False)
    with second.cursor() as cursor:
        cursor.execute("SELECT 1 FROM outbox_receiver WHERE name = %s FOR UPDATE", [reader.name])
    assert (deliver(reader.name), reader.seen) == (0, [])
    second.rollback()
    assert (deliver(reader.name), reader.seen) == (1, [key])


@pytest.mark.django_db
def test_a_receiver_gets_its_own_events_once_and_passes_the_others() -> None:
    reader, both = Reader("tests.one"), Reader("tests.both", EVENT, OTHER)
    mine, other = _happen(), _happen(OTHER)
    assert deliver_all() == 4
    assert deliver_all() == 0
    assert (reader.seen, both.seen) == ([mine], [mine, other])
    assert (reader.cursor, both.cursor) == (2, 2)


@pytest.mark.django_db
def test_a_receiver_that_stumbles_keeps_its_place_and_gets_the_event_again() -> None:
    reader = Reader("tests.reader")
    key = _happen()
    give_positions()
    reader.fails = True
    with pytest.raises(RuntimeError, match="stumbled"):
        deliver(reader.name)
    assert (reader.cursor, reader.seen) == (0, [])
    reader.fails = False
    assert (deliver(reader.name), reader.seen, reader.cursor) == (1, [key], 1)


@pytest.mark.django_db
def test_more_than_a_batch_arrives_whole_and_in_order(monkeypatch) -> None:
    monkeypatch.setattr(services, "_BATCH", 3)
    reader = Reader("tests.reader")
    keys = [_happen() for _step in range(8)]
    give_positions()
    reader.read()
    assert reader.seen == keys


def _age(days: int) -> None:
    OutboxEvent.objects.update(created_at=timezone.now() - timedelta(days=days))


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "left"), [(29, 3), (31, 1)])
def test_old_events_that_all_have_passed_are_forgotten_but_the_newest_stays(days: int, left: int) -> None:
    Reader("tests.reader")
    for _step in range(3):
        _happen()
    deliver_all()
    _age(days)
    assert prune(timezone.now()) == 3 - left
    assert list(OutboxEvent.objects.values_list("position", flat=True)) == [1, 2, 3][3 - left :]


@pytest.mark.django_db
def test_nothing_is_forgotten_that_one_receiver_still_waits_for() -> None:
    quick, slow = Reader("tests.quick"), Reader("tests.slow")
    keys = [_happen() for _step in range(4)]
    give_positions()
    slow.read()
    _happen()
    give_positions()
    quick.read()
    Receiver.objects.filter(name=slow.name).update(position=2)
    _age(90)
    assert prune(timezone.now()) == 2
    slow.seen.clear()
    slow.read()
    assert slow.seen[:2] == keys[2:]


@pytest.mark.django_db
def test_without_any_receiver_rows_are_forgotten_after_thirty_days_and_positions_go_on() -> None:
    for _step in range(3):
        _happen()
    give_positions()
    _age(31)
    assert prune(timezone.now()) == 2
    _happen()
    give_positions()
    assert list(OutboxEvent.objects.values_list("position", flat=True)) == [3, 4]


@pytest.mark.django_db
def test_an_event_without_a_position_is_never_forgotten() -> None:
    _happen()
    _age(90)
    assert prune(timezone.now()) == 0
    assert OutboxEvent.objects.count() == 1
