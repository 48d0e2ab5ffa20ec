"""Every answer is, to the last figure, that of a world in which the others do not exist."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

import pytest
from django.db import transaction

from attendance.selectors.dashboard import by_place, dashboard
from attendance.selectors.projects import projects_on, totals
from attendance.selectors.pulse import pulse
from attendance.selectors.punches import punches
from attendance.selectors.trend import people_by_day
from attendance.selectors.worklist import work_list
from attendance.services import mark_days, recount
from tests.scope.asking import REACHES, answers
from tests.scope.opening import GUARDED, paths, signed_in
from tests.support import records
from tests.support.traces import unpacked
from tests.support.world import County, employ, wuchang, xiantao

# What differs between two openings of one page: tokens of forms, and the time of day.
PASSING = re.compile(
    r"name=\"(once|by|challenge)\" value=\"[^\"]*\"|[A-Za-z0-9]{64}"
    # A page that is opened may tell somebody; each telling is a row of its own.
    r"|/messages/[0-9a-f-]{36}/"
    r"|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?|刚刚|\d+ ?(秒|分钟|小时)前"
)


def addresses(county: County) -> list[str]:
    """Every page and endpoint, with the county's own ids."""
    return [
        url
        for name, route in GUARDED.items()
        for url, _is_by_id in paths(name, route, county, all_queries=False)
    ]


def pages(county: County, urls: list[str], roles: Iterable[str] = REACHES) -> dict[tuple[str, str], str]:
    """What each role is answered at each address; what opening them wrote is undone."""
    found = {}
    with transaction.atomic():
        for role in roles:
            client = signed_in(county, role)
            for url in urls:
                answer = client.get(url)
                found[role, url] = PASSING.sub("", f"{answer.status_code} {unpacked(answer.content)}")
        transaction.set_rollback(True)
    return found


def changes(
    before: Mapping[tuple[str, str], Sequence[str]], after: Mapping[tuple[str, str], Sequence[str]]
) -> dict[tuple[str, str], tuple[Sequence[str], Sequence[str]]]:
    """What is answered otherwise than before, around the first place that differs."""
    found = {}
    for key in before.keys() | after.keys():
        old, new = before[key], after[key]
        if old != new:
            pairs = enumerate(zip(old, new, strict=False))
            first = next((at for at, (one, other) in pairs if one != other), min(len(old), len(new)))
            around = slice(max(first - 20, 0), first + 20)
            found[key] = (old[around], new[around])
    return found


def test_a_subcontractors_clerk_reads_as_if_nobody_else_worked_on_the_project() -> None:
    county = wuchang(staff=("subcontractor", "shared"))
    county.hero, clerk = "subcontractor", ["subcontractor_clerk"]
    urls = addresses(county)
    alone, shown_alone = answers(county, clerk), pages(county, urls, clerk)
    for title in ("contractor", "gap"):
        employ(county, title)
    recount(county.now)
    assert changes(alone, answers(county, clerk)) == {}
    assert changes(shown_alone, pages(county, urls, clerk)) == {}


def test_a_subcontractors_clerk_counts_own_people_and_nobody_else() -> None:
    county = wuchang()
    clerk = county.actor("subcontractor_clerk")
    found = dashboard(clerk, county.region, county.today, county.now).figures
    assert (found.projects, found.on_site, found.attended, found.contracted, found.trained) == (1, 1, 1, 1, 1)
    assert (found.posts_required, found.unmatched) == (0, 0)
    columns = ("on_site", "attended", "contract_rate", "unmatched", "last_punch_at")
    assert list(projects_on(clerk, county.today).values_list(*columns)) == [(1, 1, 1.0, None, None)]
    assert totals(projects_on(clerk, county.today))["all_on_site"] == 1


def test_a_subcontractors_clerk_sees_own_people_wherever_figures_are_shown() -> None:
    county = wuchang()
    clerk, day = county.actor("subcontractor_clerk"), county.today
    shown = {place.code: figures for place, figures in by_place(clerk, county.city, day, county.now)}
    assert (shown[county.region.code].on_site, shown[county.region.code].attended) == (1, 1)
    assert sum(figures.on_site for figures in shown.values()) == 1
    trend = people_by_day(clerk, county.region, day - timedelta(days=2), day)
    assert [(one.on_site, one.attended) for one in trend.values()] == [(1, 0), (1, 1), (1, 1)]
    assert pulse(clerk, county.region, day).endswith("-1")


def test_a_punch_names_the_work_for_ones_own_firm_and_not_a_later_one_for_another() -> None:
    county = wuchang()
    own = county.workers["subcontractor"]
    records.engagement(own.person, county.teams["contractor"], ended_at=county.now)
    seen = punches(county.actor("subcontractor_clerk"), county.today)
    named = [(punch.engagement_key, punch.person_name) for punch in seen]  # type: ignore[attr-defined]
    assert named == [(own.engagement.public_id, own.person.name)]


def test_what_waits_on_the_project_is_not_a_subcontractors_to_see() -> None:
    county = wuchang()
    later = timedelta(days=8)
    for role, today_waits, then_waits in (
        ("subcontractor_clerk", set(), set()),
        (
            "county_regulator",
            {"uncontracted", "untrained", "silent_device", "vacant_post", "unmatched"},
            {"uncontracted", "untrained", "silent_project", "vacant_post", "absent_post"},
        ),
    ):
        actor = county.actor(role)
        waits = work_list(actor, None, county.today, county.now)
        assert {item.kind for item in waits} == today_waits
        waits = work_list(actor, None, county.today + later, county.now + later)
        assert {item.kind for item in waits} == then_waits


def test_the_contractors_manager_counts_the_whole_project() -> None:
    county = wuchang()
    manager = county.actor("contractor_manager")
    found = dashboard(manager, county.region, county.today, county.now).figures
    assert (found.projects, found.on_site, found.attended, found.contracted, found.trained) == (1, 3, 2, 2, 2)
    assert (found.posts_required, found.posts_present, found.unmatched) == (6, 1, 1)
    columns = ("on_site", "attended", "unmatched")
    assert list(projects_on(manager, county.today).values_list(*columns)) == [(3, 2, 1)]


def test_what_waits_to_be_counted_elsewhere_does_not_age_ones_own_figures() -> None:
    county, other = wuchang(), xiantao()
    mark_days(other.project.pk, [other.today])
    shown = dashboard(county.actor("county_regulator"), county.region, county.today, county.now)
    assert shown.as_of == county.now


@pytest.mark.parametrize(("first", "second"), [(wuchang, xiantao), (xiantao, wuchang)])
def test_every_number_is_that_of_a_world_without_the_other_county(
    first: Callable[[], County], second: Callable[[], County]
) -> None:
    county = first()
    urls = addresses(county)
    alone, shown_alone = answers(county), pages(county, urls)
    second()
    assert changes(alone, answers(county)) == {}
    assert changes(shown_alone, pages(county, urls)) == {}
