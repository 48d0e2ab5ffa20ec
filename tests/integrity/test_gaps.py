"""Gaps of a site: each number is that of the list behind it, for whoever reads, and at a fixed price."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attendance.services import recount
from integrity.selectors.gaps import site_gaps
from tests.integrity.acting import drafted, issued
from tests.pages.visiting import visitor
from tests.support import people, records
from tests.support.world import County

pytestmark = pytest.mark.django_db
WHOLE = ("county_regulator", "contractor_manager", "labour_clerk", "owner", "supervisor")


def found(county: County, role: str, later: timedelta = timedelta()) -> Any:
    return site_gaps(county.actor(role), county.project.public_id, county.today + later, county.now + later)


def address(county: County) -> str:
    return f"/projects/{county.project.public_id}/gaps/"


@pytest.mark.parametrize("role", WHOLE)
def test_whoever_sees_the_whole_site_sees_every_kind_of_gap(county: County, role: str) -> None:
    site = found(county, role)
    assert [(gap.key, gap.level, gap.number, gap.days) for gap in site.gaps] == [
        ("uncontracted", "red", 1, 20),
        ("untrained", "red", 1, 20),
        ("silent_device", "red", 1, 5),
        ("vacant_post", "amber", 5, 0),
        ("unmatched", "amber", 1, 0),
    ]
    assert (site.inside, site.project.on_site, site.settled) == (2, 3, ["absent_post", "silent_project"])


def test_a_week_later_the_silent_site_and_the_missing_manager_stand_out(county: County) -> None:
    levels = {gap.key: gap.level for gap in found(county, "supervisor", timedelta(days=8)).gaps}
    assert levels == {
        "uncontracted": "red",
        "untrained": "red",
        "absent_post:01": "red",
        "silent_project": "amber",
        "vacant_post": "amber",
    }


def test_a_subcontractors_clerk_finds_gaps_of_its_own_people_and_of_nobody_else(county: County) -> None:
    site = found(county, "subcontractor_clerk")
    assert (site.gaps, site.inside, site.project.on_site) == ([], 1, 1)
    assert site.checked == ("uncontracted", "untrained", "unmatched")
    own = county.workers["subcontractor"]
    assert own.training is not None
    own.training.valid_to = county.today - timedelta(days=2)
    own.training.save(update_fields=["valid_to"])
    (gap,) = found(county, "subcontractor_clerk").gaps
    assert (gap.key, gap.number, gap.lapsed, gap.days) == ("untrained", 1, 1, 2)
    assert (
        "其中 1 人培训已过有效期"
        in visitor(county, "subcontractor_clerk").get(address(county)).content.decode()
    )


@pytest.mark.parametrize("role", [*WHOLE, "subcontractor_clerk"])
def test_every_number_opens_a_list_of_that_many(county: County, role: str) -> None:
    client = visitor(county, role)
    page = client.get(address(county))
    counted = {"uncontracted", "untrained", "unmatched"}
    for line in page.context["lines"]:
        answer = client.get(line.url)
        assert answer.status_code == 200
        if line.key in counted:
            assert answer.context["total"] == int(line.number.split()[0]), line.key
    for door in page.context["doors"][:2]:
        assert client.get(door["url"]).context["total"] == int(door["value"]), door["label"]


def test_ticks_are_offered_to_the_supervisor_and_to_nobody_else(county: County) -> None:
    for role in ("supervisor", "owner", "labour_clerk", "county_regulator"):
        html = visitor(county, role).get(address(county)).content.decode()
        assert ('type="checkbox"' in html) is (role == "supervisor"), role
    answer = visitor(county, "owner").post(address(county), {"gaps": "uncontracted"})
    assert answer.status_code == 403


def test_sending_without_a_tick_says_what_to_do_and_drafts_nothing(county: County) -> None:
    answer = visitor(county, "supervisor").post(address(county), {})
    assert answer.status_code == 422
    assert "请至少勾选一项" in answer.content.decode()


def test_a_double_click_drafts_once(county: County) -> None:
    client = visitor(county, "supervisor")
    sent = {"gaps": "uncontracted", "once": "01930000-0000-7000-8000-000000000001"}
    first, second = (client.post(address(county), sent) for _click in range(2))
    assert (first.status_code, second["Location"]) == (302, first["Location"])


def test_one_project_leads_straight_to_its_gaps_and_several_to_a_choice(county: County) -> None:
    assert visitor(county, "supervisor").get("/gaps/")["Location"] == address(county)
    records.project("420106202601019998", county.region, county.firms["contractor"])
    answer = visitor(county, "county_regulator").get("/gaps/")
    assert (answer.status_code, answer.context["total"]) == (200, 2)


def test_a_supervisor_begins_at_the_gaps_and_others_at_their_list(county: County) -> None:
    for role, first in (("supervisor", "/gaps/"), ("labour_clerk", "/"), ("county_regulator", "/")):
        client = Client()
        form = {"username": county.users[role].username, "password": "gate-of-wuchang-1"}
        assert client.post("/account/sign-in/", form)["Location"] == first, role


def test_the_page_asks_a_fixed_number_of_questions_however_many_people(
    county: County,
) -> None:
    client = visitor(county, "supervisor")

    def asked() -> int:
        client.get(address(county))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(county)).status_code == 200
        return len(queries)

    before = asked()
    for order in range(700, 712):
        work = records.engagement(
            records.person(people.id_number(order), f"工人{order}"), county.teams["contractor"]
        )
        records.presence(work, county.today)
    recount(county.now)
    assert asked() == before
    assert before <= 24


def test_punches_that_fit_nobody_are_a_link_in_the_draft_and_on_the_record(county: County) -> None:
    client = visitor(county, "supervisor")
    query = f"project={county.project.public_id}&amp;matched=no&amp;day={county.today}"
    link = f'href="{reverse("punches")}?{query}"'
    draft = drafted(county, "unmatched")
    assert link in client.get(reverse("notice_issue", args=[draft.public_id])).content.decode()
    sent = issued(county, "unmatched")
    html = client.get(reverse("notice", args=[sent.public_id])).content.decode()
    assert link in html
    assert "今天核对：当时所列还有 1 次没有对上人" in html
