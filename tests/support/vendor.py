"""A vendor in tests: the simulated gate's own client at our door, with the platform's clock in hand."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from urllib.parse import urlencode

from attendance.services import settle_step
from federation import work
from federation.models import Credential
from federation.open_api import envelope
from federation.open_api.answering import answered
from federation.open_api.errors import Refusal
from federation.services import issue_credential
from federation.simulator.gate import Gate
from federation.simulator.wire import OpenApi
from projects.models import Project


@dataclass
class Vendor:
    """A vendor's system at one project, with the platform's clock in its hand."""

    project: Project
    credential: Credential
    api: OpenApi
    now: datetime
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
        """Hand a write in, let worker and settler carry it out, and read what became of it."""
        answer = self.send(method, data)
        assert answer["code"] == 0, answer
        serial = answer["data"]["requestSerialCode"]
        work.drain(self.credential.appid, self.now)
        settle_step(self.now)
        handled = self.send("AsyncHandleResult.Query", {"requestSerialCode": serial})["data"]
        return handled["status"], handled["result"]

    def rows(self, method: str, **data: Any) -> list[dict[str, Any]]:
        """All rows of a query."""
        answer = self.send(method, {"projectCode": self.project.code, **data})
        assert answer["code"] == 0, answer
        return answer["data"]["rows"]


def vendor_of(project: Project, now: datetime) -> Vendor:
    """The vendor of a project, with a fresh secret."""
    credential = issue_credential(actor=None, project_code=project.code)
    return Vendor(project, credential, OpenApi("http://platform.invalid", project.code, credential.key), now)
