"""The published schema holds: calls that it makes up get answers that it names, and never a fault of ours.

A sample; `./dev soak api-fuzz --calls 5000` makes more of them.
"""

import pytest
from django.test.utils import override_settings

from tests.support.fuzzing import Fuzz, operations
from tests.support.world import TwoCounties

SAMPLE = 600
# A worker's records are read by the session of the phone's code, not by a token; the world has no export.
OF_NOBODY_WITH_A_TOKEN = {
    "GET /api/v1/me/",
    "GET /api/v1/me/career/",
    "GET /api/v1/me/days/",
    "GET /api/v1/me/corrections/",
    "GET /api/v1/exports/{public_id}/",
    "GET /api/v1/exports/{public_id}/file/",
    # Gates sign their calls; drafts are the province's, whose post nobody in a county holds.
    "GET /api/v1/gates/allow-list/",
    "GET /api/v1/gates/photos/{public_id}/",
    "GET /api/v1/standards/drafts/{public_id}/impact/",
    # Found by a serial number, which no schema can draw.
    "GET /api/v1/standards/why/",
}


def test_no_call_gets_an_answer_outside_the_schema(
    world: TwoCounties, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.api.throttles.Calls.THROTTLE_RATES", {"user": None, "sign_in": None})
    monkeypatch.setattr("web.api.throttles.SignIns.THROTTLE_RATES", {"user": None, "sign_in": None})
    fuzz = Fuzz(world)
    drawn = operations()
    with override_settings(AXES_ENABLED=False):
        fuzz.run(drawn, pytestconfig.getoption("--calls") or SAMPLE, pytestconfig.getoption("--from-seed"))
    total = fuzz.statuses.total()
    print(
        f"{total} calls of {len(drawn)} operations, {len(fuzz.opened)} opened, answers {dict(fuzz.statuses)}"
    )
    assert not fuzz.troubles, "\n\n".join(fuzz.troubles.values())
    never = {one.label for one in drawn if one.method == "get"} - fuzz.opened
    assert never <= OF_NOBODY_WITH_A_TOKEN, "nobody got an answer of these"
