"""A new password: another one than before, long enough, and back to where it was asked for."""

import re

import pytest
from django.test import Client

from accounts.models import User
from tests.support import records
from tests.support.actors import PASSWORD, account, give_post

pytestmark = pytest.mark.django_db

PAGE, NEW = "/account/password/", "wuchang-gate-27-new"


@pytest.fixture
def zhou(client: Client) -> User:
    """A regulator of 武昌, signed in with a first password."""
    user = account("zhou", "周正", must_change_password=True)
    give_post(user, "county_regulator", region=records.region("420106"))
    client.force_login(user)
    return user


def _change(client: Client, new: str = NEW, page: str = PAGE):
    return client.post(page, {"old_password": PASSWORD, "new_password1": new, "new_password2": new})


def _errors(answer) -> list[str]:
    return [str(error) for errors in answer.context["form"].errors.values() for error in errors]


def test_the_old_password_is_no_new_one(client: Client, zhou: User) -> None:
    assert _errors(_change(client, PASSWORD)) == ["新密码不能与原密码相同。请换一个没有用过的密码。"]
    zhou.refresh_from_db()
    assert zhou.must_change_password


def test_a_short_password_is_refused_in_chinese(client: Client, zhou: User) -> None:
    assert _errors(_change(client, "gz-7f")) == ["密码太短，至少须有 10 位。请换一个更长的密码。"]


@pytest.mark.parametrize("weak", ["1", "1234567890123", "password12", "zhou", PASSWORD])
def test_no_refusal_of_a_password_is_in_english(client: Client, zhou: User, weak: str) -> None:
    errors = _errors(_change(client, weak))
    assert errors
    assert [error for error in errors if re.search("[A-Za-z]{3}", error)] == []


def test_a_changed_password_leads_back_to_the_page_that_asked_for_it(client: Client, zhou: User) -> None:
    asked = client.get("/people/?q=%E5%BC%A0&page=2")["Location"]
    assert _change(client, page=asked)["Location"] == "/people/?q=%E5%BC%A0&page=2"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_changed_password_leads_to_no_other_site(client: Client, zhou: User, elsewhere: str) -> None:
    assert _change(client, page=f"{PAGE}?next={elsewhere}")["Location"] == "/"


@pytest.mark.parametrize(
    ("username", "sentence"),
    [
        ("z" * 151, "用户名最多 150 个字"),
        ("z" * 5000, "用户名最多 150 个字"),
        ("zh\x00ou", "不可见的字符"),
        ("", "请填用户名"),
    ],
)
def test_an_impossible_name_at_the_door_is_answered_beside_its_field(
    client: Client, username: str, sentence: str
) -> None:
    answer = client.post(
        "/account/sign-in/", {"username": username, "password": "x\x00" if username else "x"}
    )
    assert answer.status_code == 200
    assert sentence in answer.content.decode()


@pytest.mark.parametrize("username", ["z" * 300, "zh\x00ou"])
def test_an_impossible_name_at_the_interface_is_refused_too(client: Client, username: str) -> None:
    body = {"username": username, "password": "x"}
    assert client.post("/api/v1/tokens/", body, content_type="application/json").status_code in (400, 422)
