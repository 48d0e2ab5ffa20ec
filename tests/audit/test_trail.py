"""The audit trail: only added to, and written with every act and every read of personal data."""

import json
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.models import AuditEvent
from audit.selectors import events_of
from audit.services import record
from kernel.errors import DomainError
from kernel.scoping import Reach
from tests.support import people
from tests.support.actors import EVERYONE, Holder
from tests.support.acts import ACTS
from tests.support.world import wuchang

pytestmark = pytest.mark.django_db

TRIES = [(name, act) for name, tries in ACTS.items() for act in tries[:1]]
CHANGES = {
    "update": "UPDATE audit_auditevent SET action = 'nothing'",
    "delete": "DELETE FROM audit_auditevent",
}
ROLE = "hubei_test_app_audit"
# Punches are facts that carry their own channel and time of receipt; judging moves does none of them.
LEAVES_NO_LINE = {"attendance.services.receive_punches", "workers.services.judge_moves"}


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _newest() -> int:
    """The key of the newest line; 0 before the first. Making a county leaves lines of its own."""
    return AuditEvent.objects.values_list("pk", flat=True).first() or 0


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_the_trail_even_to_its_owner(change: str) -> None:
    record(EVERYONE, "tests.done")
    before = list(AuditEvent.objects.values())
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        _execute(CHANGES[change])
    assert list(AuditEvent.objects.values()) == before != []


def test_the_model_refuses_too() -> None:
    event = record(EVERYONE, "tests.done")
    event.action = "tests.not_done"
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        event.delete()
    assert AuditEvent.objects.get().action == "tests.done"


@pytest.fixture
def app_role(settings) -> Iterator[str]:
    _execute(f"DROP ROLE IF EXISTS {ROLE}")
    _execute(f"CREATE ROLE {ROLE}")
    settings.APP_DATABASE_ROLE = ROLE
    call_command("grant_app_role", verbosity=0)
    yield ROLE


@pytest.mark.parametrize("change", [*CHANGES.values(), "TRUNCATE audit_auditevent"])
def test_the_role_of_web_and_worker_may_only_add_and_read(change: str, app_role: str) -> None:
    with transaction.atomic():
        _execute(f"SET LOCAL ROLE {app_role}")
        record(EVERYONE, "tests.done")
        _execute("RESET ROLE")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        _execute(f"SET LOCAL ROLE {app_role}")
        _execute(change)
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(("name", "act"), TRIES, ids=[act.__name__ for _name, act in TRIES])
def test_every_act_is_on_record_with_who_did_it(name: str, act) -> None:
    if name in LEAVES_NO_LINE:
        return
    county = wuchang()
    before = _newest()
    act(EVERYONE, county)
    # What does two things at once, such as opening an account with a post, is on record with both.
    events = AuditEvent.objects.filter(pk__gt=before)
    assert events.exists()
    for event in events:
        assert (event.actor_kind, event.actor_key) == (EVERYONE.kind, EVERYONE.key)
        assert event.action
        # A search that finds nobody has no object.
        assert event.object_key or name == "workers.services.find_by_number"


def test_no_line_of_the_trail_carries_a_number_phone_or_card() -> None:
    county = wuchang()
    told = ""
    for _name, act in TRIES:
        # Each on the county as it was: what one act ends, another would look for.
        with transaction.atomic():
            act(EVERYONE, county)
            told += json.dumps(list(AuditEvent.objects.values()), default=str, ensure_ascii=False)
            transaction.set_rollback(True)
    personal = [people.id_number(901)]
    for worker in county.workers.values():
        work = worker.engagement
        personal += [worker.person.id_number, work.phone or "", work.card_number or "", work.address or ""]
    assert [value for value in personal if value and value in told] == []


def test_an_act_that_is_refused_leaves_no_record_of_having_been_done() -> None:
    county = wuchang()
    before = _newest()
    stranger = Holder(Reach(region_paths=frozenset({"420000/429004/"})), "workers.reveal", "workers.enter")
    for name in ("workers.services.reveal_number", "workers.services.leave"):
        with pytest.raises(DomainError), transaction.atomic():
            ACTS[name][0](stranger, county)
    assert _newest() == before


def test_the_trail_of_a_row_is_newest_first_and_of_no_other_row() -> None:
    county = wuchang()
    first, second = (county.workers[title].engagement for title in ("contractor", "subcontractor"))
    for action in ("tests.one", "tests.two", "tests.three"):
        record(EVERYONE, action, first)
    record(EVERYONE, "tests.elsewhere", second)
    assert [event.action for event in events_of(first)][:3] == ["tests.three", "tests.two", "tests.one"]
    assert [event.action for event in events_of(first, ("tests.two",))] == ["tests.two"]


def test_the_node_itself_is_named_where_nobody_acts() -> None:
    event = record(None, "tests.swept")
    assert (event.actor_kind, event.actor_key, event.actor_label) == ("system", "system", "平台自身")
