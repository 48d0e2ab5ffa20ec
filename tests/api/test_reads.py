"""Reads of the REST API: the pages' own figures and rows, scoped, masked, and a sentence for bad input."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from attendance.models import AttendanceDay, ProjectDay, Punch
from projects.models import Enterprise, Project
from tests.api.conftest import Caller
from tests.support.world import County, TwoCounties
from workers.models import Engagement

LISTS = ("projects", "engagements", "punches", "attendance-days", "enterprises", "regions", "code-lists")


@pytest.fixture
def wuchang(world: TwoCounties) -> County:
    return world.wuchang


@pytest.fixture
def regulator(wuchang: County, caller: Caller) -> APIClient:
    return caller(wuchang.users["county_regulator"])


@pytest.fixture
def province(wuchang: County, caller: Caller) -> APIClient:
    return caller(wuchang.users["province_regulator"])


def read(client: APIClient, path: str, /, **query: Any) -> Any:
    answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def refused(client: APIClient, path: str, status: int, /, **query: Any) -> str:
    answer = client.get(f"/api/v1/{path}", query)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    return answer.json()["detail"]


def test_the_dashboard_says_the_project_days_of_its_region(regulator: APIClient, wuchang: County) -> None:
    board = read(regulator, "dashboard/", region="420106")
    day = ProjectDay.all_rows.get(project=wuchang.project, day=wuchang.today)
    assert board["region"] == {"code": "420106", "name": "武昌区"}
    assert board["day"] == wuchang.today.isoformat()
    assert (board["projects"], board["on_site"], board["attended_today"]) == (1, day.on_site, day.attended)
    assert board["contract"] == {
        "rate": round(day.contracted / day.on_site, 4),
        "numerator": day.contracted,
        "denominator": day.on_site,
    }
    assert board["contract_rate"] == board["contract"]["rate"]
    assert board["training_rate"] == round(day.trained / day.on_site, 4)
    assert board["on_post_rate"] == round(day.key_posts_present / day.key_posts_required, 4)
    assert board["unmatched_punches"] == day.unmatched
    assert board["as_of"]


def test_the_parts_of_the_province_sum_to_the_whole(province: APIClient) -> None:
    whole, *parts = (read(province, "dashboard/", region=code) for code in ("420000", "420100", "429004"))
    for figure in ("projects", "on_site", "attended_today", "unmatched_punches"):
        assert whole[figure] == sum(part[figure] for part in parts)


def test_without_a_region_the_dashboard_is_of_the_own_post(regulator: APIClient, province: APIClient) -> None:
    assert read(regulator, "dashboard/")["region"]["code"] == "420106"
    assert read(province, "dashboard/")["region"]["code"] == "420000"


def test_a_place_without_projects_has_no_rates_rather_than_zero(province: APIClient) -> None:
    board = read(province, "dashboard/", region="429021")
    assert (board["projects"], board["on_site"]) == (0, 0)
    assert (board["contract_rate"], board["training_rate"], board["on_post_rate"]) == (None, None, None)


def test_the_dashboard_of_a_past_day_is_that_days(regulator: APIClient, wuchang: County) -> None:
    yesterday = wuchang.today - timedelta(days=1)
    today = read(regulator, "dashboard/")
    assert read(regulator, "dashboard/", date=yesterday)["day"] == yesterday.isoformat()
    assert read(regulator, "dashboard/", date=yesterday)["on_site"] == today["day_before"]["on_site"]


def test_an_unknown_region_is_named_and_one_out_of_scope_is_not_opened(regulator: APIClient) -> None:
    assert "429999" in refused(regulator, "dashboard/", 404, region="429999")
    assert "管理范围" in refused(regulator, "dashboard/", 404, region="429004")
    assert "管理范围" in refused(regulator, "dashboard/", 404, region="420000")


def test_a_subcontractors_clerk_is_shown_the_own_people(wuchang: County, caller: Caller) -> None:
    client = caller(wuchang.users["subcontractor_clerk"])
    own = Engagement.all_rows.filter(participation=wuchang.participations["subcontractor"])
    assert read(client, "dashboard/")["on_site"] == own.count() == read(client, "engagements/")["count"]


def test_every_list_of_a_county_is_its_own(
    regulator: APIClient, province: APIClient, wuchang: County
) -> None:
    rows = {
        "projects/": Project.all_rows.count(),
        "engagements/": Engagement.all_rows.count(),
        "enterprises/": Enterprise.all_rows.count(),
    }
    for path, number in rows.items():
        assert read(province, path)["count"] == number
        assert 0 < read(regulator, path)["count"] < number


def test_a_project_is_listed_with_the_figures_of_the_dashboard(regulator: APIClient, wuchang: County) -> None:
    board = read(regulator, "dashboard/")
    (row,) = read(regulator, "projects/", code=wuchang.project.code)["results"]
    assert row["public_id"] == str(wuchang.project.public_id)
    assert (row["status"], row["status_name"]) == ("003", "在建")
    for figure in ("on_site", "attended_today", "contract_rate", "training_rate", "on_post_rate"):
        assert row[figure] == board[figure]


def test_a_project_is_opened_with_permits_parties_and_teams(regulator: APIClient, wuchang: County) -> None:
    record = read(regulator, f"projects/{wuchang.project.public_id}/")
    assert [permit["number"] for permit in record["permits"]] == [wuchang.permit.number]
    assert {one["enterprise"]["uscc"] for one in record["participations"]} == {
        firm.uscc for firm in wuchang.firms.values()
    }
    assert {team["number"] for team in record["teams"]} == {team.number for team in wuchang.teams.values()}


def test_an_engagement_shows_masked_numbers_only(regulator: APIClient, wuchang: County) -> None:
    work = wuchang.worker.engagement
    answer = regulator.get(f"/api/v1/engagements/{work.public_id}/").json()
    assert answer["id_number"] == wuchang.worker.person.masked_number
    assert (answer["phone"], answer["card"]) == (work.masked_phone, work.masked_card)
    assert len(answer["presences"]) == len(answer["contracts"]) == len(answer["trainings"]) == 1
    for path in ("engagements/", f"engagements/{work.public_id}/", "punches/", "attendance-days/"):
        content = regulator.get(f"/api/v1/{path}").content.decode()
        assert wuchang.worker.person.id_number not in content
        assert work.phone not in content
        assert work.card_number not in content


def test_engagements_of_a_project_are_found_by_its_code_and_by_its_id(
    regulator: APIClient, wuchang: County
) -> None:
    number = Engagement.all_rows.filter(project=wuchang.project).count()
    assert read(regulator, "engagements/", project=wuchang.project.code)["count"] == number
    assert read(regulator, "engagements/", project=wuchang.project.public_id)["count"] == number


def test_filters_of_people_count_what_the_dashboard_counts(regulator: APIClient) -> None:
    board = read(regulator, "dashboard/")

    def count(**query: str) -> int:
        return read(regulator, "engagements/", **query)["count"]

    assert count(on_site="true") == board["on_site"]
    assert count(on_site="true", contracted="true") == board["contract"]["numerator"]
    assert count(on_site="true", trained="true") == board["training"]["numerator"]
    assert count(attended="true") == board["attended_today"]
    assert count(attended="true") + count(attended="false") == count()
    assert count(q="王五") == 1
    assert count(kind="20", trade="020", team="1") == 0


def test_punches_of_a_day_are_those_of_the_project(regulator: APIClient, wuchang: County) -> None:
    query = {"project": wuchang.project.code, "date": wuchang.today.isoformat()}
    rows = read(regulator, "punches/", **query)["results"]
    assert {row["public_id"] for row in rows} <= {
        str(key) for key in Punch.all_rows.filter(project=wuchang.project).values_list("pk", flat=True)
    }
    strangers = [row for row in rows if row["engagement"] is None]
    assert [row["name"] for row in strangers] == [None]
    assert strangers[0]["is_counted"] is False
    assert read(regulator, "punches/", **query, matched="false")["count"] == 1
    assert read(regulator, "punches/", **query, matched="true")["count"] == len(rows) - 1
    assert read(regulator, "punches/", **query, channel="不存在")["count"] == 0


def test_attendance_days_are_read_from_a_day_to_a_day(regulator: APIClient, wuchang: County) -> None:
    yesterday = wuchang.today - timedelta(days=1)
    own = AttendanceDay.all_rows.filter(engagement__project=wuchang.project)
    today_only = read(regulator, "attendance-days/", project=wuchang.project.code)
    both = read(regulator, "attendance-days/", **{"from": yesterday, "to": wuchang.today})
    assert today_only["count"] == own.filter(day=wuchang.today).count() > 0
    assert both["count"] == own.filter(day__gte=yesterday).count() > today_only["count"]
    one = read(regulator, "attendance-days/", engagement=wuchang.worker.engagement.public_id)["results"]
    assert [row["name"] for row in one] == [wuchang.worker.person.name]


def test_pages_hold_each_row_once(province: APIClient) -> None:
    whole = read(province, "engagements/")
    pages = [read(province, "engagements/", page_size=3, page=page) for page in range(1, 4)]
    assert {page["count"] for page in pages} == {whole["count"]} == {8}
    seen = [row["public_id"] for page in pages for row in page["results"]]
    assert seen == [row["public_id"] for row in whole["results"]]
    assert pages[2]["next"] is None


def test_lists_are_put_in_the_order_asked_for(province: APIClient) -> None:
    codes = [row["code"] for row in read(province, "projects/", ordering="-code")["results"]]
    assert codes == sorted(codes, reverse=True)
    assert len(codes) == 2
    names = [row["name"] for row in read(province, "engagements/", ordering="project,-name")["results"]]
    assert names != sorted(names)
    assert len(names) == 8


def test_projects_without_a_figure_come_last_in_either_order(province: APIClient, wuchang: County) -> None:
    ProjectDay.all_rows.filter(project=wuchang.project).delete()
    for order in ("on_site", "-on_site"):
        rows = read(province, "projects/", ordering=order)["results"]
        assert [row["on_site"] is None for row in rows] == [False, True]


def test_the_public_tables_are_complete(regulator: APIClient) -> None:
    assert read(regulator, "regions/")["count"] == 117
    assert read(regulator, "regions/", is_second_level="true")["count"] == 17
    assert read(regulator, "regions/", within="420100", is_county="true")["count"] == 13
    assert read(regulator, "code-lists/")["count"] == 43
    trades = read(regulator, "code-lists/trade/")["items"]
    assert {"code": "020", "name": "钢筋工", "valid_from": None, "valid_to": None} in trades
    (row,) = read(regulator, "parameters/", key="token.days")["results"]
    assert (row["value"], row["unit"], row["region"]) == (30, "天", None)


BAD_INPUT = [
    ("engagements/", 404, {"project": "999999"}, "999999"),
    ("engagements/", 400, {"on_site": "maybe"}, "“maybe”不可用，请写 true 或 false"),
    ("engagements/", 400, {"trade": "木匠"}, "没有代码“木匠”，可用：010 砌筑工"),
    ("engagements/", 400, {"team": "一班"}, "“一班”不是编号"),
    ("engagements/", 400, {"region": "123456"}, "没有编码为“123456”的行政区划"),
    ("engagements/", 400, {"projct": "420106"}, "没有名为“projct”的参数，可用：project"),
    ("projects/", 400, {"status": "003x"}, "没有代码“003x”，可用：001 筹备"),
    ("projects/", 400, {"ordering": "price"}, "不能按“price”排序，可用：code"),
    ("projects/", 400, {"page_size": "5000"}, "每页行数“5000”不可用"),
    ("projects/", 404, {"page": "99"}, "没有第 99 页"),
    ("punches/", 400, {"date": "2026-13-01"}, "“2026-13-01”不是可用的日期"),
    ("punches/", 400, {"date": "0001-01-01"}, "“0001-01-01”不是可用的日期"),
    ("attendance-days/", 400, {"from": "2026-11-20", "to": "2026-11-01"}, "晚于结束日期"),
    ("attendance-days/", 400, {"from": "2026-01-01", "to": "2026-11-01"}, "一次最多读 92 天"),
    ("attendance-days/", 400, {"engagement": "42"}, "“42”不是记录的 public_id"),
    ("dashboard/", 400, {"date": "yesterday"}, "“yesterday”不是可用的日期"),
    ("dashboard/", 400, {"areacode": "420106"}, "没有名为“areacode”的参数，可用：region、date"),
    ("code-lists/trades/", 404, {}, "没有名为“trades”的代码表"),
    ("regions/", 400, {"within": "x\x00"}, "空字符"),
    ("projects/00000000-0000-0000-0000-000000000000/", 404, {}, "没有找到该记录"),
]


@pytest.mark.parametrize(("path", "status", "query", "sentence"), BAD_INPUT)
def test_bad_input_is_named_with_what_to_write_instead(
    path: str, status: int, query: dict[str, str], sentence: str, regulator: APIClient
) -> None:
    assert sentence in refused(regulator, path, status, **query)


def test_a_project_of_another_county_is_answered_like_one_nobody_knows(
    regulator: APIClient, world: TwoCounties
) -> None:
    other = world.xiantao.project.code
    known, unknown = (refused(regulator, "engagements/", 404, project=code) for code in (other, "1" * 18))
    assert known.replace(other, "") == unknown.replace("1" * 18, "")


@pytest.mark.parametrize("name", ["platform_administrator", "standards_administrator"])
def test_posts_that_do_not_read_projects_are_told_so(name: str, wuchang: County, caller: Caller) -> None:
    client = caller(wuchang.users[name])
    for path in ("dashboard/", "projects/", "engagements/", "punches/", "attendance-days/", "enterprises/"):
        assert "岗位没有此项权限" in refused(client, path, 403)
    assert read(client, "code-lists/")["count"] == 43


def test_nothing_is_written_through_a_read(regulator: APIClient) -> None:
    for path in LISTS:
        for act in (regulator.post, regulator.put, regulator.patch, regulator.delete):
            # Punches are posted by devices with a signature, and by nobody's session or token.
            is_a_door = path == "punches" and act == regulator.post
            assert act(f"/api/v1/{path}/", {}).status_code == (401 if is_a_door else 405)


def test_without_a_token_nothing_is_read_and_the_scheme_is_named(world: TwoCounties) -> None:
    for path in (*LISTS, "dashboard", "parameters"):
        answer = APIClient().get(f"/api/v1/{path}/")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_every_route_of_the_api_stands_below_one_prefix() -> None:
    for name in ("api_tokens", "api_dashboard", "api_projects", "api_regions", "schema"):
        assert reverse(name).startswith("/api/v1/")
