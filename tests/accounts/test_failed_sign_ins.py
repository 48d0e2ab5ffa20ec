"""Failed sign-ins are on record: whose account was tried, and never what was typed instead of its name."""

import pytest
from django.test import Client, override_settings

from accounts.models import User
from audit.models import AuditEvent
from tests.support import records
from tests.support.actors import PASSWORD, account, give_post

pytestmark = pytest.mark.django_db

WRONG = "wrong-password-77"


@pytest.fixture
def zhou() -> User:
    """A regulator of 武昌."""
    user = account("zhou", "周正")
    give_post(user, "county_regulator", region=records.region("420106"))
    return user


def _page(username: str = "zhou", password: str = WRONG):
    return Client().post("/account/sign-in/", {"username": username, "password": password})


def _token(username: str = "zhou", password: str = WRONG):
    body = {"username": username, "password": password}
    return Client().post("/api/v1/tokens/", body, content_type="application/json")


def _trail() -> list[tuple[str, str, str]]:
    events = AuditEvent.objects.order_by("id")
    return [(one.action, one.object_key, one.facts.get("username", "")) for one in events]


@pytest.mark.parametrize("door", [_page, _token])
def test_a_wrong_password_is_on_record_with_the_account(door, zhou: User) -> None:
    door()
    assert _trail() == [("accounts.sign_in_failed", str(zhou.public_id), "zhou")]
    event = AuditEvent.objects.get()
    assert (event.actor_kind, event.actor_label) == ("stranger", "未登录的人")


@pytest.mark.parametrize("door", [_page, _token])
@pytest.mark.parametrize("typed", ["nobody", PASSWORD, "420106199001011234", "z" * 150])
def test_what_is_no_account_is_not_kept(door, zhou: User, typed: str) -> None:
    door(typed)
    assert _trail() == [("accounts.sign_in_failed", "", "")]
    assert typed not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize("door", [_page, _token])
def test_a_lock_and_every_try_at_it_are_on_record_once_each(door, zhou: User) -> None:
    answers = [door().status_code for _try in range(5)] + [door(password=PASSWORD).status_code]
    assert answers[4:] == [429, 429]
    assert [action for action, _key, _name in _trail()] == ["accounts.sign_in_failed"] * 4 + [
        "accounts.sign_in_locked"
    ] * 2
    assert {name for _action, _key, name in _trail()} == {"zhou"}
    assert WRONG not in str(list(AuditEvent.objects.values()))
    assert PASSWORD not in str(list(AuditEvent.objects.values()))


def test_an_empty_field_is_no_attempt(zhou: User) -> None:
    _page(password="")
    assert _trail() == []


@override_settings(AXES_FAILURE_LIMIT=3, AXES_COOLOFF_TIME=0.5)
def test_what_is_said_of_the_lock_is_what_the_settings_say(zhou: User) -> None:
    assert "连续输错 3 次锁定 30 分钟" in Client().get("/account/sign-in/").content.decode()
    assert "连续输错 3 次将锁定 30 分钟" in _page().content.decode()
    assert "连续输错 3 次将锁定 30 分钟" in _token().json()["detail"]
    locked = _page().content.decode()
    assert "请 30 分钟后再试" in locked
    assert "连续输错 3 次锁定 30 分钟" in locked
    assert "请 30 分钟后再试" in _token().json()["detail"]
