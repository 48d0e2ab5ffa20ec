"""Who is turned away at once: each refusal has its code and says what to do, and leaves no trace."""

from datetime import timedelta

import pytest

from federation.models import AcceptedRequest, AnsweredQuery, Credential
from federation.services import issue_credential
from federation.simulator.wire import OpenApi
from standards.models import RuleParameter
from standards.selectors import forget
from tests.federation.conftest import ELSEWHERE, HERE, NOW, requests

CHECK: tuple[str, dict] = ("CheckSign.Query", {})


def nothing_is_left() -> bool:
    return not AcceptedRequest.all_rows.exists() and not AnsweredQuery.objects.exists()


def set_parameter(key: str, value: object) -> None:
    RuleParameter.objects.filter(key=key).update(value=value)
    forget()


def test_a_right_signature_is_answered_with_success(here):
    assert here.send(*CHECK, version="1.1") == {"code": 0, "message": "成功", "data": {}}


def test_an_unknown_appid_is_refused_in_the_known_words(here):
    answer = here.send(*CHECK, appid="no-such-appid")
    assert (answer["code"], answer["message"]) == (-1, "请求参数无效:appid无效!")
    assert nothing_is_left()


def test_a_wrong_signature_is_refused_and_the_rule_of_signing_is_told(here):
    form = here.api.signed(*CHECK, at=NOW) | {"data": '{"changed":1}'}
    answer = here.post(form)
    assert answer["code"] == -2
    assert answer["message"].startswith("签名校验错误!请将除sign外的参数按名称升序拼接")
    assert nothing_is_left()


def test_somebody_elses_project_is_refused_and_not_said_to_exist(here, elsewhere):
    known = here.send("Team.Query", {"projectCode": ELSEWHERE})
    unknown = here.send("Team.Query", {"projectCode": "999"})
    assert known["code"] == unknown["code"] == -3
    assert known["message"].replace(ELSEWHERE, "999") == unknown["message"]
    assert known["message"].startswith(f"无API访问权限!该appid不能访问项目{ELSEWHERE}")
    assert here.send("Team.Add", {"projectCode": ELSEWHERE, "teamName": "x"})["code"] == -3
    assert nothing_is_left()


def test_an_address_outside_the_list_is_refused_and_named(here):
    here.credential.allowed_addresses = ["203.0.113.0/24", "2001:db8::1"]
    here.credential.save()
    assert here.send(*CHECK)["code"] == 0
    here.address = "198.51.100.9"
    answer = here.send(*CHECK)
    assert (answer["code"], "198.51.100.9" in answer["message"]) == (-4, True)


def test_calls_above_the_rate_are_refused_until_a_minute_has_passed(here):
    set_parameter("open_api.calls_per_minute", 2)
    assert [here.send(*CHECK)["code"] for _ in range(3)] == [0, 0, -5]
    assert "频繁" in here.send(*CHECK)["message"]
    here.now = NOW + timedelta(seconds=61)
    assert here.send(*CHECK)["code"] == 0


def test_polling_for_results_is_not_counted_against_the_rate(here):
    serial = here.send("Team.Add", {"projectCode": HERE})["data"]["requestSerialCode"]
    set_parameter("open_api.calls_per_minute", 2)
    polls = [here.send("AsyncHandleResult.Query", {"requestSerialCode": serial}) for _ in range(5)]
    assert {answer["code"] for answer in polls} == {0}
    assert here.send(*CHECK)["code"] == 0


@pytest.mark.parametrize("minutes", [-11, 11, -480])
def test_a_stale_timestamp_is_refused_and_told_the_servers_time(here, minutes):
    answer = here.send(*CHECK, at=NOW + timedelta(minutes=minutes))
    assert answer["code"] == -1
    assert "timestamp无效" in answer["message"]
    assert "当前服务器时间为20261122090000" in answer["message"]
    assert nothing_is_left()


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_timestamp_at_the_edge_of_the_window_is_taken(here, minutes):
    assert here.send(*CHECK, at=NOW + timedelta(minutes=minutes))["code"] == 0


def test_a_vendor_with_a_bad_clock_can_be_given_a_wider_window(here):
    here.credential.window_minutes = 600
    here.credential.save()
    assert here.send(*CHECK, at=NOW - timedelta(hours=8))["code"] == 0


@pytest.mark.parametrize("text", ["", "20261322010101", "2026-11-22 09:00:00"])
def test_a_timestamp_of_another_form_is_refused(here, text):
    answer = here.send(*CHECK, timestamp=text)
    assert (answer["code"], "yyyyMMddHHmmss" in answer["message"]) == (-1, True)


@pytest.mark.parametrize("nonce", ["", "n" * 65])
def test_a_missing_or_endless_nonce_is_refused(here, nonce):
    assert "nonce无效!" in here.send(*CHECK, nonce=nonce)["message"]


def test_a_replayed_query_is_refused(here):
    form = here.api.signed(*CHECK, at=NOW)
    assert here.post(form)["code"] == 0
    answer = here.post(form)
    assert answer["code"] == -1
    assert answer["message"].startswith("请求参数无效:nonce重复!")
    assert AnsweredQuery.objects.count() == 1


def test_the_same_nonce_in_another_second_is_no_replay(here):
    assert here.send(*CHECK, nonce="483782")["code"] == 0
    assert here.send(*CHECK, nonce="483782", at=NOW + timedelta(seconds=1))["code"] == 0


def test_a_replayed_write_is_refused_and_told_its_serial_code(here):
    form = here.api.signed("Team.Add", {"projectCode": HERE}, at=NOW)
    serial = here.post(form)["data"]["requestSerialCode"]
    answer = here.post(form)
    assert answer["code"] == -1
    assert serial in answer["message"]
    assert requests().count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("{", "data不是有效的JSON!"),
        ('{"a": NaN}', "data不是有效的JSON!"),
        ("[" * 100_000, "data不是有效的JSON!"),
        ('{"a": ' + "9" * 5000 + "}", "data不是有效的JSON!"),
        ("[]", "data不是JSON对象!"),
        ('"text"', "data不是JSON对象!"),
    ],
)
def test_broken_json_is_refused_at_once(here, data, words):
    answer = here.send("Team.Add", data)
    assert (answer["code"], words in answer["message"]) == (-1, True)
    assert nothing_is_left()


def test_an_unknown_method_is_refused_and_the_known_ones_are_named(here):
    answer = here.send("Team.Remove", {})
    assert answer["code"] == -1
    assert "没有接口Team.Remove" in answer["message"]
    for name in ("CheckSign.Query", "Team.Add", "WorkerAttendance.Add"):
        assert name in answer["message"]
    assert nothing_is_left()


def test_the_two_newest_secrets_are_valid_and_older_ones_are_not(here):
    second, third = (issue_credential(actor=None, project_code=HERE) for _ in range(2))
    codes = []
    for credential in (here.credential, second, third):
        here.api = OpenApi("http://platform.invalid", HERE, credential.key)
        codes.append(here.send(*CHECK)["code"])
    assert codes == [-2, 0, 0]


def test_a_revoked_secret_is_not_valid(here):
    second = issue_credential(actor=None, project_code=HERE)
    Credential.all_rows.filter(pk=here.credential.pk).update(revoked_at=NOW)
    assert here.send(*CHECK)["code"] == -2
    Credential.all_rows.filter(pk=second.pk).update(revoked_at=NOW)
    assert here.send(*CHECK)["message"] == "请求参数无效:appid无效!"


def test_a_registered_enterprise_key_is_checked_when_it_is_sent(here):
    here.credential.corp_key = "fedcba9876543210fedcba9876543210"
    here.credential.save()
    stamp = "20261122090000"
    good = here.api.encrypted("fedcba9876543210fedcba9876543210" + stamp)
    other = here.api.encrypted("00000000000000000000000000000000" + stamp)
    assert here.send(*CHECK)["code"] == 0
    assert here.send(*CHECK, corpsign=good)["code"] == 0
    assert here.send(*CHECK, corpsign=other)["code"] == -2


def test_a_secret_sent_along_is_ignored_and_not_kept(here):
    form = here.api.signed("Team.Add", {"projectCode": HERE, "ApiPass": here.api.secret}, at=NOW)
    assert here.post(form | {"appsecret": here.api.secret})["code"] == 0
    assert here.api.secret not in str(requests().get().body)
