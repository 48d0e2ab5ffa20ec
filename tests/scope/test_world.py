"""The world itself is what the other tests take it for."""

import pytest

from tests.support.world import two_counties

pytestmark = pytest.mark.django_db


def test_each_county_counts_its_own_two_workers_and_one_stranger() -> None:
    for county in two_counties():
        day = county.project_day
        assert (day.on_site, day.attended, day.contracted, day.trained, day.unmatched) == (2, 2, 2, 2, 1)
        assert (day.key_posts_required, day.key_posts_present) == (6, 1)
