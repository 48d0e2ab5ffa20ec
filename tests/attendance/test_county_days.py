"""Cells and the hub in one database: what a cell adds up, and what the hub's dashboard makes of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from attendance.models import CellPulse, CountyDay
from attendance.selectors.cells import counted_until, unheard_cells
from attendance.selectors.dashboard import by_place, dashboard
from attendance.selectors.pulse import pulse
from attendance.services import mark_days, recount
from kernel.cells import read_cells
from kernel.scoping import Reach
from projects.errors import HeldByCell
from projects.permit_facts import PermitFacts
from projects.services import receive_permit
from tests.support import people, records
from tests.support.actors import EVERYONE, Holder, account, give_post
from tests.support.traces import fingerprint

pytestmark = pytest.mark.django_db
TABLE: dict[str, dict[str, Any]] = {
    "a": {"regions": ["420100"], "url": "https://a.example"},
    "b": {"regions": ["429004"]},
}
TODAY = records.site_day()


@pytest.fixture
def cells(settings: Any) -> Any:
    """A node that is cell a."""
    settings.CELLS, settings.CELL = read_cells(TABLE), "a"
    return settings


def site(order: int, code: str, number: int) -> Any:
    """A project in a county with so many people on site."""
    found = records.project(f"{code}20260101{order:04d}", records.region(code), records.enterprise(order))
    crew = records.team(records.participation(found, found.contractor), 1_500_000_000 + order)
    for one in range(number):
        work = records.engagement(records.person(people.id_number(order + one)), crew)
        records.presence(work, TODAY - timedelta(days=3))
    mark_days(found.pk, [TODAY])
    return found


def kept() -> dict[str, tuple[int, int]]:
    rows = CountyDay.objects.filter(day=TODAY)
    return {row.region_id: (row.projects, row.on_site) for row in rows}


def test_a_cell_adds_up_its_own_divisions_and_a_node_without_cells_none(cells: Any) -> None:
    first = site(1, "420106", 2)
    site(11, "420106", 1)
    site(21, "420111", 4)
    site(31, "429004", 5)
    cells.CELL = ""
    recount(timezone.now())
    assert kept() == {}
    cells.CELL = "a"
    mark_days(first.pk, [TODAY])
    recount(timezone.now())
    assert kept() == {"420106": (2, 3), "420111": (1, 4)}
    assert {row.key for row in CountyDay.objects.all()} == {f"{TODAY}/420106", f"{TODAY}/420111"}


def test_a_project_that_moves_is_missed_where_it_was(cells: Any) -> None:
    moved = site(1, "420106", 2)
    recount(timezone.now())
    moved.region = records.region("420111")
    moved.save(update_fields=["region"])
    mark_days(moved.pk, [TODAY])
    recount(timezone.now())
    assert kept() == {"420111": (1, 2)}


def test_what_has_not_changed_is_not_written_again(cells: Any) -> None:
    standing, growing = site(1, "420106", 2), site(11, "420111", 1)
    recount(timezone.now())
    before = {row.region_id: row.computed_at for row in CountyDay.objects.all()}
    CountyDay.objects.update(computed_at=timezone.now() - timedelta(hours=1))
    growing.status = "005"
    growing.save(update_fields=["status"])
    for one in (standing, growing):
        mark_days(one.pk, [TODAY])
    recount(timezone.now())
    after = {row.region_id: row.computed_at for row in CountyDay.objects.all()}
    assert after["420106"] < before["420106"]
    assert after["420111"] >= before["420111"]


def test_a_cell_tells_until_when_it_has_counted_only_once_nothing_waits(cells: Any) -> None:
    site(1, "420106", 2)
    now = timezone.now()
    recount(now)
    assert not CellPulse.objects.exists()
    recount(now + timedelta(seconds=3))
    assert CellPulse.objects.get().counted_until == now + timedelta(seconds=3)
    # Not more often than once a second.
    recount(now + timedelta(seconds=3.5))
    assert CellPulse.objects.get().counted_until == now + timedelta(seconds=3)


def county_day(code: str, cell: str, **counters: int) -> None:
    names = ["projects", "on_site", "attended", "attended_left", "contracted", "trained"]
    names += ["key_posts_required", "key_posts_present", "unmatched"]
    CountyDay.objects.create(
        key=f"{TODAY}/{code}",
        region=records.region(code),
        day=TODAY,
        cell=cell,
        computed_at=timezone.now(),
        **{name: counters.get(name, 0) for name in names},
    )


@pytest.fixture
def hub(cells: Any) -> datetime:
    """A hub that has heard both cells; until when the one that is behind had counted."""
    cells.CELL = ""
    county_day("420106", "a", projects=2, on_site=10, attended=8)
    county_day("420111", "a", projects=1, on_site=5, attended=1)
    county_day("429004", "b", projects=4, on_site=7, attended=7)
    now = timezone.now()
    CellPulse.objects.create(cell="a", counted_until=now - timedelta(seconds=2))
    CellPulse.objects.create(cell="b", counted_until=now - timedelta(minutes=5))
    return now


def test_the_hub_sums_its_cells_and_says_until_when_the_slowest_had_counted(hub: datetime) -> None:
    province, wuhan = records.region("420000"), records.region("420100")
    board = dashboard(EVERYONE, province, TODAY, hub)
    assert (board.figures.projects, board.figures.on_site, board.figures.attended) == (7, 22, 16)
    assert board.as_of == hub - timedelta(minutes=5)
    assert dashboard(EVERYONE, wuhan, TODAY, hub).as_of == hub - timedelta(seconds=2)
    places = by_place(EVERYONE, province, TODAY, hub)
    assert {place.code: one.on_site for place, one in places if one.on_site} == {"420100": 15, "429004": 7}


def test_a_post_at_the_hub_sees_its_own_divisions_and_a_post_on_a_project_none(hub: datetime) -> None:
    province = records.region("420000")
    of_wuchang = Holder(Reach(region_paths=frozenset({records.region("420106").path})), "attendance.view")
    on_site = records.project("420106202601010099", records.region("420106"), records.enterprise(1))
    of_project = Holder(Reach(projects=frozenset({on_site.public_id})), "attendance.view")
    seen = [dashboard(who, province, TODAY, hub).figures.on_site for who in (of_wuchang, of_project)]
    assert seen == [10, 0]
    assert pulse(of_wuchang, province, TODAY) != pulse(EVERYONE, province, TODAY)


def test_the_hubs_page_names_a_cell_that_was_never_heard_and_leads_to_the_cell(
    hub: datetime, client: Client
) -> None:
    CellPulse.objects.filter(cell="b").delete()
    assert unheard_cells(records.region("420000")) == ["b"]
    assert counted_until(records.region("429004")) is None
    user = account("hub-reader")
    give_post(user, "province_regulator", region=records.region("420000"))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/regions/420000/").content.decode()
    assert "还没有收到 b 单元的数据" in page
    assert "较昨日同时" not in page
    page = client.get("/regions/420106/").content.decode()
    assert '<a href="https://a.example">到 a 单元</a>' in page
    assert "还没有收到" not in page


def test_a_project_of_another_cells_division_is_refused_with_its_address(cells: Any) -> None:
    facts = PermitFacts(
        project_code="429004202604040002",
        project_name="排湖安置房二期",
        region=records.region("429004"),
        permit_number="429004202604040101",
        issued_on=TODAY,
        contractor_uscc=people.credit_code(801),
        contractor_name="楚天测试建设有限公司",
    )
    before = fingerprint()
    with pytest.raises(HeldByCell) as refusal:
        receive_permit(actor=EVERYONE, facts=facts)
    assert fingerprint() == before
    assert refusal.value.field == "region"
    assert "仙桃市的项目不在本单元，由 b 单元办理" in refusal.value.message
