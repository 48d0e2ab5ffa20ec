"""Whatever an address says, a page answers: never an error of ours, and never after a long wait."""

from urllib.parse import quote

import pytest
from django.urls import NoReverseMatch, resolve, reverse

from tests.pages.visiting import visitor
from tests.support.routes import ROUTES, address, routes
from web.lists import ListPage
from web.pages import Page

REGULATOR = "county_regulator"
BAD = (
    "\x00",
    "%",
    "'",
    "9999-12-31",
    "0001-01-01",
    "-1",
    "99999999999999999999",
    "x" * 5000,
    "<script>",
    "zz",
)
# Pages that are no lists read few of these; asked all at once, each reader gets its own.
READ_BY_PAGES = ("region", "by", "kind", "all", "q", "month", "day", "tab", "page", "next")
READ_BY_LISTS = ("page", "size", "sort", "day")


def _pages(county) -> dict[str, type[Page]]:  # type: ignore[no-untyped-def]
    """Every page of the resolver behind the sign-in, by an address that leads to it."""
    found = {}
    for name in {name for name, _pattern in routes() if name in ROUTES}:
        try:
            path = reverse(name, kwargs=ROUTES[name].kwargs(county)[0])
        except NoReverseMatch:  # a public door without an address of its own
            continue
        view = getattr(resolve(path).func, "view_class", None)
        if isinstance(view, type) and issubclass(view, Page):
            found[path] = view
    return found


def _queries(view: type[Page], value: str) -> list[dict[str, str]]:
    if not issubclass(view, ListPage):
        return [dict.fromkeys(READ_BY_PAGES, value)]
    names = {*READ_BY_LISTS, *view.filterset_class.base_filters} - {"region", "q"}
    # A bad region is refused and words may find nothing: each alone, so that the rest is still read.
    alone = [{"region": value}, {"q": value}, {"cols": value}, {"print": value}]
    return [*alone, dict.fromkeys(sorted(names), value)]


def test_no_value_in_an_address_breaks_a_page(world):
    client = visitor(world.wuchang, REGULATOR)
    pages = _pages(world.wuchang)
    assert len(pages) >= 18
    for path, view in pages.items():
        for value in BAD:
            for query in _queries(view, value):
                status = client.get(address(path, query)).status_code
                assert status < 500, (path, {name: text[:40] for name, text in query.items()})


def test_no_value_in_an_address_breaks_a_page_of_the_administrator(world):
    role = "platform_administrator"
    client, actor = visitor(world.wuchang, role), world.wuchang.actor(role)
    pages = {path: view for path, view in _pages(world.wuchang).items() if actor.may(view.permission)}
    assert len(pages) >= 20
    for path, view in pages.items():
        for value in BAD:
            for query in _queries(view, value):
                status = client.get(address(path, query)).status_code
                assert status < 500, (path, {name: text[:40] for name, text in query.items()})


@pytest.mark.parametrize("value", BAD)
def test_no_region_or_list_in_a_path_breaks_a_page(world, value):
    client = visitor(world.wuchang, REGULATOR)
    for begin in ("/regions/", "/standard/"):
        assert client.get(f"{begin}{quote(value, safe='')}/").status_code == 404


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "2101-01-01", "2026-13-40"])
def test_a_day_beyond_the_bounds_is_not_found_in_a_path_and_is_today_in_a_query(world, day):
    county = world.wuchang
    client = visitor(county, REGULATOR)
    assert client.get(f"/attendance/punches/{day}/{county.punch.public_id}/").status_code == 404
    for path in (
        "/attendance/days/",
        "/attendance/punches/",
        f"/projects/{county.project.public_id}/attendance/",
    ):
        assert client.get(f"{path}?day={day}").context["day_asked"] == county.today, path


def test_a_month_beyond_the_bounds_is_this_month(world):
    county = world.wuchang
    path = f"/people/{county.worker.engagement.public_id}/"
    for month in ("0001-01", "9999-12", "1999-12", "x"):
        answer = visitor(county, REGULATOR).get(path, {"month": month})
        assert answer.context["month"] == county.today.replace(day=1), month


def test_a_reason_with_a_nul_is_read_without_it(world):
    county = world.wuchang
    path = reverse("reveal_number", args=[county.worker.engagement.public_id])
    answer = visitor(county, REGULATOR).post(path, {"reason": "核对进场\x00人员身份"})
    assert answer.status_code == 200
