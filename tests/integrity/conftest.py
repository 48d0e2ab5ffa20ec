"""武昌 with one of everything, and its people as actors."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.support.world import County, wuchang


@pytest.fixture(scope="module")
def county(django_db_setup, django_db_blocker) -> Iterator[County]:  # type: ignore[no-untyped-def]
    """One county for a whole file, inside a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield wuchang()
        transaction.set_rollback(True)


@pytest.fixture
def db_for_each(db: None) -> None:
    """Each test is undone by a savepoint of its own."""
