"""The operators' pages: of whoever administers the whole platform, and of nobody else."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from federation.models import Frozen, Line, Move, Node, RecordResult, RefusedEnvelope, SentEnvelope
from federation.selectors.node_health import healths
from federation.selectors.nodes import nodes
from federation.services import put_aside
from federation.services.applying import apply_all
from federation.services.own_node import card, own_node
from federation.services.sealing import line_out, seal_next
from federation.web.nodes import tree
from kernel.errors import NotPermitted
from kernel.scoping import Reach
from tests.federation.nodes.notes import Changes, Notebook, note
from tests.support.actors import EVERYONE, Holder, account, give_post
from tests.support.neighbour import message

INVITE = {"name": "武汉市平台", "code": "whs", "kind": "city", "region": "420100", "enterprise_uscc": ""}


@pytest.fixture
def desk(governor) -> Client:
    client = Client()
    client.force_login(governor, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _text(answer) -> str:
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>", " ", answer.content.decode())


def _press(desk: Client, url: str, **form: str):
    page = desk.get(url)
    assert page.status_code == 200, url
    once = re.search(r'name="once" value="([^"]+)"', page.content.decode())
    return desk.post(url, {"once": once[1] if once else "", **form})


def test_an_invitation_is_made_on_the_page_and_its_code_is_shown_once(desk, db):
    assert "还没有相连的平台" in _text(desk.get("/nodes/"))
    answer = _press(desk, "/nodes/invite/", **INVITE)
    assert answer.status_code == 302
    shown = desk.get(answer["Location"])
    found = re.search(r'id="secret">([^<]+)<', shown.content.decode())
    assert found is not None
    assert found[1].startswith("hb.") and len(found[1].split(".")) == 3
    desk.post(answer["Location"], {})
    assert desk.get(answer["Location"]).status_code == 302
    assert "等待接入" in _text(desk.get("/nodes/"))


def test_what_cannot_be_invited_is_said_beside_its_field(desk, db):
    answer = _press(desk, "/nodes/invite/", **{**INVITE, "region": ""})
    assert answer.status_code == 422
    assert "请选择该平台管理的行政区划" in answer.content.decode()
    assert not Node.objects.filter(code="whs").exists()


def test_the_tree_shows_each_node_with_the_health_of_its_link(desk, city, its_node):
    Node.objects.create(
        code="wcq",
        name="武昌区平台",
        kind="county",
        relation="below",
        via=its_node,
        state="active",
        region=None,
    )
    text = _text(desk.get("/nodes/"))
    for word in ("另一家做的平台", "武昌区平台", "经 另一家做的平台", "正常"):
        assert word in text


def test_the_tree_draws_a_node_below_the_platform_under_which_it_hangs(desk, city, its_node):
    told = [
        {"code": "fab", "name": "某建筑公司", "kind": "enterprise", "via": "wcq"},
        {"code": "hsq", "name": "洪山区平台", "kind": "county", "region": "420111"},
        # An older platform says nothing, and what nobody knows counts for nothing.
        {"code": "old", "name": "老平台公司", "kind": "enterprise", "via": "zzz"},
        {"code": "wcq", "name": "武昌区平台", "kind": "county", "region": "420106"},
    ]
    assert city.ask("hello", {"card": {**city.card(), "below": told}}).status_code == 200
    drawn = tree(nodes(EVERYONE), {}, timezone.now())
    assert [(row.node.code, row.depth) for row in drawn if row.node.relation == "below"] == [
        ("hsq", 2), ("old", 2), ("wcq", 2), ("fab", 3),
    ]  # fmt: skip
    text = _text(desk.get("/nodes/"))
    assert "企业平台，经 武昌区平台" in text and "企业平台，经 另一家做的平台" in text
    # To our own parent it is told as it was told to us.
    assert {one["code"]: one["via"] for one in card(timezone.now())["below"]} == {
        "fab": "wcq", "hsq": "whs", "old": "whs", "wcq": "whs", "whs": "",
    }  # fmt: skip
    # Told in a circle, each is drawn all the same.
    Node.objects.filter(code="wcq").update(above=[{"code": "fab", "name": "某建筑公司"}])
    assert len(tree(nodes(EVERYONE), {}, timezone.now())) == len(drawn)


def test_a_backlog_and_a_stopped_line_are_seen_in_their_colours(city, its_node):
    now, changes = timezone.now(), Changes([note("一")], stream="dispatch")
    line = line_out(its_node, "dispatch")
    seal_next(line.pk, now, changes)
    assert healths(EVERYONE, now)[its_node.pk].waiting == 1
    SentEnvelope.objects.update(oldest_at=now - timedelta(hours=2))
    late = healths(EVERYONE, now)[its_node.pk]
    assert (late.level, late.words) == ("red", "积压过久")
    SentEnvelope.objects.update(
        state="accepted", receipt={}, accepted_at=now, oldest_at=now - timedelta(seconds=4)
    )
    done = healths(EVERYONE, now)[its_node.pk]
    assert (done.level, done.waiting, done.p50, done.p99, done.records) == ("green", 0, 4.0, 4.0, 1)
    SentEnvelope.objects.update(oldest_at=now - timedelta(seconds=90))
    assert healths(EVERYONE, now)[its_node.pk].words == "时延偏高"
    Line.objects.update(state="forked", trouble="序列分叉")
    assert healths(EVERYONE, now)[its_node.pk].level == "red"


def test_refused_envelopes_are_listed_with_the_reason(desk, city):
    city.post("envelopes", city.envelope(seq=5))
    text = _text(desk.get("/nodes/refused/"))
    assert "缺号" in text and "应为第 1 号，收到第 5 号" in text
    assert "最近 24 小时有" in _text(desk.get("/nodes/"))
    assert RefusedEnvelope.objects.count() == 1


def test_a_node_is_suspended_and_resumed_on_its_page(desk, city, its_node):
    url = f"/nodes/{its_node.public_id}/"
    assert "记录 0" not in _text(desk.get(url))
    city.send(message(text="一"))
    assert "记录 0" in _text(desk.get(url))
    assert _press(desk, f"{url}suspend/", reason="检修").status_code == 302
    assert "停用原因：检修" in _text(desk.get(url))
    assert "它现在停用（检修）" in _text(desk.get("/nodes/invite/?code=whs"))
    assert _press(desk, f"{url}resume/").status_code == 302
    assert Node.objects.get(pk=its_node.pk).state == "keyed"


def test_a_node_that_was_only_claimed_is_removed_on_its_page(desk, city):
    county = {"code": "wcq", "name": "武昌区平台", "kind": "county", "region": "420106"}
    city.ask("hello", {"card": {**city.card(), "below": [county]}})
    url = f"/nodes/{Node.objects.get(code='wcq').public_id}/"
    shown = _text(desk.get(url))
    assert "移除" in shown and "经下级平台接入" in shown and "未握手" not in shown
    assert "还没有收到过它的记录" in _text(desk.get(f"{url}forget/"))
    assert _press(desk, f"{url}forget/").status_code == 302
    assert not Node.objects.filter(code="wcq").exists()


def test_what_was_registered_by_mistake_is_removed_and_one_that_has_joined_offers_no_such_button(
    desk, its_node
):
    url = _press(desk, "/nodes/hosted/", name="仙桃市", code="xts", region="429004")["Location"]
    assert "移除" in _text(desk.get(url))
    assert "仍在本平台，不受影响" in _text(desk.get(f"{url}forget/"))
    assert _press(desk, f"{url}forget/").status_code == 302
    assert not Node.objects.filter(code="xts").exists()
    joined = f"/nodes/{its_node.public_id}/"
    assert "已移除" in _text(desk.get("/nodes/"))
    assert "移除" not in _text(desk.get(joined))
    asked = _text(desk.get(f"{joined}forget/"))
    assert "请停用" in asked and "确定移除" not in asked
    assert _press(desk, f"{joined}forget/").status_code in (409, 422)
    assert Node.objects.filter(pk=its_node.pk).exists()
    assert "就是本平台" in _text(desk.get(f"/nodes/{own_node().public_id}/forget/"))


def test_a_hosted_county_is_written_down_and_moves_only_to_a_platform_that_has_joined(desk, db):
    answer = _press(desk, "/nodes/hosted/", name="仙桃市", code="xts", region="429004")
    assert answer.status_code == 302
    assert "使用本平台" in _text(desk.get("/nodes/"))
    url = answer["Location"]
    assert "邀请其自建平台接入" in _text(desk.get(url))
    # Nothing is asked that could only be refused.
    asked = desk.get(f"{url}move/")
    assert "还没有接入，没有地方可迁" in asked.content.decode() and 'id="act"' not in asked.content.decode()
    assert _press(desk, f"{url}move/").status_code == 422
    again = _press(desk, "/nodes/hosted/", name="仙桃", code="xts2", region="429004")
    assert again.status_code == 422 and "一个地区只登记一次" in again.content.decode()
    assert not Move.objects.exists() and not Frozen.objects.exists()


def test_a_page_promises_no_handshake_or_comparison_that_cannot_come(desk, city, its_node):
    county = _press(desk, "/nodes/hosted/", name="仙桃市", code="xts", region="429004")["Location"]
    text = _text(desk.get(county))
    for words in ("协议", "软件", "未握手", "最近联系", "没有联系过", "对账", "每天凌晨"):
        assert words not in text.split("节点代码", 1)[1], words
    _press(desk, "/nodes/invite/", **{**INVITE, "name": "宜昌", "code": "ycs", "region": "420500"})
    invited = _text(desk.get(f"/nodes/{Node.objects.get(code='ycs').public_id}/"))
    assert "未握手" in invited and "每天凌晨" not in invited
    joined = _text(desk.get(f"/nodes/{its_node.public_id}/"))
    assert "每天凌晨自动进行" in joined and "协议" in joined and "最近联系" in joined


def test_a_move_is_begun_watched_and_given_up_on_its_pages(desk, city, its_node):
    url = f"/nodes/{its_node.public_id}/"
    assert "转为托管" in _text(desk.get(url))
    page = _press(desk, f"{url}move/")["Location"]
    assert "等待下级平台响应" in _text(desk.get(page)) and "查看进度和数量" in _text(desk.get(url))
    told = city.ask("hello", {"card": city.card()}).json()["move"]
    assert told["to"] == "hosted" and told["id"] in page
    asked = desk.get(f"{page}switch/").content.decode()
    assert "两边数量和摘要还不一致" in asked and 'id="act"' not in asked and "两边一致" not in asked
    assert _press(desk, f"{page}switch/").status_code == 422
    assert _press(desk, f"{page}abort/").status_code == 302
    assert "已放弃" in _text(desk.get(page)) and "转为托管" in _text(desk.get(url))
    assert Node.objects.get(pk=its_node.pk).mode == "self_built"


def test_keys_are_changed_on_the_page(desk, city):
    answer = _press(desk, "/nodes/keys/")
    assert answer.status_code == 302
    own = Node.objects.get(relation="self")
    assert own.keys.count() == 4
    assert "用到" in _text(desk.get(f"/nodes/{own.public_id}/"))


def test_what_a_child_reported_in_vain_is_seen_with_what_to_do(desk, city):
    city.send(message(text="外地", region="420000/429004/"))
    apply_all(timezone.now(), incoming=Notebook())
    row = RecordResult.objects.get()
    assert "记录所在的区划不归报送平台管理。" in _text(desk.get("/nodes/held/"))
    text = _text(desk.get(f"/nodes/held/{row.public_id}/"))
    assert "请由所在市州的平台报送。" in text and "outside_region" in text
    # It is theirs to mend; ours to wait for no longer.
    assert _press(desk, f"/nodes/held/{row.public_id}/requeue/").status_code == 422
    assert _press(desk, f"/nodes/held/{row.public_id}/aside/", reason=" ").status_code == 422
    of_a_city = Holder(Reach(region_paths=frozenset({"420000/420100/"})), "federation.manage_nodes")
    with pytest.raises(NotPermitted):
        put_aside(actor=of_a_city, result=row, reason="不归我管")
    assert _press(desk, f"/nodes/held/{row.public_id}/aside/", reason="已电话告知").status_code == 302
    assert "记录所在的区划不归报送平台管理。" not in _text(desk.get("/nodes/held/"))
    assert "已电话告知" in _text(desk.get(f"/nodes/held/{row.public_id}/"))


def test_a_platform_of_its_own_is_not_written_down_as_using_this_one(desk, city, its_node):
    _press(desk, f"/nodes/{its_node.public_id}/suspend/", reason="检修")
    refused = city.send(message(text="二"))
    assert "检修" in refused.json()["sentence"]
    answer = _press(desk, "/nodes/hosted/", name="武汉", code="whs", region="420100")
    assert answer.status_code == 422 and "转为托管" in answer.content.decode()
    its_node.refresh_from_db()
    assert (its_node.state, its_node.mode) == ("suspended", "self_built")


def test_a_parent_does_not_offer_to_begin_a_comparison_that_its_child_begins(desk, city, its_node):
    page = desk.get(f"/nodes/{its_node.public_id}/reconcile/")
    assert page.status_code == 200 and "对账由下级平台发起" in page.content.decode()
    assert 'id="act"' not in page.content.decode()


def test_two_administrators_waive_a_record_of_ours(desk, city, its_node):
    row = RecordResult.objects.create(
        line=line_out(its_node, "records-0"),
        number=1,
        epoch=1,
        seq=1,
        kind="person",
        key=its_node.public_id,
        became="refused",
        sentence="姓名与已登记的不同。",
        told_at=timezone.now(),
    )
    url = f"/nodes/held/{row.public_id}/"
    assert _press(desk, f"{url}waive/", reason="已离场多年").status_code == 302
    refused = _press(desk, f"{url}approve/")
    assert refused.status_code == 422 and "不能由本人同意" in refused.content.decode()
    second = account("province-second")
    give_post(second, "platform_administrator", region=its_node.region.parent)
    other = Client()
    other.force_login(second, backend="django.contrib.auth.backends.ModelBackend")
    assert _press(other, f"{url}approve/").status_code == 302
    row.refresh_from_db()
    assert row.resolution == "waived"


def test_what_is_wrong_with_a_link_waits_on_the_operators_home_page(desk, city, its_node):
    assert "平台连接" not in _text(desk.get("/"))
    Line.objects.create(
        node=its_node, direction="out", stream="records-0", last_hash="0" * 64, state="forked", trouble="分叉"
    )
    assert "平台连接：有数据流不通" in _text(desk.get("/"))


@pytest.mark.parametrize(
    "path", ["/nodes/", "/nodes/held/", "/nodes/refused/", "/nodes/invite/", "/nodes/keys/"]
)
def test_an_administrator_of_a_city_sees_none_of_the_provinces_neighbours(path, city, its_node):
    user = account("city-platform")
    give_post(user, "platform_administrator", region=its_node.region)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path).status_code == 403
    assert "节点" not in client.get("/").content.decode()
