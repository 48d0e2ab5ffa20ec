"""The demo world's vendor: a key whose last calls say why a record was refused."""

from datetime import datetime

import pytest

from attendance.demo.script import WUCHANG_CODE
from attendance.demo.world import write_demo
from attendance.rules import SITE_TIME
from federation.demo.calls import HOLDER, write_calls
from federation.models import Credential
from federation.selectors import calls_of
from tests.support.actors import EVERYONE
from workers.models import Engagement

AS_OF = datetime(2026, 11, 20, 16, 30, tzinfo=SITE_TIME)


@pytest.mark.django_db
def test_the_demo_has_a_key_with_calls_that_were_answered_done_failed_and_refused() -> None:
    write_demo(as_of=AS_OF, seed=27, scale=0.2)
    (key,) = Credential.all_rows.all()
    assert (key.appid, key.holder) == (WUCHANG_CODE, HOLDER)
    calls = [(line.method, line.verdict, line.sentence) for line in calls_of(EVERYONE, key)]
    assert [call[:2] for call in calls] == [
        ("WorkerAttendance.Add", "refused"),
        ("WorkerAttendance.Query", "refused"),
        ("ProjectWorker.Add", "failed"),
        ("Team.Add", "done"),
        ("Project.Query", "answered"),
    ]
    assert "签名" in calls[0][2]
    assert "timestamp" in calls[1][2]
    assert "校验" in calls[2][2]
    number = Engagement.all_rows.count()
    write_calls(AS_OF)
    assert (Credential.all_rows.count(), Engagement.all_rows.count()) == (1, number)
