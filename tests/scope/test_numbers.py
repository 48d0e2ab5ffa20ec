"""Every answer is, to the last figure, that of a world in which the others do not exist."""

from collections.abc import Callable

import pytest

from attendance.selectors.dashboard import dashboard
from attendance.selectors.projects import projects_on, totals
from attendance.services import mark_days, recount
from tests.scope.asking import answers
from tests.support.world import County, employ, wuchang, xiantao


@pytest.mark.parametrize(("first", "second"), [(wuchang, xiantao), (xiantao, wuchang)])
def test_every_number_is_that_of_a_world_without_the_other_county(
    first: Callable[[], County], second: Callable[[], County]
) -> None:
    county = first()
    alone = answers(county)
    second()
    assert answers(county) == alone


def test_a_subcontractors_clerk_reads_as_if_nobody_else_worked_on_the_project() -> None:
    county = wuchang(staff=("subcontractor",))
    county.hero = "subcontractor"
    alone = answers(county, ["subcontractor_clerk"])
    for title in ("contractor", "gap", "shared"):
        employ(county, title)
    recount(county.now)
    assert answers(county, ["subcontractor_clerk"]) == alone


def test_a_subcontractors_clerk_counts_own_people_and_nobody_else() -> None:
    county = wuchang()
    clerk = county.actor("subcontractor_clerk")
    found = dashboard(clerk, county.region, county.today, county.now).figures
    assert (found.projects, found.on_site, found.attended, found.contracted, found.trained) == (1, 1, 1, 1, 1)
    assert (found.posts_required, found.unmatched) == (0, 0)
    columns = ("on_site", "attended", "contract_rate", "unmatched")
    assert list(projects_on(clerk, county.today).values_list(*columns)) == [(1, 1, 1.0, None)]
    assert totals(projects_on(clerk, county.today))["all_on_site"] == 1


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
