"""A site to work on, and the facts of somebody to take on, for tests of the workers' acts."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from projects.models import Team
from tests.support import people, records
from tests.support.actors import EVERYONE
from workers.models import Engagement
from workers.services import ContractFacts, PersonFacts, TrainingFacts, WorkFacts, take_on

TODAY = records.site_day()
NOW = timezone.now()


def site(order: int = 920, county: str = "420106") -> Team:
    """A team of a contractor on a project of its own."""
    firm = records.enterprise(order)
    project = records.project(f"{county}202603030{order}", records.region(county), firm)
    return records.team(records.participation(project, firm), 1_499_000_000 + order)


def contract(**changes: Any) -> ContractFacts:
    """A labour contract for a year from today, ¥280 a day."""
    given = {
        "kind": "labour",
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=364),
        "wage_form": "day",
        "unit_price": Decimal("280.00"),
    }
    return ContractFacts(**{**given, **changes})


def training(**changes: Any) -> TrainingFacts:
    """A passed safety training of today."""
    return TrainingFacts(**{"kind": "003001", "held_on": TODAY, "hours": Decimal("8.0"), **changes})


def take(team: Team, order: int = 921, name: str = "张三", **changes: Any) -> Engagement:
    """Somebody taken on with contract and training, who has not entered yet."""
    given = {
        "actor": EVERYONE,
        "project": team.participation.project,
        "team": team,
        "person": PersonFacts(name=name, number=people.id_number(order)),
        "work": WorkFacts(trade="010", phone=people.phone(order)),
        "contract": contract(),
        "training": training(),
        "today": TODAY,
        "now": NOW,
    }
    return take_on(**{**given, **changes})
