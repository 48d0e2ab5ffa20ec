"""Every answer is, to the last figure, that of a world in which the others do not exist."""

from collections.abc import Callable

import pytest

from attendance.services import recount
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
