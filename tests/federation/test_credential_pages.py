"""The pages on vendors' access: secrets shown once, calls in words, owners look and do not touch."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from federation import receipt_lines
from federation.masked import HIDDEN, masked_body
from federation.models import AcceptedRequest, Credential
from federation.open_api.fieldcipher import encrypt
from kernel.masking import mask_id_number
from tests.scope.opening import signed_in
from tests.support import people
from tests.support.traces import fingerprint
from tests.support.world import TwoCounties, two_counties

pytestmark = pytest.mark.django_db
ADMIN = "platform_administrator"
LIST_QUERIES, RECORD_QUERIES = 9, 12


@pytest.fixture
def world() -> TwoCounties:
    return two_counties()


@pytest.fixture
def client(world: TwoCounties) -> Client:
    return signed_in(world.wuchang, ADMIN)


def _refused(client: Client, url: str, form: dict[str, Any], *, status: int = 422) -> str:
    before = fingerprint()
    answer = client.post(url, form)
    assert answer.status_code == status
    assert fingerprint() == before
    return answer.content.decode()


def test_a_secret_is_issued_and_shown_to_its_issuer_until_it_is_put_away(world, client) -> None:
    county = world.wuchang
    form = {"project_code": f" {county.project.code} ", "holder": "某科技公司"}
    answer = client.post(reverse("credential_new"), form)
    row = Credential.all_rows.filter(appid=county.project.code).latest("pk")
    assert answer["Location"] == reverse("credential_secret", args=[row.public_id])
    assert row.key in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"])
    record = reverse("credential", args=[row.public_id])
    assert client.get(answer["Location"])["Location"] == record
    html = client.get(record).content.decode()
    assert "某科技公司" in html and row.key not in html


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"project_code": ""}, "请填项目编码"),
        ({"project_code": "x" * 41}, "项目编码最多 40 个字"),
        ({"project_code": "420106209901019999"}, "没有编码为“420106209901019999”的项目"),
        ({"project_code": "429004202601010200"}, "没有编码为“429004202601010200”的项目"),
    ],
)
def test_a_project_that_is_not_there_is_said_beside_the_field(client, form, said) -> None:
    assert _refused(client, reverse("credential_new"), form).count(said) == 2


@pytest.mark.parametrize(
    ("days", "said"), [(None, "请填旧密钥用到"), (-1, "今后 30 天之内"), (31, "今后 30 天之内")]
)
def test_an_overlap_that_cannot_be_is_refused_in_words(world, client, days, said) -> None:
    day = timezone.localdate() + timedelta(days=days) if days is not None else ""
    url = reverse("credential_rotate", args=[world.wuchang.credential.public_id])
    assert said in _refused(client, url, {"valid_until": day})


def test_a_revoked_secret_says_so_and_cannot_be_changed_over(world, client) -> None:
    row = world.wuchang.credential
    url = reverse("credential_revoke", args=[row.public_id])
    assert "请填原因" in _refused(client, url, {"reason": ""})
    assert client.post(url, {"reason": "密钥外泄"}).status_code == 302
    html = client.get(reverse("credential", args=[row.public_id])).content.decode()
    assert "撤销" in html and "签发新密钥" in html
    rotate = reverse("credential_rotate", args=[row.public_id])
    form = {"valid_until": timezone.localdate() + timedelta(days=3)}
    assert "已经失效，不能轮换" in _refused(client, rotate, form)


def test_a_contractors_manager_reads_the_own_projects_calls_and_changes_nothing(world) -> None:
    county = world.wuchang
    manager = signed_in(county, "contractor_manager")
    record = reverse("credential", args=[county.credential.public_id])
    html = manager.get(record).content.decode()
    assert "签名校验错误" in html and "轮换" not in html
    assert manager.get(reverse("accepted_request", args=[county.request.serial])).status_code == 200
    for name in ("credential_rotate", "credential_revoke", "credential_secret"):
        assert manager.get(reverse(name, args=[county.credential.public_id])).status_code == 403
    assert manager.get(reverse("credential", args=[world.xiantao.credential.public_id])).status_code == 404
    assert signed_in(county, "labour_clerk").get(record).status_code == 403


def test_calls_before_a_secret_was_issued_are_not_its_own(world, client) -> None:
    county = world.wuchang
    url = reverse("credential", args=[county.credential.public_id])
    AcceptedRequest.all_rows.filter(appid=county.project.code).update(accepted_at=timezone.now())
    assert "没有调用过" not in client.get(url).content.decode()
    Credential.all_rows.filter(pk=county.credential.pk).update(
        created_at=timezone.now() + timedelta(minutes=1)
    )
    assert "没有调用过" in client.get(url).content.decode()


def test_what_a_call_said_is_shown_without_anything_personal(world, client) -> None:
    county, number = world.wuchang, people.id_number(905)
    row = county.broken_request
    row.body = (
        '{"workerName": "赵钱孙", "idCardNumber": "cipher==", "teamName": "木工班",'
        f' "remark": "见 {number}", "headImage": "{"x" * 500}", "rows": [{{"cellPhone": "c=="}}]}}'
    )
    row.save()
    html = client.get(reverse("accepted_request", args=[row.serial])).content.decode()
    assert "木工班" in html and HIDDEN in html
    for personal in ("赵钱孙", "cipher==", number, "x" * 130, "c=="):
        assert personal not in html
    assert masked_body(None) == ""


def test_the_person_of_a_call_can_be_told_by_the_masked_number_and_by_name_where_workers_are_seen(
    world,
) -> None:
    county, number = world.wuchang, people.id_number(905)
    row, key = county.broken_request, "k" * 32
    row.credential.secret = key
    row.credential.save()
    said = {"workerName": "赵钱孙", "idCardType": "01", "idCardNumber": encrypt(number, key)}
    row.body = json.dumps({"workerList": [said]})
    row.save()
    url = reverse("accepted_request", args=[row.serial])
    for role, name in ((ADMIN, HIDDEN), ("contractor_manager", "赵钱孙")):
        shown = json.loads(signed_in(county, role).get(url).context["said"])["workerList"][0]
        assert shown == {"workerName": name, "idCardType": "01", "idCardNumber": mask_id_number(number)}


def test_rows_of_the_punch_interface_that_do_not_count_say_why(world, client) -> None:
    county, number = world.wuchang, people.id_number(905)
    receipt = county.punch_receipt
    receipt.rejected = [{"index": 1, "seq": None, "sentence": f"at 应为带时区的时间，{number}"}]
    receipt.save()
    html = client.get(reverse("credential", args=[county.credential.public_id])).content.decode()
    assert f"第 1 条（流水号 7）：该人员未在本项目登记{county.word}" in html
    assert f"第 2 条：at 应为带时区的时间，{mask_id_number(number)}" in html
    assert str(receipt.public_id) in html and number not in html


def test_a_call_that_was_put_aside_is_no_success_and_long_lists_end(world) -> None:
    receipt = world.wuchang.punch_receipt
    receipt.result = {"aside": "DataError"}
    assert not receipt_lines.is_all_well(receipt)
    assert receipt_lines.summed_up(receipt).endswith("因平台原因搁置，没有丢失")
    receipt.result = {"refused": [{"mark": n, "seq": "", "sentence": "未留存"} for n in range(23)]}
    lines = receipt_lines.each_row(receipt)
    assert (len(lines), lines[-1]) == (21, "另有 3 条，凭回执编号可在接口查询。")


def test_a_call_that_failed_by_our_fault_is_listed_and_carried_out_again_once(world, client) -> None:
    county = world.wuchang
    jobs = client.get(reverse("jobs")).content.decode()
    assert "1 个失败" in jobs
    faults = client.get(reverse("request_faults"))
    assert [row.record for row in faults.context["table"].rows] == [county.broken_request]
    url = reverse("request_retry", args=[county.broken_request.serial])
    once = client.get(url).context["once"]
    for _time in range(2):
        assert client.post(url, {"once": once}).status_code == 302
    row = AcceptedRequest.all_rows.get(pk=county.broken_request.pk)
    assert row.state == AcceptedRequest.State.PENDING
    refused = reverse("request_retry", args=[county.request.serial])
    assert "因内容有误被拒的，请由厂商改正" in _refused(client, refused, {})


def test_pages_ask_a_fixed_number_of_questions(world, client, django_assert_num_queries) -> None:
    county = world.wuchang
    pages = (
        (reverse("credentials"), LIST_QUERIES),
        (reverse("credential", args=[county.credential.public_id]), RECORD_QUERIES),
    )
    for step in range(2):
        for url, number in pages:
            client.get(url)
            with django_assert_num_queries(number):
                assert client.get(url).status_code == 200
        Credential.objects.create(appid=f"{step}", project=county.project, secret="s" * 32)
