"""A county with its labour clerk, and files that tests of the workers' acts read."""

from pathlib import Path

import pytest
from django.test import Client

from tests.scope.opening import signed_in
from tests.support.world import County, TwoCounties


@pytest.fixture
def datadir() -> Path:
    return Path(__file__).parent / "data"


@pytest.fixture
def county(world: TwoCounties) -> County:
    return world.wuchang


@pytest.fixture
def clerk(county: County) -> Client:
    """Who enters the rosters of the first county's site."""
    return signed_in(county, "labour_clerk")
