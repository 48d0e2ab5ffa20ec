"""The door: who is let in, who must wait, and who is shown out in the middle of a session."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone

from accounts.models import Post, User
from audit.models import AuditEvent
from tests.support import records
from tests.support.actors import PASSWORD, account, give_post

pytestmark = pytest.mark.django_db

SIGN_IN, HOME, PASSWORD_PAGE = "/account/sign-in/", "/", "/account/password/"
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def zhou() -> User:
    """A regulator of 武昌."""
    user = account("zhou", "周正")
    give_post(user, "county_regulator", region=records.region("420106"))
    return user


def _sign_in(client: Client, password: str = PASSWORD, username: str = "zhou"):
    return client.post(SIGN_IN, {"username": username, "password": password})


def _is_signed_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def _token(client: Client, password: str = PASSWORD):
    body = {"username": "zhou", "password": password}
    return client.post("/api/v1/tokens/", body, content_type="application/json")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_signing_in_and_out_is_on_record(client: Client, zhou: User) -> None:
    assert _sign_in(client).status_code == 302
    assert client.get(HOME).status_code == 200
    client.post("/account/sign-out/")
    assert not _is_signed_in(client)
    trail = AuditEvent.objects.order_by("id").values_list("action", "actor_key", "object_key")
    key = str(zhou.public_id)
    assert list(trail) == [("accounts.signed_in", key, key), ("accounts.signed_out", key, key)]


def test_a_post_that_has_ended_ends_the_session_at_the_next_click(client: Client, zhou: User) -> None:
    _sign_in(client)
    Post.objects.filter(user=zhou).update(valid_from=YESTERDAY - timedelta(days=9), valid_to=YESTERDAY)
    answer = client.get(HOME)
    assert (answer.status_code, answer["Location"]) == (302, SIGN_IN)
    assert not _is_signed_in(client)
    assert "您的岗位已到期或被终止" in client.get(SIGN_IN).content.decode()


def test_a_post_ended_by_hand_ends_the_session_at_once(client: Client, zhou: User) -> None:
    _sign_in(client)
    Post.objects.filter(user=zhou).update(ended_at=timezone.now())
    assert client.get(HOME)["Location"] == SIGN_IN
    assert not _is_signed_in(client)


def test_a_post_that_has_ended_ends_the_token_at_once(client: Client, zhou: User) -> None:
    headers = _bearer(_token(client).json()["token"])
    assert client.get("/api/v1/projects/", headers=headers).status_code == 200
    Post.objects.filter(user=zhou).update(ended_at=timezone.now())
    answer = client.get("/api/v1/projects/", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "no_post")


def test_a_session_without_a_post_does_not_open_the_interface_either(client: Client, zhou: User) -> None:
    _sign_in(client)
    Post.objects.filter(user=zhou).update(ended_at=timezone.now())
    assert client.get("/api/v1/projects/").status_code == 401


def test_whoever_holds_no_post_is_given_no_token(client: Client, zhou: User) -> None:
    Post.objects.filter(user=zhou).update(ended_at=timezone.now())
    assert (_token(client).status_code, _token(client).json()["code"]) == (403, "no_post")


def test_the_first_sign_in_leads_to_a_new_password_and_nowhere_else(client: Client, zhou: User) -> None:
    User.objects.filter(pk=zhou.pk).update(must_change_password=True)
    _sign_in(client)
    for page in (HOME, "/people/", "/regions/"):
        answer = client.get(page)
        assert answer.status_code == 302
        assert answer["Location"].startswith(PASSWORD_PAGE)
    assert client.get("/api/v1/projects/").status_code == 401
    assert _token(client).status_code == 403


def test_changing_the_first_password_opens_the_rest_and_keeps_the_session(client: Client, zhou: User) -> None:
    User.objects.filter(pk=zhou.pk).update(must_change_password=True)
    _sign_in(client)
    new = "wuchang-gate-27-new"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post(PASSWORD_PAGE, form).status_code == 302
    assert client.get(HOME).status_code == 200
    assert AuditEvent.objects.filter(action="accounts.password_changed").count() == 1
    zhou.refresh_from_db()
    assert (zhou.must_change_password, zhou.check_password(new)) == (False, True)


@pytest.mark.parametrize("weak", ["short-1", "1234567890123", "password12", "zhou", PASSWORD + "x"])
def test_a_weak_or_unrepeated_password_changes_nothing(client: Client, zhou: User, weak: str) -> None:
    User.objects.filter(pk=zhou.pk).update(must_change_password=True)
    _sign_in(client)
    repeated = "something-else" if weak.startswith(PASSWORD) else weak
    form = {"old_password": PASSWORD, "new_password1": weak, "new_password2": repeated}
    assert client.post(PASSWORD_PAGE, form).status_code == 200
    zhou.refresh_from_db()
    assert (zhou.must_change_password, zhou.check_password(PASSWORD)) == (True, True)


def test_five_wrong_passwords_close_the_door_for_the_right_one_too(client: Client, zhou: User) -> None:
    for _try in range(4):
        assert _sign_in(client, "wrong-password").status_code == 200
    assert _sign_in(client, "wrong-password").status_code == 429
    answer = _sign_in(client)
    assert answer.status_code == 429
    assert "已暂时锁定" in answer.content.decode()
    assert not _is_signed_in(client)
    assert _token(client).status_code == 429


def test_one_locked_account_does_not_lock_another(client: Client, zhou: User) -> None:
    other = account("wu")
    give_post(other, "county_regulator", region=records.region("420106"))
    for _try in range(6):
        _sign_in(client, "wrong-password")
    assert _sign_in(client, username="wu").status_code == 302


def test_a_right_password_forgets_the_wrong_ones_before_it(client: Client, zhou: User) -> None:
    for _round in range(3):
        for _try in range(4):
            _sign_in(client, "wrong-password")
        assert _sign_in(client).status_code == 302
        client.post("/account/sign-out/")


def test_a_refusal_does_not_say_whether_the_account_exists(client: Client, zhou: User) -> None:
    pages = []
    for username in ("zhou", "nobody"):
        page = _sign_in(Client(), "wrong-password", username).content.decode()
        pages.append(page.replace(username, "…"))
    shown = ["账号或密码不对" in page for page in pages]
    assert shown == [True, True]


def test_passwords_are_kept_by_argon2() -> None:
    from config import settings

    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
