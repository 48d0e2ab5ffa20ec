"""This node as the province's, a governor of it, and a city's platform of another maker that has joined."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from federation.models import Node
from federation.selectors.nodes import own_region
from federation.services import invite_node, join_parent
from federation.travel.digests import entries
from federation.travel.punch_tree import PunchTree
from federation.travel.trees import COMPARED, PUNCHES, branch_of
from regions.models import Region
from tests.support.actors import EVERYONE, account, give_post
from tests.support.counties import County, wuchang
from tests.support.neighbour import Ledger, Neighbour, Parent

NOW = timezone.now()


@pytest.fixture
def wuhan(db) -> Region:
    return Region.objects.get(code="420100")


@pytest.fixture
def invitation(wuhan) -> str:
    """As the province's administrator hands it over."""
    return invite_node(actor=EVERYONE, code="whs", name="武汉市平台", kind="city", region=wuhan)[1]


@pytest.fixture
def city(invitation) -> Neighbour:
    """武汉's own platform, joined and greeted."""
    found = Neighbour(Client())
    assert found.join(invitation).status_code == 200
    assert found.ask("hello", {"card": found.card()}).status_code == 200
    return found


@pytest.fixture
def its_node(city) -> Node:
    return Node.objects.get(code="whs")


@pytest.fixture
def governor(db) -> User:
    """The administrator of the whole province's platform."""
    user = account("province-platform", "省平台管理员")
    give_post(user, "platform_administrator", region=Region.objects.get(code="420000"))
    return user


def _held(node: Node) -> dict[str, dict[str, tuple[str, str, str]]]:
    """All that this node owns, as its parent would hold it."""
    branch = branch_of(node, own_region().path)
    rows = {
        kind: {
            str(one.key): (one.day, one.project, f"{one.value & ((1 << 128) - 1):032x}")
            for one in entries(kind, origins=branch.origins, peer=branch.peer)
        }
        for kind in COMPARED[:-1]
    }
    tree = PunchTree(regions=branch.regions, peer=branch.peer)
    first, last = (NOW - timedelta(days=90)).date(), (NOW + timedelta(days=1)).date()
    rows[PUNCHES] = {
        mark: (day, project, mark)
        for day, project in tree.places(first, last)
        for mark in tree.all_punches(date.fromisoformat(day), project)
    }
    return rows


@pytest.fixture
def place(db, settings) -> County:
    settings.NODE_KIND, settings.NODE_ID, settings.NODE_REGION = "city", "whs", "420100"
    return wuchang(NOW)


@pytest.fixture
def above(place) -> Parent:
    found = Parent()
    join_parent(actor=EVERYONE, url="https://p.example", invitation=found.invitation, http=found.http())
    return found


@pytest.fixture
def node(above) -> Node:
    return Node.objects.get(relation="parent")


@pytest.fixture
def ledger(above, node) -> Ledger:
    """The parent holds the same as we do."""
    found = Ledger(_held(node))
    above.answers["compare"] = found.answer
    return found
