"""The outward gateway: exactly what was agreed leaves, to whom it was agreed, and all of it is on record."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.models import AttendanceDay
from audit.models import AuditEvent
from federation.gateway.catalogue import OBJECTS
from federation.models import GatewayLog, GatewayRefusal, GatewayUse, PartnerKey
from federation.services import revoke_partner_key, rotate_partner_key, suspend_agreement
from tests.federation.gateway import Reader, agreed, reader
from tests.support import records
from tests.support.actors import EVERYONE
from tests.support.traces import traces_in
from tests.support.world import TwoCounties
from workers.models import Engagement, Person, Presence

pytestmark = pytest.mark.django_db
PEOPLE = "persons-at-work"
WHO = ["id", "name", "project_code"]


@pytest.fixture
def labour(world: TwoCounties) -> Reader:
    """The labour authority, with a key and no agreement yet."""
    return reader()


def _terms(fields: list[str] = WHO, **filters: Any) -> dict[str, Any]:
    return {PEOPLE: records.sharing(fields, **filters)}


# --- any agreement, any object, any row -------------------------------------------------------------------

_REGIONS = st.sampled_from([None, ["420106"], ["429004"], ["420106", "429004"]])


@st.composite
def agreements(draw: Any) -> tuple[str, list[str], dict[str, Any]]:
    """An object, some of its fields in any order, and filters that it knows."""
    shared = OBJECTS[draw(st.sampled_from(sorted(OBJECTS)))]
    fields = draw(st.lists(st.sampled_from(list(shared.fields)), min_size=1, unique=True))
    filters: dict[str, Any] = {}
    if regions := draw(_REGIONS):
        filters["regions"] = regions
    for name in draw(st.lists(st.sampled_from(sorted(shared.filters)), max_size=2, unique=True)):
        filters[name] = {
            "on_site": True,
            "from": "2026-01-01",
            "to": "2099-01-01",
            "statuses": ["003"],
            "record_kinds": ["good", "bad"],
            "banks": ["102"],
            "paying_banks": ["102", "103"],
        }.get(name, "known")
    return shared.key, fields, filters


def _reached(row: Any, path: str) -> Any:
    """A row's value at the end of a path, read step by step rather than by the database."""
    for step in path.split("__"):
        row = getattr(row, step)
    return row


def _holds(row: Any, name: str, column: str, value: Any) -> bool:
    found = _reached(row, column)
    if name == "on_site":
        return found is None
    if name == "from":
        return str(found) >= value
    if name == "to":
        return str(found) <= value
    return found in value


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(agreement=agreements(), limit=st.integers(1, 4), quota=st.integers(1, 30))
def test_whatever_is_agreed_exactly_that_leaves(
    world: TwoCounties, agreement: tuple[str, list[str], dict[str, Any]], limit: int, quota: int
) -> None:
    name, fields, filters = agreement
    shared, county = OBJECTS[name], world.wuchang
    known = {"projects": [county.project.code], "enterprises": [county.firms["contractor"].uscc]}
    filters = {key: known[key] if value == "known" else value for key, value in filters.items()}
    with transaction.atomic():
        of = reader("财产检验单位")
        terms = {name: records.sharing(fields, **filters)}
        version = agreed(of, terms, rows_per_day=quota, calls_per_minute=1000)
        rows, spent = [], False
        page = of.told(name, limit=limit)
        while True:
            rows += page["rows"]
            assert len(page["rows"]) <= limit
            if not page["more"]:
                break
            if len(rows) >= quota:
                of.refused(name, 429, "quota_spent", cursor=page["cursor"])
                spent = True
                break
            page = of.told(name, cursor=page["cursor"], limit=limit)
        # Exactly the agreed fields: absent is absent, not null.
        assert all(list(row) == [key for key in shared.fields if key in fields] for row in rows)
        # Every row that leaves passes the agreement's filters, and no row that passes is missing.
        actual = {name: shared.filters[name] for name in filters if name != "regions"}
        paths = [f"{code}/" for code in filters.get("regions", ["420000"])]
        whole = [
            row
            for row in shared.model.all_rows.order_by("pk")
            if _in_regions(row, shared, paths)
            and all(_holds(row, key, column, filters[key]) for key, column in actual.items())
        ]
        assert len(rows) == (quota if spent else len(whole))
        for sent, row in zip(rows, whole, strict=False):
            for one in shared.picked(fields):
                if not one.needs_basis and "mask" not in one.key and one.key != "birth_year":
                    assert sent[one.key] == one.value(_reached(row, one.column)), one.key
        # The quota counts what left, and the log says the same.
        use = GatewayUse.all_rows.get(agreement=version.agreement)
        logs = GatewayLog.all_rows.filter(partner=of.partner)
        assert use.rows == len(rows) == sum(log.rows for log in logs) <= quota
        assert all(set(log.fields) == set(fields) for log in logs)
        transaction.set_rollback(True)


def _in_regions(row: Any, shared: Any, paths: list[str]) -> bool:
    """Whether a row lies in one of some regions, by the words of its own scope."""
    if shared.key == "enterprises":
        return any(code in part.project.region.path for part in row.participations.all() for code in paths)
    place = row.region.path if shared.key == "credit" else row.place
    if any(code in place for code in paths):
        return True
    if shared.key != "credit":
        return False
    return any(
        part.project.region.path.startswith(place) and any(code in part.project.region.path for code in paths)
        for part in row.enterprise.participations.all()
    )


def test_only_agreed_columns_are_asked_of_the_database(labour: Reader) -> None:
    agreed(labour, _terms(["name", "trade"]))
    with CaptureQueriesContext(connection) as asked:
        labour.told(PEOPLE)
    selects = [one["sql"] for one in asked if 'FROM "workers_presence"' in one["sql"]]
    assert len(selects) == 1
    columns = selects[0].split(" FROM ")[0]
    assert '"workers_person"."name"' in columns
    assert '"workers_engagement"."trade"' in columns
    for hidden in ("id_number", "phone", "card_number", "entered_on", "born_on", "address"):
        assert hidden not in columns


# --- two counties -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OBJECTS)
def test_an_agreement_for_one_county_shows_no_trace_of_the_other(
    name: str, labour: Reader, world: TwoCounties
) -> None:
    fields = [key for key, one in OBJECTS[name].fields.items() if not one.needs_basis]
    agreed(labour, {name: records.sharing(fields, regions=["420106"])})
    content = labour.get(name).content
    assert traces_in(content, world.xiantao) == []
    assert world.wuchang.word in content.decode()
    for asked in ({"project": world.xiantao.project.code}, {"enterprise": "91420099000000000X"}):
        allowed = {"project": "projects", "enterprise": "enterprises"}[next(iter(asked))]
        if allowed in OBJECTS[name].filters:
            assert labour.rows(name, **asked) == []


def test_where_vendors_practise_nothing_leaves(labour: Reader, world: TwoCounties) -> None:
    agreed(labour, _terms())
    assert len(labour.rows(PEOPLE)) == Presence.all_rows.count()
    project = world.wuchang.project
    with transaction.atomic():
        connection.cursor().execute(
            "UPDATE regions_region SET path = '990000/x/' WHERE id = %s", [project.region_id]
        )
        left = {row["project_code"] for row in labour.rows(PEOPLE)}
        transaction.set_rollback(True)
    assert left == {world.xiantao.project.code}


# --- full numbers -----------------------------------------------------------------------------------------


def test_a_full_number_leaves_by_name_and_basis_and_each_reading_is_on_the_trail(
    labour: Reader, world: TwoCounties
) -> None:
    terms = records.sharing(["id_number", "id_number_masked"], {"id_number": "社会保险法 第七十四条"})
    version = agreed(labour, {PEOPLE: terms})
    rows = labour.rows(PEOPLE)
    numbers = {one.person.id_number for one in Presence.all_rows.select_related("person")}
    assert {row["id_number"] for row in rows} == numbers
    assert all(
        row["id_number_masked"] == f"{row['id_number'][:4]}**********{row['id_number'][-4:]}" for row in rows
    )
    event = AuditEvent.objects.get(action="federation.numbers_handed_out")
    assert (event.actor_kind, event.actor_key) == ("partner", str(labour.key.public_id))
    assert event.object_key == str(version.agreement.public_id)
    assert event.facts == {"shared": PEOPLE, "fields": ["id_number"], "rows": len(rows)}
    # Asked without the number, nothing of it is read.
    labour.told(PEOPLE, fields="id_number_masked")
    assert AuditEvent.objects.filter(action="federation.numbers_handed_out").count() == 1


def test_a_bank_receives_its_own_accounts_alone(world: TwoCounties) -> None:
    bank = reader("某某银行", "bank", bank_code="102")
    fields = ["id", "bank_code", "card_number"]
    terms = records.sharing(fields, {"card_number": "工资专用账户管理暂行办法"}, banks=["102"])
    agreed(bank, {"engagements": terms})
    Engagement.all_rows.filter(pk=world.wuchang.worker.engagement.pk).update(bank_code="102")
    Engagement.all_rows.filter(pk=world.xiantao.worker.engagement.pk).update(bank_code="103")
    rows = bank.rows("engagements")
    assert {row["bank_code"] for row in rows} == {"102"}
    assert str(world.xiantao.worker.engagement.public_id) not in {row["id"] for row in rows}


# --- who gets nothing -------------------------------------------------------------------------------------


def test_without_a_key_or_with_a_wrong_revoked_or_replaced_one_nothing_leaves(labour: Reader) -> None:
    agreed(labour, _terms())
    answer = Client().get(f"/gateway/v1/{PEOPLE}", REMOTE_ADDR="203.0.113.7")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="gateway"'
    assert Reader(labour.partner, labour.key, "hbgw_wrong").refused(PEOPLE, 401, "bad_key")
    now = timezone.now()
    fresh = rotate_partner_key(actor=EVERYONE, key=labour.key, valid_until=now + timedelta(days=3))
    renewed = Reader(labour.partner, fresh.key, fresh.secret)
    assert labour.told(PEOPLE)["rows"]
    assert renewed.told(PEOPLE)["rows"]
    PartnerKey.all_rows.filter(pk=labour.key.pk).update(valid_until=now)
    labour.refused(PEOPLE, 401, "bad_key")
    revoke_partner_key(actor=EVERYONE, key=fresh.key, reason="密钥外泄")
    renewed.refused(PEOPLE, 401, "bad_key")
    held = PartnerKey.all_rows.get(pk=fresh.key.pk)
    assert fresh.secret not in "".join(str(value) for value in vars(held).values())


def test_a_call_from_another_address_is_refused_and_noted_with_its_address(labour: Reader) -> None:
    agreed(labour, _terms())
    assert "198.51.100.1" in labour.refused(PEOPLE, 403, "wrong_address", address="198.51.100.1")
    labour.refused(PEOPLE, 403, "wrong_address", address="198.51.100.1")
    row = GatewayRefusal.all_rows.get(partner=labour.partner, code="wrong_address")
    assert (row.address, row.shared, row.number) == ("198.51.100.1", PEOPLE, 2)
    assert not GatewayLog.all_rows.filter(partner=labour.partner).exists()


def test_before_and_after_its_days_suspended_or_as_a_draft_an_agreement_gives_nothing(
    labour: Reader,
) -> None:
    today = timezone.localdate()
    labour.refused(PEOPLE, 403, "not_shared")
    agreed(labour, _terms(), "一号", approved=False)
    labour.refused(PEOPLE, 403, "not_shared")
    agreed(labour, _terms(), "二号", valid_from=today + timedelta(days=1))
    labour.refused(PEOPLE, 403, "not_shared")
    old = agreed(labour, _terms(), "三号", valid_to=today - timedelta(days=1))
    assert f"{old.valid_to}" in labour.refused(PEOPLE, 403, "agreement_expired")
    version = agreed(labour, _terms(), "四号")
    assert labour.told(PEOPLE)["agreement"] == "四号"
    suspend_agreement(actor=EVERYONE, agreement=version.agreement, reason="疑似超出用途")
    assert "四号" in labour.refused(PEOPLE, 403, "agreement_suspended", agreement="四号")


def test_another_object_another_field_and_an_unknown_parameter_are_refused_by_name(labour: Reader) -> None:
    agreed(labour, _terms())
    labour.refused("payroll-rows", 403, "not_shared")
    labour.refused("faces", 404, "no_such_object")
    assert "id_number" in labour.refused(PEOPLE, 422, "bad_parameter", fields="name,id_number")
    assert "regoin" in labour.refused(PEOPLE, 422, "bad_parameter", regoin="420106")
    for asked in (
        {"since": "yesterday"},
        {"since": "2026-11-22T08:00:00"},
        {"limit": "0"},
        {"from": "2026-13-01"},
    ):
        labour.refused(PEOPLE, 422, "bad_parameter", **asked)
    assert labour.get(PEOPLE, project=["1", "2"]).status_code == 422
    posted = Client(enforce_csrf_checks=True).post(f"/gateway/v1/{PEOPLE}")
    assert (posted.status_code, posted["Content-Type"]) == (405, "application/problem+json")
    # What was refused for different reasons stands apart, also within a minute.
    reasons = GatewayRefusal.all_rows.filter(partner=labour.partner, code="bad_parameter")
    assert reasons.values("sentence").distinct().count() == reasons.values("minute", "sentence").count() >= 4
    assert not GatewayLog.all_rows.filter(partner=labour.partner).exists()


def test_two_agreements_are_never_mixed(labour: Reader) -> None:
    agreed(labour, _terms(["id", "name"]), "甲")
    agreed(labour, _terms(["id", "trade"]), "乙")
    assert "乙、甲" in labour.refused(PEOPLE, 422, "which_agreement")
    assert set(labour.rows(PEOPLE, agreement="甲")[0]) == {"id", "name"}
    assert set(labour.rows(PEOPLE, agreement="乙")[0]) == {"id", "trade"}


def test_a_cursor_belongs_to_its_agreement_its_version_and_its_object(labour: Reader) -> None:
    agreed(labour, {**_terms(), "projects": records.sharing(["id"])}, "甲")
    agreed(labour, {"engagements": records.sharing(["id"])}, "乙")
    cursor = labour.told(PEOPLE, limit=1)["cursor"]
    assert labour.told(PEOPLE, cursor=cursor)["rows"]
    labour.refused("projects", 422, "bad_cursor", cursor=cursor)
    labour.refused("engagements", 422, "bad_cursor", cursor=cursor)
    labour.refused(PEOPLE, 422, "bad_cursor", cursor=f"{cursor}x")
    labour.refused(PEOPLE, 422, "bad_parameter", cursor=cursor, fields="name")
    bank = reader("另一家银行", "bank", bank_code="102")
    agreed(bank, _terms(), "丙")
    bank.refused(PEOPLE, 422, "bad_cursor", cursor=cursor)


# --- quota, increments, the log ---------------------------------------------------------------------------


def test_calls_of_a_minute_and_rows_of_a_day_end_with_429_and_say_when_to_come_back(labour: Reader) -> None:
    version = agreed(labour, _terms(), calls_per_minute=2, rows_per_day=3)
    assert len(labour.told(PEOPLE, limit=2)["rows"]) == 2
    assert len(labour.told(PEOPLE)["rows"]) == 1
    assert "2 次" in labour.refused(PEOPLE, 429, "too_often")
    GatewayUse.all_rows.filter(agreement=version.agreement).update(minute=None)
    answer = labour.get(PEOPLE)
    assert answer.json()["code"] == "quota_spent"
    assert 0 < int(answer["Retry-After"]) <= 86_401
    use = GatewayUse.all_rows.get(agreement=version.agreement)
    assert (use.rows, use.calls) == (3, 2)


def test_increments_repeat_the_overlap_and_follow_what_a_field_is_read_from(
    labour: Reader, world: TwoCounties
) -> None:
    agreed(labour, _terms(["id", "name"]))
    page = labour.told(PEOPLE)
    later = (timezone.now() + timedelta(minutes=1)).isoformat()
    assert page["next_since"] < page["as_of"]
    assert labour.rows(PEOPLE, since=later) == []
    person = world.wuchang.worker.person
    moved = timezone.now() + timedelta(minutes=2)
    Person.all_rows.filter(pk=person.pk).update(name="张三丰", updated_at=moved)
    assert [row["name"] for row in labour.rows(PEOPLE, since=later)] == ["张三丰"]
    Person.all_rows.filter(pk=person.pk).update(name=person.name)


def test_attendance_days_come_by_day_and_by_what_was_computed_since(
    labour: Reader, world: TwoCounties
) -> None:
    agreed(labour, {"attendance-days": records.sharing(["day", "punches"])})
    today = world.wuchang.today
    rows = labour.rows("attendance-days", **{"from": today, "to": today})
    assert len(rows) == AttendanceDay.all_rows.filter(day=today).count() > 0
    assert labour.rows("attendance-days", **{"from": today + timedelta(days=1)}) == []


def test_the_log_names_whose_rows_left_and_nobody_changes_it(labour: Reader, world: TwoCounties) -> None:
    version = agreed(labour, _terms(regions=["420106"]))
    rows = labour.rows(PEOPLE)
    log = GatewayLog.all_rows.get(partner=labour.partner)
    works = {one.engagement.public_id for one in world.wuchang.workers.values()}
    assert (log.version, log.key, log.rows, log.address) == (version, labour.key, len(rows), "203.0.113.7")
    assert set(log.works) == works
    for change in ("UPDATE federation_gatewaylog SET rows = 0", "DELETE FROM federation_gatewaylog"):
        with pytest.raises(Exception, match="what has left is on record"), transaction.atomic():
            connection.cursor().execute(change)
