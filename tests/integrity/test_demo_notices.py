"""The demo world's notices: there in every state that people will look for, once, and with the same ids."""

from datetime import datetime

import pytest

from attendance.demo.script import WUCHANG_CODE
from attendance.demo.world import write_demo
from attendance.rules import SITE_TIME
from integrity.demo.notices import write_notices
from integrity.demo.script import SCENES
from integrity.models import AnswerFile, SupervisionNotice

AS_OF = datetime(2026, 11, 20, 16, 30, tzinfo=SITE_TIME)


@pytest.mark.django_db
def test_the_demo_has_notices_in_different_states_and_a_second_start_adds_none() -> None:
    write_demo(as_of=AS_OF, seed=27, scale=0.2)
    rows = SupervisionNotice.all_rows.order_by("pk")
    own = list(rows.filter(project__code=WUCHANG_CODE).values_list("state", flat=True))
    # A small world misses less, and on some days nothing.
    assert {"overdue", "issued"} <= set(own) <= {"closed", "overdue", "replied", "issued"}
    assert 4 <= rows.count() <= len(SCENES)
    assert AnswerFile.all_rows.exists()
    before = list(rows.values_list("public_id", "number", "state"))
    write_notices(AS_OF)
    assert list(rows.values_list("public_id", "number", "state")) == before
