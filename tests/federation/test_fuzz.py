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
# What calls leave behind is undone, but stays in the tables' files until the test's transaction ends.
OF_A_PART = 2_000


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A long run in parts, each with a seed and a transaction of its own."""
    config = metafunc.config
    calls, seed = config.getoption("--calls") or SAMPLE, config.getoption("--from-seed")
    sizes = [min(OF_A_PART, calls - begun) for begun in range(0, calls, OF_A_PART)]
    metafunc.parametrize("part", [(size, seed + order) for order, size in enumerate(sizes)], ids=str)


@pytest.fixture
def world(db: None) -> TwoCounties:
    return two_counties()


def test_no_call_of_a_vendor_breaks_the_door_or_leaves_half_a_batch(
    world: TwoCounties, part: tuple[int, int]
) -> None:
    calls, seed = part
    fuzz = VendorFuzz(world, Random(seed))
    with override_settings(AXES_ENABLED=False):
        fuzz.run(calls * OF_TEN // 10)
    print(f"{fuzz.codes.total()} calls, answers {dict(sorted(fuzz.codes.items()))}")
    print(f"carried out: {dict(sorted(fuzz.carried_out.items()))}")
    assert not fuzz.troubles, "\n\n".join(list(fuzz.troubles.values())[:20])
    assert any(key.endswith(" 20") for key in fuzz.carried_out), "not one call was carried out whole"


def test_no_call_of_a_gate_breaks_the_door_or_is_settled_in_part(
    world: TwoCounties, part: tuple[int, int]
) -> None:
    calls, seed = part
    chance = Random(seed)
    fuzz = PunchFuzz(world, Hand(chance, VendorFuzz(world, chance).vendor.api))
    fuzz.run(calls * (10 - OF_TEN) // 10)
    print(f"{fuzz.statuses.total()} calls, answers {dict(sorted(fuzz.statuses.items()))}")
    assert not fuzz.troubles, "\n\n".join(list(fuzz.troubles.values())[:20])
    assert fuzz.statuses["202"], "not one call was accepted"
