"""Tokens: given for account and password, refused in a sentence, ended at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from knox.models import AuthToken
from redis.exceptions import ConnectionError as RedisGone
from rest_framework.test import APIClient

from audit.models import AuditEvent
from standards.models import RuleParameter
from standards.selectors import forget
from tests.support.actors import PASSWORD, account, give_post
from tests.support.records import region

pytestmark = pytest.mark.django_db
TOKENS, CURRENT = "/api/v1/tokens/", "/api/v1/tokens/current/"


@pytest.fixture
def regulator() -> Any:
    user = account("zhang-san", "张三")
    give_post(user, "county_regulator", region=region("420106"))
    return user


def asked(username: str = "zhang-san", password: str = PASSWORD, **wishes: Any) -> Any:
    return APIClient().post(TOKENS, {"username": username, "password": password}, **wishes)


def with_token(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_account_and_password_give_a_token_that_opens_the_api(regulator: Any) -> None:
    answer = asked()
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert with_token(answer.json()["token"]).get("/api/v1/projects/").json()["count"] == 0
    event = AuditEvent.objects.get(action="accounts.token_given")
    assert event.actor_key == str(regulator.public_id)
    assert answer.json()["token"] not in str(event.facts)


def test_a_form_is_read_as_well_as_json(regulator: Any) -> None:
    assert asked(format="multipart").status_code == 201


def test_a_token_lasts_as_long_as_the_parameter_says(regulator: Any) -> None:
    RuleParameter.objects.filter(key="token.days").update(value=3)
    forget()
    asked()
    left = AuthToken.objects.get(user=regulator).expiry - timezone.now()
    assert timedelta(days=2, hours=23) < left <= timedelta(days=3)


def test_an_expired_token_opens_nothing(regulator: Any) -> None:
    token = asked().json()["token"]
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert with_token(token).get("/api/v1/projects/").status_code == 401


def test_a_wrong_password_is_refused_without_saying_which_was_wrong(regulator: Any) -> None:
    for answer in (asked(password="wrong-password"), asked(username="nobody")):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "invalid_login"
        assert "账号或密码不对" in answer.json()["detail"]
    assert not AuthToken.objects.exists()


def test_the_fifth_wrong_password_locks_the_account_even_for_the_right_one(regulator: Any) -> None:
    answers = [asked(password=f"wrong-{step}").status_code for step in range(5)]
    assert answers[:4] == [401] * 4
    locked = asked()
    assert locked.status_code == 429
    assert locked.json()["code"] == "locked_out"
    assert "15 分钟" in locked.json()["detail"]


def test_an_account_without_a_post_gets_no_token(regulator: Any) -> None:
    regulator.posts.update(ended_at=timezone.now())
    answer = asked()
    assert (answer.status_code, answer.json()["code"]) == (403, "no_post")
    assert not AuthToken.objects.exists()


def test_a_first_password_must_be_changed_before_a_token_is_given(regulator: Any) -> None:
    regulator.must_change_password = True
    regulator.save()
    answer = asked()
    assert (answer.status_code, answer.json()["code"]) == (403, "must_change_password")
    assert "修改密码" in answer.json()["detail"]


def test_an_account_that_was_closed_is_refused_like_a_wrong_password(regulator: Any) -> None:
    regulator.is_active = False
    regulator.save()
    assert asked().json()["code"] == "invalid_login"


@pytest.mark.parametrize("body", [{}, {"username": "zhang-san"}, {"username": "", "password": ""}, []])
def test_a_request_without_account_or_password_says_what_is_missing(body: Any, regulator: Any) -> None:
    answer = APIClient().post(TOKENS, body)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_broken_json_is_a_400_and_no_fault_of_ours(regulator: Any) -> None:
    answer = APIClient().generic("POST", TOKENS, "{not json", content_type="application/json")
    assert answer.status_code == 400


def test_a_post_that_ends_ends_the_token_at_once(regulator: Any) -> None:
    client = with_token(asked().json()["token"])
    assert client.get("/api/v1/projects/").status_code == 200
    regulator.posts.update(ended_at=timezone.now())
    answer = client.get("/api/v1/projects/")
    assert answer.status_code == 401
    assert "岗位" in answer.json()["detail"]


def test_a_token_is_handed_back_and_then_opens_nothing(regulator: Any) -> None:
    client = with_token(asked().json()["token"])
    assert client.delete(CURRENT).status_code == 204
    assert not AuthToken.objects.exists()
    assert client.get("/api/v1/projects/").status_code == 401
    assert AuditEvent.objects.filter(action="accounts.token_ended").count() == 1


def test_handing_back_ends_this_token_and_no_other(regulator: Any) -> None:
    first, second = (with_token(asked().json()["token"]) for _time in range(2))
    first.delete(CURRENT)
    assert second.get("/api/v1/projects/").status_code == 200


def test_a_changed_password_ends_every_token_of_the_account(regulator: Any) -> None:
    client = with_token(asked().json()["token"])
    browser = Client()
    browser.force_login(regulator, backend="django.contrib.auth.backends.ModelBackend")
    new = "a-new-gate-of-wuchang-2"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert browser.post("/account/password/", form).status_code == 302
    assert client.get("/api/v1/projects/").status_code == 401
    assert asked(password=new).status_code == 201


def test_expired_tokens_are_cleared_away_when_a_new_one_is_given(regulator: Any) -> None:
    asked()
    AuthToken.objects.update(expiry=timezone.now() - timedelta(days=1))
    asked()
    assert AuthToken.objects.count() == 1


def test_without_a_token_there_is_nothing_to_hand_back() -> None:
    answer = APIClient().delete(CURRENT)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_more_attempts_than_the_rate_allows_are_put_off(regulator: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("web.api.throttles.SignIns.THROTTLE_RATES", {"sign_in": "2/min", "user": "2/min"})
    answers = [asked(username=f"nobody-{step}") for step in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert int(answers[2].headers["Retry-After"]) > 0


def test_with_redis_away_tokens_are_given_all_the_same(regulator: Any) -> None:
    gone = {"default": {**_cache_settings(), "LOCATION": "redis://127.0.0.1:1/0"}}
    with override_settings(CACHES=gone):
        with pytest.raises(RedisGone):
            caches["default"].get("anything")
        assert asked().status_code == 201


def _cache_settings() -> dict[str, Any]:
    from django.conf import settings

    return settings.CACHES["default"]
