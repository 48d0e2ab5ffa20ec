"""This node as the province's, a governor of it, and a city's platform of another maker that has joined."""

import pytest
from django.test import Client

from accounts.models import User
from federation.models import Node
from federation.services import invite_node
from regions.models import Region
from tests.support.actors import EVERYONE, account, give_post
from tests.support.neighbour import Neighbour


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
