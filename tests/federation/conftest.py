"""A small world for vendors' calls: two projects in two counties, one of them with a firm and a team."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest

from federation import work
from federation.models import AcceptedRequest, Credential
from federation.open_api import envelope
from federation.open_api.answering import answered
from federation.open_api.errors import Refusal
from federation.services import issue_credential
from federation.simulator.gate import Gate
from federation.simulator.people import corp_code
from federation.simulator.wire import OpenApi
from projects.models import Enterprise, Participation, Permit, Project, Team
from regions.models import Region

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
TODAY = date(2026, 11, 22)
HERE, ELSEWHERE = "420106202601010101", "429004202601010101"


@dataclass
class Vendor:
    """A vendor's system at one project, with the platform's clock in its hand."""

    project: Project
    credential: Credential
    api: OpenApi
    now: datetime = NOW
    address: str = "203.0.113.7"
    gate: Gate = field(init=False)

    def __post_init__(self) -> None:
        self.gate = Gate(self.api, self.project.code, chance=Random(27))

    def send(self, method: str, data: Any, *, at: datetime | None = None, **others: str) -> dict[str, Any]:
        """The platform's envelope for one call."""
        return self.post(self.api.signed(method, data, at=at or self.now, **others))

    def post(self, form: dict[str, str]) -> dict[str, Any]:
        """The platform's envelope for a form as it is."""
        try:
            return answered(urlencode(form).encode(), address=self.address, now=self.now)
        except Refusal as refused:
            return envelope.refusal(refused)

    def write(self, method: str, data: Any) -> tuple[int, str]:
        """Hand a write in, let the worker carry it out, and read what became of it."""
        answer = self.send(method, data)
        assert answer["code"] == 0, answer
        serial = answer["data"]["requestSerialCode"]
        work.drain(self.credential.appid, self.now)
        handled = self.send("AsyncHandleResult.Query", {"requestSerialCode": serial})["data"]
        return handled["status"], handled["result"]

    def rows(self, method: str, **data: Any) -> list[dict[str, Any]]:
        """All rows of a query."""
        answer = self.send(method, {"projectCode": self.project.code, **data})
        assert answer["code"] == 0, answer
        return answer["data"]["rows"]


@pytest.fixture
def here(db) -> Vendor:
    """A project in 武昌 with a contractor, a labour firm and a team."""
    vendor = _vendor(HERE, "武昌区测试项目", "420106", number=1)
    firm = Enterprise.objects.create(uscc=vendor.gate.corp["corpCode"], name=vendor.gate.corp["corpName"])
    taking_part = Participation.objects.create(project=vendor.project, enterprise=firm, kind="006")
    team = Team.objects.create(participation=taking_part, name="木工班", number=1500000777)
    vendor.gate.team = team.number
    return vendor


@pytest.fixture
def elsewhere(db) -> Vendor:
    """A project in 仙桃."""
    return _vendor(ELSEWHERE, "仙桃市测试项目", "429004", number=2)


def _vendor(code: str, name: str, region_code: str, *, number: int) -> Vendor:
    region = Region.objects.get(code=region_code)
    contractor = Enterprise.objects.create(uscc=corp_code(number), name=f"总承包{number}公司")
    project = Project.objects.create(code=code, name=name, region=region, contractor=contractor)
    Participation.objects.create(project=project, enterprise=contractor, kind="009")
    Permit.objects.create(
        project=project, number=f"{code}SX", works_name=name, issued_on=TODAY - timedelta(days=300)
    )
    credential = issue_credential(actor=None, project_code=code)
    return Vendor(project, credential, OpenApi("http://platform.invalid", code, credential.key))


def requests() -> Any:
    """Every accepted request."""
    return AcceptedRequest.all_rows.order_by("id")
