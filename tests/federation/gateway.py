"""A partner that reads: its key, its agreement, and calls as they come over the wire."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client

from federation.models import AgreementVersion, Partner, PartnerKey
from federation.services import issue_partner_key
from tests.support import records
from tests.support.actors import EVERYONE

ADDRESS = "203.0.113.7"


@dataclass
class Reader:
    """A partner's system."""

    partner: Partner
    key: PartnerKey
    secret: str

    def get(self, shared: str, address: str = ADDRESS, **asked: Any) -> Any:
        """One call, as it is answered."""
        head = {"Authorization": f"Bearer {self.secret}"}
        return Client().get(f"/gateway/v1/{shared}", asked, headers=head, REMOTE_ADDR=address)

    def told(self, shared: str, **asked: Any) -> dict[str, Any]:
        """What a call that is served is told."""
        answer = self.get(shared, **asked)
        assert answer.status_code == 200, answer.content.decode()
        body: dict[str, Any] = json.loads(answer.content)
        return body

    def pages(self, shared: str, **asked: Any) -> Iterator[dict[str, Any]]:
        """Page after page, to the last."""
        page = self.told(shared, **asked)
        yield page
        while page["more"]:
            page = self.told(shared, cursor=page["cursor"], limit=asked.get("limit", 500))
            yield page

    def rows(self, shared: str, **asked: Any) -> list[dict[str, Any]]:
        """All rows of all pages."""
        return [row for page in self.pages(shared, **asked) for row in page["rows"]]

    def refused(self, shared: str, status: int, code: str, **asked: Any) -> str:
        """A call that gets nothing: its sentence."""
        answer = self.get(shared, **asked)
        problem = json.loads(answer.content)
        assert (answer.status_code, problem["code"]) == (status, code), problem
        assert answer["Content-Type"] == "application/problem+json"
        return str(problem["detail"])


def reader(name: str = "省人力资源和社会保障厅", sort: str = "labour", **fields: Any) -> Reader:
    """A partner with a key."""
    partner = records.partner(name, sort=sort, **({"bank_code": ""} | fields))
    key, secret = issue_partner_key(actor=EVERYONE, partner=partner, addresses=[ADDRESS])
    return Reader(partner, key, secret)


def agreed(
    of: Reader, terms: Mapping[str, Any], number: str = "共享 1 号", **fields: Any
) -> AgreementVersion:
    """An agreement in force with a partner."""
    return records.agreement(of.partner, number, dict(terms), **fields)
