"""Ledgers: filed by the subcontractor, immutable, accepted or returned by another, verified by their hash."""

import io
import json
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from python_calamine import CalamineWorkbook

from attendance.rules import SITE_TIME
from ledgers import services
from ledgers.errors import AlreadyFiled, LedgerDecided, MonthNotOver, NoLedgerOwed, OwnLedger
from ledgers.models import Ledger
from ledgers.rules import canonical, digest, last_day, month_before
from tests.scope.opening import signed_in
from tests.support import people, records
from tests.support.actors import EVERYONE
from tests.support.traces import fingerprint
from tests.support.world import County, wuchang
from web.models import Message
from workers.models import Contract, Presence, Training

pytestmark = pytest.mark.django_db
MONTH = month_before(timezone.localdate())


@pytest.fixture
def county() -> County:
    """武昌, whose subcontractor had 李四 and one without papers on site last month; nothing is filed."""
    # Whoever else came three weeks ago owes a ledger of last month only in the first weeks of a month.
    county = wuchang(staff=("contractor", "subcontractor", "gap"))
    with connection.cursor() as cursor:
        # Rows are never deleted, and no table with checks still to come is emptied.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE ledgers_ledger")
    worker = county.workers["subcontractor"]
    Presence.all_rows.filter(pk=worker.presence.pk).update(entered_on=MONTH)
    Contract.all_rows.filter(engagement=worker.engagement).update(starts_on=MONTH)
    Training.all_rows.filter(engagement=worker.engagement).update(held_on=MONTH)
    bare = records.engagement(records.person(people.id_number(991), "何九"), county.teams["subcontractor"])
    records.presence(bare, MONTH + timedelta(days=9))
    return county


def _at(day: int) -> datetime:
    """Ten o'clock of a day of the month after."""
    first = last_day(MONTH) + timedelta(days=1)
    return datetime.combine(first.replace(day=day), datetime.min.time(), SITE_TIME) + timedelta(hours=10)


def _file(county: County, at: datetime | None = None, month: date = MONTH) -> Ledger:
    return services.file_ledger(
        actor=county.actor("subcontractor_clerk"),
        participation=county.participations["subcontractor"],
        month=month,
        now=at or _at(3),
    )


def _return(county: County, row: Ledger) -> Ledger:
    return services.return_ledger(
        actor=county.actor("labour_clerk"), ledger=row, reason="何九没有合同", now=_at(4)
    )


def test_a_filed_ledger_holds_the_months_people_with_what_is_lacking_and_a_hash_of_its_bytes(county):
    row = _file(county)
    content = json.loads(row.content)
    assert digest(canonical(content)) == row.digest == digest(row.content.encode())
    own, bare = sorted(content["people"], key=lambda one: one["missing"])
    assert own["name"] == county.workers["subcontractor"].person.name
    assert own["wages"] == {"gross": "7000.00", "net": "6800.00"}
    assert own["contract"][0] == "labour"
    assert bare["missing"] == ["identity", "contract", "training", "attendance"]
    assert bare["presences"] == [[str(MONTH + timedelta(days=9)), None]]
    assert (row.people, row.round, row.state, row.is_late) == (2, 1, "filed", False)
    for one in county.workers.values():
        assert one.person.id_number not in row.content
        assert not one.engagement.phone or one.engagement.phone not in row.content


def test_a_ledger_knows_no_exit_of_a_day_after_it_was_filed(county):
    presence = county.workers["subcontractor"].presence
    left = timezone.localdate(_at(3))
    for days, shown in ((1, None), (0, str(left))):
        Presence.all_rows.filter(pk=presence.pk).update(exited_on=left + timedelta(days=days))
        draft = services.draft_of(
            county.actor("subcontractor_clerk"), county.participations["subcontractor"], MONTH, left
        )
        own = next(one for one in draft.people if one["name"] == county.workers["subcontractor"].person.name)
        assert own["presences"] == [[str(MONTH), shown]]


def test_a_month_that_has_not_begun_is_not_paged_to(county):
    clerk = signed_in(county, "subcontractor_clerk")
    this = timezone.localdate().replace(day=1)
    following = f"{last_day(this) + timedelta(days=1):%Y-%m}"
    for asked, title, onward in (
        (f"{MONTH:%Y-%m}", f"{MONTH:%Y-%m} 台账", f"{this:%Y-%m} ›"),
        (f"{this:%Y-%m}", f"{this:%Y-%m} 台账", ""),
        (following, f"{MONTH:%Y-%m} 台账", f"{this:%Y-%m} ›"),
    ):
        page = clerk.get("/ledgers/", {"month": asked}).content.decode()
        assert f"<h1>{title}</h1>" in page
        assert f"{following} ›" not in page
        assert (onward in page) if onward else (" ›</a>" not in page)


def test_it_lies_sealed_in_the_database_and_nothing_of_it_can_be_changed(county):
    row = _file(county)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM ledgers_ledger WHERE id = %s", [row.pk])
        assert row.content.encode() not in bytes(cursor.fetchone()[0])
    for change in (
        "UPDATE ledgers_ledger SET digest = 'x'",
        "UPDATE ledgers_ledger SET people = 9",
        "DELETE FROM ledgers_ledger",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    services.accept_ledger(actor=county.actor("labour_clerk"), ledger=row, now=_at(4))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledgers_ledger SET state = 'returned'")


def test_one_of_a_month_stands_and_only_a_returned_one_is_filed_anew(county):
    row = _file(county)
    before = fingerprint()
    with pytest.raises(AlreadyFiled, match="待备案"), transaction.atomic():
        _file(county)
    assert fingerprint() == before
    _return(county, row)
    told = Message.objects.get(user=county.users["subcontractor_clerk"], kind="ledgers.decided")
    assert "何九没有合同" in told.text
    again = _file(county, _at(8))
    assert (again.round, again.is_late, again.digest == row.digest) == (2, True, True)
    services.accept_ledger(actor=county.actor("labour_clerk"), ledger=again, now=_at(9))
    with pytest.raises(LedgerDecided):
        _return(county, again)


def test_i_12_who_files_a_ledger_does_not_accept_it(county):
    row = services.file_ledger(
        actor=EVERYONE, participation=county.participations["subcontractor"], month=MONTH, now=_at(3)
    )
    with pytest.raises(OwnLedger):
        services.accept_ledger(actor=EVERYONE, ledger=row, now=_at(4))


def test_a_month_that_is_not_over_or_in_which_nobody_was_there_has_no_ledger(county):
    before = fingerprint()
    with pytest.raises(MonthNotOver), transaction.atomic():
        _file(county, month=timezone.localdate().replace(day=1), at=timezone.now())
    with pytest.raises(NoLedgerOwed), transaction.atomic():
        _file(county, month=month_before(month_before(MONTH)))
    with pytest.raises(NoLedgerOwed), transaction.atomic():
        services.file_ledger(
            actor=EVERYONE, participation=county.participations["contractor"], month=MONTH, now=_at(3)
        )
    assert fingerprint() == before


def test_on_the_due_day_both_sides_are_told_once(county):
    assert services.remind_of_ledgers(_at(4)) == 0
    assert services.remind_of_ledgers(_at(5)) == 1
    assert services.remind_of_ledgers(_at(5)) == 0
    heard = Message.objects.filter(kind=services.DUE)
    assert {one.user.username.split("-")[0] for one in heard} == {
        "subcontractor_clerk",
        "labour_clerk",
        "locked",  # another clerk of the contractor
        "contractor_manager",
    }
    assert all("台账今天截止，还没有报送" in one.text for one in heard)
    Message.objects.all().delete()
    _file(county)
    assert services.remind_of_ledgers(_at(5)) == 0


def test_the_pages_lead_from_what_waits_to_the_receipt_and_the_verdict(county):
    month, sub = f"{MONTH:%Y-%m}", signed_in(county, "subcontractor_clerk")
    of = county.participations["subcontractor"].public_id
    assert f"{month} 台账待报送" in sub.get("/").content.decode()
    page = f"/participations/{of}/ledgers/{month}/"
    drafted = sub.get(page).content.decode()
    assert "没有在有效期内的合同 1 人" in drafted
    assert "何九" in drafted
    filed = sub.post(page)["Location"]
    row = Ledger.all_rows.get()
    shown = sub.get(filed).content.decode()
    assert row.digest in shown
    assert "待备案" in shown
    clerk = signed_in(county, "labour_clerk")
    assert f"{month} 台账待备案 1 份" in clerk.get("/").content.decode()
    listed = clerk.get(f"/projects/{county.project.public_id}/ledgers/?month={month}").content.decode()
    assert of and "待备案" in listed
    clerk.post(f"{filed}return/", {"reason": "何九没有合同"})
    assert "退回：何九没有合同" in sub.get(filed).content.decode()
    assert "一字不差" in sub.get(page).content.decode()
    sub.post(page)
    second = Ledger.all_rows.get(round=2)
    clerk.post(f"/ledgers/{second.public_id}/accept/")
    assert "已备案" in sub.get(f"/ledgers/{second.public_id}/").content.decode()
    printed = clerk.get(f"/ledgers/{second.public_id}/print/").content.decode()
    assert second.digest in printed and "A4 横向" in printed


def test_a_hash_or_the_file_itself_is_verified_within_scope(county):
    row = _file(county)
    sub = signed_in(county, "subcontractor_clerk")
    file = sub.get(f"/ledgers/{row.public_id}/ledger.json").content
    assert digest(file) == row.digest
    sent = io.BytesIO(file)
    sent.name = "台账.json"
    assert "一致" in sub.post("/ledgers/verify/", {"file": sent}).content.decode()
    changed = io.BytesIO(file.replace("何九".encode(), "何久".encode()))
    changed.name = "台账.json"
    assert "没有找到" in sub.post("/ledgers/verify/", {"file": changed}).content.decode()
    assert "一致" in sub.get(f"/ledgers/verify/?digest={row.digest}").content.decode()
    other = signed_in(county, "standards_administrator").get(f"/ledgers/verify/?digest={row.digest}")
    assert other.status_code == 403
    assert sub.post("/ledgers/verify/", {"digest": "不是散列值"}).status_code == 422


def test_the_workbook_holds_every_row_as_text(county):
    row = _file(county)
    sheet = signed_in(county, "labour_clerk").get(f"/ledgers/{row.public_id}/ledger.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert str(rows[1][0]).endswith(row.digest)
    assert [line[1] for line in rows[3:]] == [one["name"] for one in json.loads(row.content)["people"]]


def test_a_filed_ledger_is_set_beside_the_last_one(county):
    earlier = month_before(MONTH)
    row = records.ledger_row(county.workers["subcontractor"].engagement, trade="020")
    records.ledger(
        county.participations["subcontractor"], earlier, [row], "武", state="accepted", decided_at=_at(1)
    )
    shown = signed_in(county, "labour_clerk").get(f"/ledgers/{_file(county).public_id}/").content.decode()
    assert "新增 1 人" in shown and "何九" in shown
    assert "变更 1 人" in shown and "工种" in shown
