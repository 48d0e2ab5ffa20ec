"""What every test may take for granted: reference data, synthetic people, a file store of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.test.utils import override_settings
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from kernel.ids import new_id
from standards.effective import forget_standards
from standards.selectors import forget
from tests.support.world import TwoCounties, two_counties

# What an example takes says nothing on a machine that does other things as well.
hypothesis_settings.register_profile("suite", parent=hypothesis_settings(), deadline=None)
hypothesis_settings.load_profile("suite")

# pytest-django points the connection at the test database only when a collected test asks for one.
_name_before = connection.settings_dict["NAME"]
# Loaded once per session and kept between tests that commit.
_REFERENCE = ("django_", "auth_permission", "regions_", "standards_")


# Versions that a test has published, and what they brought into lists; the seed stays.
_SEED = "(SELECT id FROM standards_standardversion WHERE number IN ('national-2019', 'hubei-2026'))"
_FORGET_STANDARDS = (
    "ALTER TABLE standards_codeitem DISABLE TRIGGER USER",
    f"DELETE FROM standards_codeitem WHERE standard_id NOT IN {_SEED}",
    "ALTER TABLE standards_codeitem ENABLE TRIGGER USER",
    "UPDATE standards_codeitem SET valid_to = NULL WHERE valid_to IS NOT NULL",
    "DELETE FROM standards_itemmapping",
    "DELETE FROM standards_extensiongrant",
    *(
        f"DELETE FROM standards_{table} WHERE version_id NOT IN {_SEED}"
        for table in ("element", "validationrule", "proposeditem", "tightening")
    ),
    f"UPDATE standards_standardversion SET based_on_id = NULL WHERE id NOT IN {_SEED}",
    f"DELETE FROM standards_standardversion WHERE id NOT IN {_SEED}",
    "DELETE FROM standards_codelist WHERE id NOT IN (SELECT code_list_id FROM standards_codeitem)",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How far the samples of the long runs go; `./dev soak` asks for more."""
    group = parser.getgroup("soak")
    group.addoption("--every-role", action="store_true", help="open each page as every role")
    group.addoption("--calls", type=int, default=0, help="calls of the API to make; 0 for a sample")
    group.addoption("--from-seed", type=int, default=27, help="the seed of those calls")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[TwoCounties]:
    """Both counties, for the whole file, inside a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield two_counties()
        transaction.set_rollback(True)


def _empty_tables(_case: TransactionTestCase) -> None:
    """Empty what a committing test wrote.

    Django's own flush knows nothing of the partitioned punches, and it would take the map with it.
    """
    tables = [name for name in connection.introspection.table_names() if not name.startswith(_REFERENCE)]
    quoted = ", ".join(connection.ops.quote_name(name) for name in [*tables, "django_session"])
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {quoted} RESTART IDENTITY")
        # The defaults stay; what a test has set at a place or for a day goes.
        cursor.execute(
            "DELETE FROM standards_ruleparameter WHERE region_id IS NOT NULL OR valid_from IS NOT NULL"
        )
        for statement in _FORGET_STANDARDS:
            cursor.execute(statement)


setattr(TransactionTestCase, "_fixture_teardown", _empty_tables)  # noqa: B010  # unknown to the stubs


@pytest.fixture(scope="session", autouse=True)
def _settings_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    var = tmp_path_factory.mktemp("var")
    storages = {
        **settings.STORAGES,
        "files": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(var / "files")},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    (var / "static").mkdir()
    with override_settings(
        SYNTHETIC_PEOPLE=True,
        VAR_DIR=Path(var),
        STATIC_ROOT=var / "static",
        STORAGES=storages,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        SECURE_SSL_REDIRECT=False,
        SESSION_COOKIE_SECURE=False,
        CSRF_COOKIE_SECURE=False,
        # Read anew after some seconds, it would be one question more on a slow machine, and a test that
        # changes a parameter unsaid would fail on a quick one only.
        STANDARDS_KEPT_SECONDS=3600.0,
    ):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:  # type: ignore[no-untyped-def]
    """The map, the dictionaries, the parameters and the months of punches, once for all tests."""
    if connection.settings_dict["NAME"] == _name_before:
        return  # no collected test asked for a database
    with django_db_blocker.unblock():
        call_command("load_reference_data", verbosity=0)


@pytest.fixture(autouse=True)
def _memories_of_its_own() -> Iterator[None]:
    """No test sees what another left in a cache: counters of throttles, remembered parameters."""
    cache.key_prefix = f"test-{new_id()}"
    forget()
    forget_standards()
    yield
    forget()
    forget_standards()
