"""The administrator's records and acts over the REST API: scoped, once for one key, refusals in sentences."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Post, User
from attendance.models import Device
from audit.services import record
from federation.models import AcceptedRequest, Credential
from standards.models import RuleParameter
from tests.api.conftest import Caller
from tests.support.traces import fingerprint, traces_in
from tests.support.world import County, TwoCounties

ADMIN = "platform_administrator"
Body = dict[str, Any]


@pytest.fixture
def wuchang(world: TwoCounties) -> County:
    return world.wuchang


@pytest.fixture
def client(wuchang: County, caller: Caller) -> APIClient:
    return caller(wuchang.users[ADMIN])


def _do(client: APIClient, path: str, body: Body | None = None, status: int = 200, **more: str) -> Any:
    answer = client.post(f"/api/v1/{path}", body or {}, format="json", headers=more)
    assert answer.status_code == status, answer.content.decode()
    return answer.json() if answer.content else None


def _refused(client: APIClient, path: str, body: Body, status: int) -> dict[str, Any]:
    before = fingerprint()
    answer = _do(client, path, body, status)
    assert fingerprint() == before
    return answer


def _post(county: County) -> str:
    user = county.users["supervisor"]
    return f"accounts/{user.public_id}/posts/{user.posts.earliest('pk').pk}"


def test_an_account_is_opened_once_for_one_key_and_its_password_told_again(client, wuchang) -> None:
    body = {
        "username": "zhao",
        "display_name": "赵监理",
        "role": "supervisor",
        "scope": wuchang.project.code,
        "valid_from": str(timezone.localdate()),
        "document": "聘〔2026〕3号",
    }
    told = [_do(client, "accounts/open/", body, 201, **{"Idempotency-Key": "k-1"}) for _time in range(2)]
    assert told[0] == told[1]
    user = User.objects.get(username="zhao")
    assert user.check_password(told[0]["password"])
    found = client.get(f"/api/v1/accounts/{user.public_id}/").json()
    assert [(post["role"], post["document"]) for post in found["posts"]] == [("supervisor", "聘〔2026〕3号")]
    assert _refused(client, "accounts/open/", body, 422)["code"] == "username_taken"


@pytest.mark.parametrize(
    ("more", "status", "field"),
    [
        ({"role": "emperor"}, 400, "role"),
        ({"scope": "429004202601010200"}, 422, "scope"),
        ({"scope": "x"}, 422, "scope"),
        ({"valid_from": "soon"}, 400, "valid_from"),
        ({"valid_to": "2020-01-01"}, 422, "valid_to"),
        ({"username": ""}, 400, "username"),
        ({"colour": "red"}, 400, "colour"),
        ({"scope": "卮" * 81}, 400, "scope"),
    ],
)
def test_a_bad_body_names_the_field_and_opens_nothing(client, wuchang, more, status, field) -> None:
    body = {
        "username": "zhao",
        "display_name": "赵监理",
        "role": "supervisor",
        "scope": wuchang.project.code,
        "valid_from": str(timezone.localdate()),
    }
    assert list(_refused(client, "accounts/open/", {**body, **more}, status)["errors"]) == [field]


def test_posts_and_accounts_are_managed_as_on_the_pages(client, wuchang) -> None:
    user = wuchang.users["supervisor"]
    account, today = f"accounts/{user.public_id}", timezone.localdate()
    body = {"role": "labour_clerk", "scope": wuchang.project.code, "valid_from": str(today)}
    granted = _do(client, f"{account}/posts/", body, 201)
    until = str(today + timedelta(days=30))
    changed = _do(client, f"{account}/posts/{granted['id']}/days/", {"valid_to": until})
    assert changed["valid_to"] == until
    assert _do(client, f"{account}/posts/{granted['id']}/end/", {"reason": "调离"})["ended_at"]
    assert _do(client, f"{account}/end-posts/", status=204) is None
    assert not Post.objects.filter(user=user, ended_at=None).exists()
    told = _do(client, f"{account}/reset-password/")
    user.refresh_from_db()
    assert user.check_password(told["password"])
    assert _do(client, f"{account}/deactivate/", {"reason": "离职"}, 204) is None
    assert _do(client, f"{account}/reactivate/", status=204) is None
    assert _do(client, f"accounts/{wuchang.locked_user.public_id}/unlock/", status=204) is None
    assert client.get("/api/v1/accounts/", {"is_locked": "true"}).json()["count"] == 0


def test_devices_are_managed_as_on_the_pages(client, wuchang) -> None:
    made = _do(
        client, "devices/register/", {"project": str(wuchang.project.public_id), "channel": "西门"}, 201
    )
    path = f"devices/{made['public_id']}"
    changed = _do(client, f"{path}/change/", {"channel": "西二门", "serial": "S1", "expected_version": 1})
    assert (changed["channel"], changed["version"]) == ("西二门", 2)
    stale = _refused(client, f"{path}/change/", {"channel": "西三门", "expected_version": 1}, 409)
    assert stale["code"] == "stale"
    second = {"project": str(wuchang.project.public_id), "channel": "另一个门", "serial": "s1"}
    twice = _refused(client, "devices/register/", second, 422)
    assert twice["errors"]["serial"][0].startswith("序列号“s1”已登记在本项目的设备“西二门”上")
    assert _do(client, f"{path}/retire/", {"reason": "拆除"})["state"] == "已停用"
    assert _do(client, f"{path}/restore/")["retired_at"] is None
    assert client.get("/api/v1/devices/", {"in_use": "false"}).json()["count"] == 1


def test_vendors_access_is_managed_as_on_the_pages(client, wuchang) -> None:
    made = _do(client, "credentials/issue/", {"project_code": wuchang.project.code}, 201)
    assert Credential.all_rows.get(public_id=made["public_id"]).key == made["secret"]
    until = (timezone.now() + timedelta(days=3)).isoformat()
    fresh = _do(client, f"credentials/{made['public_id']}/rotate/", {"valid_until": until}, 201)
    listed = client.get("/api/v1/credentials/", {"is_valid": "true"}).json()
    assert [row["public_id"] for row in listed["results"]] == [fresh["public_id"], made["public_id"]]
    assert "secret" not in listed["results"][0]
    assert _do(client, f"credentials/{fresh['public_id']}/revoke/", {"reason": "外泄"})["revoked_at"]
    calls = client.get(f"/api/v1/credentials/{fresh['public_id']}/calls/").json()
    assert {call["verdict"] for call in calls} == {"failed", "refused"}
    assert _do(client, f"requests/{wuchang.broken_request.serial}/retry/", status=204) is None
    assert AcceptedRequest.all_rows.get(pk=wuchang.broken_request.pk).state == 0
    unknown = _refused(client, "credentials/issue/", {"project_code": "420106209901019999"}, 422)
    assert list(unknown["errors"]) == ["project_code"]


def test_the_trail_is_read_by_person_and_says_acts_in_words(client, wuchang, world) -> None:
    for county in world:
        record(
            county.actor("county_regulator"), "workers.number_read", county.worker.engagement, reason="核对"
        )
    lines = client.get("/api/v1/trail/", {"person": "张三"}).json()
    assert [(line["action_name"], line["reason"]) for line in lines["results"]] == [
        ("查看完整证件号", "核对"),
        ("加入闸机名单", ""),
    ]
    assert lines["results"][0]["object_key"] == str(wuchang.worker.engagement.public_id)


def test_a_parameter_is_set_and_taken_back_at_ones_own_place(client, wuchang) -> None:
    first = timezone.localdate() + timedelta(days=2)
    body = {"region": "420106", "value": 7, "valid_from": str(first), "document": "办〔2026〕1号"}
    told = _do(client, "parameters/key_post.absent_days/values/", body, 201)
    assert (told["value"], told["region"]) == (7, "420106")
    for region in ("429004", None, "999999"):
        path = "parameters/key_post.absent_days/values/"
        assert _refused(client, path, {**body, "region": region}, 422)["code"] == "unknown_region"
    path = "parameters/key_post.absent_days/take-back/"
    assert _do(client, path, {"region": "420106", "valid_from": str(first)}, 204) is None
    assert not RuleParameter.objects.filter(key="key_post.absent_days", region__code="420106").exists()


def test_the_other_countys_rows_are_not_there(client, world) -> None:
    other = world.xiantao
    user, device, credential = other.users["supervisor"], other.device, other.credential
    for path, body in (
        (f"accounts/{user.public_id}/reset-password/", {}),
        (f"accounts/{user.public_id}/deactivate/", {"reason": "试"}),
        (f"{_post(other)}/end/", {"reason": "试"}),
        (f"devices/{device.public_id}/retire/", {}),
        (f"credentials/{credential.public_id}/revoke/", {"reason": "试"}),
        (f"requests/{other.broken_request.serial}/retry/", {}),
    ):
        told = _refused(client, path, body, 404)
        assert traces_in(str(told), other) == []
    for path in ("accounts", "devices", "credentials", "trail"):
        assert traces_in(client.get(f"/api/v1/{path}/").content, other) == []
    assert Device.all_rows.get(pk=device.pk).retired_at is None


def test_whoever_is_no_administrator_is_refused(world, caller) -> None:
    regulator = caller(world.wuchang.users["county_regulator"])
    for path in ("accounts", "devices", "trail"):
        assert regulator.get(f"/api/v1/{path}/").status_code == 403
    # Why a record was refused is a regulator's question; whose the access is, is not theirs to decide.
    assert regulator.get("/api/v1/credentials/").status_code == 200
    _refused(regulator, f"credentials/{world.wuchang.credential.public_id}/revoke/", {"reason": "试"}, 403)
    _refused(regulator, "accounts/open/", {}, 403)
