"""Nearly right calls of every method: never a fault of ours, never a batch half written.

A sample; `./dev soak fuzz --calls 50000` makes more of them.
"""

from random import Random

import pytest
from django.test.utils import override_settings

from tests.support.vendor_fuzz import VendorFuzz
from tests.support.world import two_counties

SAMPLE = 250


@pytest.mark.django_db
def test_no_call_of_a_vendor_breaks_the_door_or_leaves_half_a_batch(pytestconfig: pytest.Config) -> None:
    fuzz = VendorFuzz(two_counties(), Random(pytestconfig.getoption("--from-seed")))
    with override_settings(AXES_ENABLED=False):
        fuzz.run(pytestconfig.getoption("--calls") or SAMPLE)
    print(f"{fuzz.codes.total()} calls, answers {dict(sorted(fuzz.codes.items()))}")
    print(f"carried out: {dict(sorted(fuzz.carried_out.items()))}")
    assert not fuzz.troubles, "\n\n".join(list(fuzz.troubles.values())[:20])
    assert any(key.endswith(" 20") for key in fuzz.carried_out), "not one call was carried out whole"
