"""The bodies of real clients at our door, with their own secrets and at their own time."""

from datetime import datetime

import pytest

from attendance.services import settle_step
from federation.models import AcceptedRequest, Credential
from federation.open_api import envelope
from federation.open_api.answering import answered
from federation.open_api.dispatcher import methods
from federation.open_api.errors import Refusal
from federation.open_api.values import SHANGHAI
from projects.models import Project
from tests.federation.vectors import VECTORS, group, name_of


@pytest.fixture
def clients(here) -> None:
    """The projects and secrets of the published vectors."""
    for entry in VECTORS["credentials"]:
        project = Project.objects.create(
            code=entry["appid"],
            name=entry["appid"],
            region=here.project.region,
            contractor=here.project.contractor,
        )
        Credential.objects.create(
            appid=entry["appid"], project=project, secret=entry["secret"], corp_key=entry.get("corpKey")
        )


# What the platform says to each: cap-04, -08 and -09 name other projects than the appid's own; cap-11 and
# cap-14 poll serial codes that this platform never gave.
NOT_OURS = {"cap-04": -3, "cap-08": -3, "cap-09": -3, "cap-11": -1, "cap-14": -1}


@pytest.mark.parametrize("vector", group("captured_requests"), ids=name_of)
def test_a_captured_request_is_answered_as_it_deserves(clients, vector):
    now = datetime.strptime(vector["timestamp"], "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
    try:
        answer = answered(vector["body"].encode(), address="203.0.113.7", now=now)
    except Refusal as refused:
        answer = envelope.refusal(refused)
    if vector["method"].lower() not in methods():
        assert (answer["code"], "没有接口" in answer["message"]) == (-1, True)
    else:
        assert answer["code"] == NOT_OURS.get(vector["id"], 0), answer
    if vector["method"].endswith(".Add"):
        _is_kept_as_evidence(now)


def _is_kept_as_evidence(now):
    """The punch of an unknown person and team: kept, and both named."""
    request = AcceptedRequest.all_rows.get()
    assert settle_step(now) == 1
    request.refresh_from_db()
    assert request.state == AcceptedRequest.State.FAILED
    assert request.result.startswith("[teamSysNo]值超出范围或无效!")
    assert "[dataList][0][idCardNumber]该人员未在本项目登记" in request.result
