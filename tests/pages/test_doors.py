"""A number is a door: behind each figure stands a list with the same total."""

import re

import pytest

from tests.pages.visiting import pages_of, visitor
from web import words

ROLES = ("county_regulator", "contractor_manager", "labour_clerk", "subcontractor_clerk", "owner")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", ["/", "/regions/"])
def test_the_six_figures_and_their_lists_say_the_same(world, role, page):
    county = world.wuchang
    client = visitor(county, role)
    board = client.get(page)
    doors = {door.label: door for door in board.context["doors"]}
    for label in ("在建项目", "在册在场", "今日出勤"):
        answer = client.get(doors[label].url)
        assert words.figure(answer.context["total"]) == doors[label].value, label
    for label in ("合同签订率", "培训率"):
        part, whole = (int(number) for number in doors[label].small.split(" / "))
        assert client.get(doors[label].url).context["total"] == part, label
        if doors[label].gap:
            assert client.get(doors[label].gap_url).context["total"] == whole - part, label


def test_the_on_post_rate_leads_to_projects_whose_sum_row_says_the_same(world):
    client = visitor(world.wuchang, "county_regulator")
    door = client.get("/").context["doors"][5]
    sums = [cell["text"] for cell in client.get(door.url).context["sum_row"]]
    assert f"{door.value}　{door.small}" in sums


def test_each_part_of_a_place_sums_to_the_place(world):
    page = visitor(world.wuchang, "city_regulator").get("/regions/420100/")
    rows, whole = page.context["ranking"], page.context["figures"]
    for name in (
        "projects",
        "on_site",
        "attended",
        "contracted",
        "trained",
        "posts_required",
        "posts_present",
    ):
        assert sum(getattr(row.figures, name) for row in rows) == getattr(whole, name), name
    assert whole.on_site > 0


def test_every_number_of_the_work_list_opens_a_list_of_that_many(world):
    client = visitor(world.wuchang, "county_regulator")
    lines = [line for group in client.get("/").context["groups"] for line in group["lines"]]
    counted = [line for line in lines if line.item.kind in ("uncontracted", "untrained", "unmatched")]
    assert {line.item.kind for line in counted} == {"uncontracted", "untrained", "unmatched"}
    for line in counted:
        assert client.get(line.url).context["total"] == line.item.number, line.what


def test_every_link_of_the_main_pages_leads_somewhere(world):
    client = visitor(world.wuchang, "county_regulator")
    seen: set[str] = set()
    for page in pages_of(world.wuchang).values():
        html = client.get(page).content.decode()
        path = page.split("?")[0]
        for link in re.findall(r'href="([^"#]*)"', html):
            address = link.replace("&amp;", "&")
            seen.add(path + address if address.startswith("?") else address or page)
    pages = {link for link in seen if link.startswith("/") and not link.startswith("/static/")}
    assert len(pages) > 60
    for link in sorted(pages):
        assert client.get(link).status_code == 200, link
