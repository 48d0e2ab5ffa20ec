"""A small world for vendors' calls: two projects in two counties, one of them with a firm and a team."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from federation.models import AcceptedRequest
from federation.services import issue_enterprise_credential
from federation.simulator.people import corp_code
from federation.simulator.wire import OpenApi
from projects.models import Enterprise, Participation, Permit, Project, Team
from regions.models import Region
from tests.support.vendor import Vendor, vendor_of

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
TODAY = date(2026, 11, 22)
HERE, ELSEWHERE = "420106202601010101", "429004202601010101"


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


@pytest.fixture
def group(here: Vendor) -> Vendor:
    """The system of the enterprise that is general contractor of the project in 武昌."""
    credential = issue_enterprise_credential(actor=None, uscc=here.project.contractor.uscc)
    api = OpenApi("http://platform.invalid", credential.appid, credential.key)
    return Vendor(here.project, credential, api, NOW)


def _vendor(code: str, name: str, region_code: str, *, number: int) -> Vendor:
    region = Region.objects.get(code=region_code)
    contractor = Enterprise.objects.create(uscc=corp_code(number), name=f"总承包{number}公司")
    project = Project.objects.create(code=code, name=name, region=region, contractor=contractor)
    Participation.objects.create(project=project, enterprise=contractor, kind="009")
    Permit.objects.create(
        project=project, number=f"{code}SX", works_name=name, issued_on=TODAY - timedelta(days=300)
    )
    return vendor_of(project, NOW)


def requests() -> Any:
    """Every accepted request."""
    return AcceptedRequest.all_rows.order_by("id")
