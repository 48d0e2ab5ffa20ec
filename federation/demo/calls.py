"""Playing one vendor's morning against the door itself, so that its page shows what becomes of calls."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from attendance.demo.script import WUCHANG_CODE
from federation import work
from federation.models import Credential
from federation.open_api.answering import answered
from federation.open_api.errors import Refusal
from federation.services import issue_credential
from federation.simulator.gate import Gate
from federation.simulator.people import worker
from federation.simulator.wire import OpenApi
from projects.models import Project, Team

HOLDER = "楚天闸机科技（演示）门禁系统 2.3"
_ADDRESS = "203.0.113.27"
_BECAUSE = "the demo world is written for everybody; nobody reads"


def write_calls(as_of: datetime) -> None:
    """Once: a key of the demo accounts' project, and its last calls. The secret is shown to nobody."""
    projects = Project.objects.unscoped(because=_BECAUSE).filter(code=WUCHANG_CODE)
    keys = Credential.objects.unscoped(because=_BECAUSE).filter(appid=WUCHANG_CODE)
    if not settings.SYNTHETIC_PEOPLE or keys.exists() or not projects.exists():
        return
    key = issue_credential(actor=None, project_code=WUCHANG_CODE, holder=HOLDER)
    keys.filter(pk=key.pk).update(created_at=as_of - timedelta(days=1))
    # The client signs; nothing of it goes over a wire.
    with OpenApi("http://platform.invalid", WUCHANG_CODE, key.key) as api:
        _play(api, as_of)


def _play(api: OpenApi, as_of: datetime) -> None:
    """What a regulator and the administrator look for: why was my record refused?"""
    gate = Gate(api, WUCHANG_CODE, chance=Random(27))  # noqa: S311  # a demo, not a secret
    team = _team()
    gate.team = team.number
    gate.corp = {
        "corpCode": team.participation.enterprise.uscc,
        "corpName": team.participation.enterprise.name,
    }
    at = as_of - timedelta(hours=2)
    _call(api, "Project.Query", {"projectCode": WUCHANG_CODE, "pageIndex": 0, "pageSize": 10}, at)
    _call(
        api,
        "Team.Add",
        {"projectCode": WUCHANG_CODE, **gate.corp, "teamName": "闸机联调班组"},
        at + timedelta(minutes=1),
    )
    # A number whose check digit is wrong: accepted at the door, refused when it is carried out.
    stranger = worker(Random(27), as_of.date())  # noqa: S311  # a demo, not a secret
    body = gate.enrolment([stranger])
    wrong = "0" if stranger.number[-1] != "0" else "1"
    body["teamName"] = team.name
    body["workerList"][0]["idCardNumber"] = api.encrypted(stranger.number[:-1] + wrong)
    _call(api, "ProjectWorker.Add", body, at + timedelta(minutes=3))
    work.drain(WUCHANG_CODE, at + timedelta(minutes=4))
    # A gate whose clock is an hour slow, and one that still signs with an old secret.
    later = at + timedelta(minutes=20)
    _call(api, "WorkerAttendance.Query", {}, later, signed_at=later - timedelta(hours=1))
    with OpenApi("http://platform.invalid", WUCHANG_CODE, "0" * 32) as other:
        _call(other, "WorkerAttendance.Add", {}, later + timedelta(minutes=5))


def _team() -> Team:
    """A team of the general contractor."""
    rows = Team.objects.unscoped(because=_BECAUSE).select_related("participation__enterprise")
    own = rows.filter(participation__project__code=WUCHANG_CODE, participation__kind="009")
    return own.order_by("number")[0]


def _call(api: OpenApi, method: str, data: Any, at: datetime, *, signed_at: datetime | None = None) -> None:
    form = api.signed(method, data, at=signed_at or at)
    try:
        answered(urlencode(form).encode(), address=_ADDRESS, now=at)
    except Refusal:
        # Noted by the door, and shown on the key's page.
        return
