"""Callers of the REST API in the two-county world."""

from collections.abc import Callable

import pytest
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.models import User
from tests.support.world import TwoCounties, two_counties

Caller = Callable[[User], APIClient]


@pytest.fixture
def world(db: None) -> TwoCounties:
    return two_counties()


@pytest.fixture
def caller() -> Caller:
    """A client that sends the user's token with every request."""

    def call_as(user: User) -> APIClient:
        _held, token = AuthToken.objects.create(user=user)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return call_as
