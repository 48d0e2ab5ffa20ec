"""The pages on background work and on parameters: states in words, bad input, other places untouched."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import User
from kernel.errors import NotFound
from outbox.models import Heartbeat, OutboxEvent, Receiver
from standards.models import RuleParameter
from tests.scope.opening import signed_in
from tests.support import records
from tests.support.actors import account, give_post
from tests.support.traces import fingerprint
from tests.support.world import TwoCounties, two_counties
from web.message_acts import failed_messages, retry_messages
from web.models import OutgoingMessage

pytestmark = pytest.mark.django_db
ADMIN = "platform_administrator"
KEY = "device.silent_hours"


@pytest.fixture
def world() -> TwoCounties:
    return two_counties()


@pytest.fixture
def client(world: TwoCounties) -> Client:
    return signed_in(world.wuchang, ADMIN)


def _province() -> tuple[Client, User]:
    user = account("province-admin")
    give_post(user, ADMIN, region=records.region("420000"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, user


def _message(state: str) -> OutgoingMessage:
    return OutgoingMessage.objects.create(
        channel="sms", kind="test", to="13800000000", text="验证码", state=state
    )


def _refused(client: Client, url: str, form: dict[str, Any], *, status: int = 422) -> str:
    before = fingerprint()
    answer = client.post(url, form)
    assert answer.status_code == status
    assert fingerprint() == before
    return answer.content.decode()


def test_a_county_sees_its_own_work_and_the_province_the_whole_nodes(world, client) -> None:
    Heartbeat.objects.create(name="worker", at=timezone.now())
    _message("failed")
    named = {job.name for job in client.get(reverse("jobs")).context["jobs"]}
    assert named == {"后台进程", "打卡入账", "厂商请求处理", "厂商请求失败（平台原因）"}
    province, _user = _province()
    named = {job.name for job in province.get(reverse("jobs")).context["jobs"]}
    assert {"短信和邮件", "后台进程"} <= named


def test_the_worst_stands_first_and_says_what_to_do(world) -> None:
    province, _user = _province()
    old = timezone.now() - timedelta(minutes=20)
    Heartbeat.objects.create(name="worker", at=old)
    Receiver.objects.create(name="counters", position=0)
    event = OutboxEvent.objects.create(event="tests.done.v1", key=world.wuchang.project.public_id, position=1)
    OutboxEvent.objects.filter(pk=event.pk).update(created_at=old)
    answer = province.get(reverse("jobs"))
    jobs = answer.context["jobs"]
    levels = [job.level for job in jobs]
    assert levels == sorted(levels, key=lambda level: {"red": 0, "amber": 1}.get(level, 2))
    late = {job.name: job.state for job in jobs if job.level == "red"}
    assert late["后台进程"] == "没有响应"
    assert late["变更分发：counters"] == "落后 1 条"
    assert "请运维检查定时进程" in answer.content.decode()


def test_messages_that_were_given_up_are_sent_again_by_the_province_alone(world, client) -> None:
    failed, sent = _message("failed"), _message("sent")
    url = reverse("messages_retry")
    _refused(client, url, {}, status=404)
    with pytest.raises(NotFound):
        retry_messages(actor=world.wuchang.actor(ADMIN))
    assert not failed_messages(world.wuchang.actor(ADMIN)).exists()
    province, user = _province()
    assert list(failed_messages(UserActor.of(user))) == [failed]
    assert province.post(url).status_code == 302
    failed.refresh_from_db()
    sent.refresh_from_db()
    assert (failed.state, failed.attempts, sent.state) == ("waiting", 0, "sent")


def _value(**more: Any) -> dict[str, Any]:
    today = timezone.localdate()
    fields = {
        "region": "420106",
        "value_0": 12,
        "value_1": 48,
        "valid_from": today,
        "document": "办〔2026〕1号",
    }
    return {**fields, **more}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"region": ""}, "请选择适用地区"),
        ({"region": "429004"}, "没有这个地区，或者它不在您的管理范围内"),
        ({"region": "province"}, "没有这个地区，或者它不在您的管理范围内"),
        ({"value_0": ""}, "请填提示（小时）"),
        ({"value_0": "x"}, "请填整数"),
        ({"value_0": "99"}, "提示线不能高于告警线"),
        ({"valid_from": ""}, "请填生效日期"),
        ({"valid_from": "2020-01-01"}, "已经过去的日子不改判"),
        ({"valid_to": "2020-01-01"}, "截止日期早于生效日期"),
        ({"document": " "}, "请填依据文号"),
        ({"document": "长" * 121}, "依据文号最多 120 个字"),
    ],
)
def test_each_wrong_field_of_a_value_is_told_what_to_mend(client, more, said) -> None:
    assert said in _refused(client, reverse("parameter_set", args=[KEY]), _value(**more))


def test_a_value_is_set_shown_with_its_state_and_taken_back(world, client) -> None:
    first = timezone.localdate() + timedelta(days=2)
    url = reverse("parameter_set", args=[KEY])
    assert client.post(url, _value(valid_from=first))["Location"] == reverse("parameter", args=[KEY])
    row = RuleParameter.objects.get(key=KEY, region__code="420106")
    html = client.get(reverse("parameter", args=[KEY])).content.decode()
    assert "提示 12，告警 48 小时" in html and f"{first} 生效" in html and "设置参数" in html
    assert "与所填期间重叠" in _refused(client, url, _value())
    back = reverse("parameter_take_back", args=[KEY, row.pk])
    theirs = signed_in(world.xiantao, ADMIN)
    assert theirs.get(back).status_code == 404
    assert client.post(back).status_code == 302
    assert not RuleParameter.objects.filter(pk=row.pk).exists()


def test_each_kind_of_value_has_its_own_field(client) -> None:
    kinds: tuple[tuple[str, dict[str, Any], Any], ...] = (
        ("on_post.low", {"value": "72.5"}, 0.725),
        ("key_posts.required", {"value": ["01", "06"]}, ["01", "06"]),
        ("key_post.absent_days", {"value": "7"}, 7),
    )
    for key, form, value in kinds:
        url = reverse("parameter_set", args=[key])
        sent = {
            "region": "420106",
            "valid_from": timezone.localdate(),
            "document": "办〔2026〕1号",
            **form,
        }
        assert client.post(url, sent).status_code == 302, key
        assert RuleParameter.objects.get(key=key, region__code="420106").value == value
    form = {"region": "420106", "value": "101", "valid_from": timezone.localdate(), "document": "办"}
    html = _refused(client, reverse("parameter_set", args=["training_rate.low"]), form)
    assert html.count("比例应在 0% 到 100% 之间，请重填。") == 2


def test_the_page_says_beside_the_form_who_will_be_judged(client) -> None:
    url = reverse("parameter_set", args=[KEY])
    assert "选好地区后" in client.get(url).content.decode()
    assert "1 个县（市、区）按新值判断" in client.get(url, {"region": "420106"}).content.decode()


def test_a_parameter_nobody_defined_is_not_found(client) -> None:
    for name in ("parameter", "parameter_set"):
        assert client.get(reverse(name, args=["no.such"])).status_code == 404
    assert client.get(reverse("parameter_take_back", args=[KEY, 999_999])).status_code == 404
