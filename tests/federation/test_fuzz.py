"""Nearly right calls of every method and of the punch interface: no fault of ours, no batch half written.

A sample; `./dev soak fuzz --calls 50000` makes more of them.
"""

from random import Random

import pytest
from django.test.utils import override_settings

from tests.support.punch_fuzz import PunchFuzz
from tests.support.vendor_changes import Hand
from tests.support.vendor_fuzz import VendorFuzz
from tests.support.world import TwoCounties, two_counties

SAMPLE = 300
# Of ten calls so many go to the national interface, whose methods are many.
OF_TEN = 8


@pytest.fixture
def world(db: None) -> TwoCounties:
    return two_counties()


def _size(config: pytest.Config, tenths: int) -> int:
    return (config.getoption("--calls") or SAMPLE) * tenths // 10


def test_no_call_of_a_vendor_breaks_the_door_or_leaves_half_a_batch(
    world: TwoCounties, pytestconfig: pytest.Config
) -> None:
    fuzz = VendorFuzz(world, Random(pytestconfig.getoption("--from-seed")))
    with override_settings(AXES_ENABLED=False):
        fuzz.run(_size(pytestconfig, OF_TEN))
    print(f"{fuzz.codes.total()} calls, answers {dict(sorted(fuzz.codes.items()))}")
    print(f"carried out: {dict(sorted(fuzz.carried_out.items()))}")
    assert not fuzz.troubles, "\n\n".join(list(fuzz.troubles.values())[:20])
    assert any(key.endswith(" 20") for key in fuzz.carried_out), "not one call was carried out whole"


def test_no_call_of_a_gate_breaks_the_door_or_is_settled_in_part(
    world: TwoCounties, pytestconfig: pytest.Config
) -> None:
    chance = Random(pytestconfig.getoption("--from-seed"))
    fuzz = PunchFuzz(world, Hand(chance, VendorFuzz(world, chance).vendor.api))
    fuzz.run(_size(pytestconfig, 10 - OF_TEN))
    print(f"{fuzz.statuses.total()} calls, answers {dict(sorted(fuzz.statuses.items()))}")
    assert not fuzz.troubles, "\n\n".join(list(fuzz.troubles.values())[:20])
    assert fuzz.statuses["202"], "not one call was accepted"
