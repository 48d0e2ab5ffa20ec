"""Both counties, written once per file; every export is undone after its test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from tests.support.world import TwoCounties, two_counties

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here reads the database."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[TwoCounties]:  # type: ignore[no-untyped-def]
    """Both counties, for a whole file, inside a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield two_counties()
        transaction.set_rollback(True)
