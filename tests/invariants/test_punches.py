"""I-08 and I-09: a punch is added and never changed, and its origin is the door it came through."""

import ast
import inspect
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from attendance.models import Punch
from attendance.services import PunchFacts, receive_punches
from projects.models import Project
from tests.architecture.source import name_of, of_the_apps, tree_of
from tests.support import people, records
from tests.support.actors import EVERYONE

pytestmark = pytest.mark.django_db

DAY = records.site_day() - timedelta(days=1)
AT = records.instant_of(DAY, 240)
ROLE = "hubei_test_app"


@pytest.fixture
def project() -> Project:
    return records.project("420106202602020001", records.region("420106"), records.enterprise(500))


def _send(project: Project, *punches: PunchFacts, source: str = "") -> int:
    receipt = receive_punches(
        actor=EVERYONE,
        project=project,
        origin=Punch.Origin.OPEN_API,
        punches=punches,
        now=AT + timedelta(hours=1),
        source=source,
    )
    return receipt.added


def _punch(at: datetime = AT, token: str = "") -> PunchFacts:
    return PunchFacts(
        number=people.id_number(1), occurred_at=at, direction="in", channel="一号门", token=token
    )


CHANGES = {
    "update": "UPDATE attendance_punch SET direction = 'out'",
    "delete": "DELETE FROM attendance_punch",
    "update of its partition": f"UPDATE attendance_punch_{AT:%Y%m} SET direction = 'out'",
    "delete from its partition": f"DELETE FROM attendance_punch_{AT:%Y%m}",
}


@pytest.mark.parametrize("change", CHANGES)
def test_i_08_the_database_refuses_to_change_or_delete_a_punch_even_to_its_owner(change, project) -> None:
    _send(project, _punch())
    before = list(Punch.all_rows.values())
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        _execute(CHANGES[change])
    assert list(Punch.all_rows.values()) == before != []


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def app_role(settings) -> Iterator[str]:
    """A role with exactly the rights that web and worker have."""
    _execute(f"DROP ROLE IF EXISTS {ROLE}")
    _execute(f"CREATE ROLE {ROLE}")
    settings.APP_DATABASE_ROLE = ROLE
    call_command("grant_app_role", verbosity=0)
    yield ROLE
    # The test's transaction takes role and rights back.


def _as(role: str, statement: str) -> None:
    with transaction.atomic():
        _execute(f"SET LOCAL ROLE {role}")
        _execute(statement)


FORBIDDEN = {
    **CHANGES,
    "truncate": "TRUNCATE attendance_punch",
    "truncate of its partition": f"TRUNCATE attendance_punch_{AT:%Y%m}",
    "reading past the parent": f"SELECT count(*) FROM attendance_punch_{AT:%Y%m}",
    "adding past the parent": f"INSERT INTO attendance_punch_{AT:%Y%m} SELECT * FROM attendance_punch",
    "switching the guard off": "ALTER TABLE attendance_punch DISABLE TRIGGER ALL",
    "dropping": "DROP TABLE attendance_punch",
    "making a table": "CREATE TABLE mine (id integer)",
    "replication role": "SET LOCAL session_replication_role = replica",
}


@pytest.mark.parametrize("act", FORBIDDEN)
def test_i_08_the_role_of_web_and_worker_cannot_even_try(act: str, app_role: str, project) -> None:
    _send(project, _punch())
    before = list(Punch.all_rows.values())
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        _as(app_role, FORBIDDEN[act])
    assert list(Punch.all_rows.values()) == before != []


def test_i_08_the_role_of_web_and_worker_adds_reads_and_prepares_months(app_role: str, project) -> None:
    with transaction.atomic():
        _execute(f"SET LOCAL ROLE {app_role}")
        assert _send(project, _punch()) == 1
        assert Punch.all_rows.count() == 1
        call = "SELECT attendance_make_punch_partitions('2031-01-01', 2)"
        _execute(call)
        _execute("RESET ROLE")


def test_i_08_the_same_punch_is_one_row_however_often_it_is_sent(project) -> None:
    assert _send(project, _punch()) == 1
    assert _send(project, _punch(), _punch()) == 0
    assert Punch.all_rows.count() == 1


def test_i_08_one_sequence_with_two_times_is_two_rows_of_which_one_counts(project) -> None:
    assert _send(project, _punch(AT, "77"), source="gate-1") == 1
    assert _send(project, _punch(AT + timedelta(minutes=5), "77"), source="gate-1") == 1
    assert list(Punch.all_rows.order_by("occurred_at").values_list("is_repeat", flat=True)) == [False, True]


def test_i_09_the_door_says_where_a_punch_comes_from_and_its_payload_cannot() -> None:
    assert "origin" not in inspect.signature(PunchFacts).parameters
    assert inspect.signature(receive_punches).parameters["origin"].default is inspect.Parameter.empty
    writers = {
        name_of(file)
        for file in of_the_apps()
        for call in ast.walk(tree_of(file))
        if isinstance(call, ast.Call) and not _asks_for_rows(call)
        for node in call.keywords
        if node.arg == "origin" and not isinstance(node.value, ast.Name)
        if not _is_constant_of_punch(node.value)
    }
    assert writers == set(), "a door names its origin itself"


def _asks_for_rows(call: ast.Call) -> bool:
    """Whether the call looks for rows by the node that owns them, or hands them to another owner."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("filter", "exclude", "update", "replace")


def _is_constant_of_punch(value: ast.expr) -> bool:
    return isinstance(value, ast.Attribute) and ast.unparse(value).startswith("Punch.Origin.")


def test_i_09_nothing_but_receiving_writes_punches() -> None:
    writers = {
        name_of(file) for file in of_the_apps() for node in ast.walk(tree_of(file)) if _writes_punches(node)
    }
    # Demo worlds are written in bulk, on nodes without real people only.
    assert writers - {"attendance/demo/gates.py"} == {"attendance/services/settled.py"}


def _writes_punches(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "INTO attendance_punch " in node.value or "COPY attendance_punch " in node.value
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in {
            f"Punch.{manager}.{act}"
            for manager in ("objects", "all_rows")
            for act in ("create", "bulk_create", "get_or_create", "update_or_create")
        }
    return False
