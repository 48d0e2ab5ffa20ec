"""对账 on the operators' pages, and the monthly statement that both sides sign."""

import gzip
import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from federation import compare_words
from federation.models import (
    Copied,
    Line,
    LinkStatement,
    Node,
    ReconciliationDiff,
    ReconciliationRun,
    RecordResult,
)
from federation.node_words import node_state
from federation.services.handshake import say_hello
from federation.services.statements import make_statement, month_before, read_statement
from federation.travel.catalogue import KINDS as TRAVELLING
from federation.travel.trees import COMPARED
from federation.web.node_waiting import waiting
from regions.models import Region
from tests.support.actors import EVERYONE, account, give_post
from tests.support.counties import County, wuchang
from tests.support.neighbour import Parent
from web import words
from workers.models import Training

NOW = timezone.now()
MONTH = date(2026, 10, 1)
KINDS = ["enterprise", "team", "punches"]


def test_every_kind_of_record_has_a_name_for_operators() -> None:
    assert {*TRAVELLING, "punches"} == set(compare_words.KINDS)
    assert compare_words.record_said("enterprise:01a2") == "企业 01a2"


@pytest.fixture
def desk(governor) -> Client:
    client = Client()
    client.force_login(governor, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _text(answer: Any) -> str:
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>", " ", answer.content.decode())


def _press(desk: Client, url: str, **form: str) -> Any:
    page = desk.get(url)
    assert page.status_code == 200, url
    once = re.search(r'name="once" value="([^"]+)"', page.content.decode())
    return desk.post(url, {"once": once[1] if once else "", **form})


@pytest.fixture
def run(its_node) -> ReconciliationRun:
    return ReconciliationRun.objects.create(
        node=its_node, day=NOW.date(), started_at=NOW, state="done", questions=3, bytes_in=2048, told_at=NOW
    )


@pytest.fixture
def diff(run) -> ReconciliationDiff:
    return ReconciliationDiff.objects.create(
        node=run.node, run=run, kind="person", key=uuid4(), mark="ab", day=str(NOW.date()),
        sort="missing_above", state="open", found_at=NOW, seen_at=NOW,
    )  # fmt: skip


def test_a_difference_is_seen_and_its_owner_is_asked_to_send_it_again(desk, run, diff):
    run.counts.create(kind="person", below=12, above=11, digest_below="a" * 32, digest_above="b" * 32)
    assert "条差异未解决" in _text(desk.get("/nodes/"))
    text = _text(desk.get(f"/nodes/{run.node.public_id}/"))
    assert "有差异" in text and "全部重发" in text
    assert "3 次询问，2.0 KB" in _text(desk.get(f"/nodes/reconciliation/{run.public_id}/"))
    assert "2.0 KB" in _text(desk.get("/nodes/reconciliation/"))
    assert "人员：上级缺少" in _text(desk.get("/nodes/differences/?kind=person"))
    url = f"/nodes/differences/{diff.public_id}/"
    assert "下级把这条记录按现状再报一次" in _text(desk.get(url))
    assert _press(desk, f"{url}send/").status_code == 302
    diff.refresh_from_db()
    assert diff.asked_at is not None and diff.state == "open"
    assert "等下级平台取走" in _text(desk.get(url))


def test_all_that_differs_over_a_link_is_asked_for_at_once_but_nothing_that_would_delete(desk, run, diff):
    extra = ReconciliationDiff.objects.create(
        node=run.node, run=run, kind="team", key=uuid4(), mark="ab", sort="missing_below", state="open",
        found_at=NOW, seen_at=NOW,
    )  # fmt: skip
    assert _press(desk, f"/nodes/{run.node.public_id}/differences/send/").status_code == 302
    asked = ReconciliationDiff.objects.filter(asked_at__isnull=False)
    assert list(asked) == [diff] and extra.state == "open"


def test_a_difference_is_explained_and_no_longer_waits(desk, diff):
    found = list(waiting(EVERYONE, NOW.date(), NOW))
    assert [(one.level, one.fact) for one in found if one.what == "对账差异未解决"] == [("amber", "1 条")]
    later = list(waiting(EVERYONE, NOW.date(), NOW + timedelta(days=2, minutes=1)))
    assert [one.level for one in later if one.what == "对账差异未解决"] == ["red"]
    url = f"/nodes/differences/{diff.public_id}/explain/"
    assert _press(desk, url, why=" ").status_code == 422
    assert _press(desk, url, why="上级已清退").status_code == 302
    diff.refresh_from_db()
    assert (diff.state, diff.why, diff.handled_by != "") == ("explained", "上级已清退", True)
    assert [one for one in waiting(EVERYONE, NOW.date(), NOW) if one.what == "对账差异未解决"] == []


def test_a_comparison_is_not_begun_from_above(desk, run):
    answer = _press(desk, f"/nodes/{run.node.public_id}/reconcile/")
    assert "对账由下级平台发起" in answer.content.decode()
    assert ReconciliationRun.objects.count() == 1


def _body(city: Any, **other: Any) -> str:
    """A statement as another maker's child writes it, from what we answered."""
    days = {"first": "2026-10-01", "last": "2026-10-31"}
    asks = [{"kind": kind, **days} for kind in COMPARED]
    answer = city.compare(*asks, scope="statement")
    answers = json.loads(gzip.decompress(answer.content))["answers"]
    assert not any(answers)
    said = {
        "statement": "hbfed/1 statement", "below": "whs", "above": "hb", "month": "2026-10",
        "made_at": "2026-11-02T00:00:00.000000Z", "explained": 0, "open": 0,
        "objects": [
            {"kind": kind, "below": [0, "0" * 32], "above": [0, "0" * 32]} for kind in COMPARED
        ],
        **other,
    }  # fmt: skip
    return json.dumps(said)


def _handed(city: Any, body: str, signed: str = "") -> dict[str, Any]:
    digest = hashlib.sha256((signed or body).encode()).hexdigest()
    card = {
        "month": "2026-10", "body": body, "key_id": city.keys.key_id,
        "signature": city.keys.sign("hbfed/1 statement", digest),
    }  # fmt: skip
    answer = city.compare(statement=card, scope="statement")
    assert answer.status_code == 200
    return dict(json.loads(gzip.decompress(answer.content))["statement"])


def test_a_statement_of_another_maker_is_countersigned_once_and_verified_on_the_page(desk, city, its_node):
    body = _body(city)
    first = _handed(city, body)
    assert first["signature"] and "objection" not in first
    assert _handed(city, body) == first
    assert "已经会签过" in _handed(city, _body(city, open=1))["objection"]
    row = LinkStatement.objects.get()
    found = read_statement(row)
    assert (found.is_signed_below, found.is_signed_above, found.is_equal) == (True, True, True)
    url = f"/nodes/statements/{row.public_id}/"
    assert _text(desk.get(url)).count("签名有效") == 2
    assert "双方已签" in _text(desk.get("/nodes/statements/"))
    paper = desk.get(f"{url}pdf/")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    # Somebody changes a number afterwards.
    LinkStatement.objects.update(body=row.body.replace('"open": 0', '"open": 7'))
    text = _text(desk.get(url))
    assert text.count("签名与内容不符") == 2 and "签名有效" not in text


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"month": "2099-12"}, "还没有结束"),
        ({"above": "xt"}, "双方与本链路不符"),
        ({"objects": []}, "有变化"),
        ({"objects": 1}, "格式不对"),
    ],
)
def test_a_statement_that_is_not_ours_is_not_signed(other, words, city):
    assert words in _handed(city, _body(city, **other))["objection"]
    assert "签名与内容不符" in _handed(city, _body(city), signed="{}")["objection"]
    assert LinkStatement.objects.count() == 0


def test_our_own_statement_is_signed_by_both(node, above, ledger):
    month, at = MONTH, datetime(2026, 11, 3, tzinfo=UTC)

    def answer(body: bytes) -> tuple[int, bytes]:
        said = json.loads(gzip.decompress(body))
        if "statement" not in said:
            return ledger.answer(body)
        card = said["statement"]
        digest = hashlib.sha256(card["body"].encode()).hexdigest()
        signature = above.keys.sign("hbfed/1 statement countersigned", digest, card["signature"])
        reply = {"statement": {"key_id": above.keys.key_id, "signature": signature}}
        return 200, gzip.compress(json.dumps(reply).encode())

    above.answers["compare"] = answer
    row = make_statement(node, month, http=above.http(), now=at)
    found = read_statement(row)
    assert (row.trouble, found.is_signed_below, found.is_signed_above) == ("", True, True)
    assert found.is_equal and {one.kind for one in found.entries} >= set(KINDS)
    assert make_statement(node, month, http=Parent(away=True).http(), now=at) == row


def test_a_statement_that_the_parent_does_not_sign_says_why(node, above, ledger):
    row = make_statement(node, MONTH, http=above.http(), now=datetime(2026, 11, 3, tzinfo=UTC))
    assert (row.above_signature, row.trouble) == ("", "上级平台不支持会签对账单。")
    assert len(ledger.asked) == len(COMPARED)


def _differs(
    run: ReconciliationRun, kind: str, key: Any, project: Any = "", **more: Any
) -> ReconciliationDiff:
    return ReconciliationDiff.objects.create(
        node=run.node, run=run, kind=kind, key=key, mark="ab", project=str(project), state="open",
        found_at=NOW, seen_at=NOW, **{"sort": "different", **more},
    )  # fmt: skip


@pytest.fixture
def county(run) -> County:
    return wuchang(NOW)


def test_a_difference_names_its_record_and_its_project_by_code(desk, governor, run, county):
    project, training = county.project, Training.objects.unscoped(because="a test").first()
    assert training is not None
    person = training.engagement.person.name
    diff = _differs(run, "training", training.public_id, project.public_id)
    url = f"/nodes/differences/{diff.public_id}/"
    text = _text(desk.get(url))
    assert f"{person}（{project.name}）" in text and f"{project.name}（{project.code}）" in text
    assert f"第 {training.version} 版" in text and "在本平台修改" in text
    assert "技术编号" in text and str(training.public_id) in text and "项目编号" not in text
    page = desk.get(url).content.decode()
    assert f'href="/projects/{project.public_id}/"' not in page
    # Whoever may also read projects there is led to it.
    give_post(governor, "province_regulator", region=run.node.region.parent)
    page = desk.get(url).content.decode()
    assert f'href="/projects/{project.public_id}/"' in page
    for listed in (desk.get("/nodes/differences/"), desk.get(f"/nodes/reconciliation/{run.public_id}/")):
        assert f"{person}（{project.name}）" in listed.content.decode()


def test_a_difference_of_what_is_not_here_says_so(desk, run):
    diff = _differs(run, "training", uuid4(), uuid4(), sort="missing_above")
    text = _text(desk.get(f"/nodes/differences/{diff.public_id}/"))
    assert "本平台没有这条记录" in text and "本平台没有这个项目，或不在您的管理范围内" in text
    assert str(diff.key) in text and "本平台这一份" not in text


def test_the_subject_of_a_copy_says_through_whom_and_when_it_came(desk, run, county):
    team = next(iter(county.teams.values()))
    type(team).all_rows.filter(pk=team.pk).update(origin="whs", version=3)
    Copied.objects.create(
        kind="team", key=team.public_id, node="whs", origin="whs", version=3, at=NOW, received_at=NOW
    )
    text = _text(desk.get(f"/nodes/differences/{_differs(run, 'team', team.public_id).public_id}/"))
    assert team.name in text and f"第 3 版，所有者 {words.moment(NOW)} 修改" in text
    assert f"由“{run.node.name}”报来" in text


def test_a_list_of_differences_asks_as_much_for_many_as_for_few(desk, run, county):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get("/nodes/differences/").status_code == 200
        return len(found)

    rows = list(Training.objects.unscoped(because="a test"))
    _differs(run, "training", rows[0].public_id, county.project.public_id)
    desk.get("/nodes/differences/")
    few = asked()
    for row in rows[1:]:
        _differs(run, "training", row.public_id, county.project.public_id)
    assert len(rows) > 1 and asked() == few


def test_what_a_parent_that_has_suspended_us_says_stands_on_home_and_in_the_list(node, above):
    said = "“武汉市平台”已停用（密钥疑似外泄），报文没有处理。"
    refusal = json.dumps({"code": "suspended", "sentence": said}).encode()
    above.answers["hello"] = lambda _body: (403, refusal)
    Line.objects.filter(node=node, stream="punches").update(trouble=said, trouble_since=NOW)
    Node.objects.filter(pk=node.pk).update(state="active")
    node.refresh_from_db()
    assert not say_hello(above.http(), node, NOW)
    node.refresh_from_db()
    assert node_state(node) == ("red", "被上级停用")
    found = [one for one in waiting(EVERYONE, NOW.date(), NOW) if one.place == node.name]
    assert [(one.level, one.what, one.fact) for one in found] == [("red", "平台连接：被上级停用", said)]
    # Resumed there: the next handshake says so.
    del above.answers["hello"]
    assert say_hello(above.http(), node, NOW)
    node.refresh_from_db()
    assert node_state(node)[1] != "被上级停用"


def test_an_act_that_would_be_refused_whatever_is_answered_is_not_asked_for(desk, run):
    """At the parent: statements and what was lost are the child's, an open line runs, nothing differs."""
    other = _differs(run, "team", uuid4(), sort="different")
    lost = _differs(run, "team", uuid4(), sort="missing_below")
    node = f"/nodes/{run.node.public_id}/"
    for url, words_ in {
        f"{node}statement/": "对账单由下级平台发起",
        f"{node}lines/out/dispatch/": "正在正常运行",
        f"/nodes/differences/{other.public_id}/take-back/": "可以取回",
        f"/nodes/differences/{lost.public_id}/take-back/": "由缺少它的下级平台办理",
    }.items():
        page = desk.get(url).content.decode()
        assert "现在不能办理" in page and words_ in page and 'id="act"' not in page, url
    assert 'id="act"' in desk.get(f"{node}differences/send/").content.decode()
    ReconciliationDiff.objects.all().delete()
    page = desk.get(f"{node}differences/send/").content.decode()
    assert "没有可以重发的差异" in page and 'id="act"' not in page
    lost_all = desk.get(f"{node}differences/take-back/").content.decode()
    assert "现在不能办理" in lost_all and 'id="act"' not in lost_all


def test_a_comparison_says_in_local_time_up_to_when_it_covers(desk, its_node):
    begun = datetime(2026, 11, 27, 18, 51, tzinfo=UTC)
    whole = ReconciliationRun.objects.create(
        node=its_node, scope="whole", day=date(2026, 11, 27), started_at=begun, state="done"
    )
    ReconciliationRun.objects.create(
        node=its_node, day=date(2026, 11, 27), started_at=begun + timedelta(hours=9), state="done"
    )
    text = _text(desk.get(f"/nodes/reconciliation/{whole.public_id}/"))
    assert "全部对账，截至 2026-11-28 02:51" in text and "2026-11-27" not in text
    # The nightly one closes the day that ended at eight in the morning here.
    text = _text(desk.get("/nodes/reconciliation/"))
    assert "2026-11-28 02:51" in text and "2026-11-28 08:00" in text and "2026-11-27" not in text
    assert "截至 2026-11-28 08:00" in _text(desk.get(f"/nodes/{its_node.public_id}/"))


def test_a_statement_that_is_signed_already_is_shown_and_not_said_to_be_made(node, above):
    user = account("city-platform")
    give_post(user, "platform_administrator", region=Region.objects.get(code="420100"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    month = month_before(timezone.now().date())
    row = LinkStatement.objects.create(
        node=node, month=month, body="{}", below_key="a", below_signature="b", above_key="c",
        above_signature="d", made_at=NOW, countersigned_at=NOW,
    )  # fmt: skip
    answer = _press(client, f"/nodes/{node.public_id}/statement/")
    assert answer["Location"] == f"/nodes/statements/{row.public_id}/"
    text = _text(client.get(answer["Location"]))
    assert "上月对账单已有" in text and "对账单已生成" not in text
    assert LinkStatement.objects.count() == 1
    assert not AuditEvent.objects.filter(action="federation.statement_made").exists()


def test_a_held_record_is_named_in_the_list_and_on_its_page(desk, run, county):
    team = next(iter(county.teams.values()))
    line = Line.objects.get(node=run.node, direction="out", stream="dispatch")
    row = RecordResult.objects.create(
        line=line, number=1, epoch=1, seq=1, kind="team", key=team.public_id, became="refused",
        sentence="班组已停用。", told_at=NOW,
    )  # fmt: skip
    for url in ("/nodes/held/", f"/nodes/held/{row.public_id}/"):
        text = _text(desk.get(url))
        assert team.name in text and f"{county.project.name}（{county.project.code}）" in text
