"""What stands in an exported file: the page's rows and columns, typed, marked and complete."""

import io
import zipfile
from typing import Any

import pytest
from django.urls import resolve, reverse
from django.utils import timezone

from attendance.services import recount
from federation.selectors.nodes import MANAGE_NODES
from kernel.errors import NotPermitted
from standards.selectors import code_name
from tests.exports.exporting import REASON, ask, content, made, sheets, table
from tests.support import people, records
from tests.support.routes import ROUTES
from tests.support.traces import traces_in
from tests.support.world import ROLES
from web.exports.models import ExportJob
from web.lists import ListPage
from web.saved.services import remember_columns
from workers.models import Engagement

HEADINGS = [
    "姓名",
    "身份证号",
    "工种",
    "项目",
    "班组",
    "用人单位",
    "状态",
    "合同",
    "培训",
    "今日到",
    "最近打卡",
]


def test_a_workbook_holds_the_rows_and_columns_of_the_page_with_text_as_text(world):
    county = world.wuchang
    job = made(ask(county, "/people/?contract=no"))
    assert (job.state, job.rows_number, job.rows_asked) == ("done", 1, 1)
    rows = sheets(job)["名单"]
    assert rows[1] == HEADINGS
    gap = county.workers["gap"]
    assert rows[2] == [
        gap.person.name,
        gap.person.masked_number,
        code_name("trade", gap.engagement.trade),
        county.project.name,
        county.teams["contractor"].name,
        county.firms["contractor"].name,
        "在场，未审批",
        "未签",
        "未培训",
        "",
        "",
    ]
    assert len(rows) == 3
    assert gap.person.id_number.encode() not in content(job)


def test_who_took_it_when_why_and_from_where_stands_on_the_first_line_and_on_the_last_sheet(world):
    county = world.wuchang
    job = made(ask(county, "/people/?contract=no"))
    found = sheets(job)
    line = found["名单"][0][0]
    label = county.actor("county_regulator").label
    assert label in line and REASON in line and "武昌区" in line
    assert list(found) == ["名单", "导出说明"]
    about = dict(found["导出说明"])
    assert about["导出人"] == label
    assert about["用途"] == REASON
    assert about["筛选条件"] == "合同：未签合同"
    assert about["行数"] == "共 1 行，到此为止，无删减"
    assert about["编号"] == str(job.public_id)


def test_only_the_chosen_columns_are_taken_along_in_the_order_of_the_page(world):
    job = made(ask(world.wuchang, "/people/?cols=trade,name,nonsense&on_site=1"))
    assert job.columns_number == 2
    assert sheets(job)["名单"][1] == ["姓名", "工种"]


def test_columns_that_were_remembered_when_asking_are_those_of_the_file_whatever_is_chosen_since(world):
    county = world.wuchang
    actor = county.actor("county_regulator")
    remember_columns(actor=actor, list_name="people", columns=["name", "team"])
    two = ask(county, "/people/?contract=no")
    remember_columns(actor=actor, list_name="people", columns=[])
    all_of_them = ask(county, "/people/?contract=no")
    remember_columns(actor=actor, list_name="people", columns=["name", "trade"])
    assert (two.columns_number, all_of_them.columns_number) == (2, 11)
    assert sheets(made(two))["名单"][1] == ["姓名", "班组"]
    assert sheets(made(all_of_them))["名单"][1] == HEADINGS


def test_the_file_is_sorted_as_the_page_was(world):
    job = made(ask(world.wuchang, "/people/?sort=-name&cols=name"))
    names = [row[0] for row in sheets(job)["名单"][2:]]
    rows = ask_names(world.wuchang)
    assert names == rows and len(names) == 4


def ask_names(county):
    """Names in the database's own order, the leader of a team marked."""
    rows = Engagement.all_rows.filter(project=county.project).order_by("-person__name")
    return list(rows.values_list("person__name", flat=True))


def test_a_punch_is_an_instant_of_the_wall_clock_in_hubei(world):
    county = world.wuchang
    job = made(ask(county, f"/people/?q={county.worker.person.name}&cols=name,first_at"))
    (_name, first) = sheets(job)["名单"][2]
    assert first == timezone.localtime(county.day.first_at).replace(tzinfo=None, microsecond=0)


def test_figures_are_figures_and_rates_are_rates(world):
    recount(world.wuchang.now)
    job = made(ask(world.wuchang, "/projects/", reason=""))
    rows = sheets(job)["名单"]
    named = dict(zip(rows[1], rows[2], strict=True))
    assert named["编号"] == world.wuchang.project.code
    assert isinstance(named["编号"], str)
    assert (named["在册在场"], named["今日出勤"]) == (3, 2)
    assert round(named["合同"], 3) == 0.667
    assert job.holds_personal_data is False


def test_a_text_table_begins_with_a_byte_order_mark_and_ends_by_saying_so(world):
    job = made(ask(world.wuchang, "/people/?contract=no", file_format="csv"))
    assert content(job).startswith(b"\xef\xbb\xbf")
    rows = table(job)
    assert REASON in rows[0][0]
    assert rows[1] == HEADINGS
    assert rows[2][0] == world.wuchang.workers["gap"].person.name
    assert rows[3] == ["共 1 行，到此为止，无删减"]
    assert len(rows) == 4


def test_what_somebody_typed_is_never_run_as_a_formula(world):
    county = world.wuchang
    for order, name in enumerate(("=1+1", "+86", "-2", "@SUM(A1)", "＝1+1"), 801):
        who = records.person(people.id_number(order), name)
        records.engagement(who, county.teams["contractor"])
    as_text = made(ask(county, "/people/?cols=name", file_format="csv"))
    names = {row[0] for row in table(as_text)[2:-1]}
    assert {"'=1+1", "'+86", "'-2", "'@SUM(A1)", "'＝1+1"} <= names
    as_book = made(ask(county, "/people/?cols=name"))
    assert {"=1+1", "+86", "-2", "@SUM(A1)"} <= {row[0] for row in sheets(as_book)["名单"][2:]}
    assert b"<f>" not in _parts(as_book)


def _parts(job: ExportJob) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content(job))) as book:
        return b"".join(book.read(name) for name in book.namelist())


def test_a_reason_like_a_formula_does_no_harm_either(world):
    job = made(ask(world.wuchang, "/people/?contract=no", reason="=HYPERLINK(1)", file_format="csv"))
    assert not table(job)[0][0].startswith("=")


def test_an_empty_list_gives_a_file_with_headings_alone(world):
    job = made(ask(world.wuchang, "/people/?q=没有这个人"))
    assert (job.state, job.rows_number) == ("done", 0)
    found = sheets(job)
    assert found["名单"][1:] == [HEADINGS]
    assert dict(found["导出说明"])["行数"] == "共 0 行，到此为止，无删减"


def test_every_list_of_the_product_can_be_taken_away(world):
    county = world.wuchang
    project = county.project.public_id
    paths = {
        "/people/": 4,
        "/projects/": 1,
        "/enterprises/": 5,
        "/attendance/days/": 2,
        "/attendance/punches/": 3,
        f"/projects/{project}/people/": 4,
        f"/projects/{project}/attendance/": 2,
    }
    for path, rows in paths.items():
        job = made(ask(county, path))
        assert (job.state, job.rows_number) == ("done", rows), path
        assert len(sheets(job)["名单"]) == rows + 2, path


def _paths_of_lists(county) -> dict[str, type[ListPage]]:
    """Every address of the product that leads to a list, with the county's own ids."""
    found = {}
    for name, route in ROUTES.items():
        kwargs = route.kwargs(county)
        if not kwargs or kwargs[0].keys() - {"public_id"}:
            continue
        path = reverse(name, kwargs=kwargs[0])
        view: Any = getattr(resolve(path).func, "view_class", object)
        if issubclass(view, ListPage):
            found[path] = view
    return found


def test_no_list_needs_a_page_to_be_read(world):
    """What an address names is found in `prepare`: see docs/decisions/0070."""
    county = world.wuchang
    paths = _paths_of_lists(county)
    assert len(paths) >= 12
    for path, view in paths.items():
        assert view.title, path
        role = next(role for role in ROLES if county.actor(role).holding("lists.export").may(view.permission))
        if view.permission == MANAGE_NODES:
            # Lists of whoever administers the whole platform: a county's administrator is turned away.
            with pytest.raises(NotPermitted):
                ask(county, path, role)
            continue
        job = made(ask(county, path, role))
        assert job.state == "done", (path, job.problem)
        assert len(sheets(job)["名单"]) == (job.rows_number or 0) + 2, path
        assert traces_in(content(job), world.xiantao) == [] or role == "province_regulator", path
        job.delete()


def test_a_day_that_was_not_asked_for_is_the_day_of_asking(world):
    job = ask(world.wuchang, "/attendance/days/?q=三")
    assert f"day={world.wuchang.today}" in job.query


def test_one_countys_file_holds_no_trace_of_the_other(world):
    for county in world:
        other = world.other(county)
        for role in ("county_regulator", "contractor_manager", "labour_clerk", "supervisor"):
            for path in ("/people/", "/projects/", "/enterprises/", "/attendance/punches/"):
                for kind in ("xlsx", "csv"):
                    job = made(ask(county, path, role, file_format=kind))
                    assert job.state == "done"
                    assert traces_in(content(job), other) == [], (role, path)
                    assert traces_in(content(job), county) != [], (role, path)


def test_a_subcontractors_clerk_takes_own_people_and_no_others(world):
    county = world.wuchang
    job = made(ask(county, "/people/", "subcontractor_clerk"))
    assert [row[0] for row in sheets(job)["名单"][2:]] == [county.workers["subcontractor"].person.name]
    for title in ("contractor", "gap"):
        assert county.workers[title].person.name.encode() not in _parts(job)
