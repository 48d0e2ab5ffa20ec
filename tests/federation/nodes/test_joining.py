"""Invitations, joining, handshakes and keys: with a platform that another maker wrote."""

import base64
import gzip
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import AuditEvent
from federation.models import Copied, HeardCall, Invitation, Node, NodeKey, RefusedEnvelope
from federation.retention import forget
from federation.services import (
    forget_node,
    invite_node,
    join_parent,
    register_hosted,
    resume_node,
    rotate_node_key,
    suspend_node,
)
from federation.services.handshake import say_hello
from federation.services.own_node import card, own_key
from kernel.errors import DomainError, NotPermitted
from kernel.scoping import Reach
from regions.models import Region
from tests.support import people
from tests.support.actors import EVERYONE, Holder
from tests.support.neighbour import Keys, Neighbour, Parent, is_signed_answer
from tests.support.traces import fingerprint


def _code(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


MANAGE, URL = "federation.manage_nodes", "https://p.example"


def test_an_invited_platform_joins_and_both_know_each_others_keys(invitation):
    city = Neighbour(Client())
    answer = city.join(invitation)
    assert answer.status_code == 200
    card = answer.json()["card"]
    assert (card["code"], card["kind"], card["protocol"]) == ("hb", "province", "hbfed/1")
    signing = next(key for key in card["keys"] if key["key_id"] == city.fingerprint)
    assert is_signed_answer(
        answer,
        base64.b64decode(signing["public"]),
        sender="hb",
        to="whs",
        re=answer.wsgi_request.headers["X-Node-Signature"],
    )
    node = Node.objects.get(code="whs")
    assert (node.state, node.name, node.software) == ("keyed", "另一家做的平台", "other/1")
    assert {key.purpose for key in node.keys.all()} == {"sign", "seal"}
    assert all(key.private is None for key in node.keys.all())
    assert city.ask("hello", {"card": city.card()}).status_code == 200
    assert Node.objects.get(code="whs").state == "active"
    assert AuditEvent.objects.filter(action="federation.node_joined").count() == 1


def test_an_invitation_is_used_once_by_one_key_and_its_secret_is_kept_nowhere(invitation):
    city, thief = Neighbour(Client()), Neighbour(Client())
    assert city.join(invitation).status_code == 200
    # Our answer was lost: the same key asks again.
    assert city.join(invitation).status_code == 200
    stolen = thief.join(invitation)
    assert (stolen.status_code, stolen.json()["code"]) == (403, "bad_invitation")
    assert invitation.split(".")[1] not in str(Invitation.objects.values())


def test_joining_again_is_over_with_the_first_handshake_and_each_time_leaves_a_trace(invitation):
    city = Neighbour(Client())
    assert city.join(invitation).status_code == 200
    assert city.join(invitation).status_code == 200
    assert AuditEvent.objects.filter(action="federation.node_joined").count() == 2
    Invitation.objects.update(expires_at=timezone.now())
    assert _code(city.join(invitation)) == (403, "bad_invitation")
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert city.ask("hello", {"card": city.card()}).status_code == 200
    assert _code(city.join(invitation)) == (403, "bad_invitation")
    assert Node.objects.get(code="whs").state == "active"


def test_neither_suspending_nor_inviting_anew_leaves_an_older_invitation_open(
    city, its_node, invitation, wuhan
):
    leaked, fresh = city.keys, Keys()
    suspend_node(actor=EVERYONE, node=its_node, reason="密钥泄露")
    assert _code(city.join(invitation)) == (403, "bad_invitation")
    assert Node.objects.get(code="whs").state == "suspended"
    again = invite_node(actor=EVERYONE, code="whs", name="武汉市平台", kind="city", region=wuhan)[1]
    assert _code(city.join(invitation)) == (403, "bad_invitation")
    city.keys = fresh
    assert city.join(again).status_code == 200
    city.keys = leaked
    assert _code(city.join(invitation)) == (403, "bad_invitation")
    assert _code(city.send()) == (401, "unknown_key")


def test_a_join_is_heard_near_its_own_time_and_once(invitation):
    city = Neighbour(Client(), parent="hb")
    body = json.dumps({"code": invitation.split(".")[1], "card": city.card()}).encode()
    early = city.headers("join", body, at="2026-01-20T00:00:00.000000Z")
    assert _code(city.post("join", body, early)) == (403, "clock")
    assert not NodeKey.objects.filter(node__code="whs").exists()
    headers = city.headers("join", body)
    assert city.post("join", body, headers).status_code == 200
    assert _code(city.post("join", body, headers)) == (409, "replay")


def test_a_handshake_that_is_played_again_is_refused_seen_and_changes_nothing(city, its_node):
    body = json.dumps({"card": city.card()}).encode()
    headers = city.headers("hello", body)
    assert city.post("hello", body, headers).status_code == 200
    fresh = Keys()
    card = city.card()
    card["keys"] = [*city.keys.cards(), *fresh.cards()]
    assert city.ask("hello", {"card": card}).status_code == 200
    # Played again it would end the key that was told of in between.
    assert _code(city.post("hello", body, headers)) == (409, "replay")
    assert RefusedEnvelope.objects.get(code="replay").node == its_node
    city.keys = fresh
    assert city.send().status_code == 200
    move = gzip.compress(json.dumps({"move": str(uuid4()), "step": "look"}).encode())
    headers = city.headers("move", move)
    assert city.post("move", move, headers).status_code == 200
    assert _code(city.post("move", move, headers)) == (409, "replay")


def test_calls_are_kept_no_longer_than_they_could_be_played_again(city):
    assert HeardCall.objects.count() == 2
    forget(timezone.now() + timedelta(minutes=5))
    assert HeardCall.objects.count() == 2
    forget(timezone.now() + timedelta(minutes=25))
    assert not HeardCall.objects.exists()


def test_an_invitation_expires(invitation):
    Invitation.objects.update(expires_at=timezone.now())
    answer = Neighbour(Client()).join(invitation)
    assert (answer.status_code, answer.json()["code"]) == (403, "bad_invitation")


@pytest.mark.parametrize("changed", [{"region": "420106"}, {"code": "xgs"}, {"kind": "county"}])
def test_a_platform_that_is_not_the_invited_one_does_not_join(changed, invitation):
    answer = Neighbour(Client(), **changed).join(invitation)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_as_invited")
    assert not NodeKey.objects.filter(node__code="whs").exists()


def test_a_platform_that_does_not_hold_the_key_it_shows_does_not_join(invitation):
    city = Neighbour(Client())
    city.shown, city.keys = city.keys, Keys()
    answer = city.join(invitation)
    assert (answer.status_code, answer.json()["code"]) == (401, "tampered")
    assert not NodeKey.objects.filter(node__code="whs").exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"code": "HB"}, "code"),
        ({"code": "a b"}, "code"),
        ({"kind": "province"}, "kind"),
        ({"region": "420000"}, "region"),
        ({"kind": "enterprise", "enterprise_uscc": "91"}, "enterprise_uscc"),
        ({"name": " "}, "name"),
    ],
)
def test_what_cannot_be_a_platform_below_this_one_is_not_invited(facts, field, db):
    said = {"code": "whs", "name": "武汉市平台", "kind": "city", "region": "420100", **facts}
    said["region"] = Region.objects.get(code=said["region"])
    with pytest.raises(DomainError) as refused:
        invite_node(actor=EVERYONE, **said)
    assert refused.value.field == field
    assert not Invitation.objects.exists()


def test_a_place_and_an_enterprise_have_one_platform(its_node, wuhan, db):
    firm = people.credit_code(7)
    said = {"name": "另一个平台", "kind": "city", "region": wuhan}
    with pytest.raises(DomainError, match=r"武汉市已由“.*”（whs）接入，不能再邀请另一个平台") as refused:
        invite_node(actor=EVERYONE, code="whs2", **said)
    assert refused.value.field == "region"
    invite_node(actor=EVERYONE, code="ent", name="企业", kind="enterprise", enterprise_uscc=firm)
    with pytest.raises(DomainError, match=f"{firm}已由“企业”") as refused:
        invite_node(actor=EVERYONE, code="ent2", name="企业", kind="enterprise", enterprise_uscc=firm)
    assert refused.value.field == "enterprise_uscc"
    suspend_node(actor=EVERYONE, node=its_node, reason="换软件")
    other, _secret = invite_node(actor=EVERYONE, code="whs2", **said)
    with pytest.raises(DomainError, match="（whs2）接入"):
        resume_node(actor=EVERYONE, node=its_node)
    assert other.state == "invited"


def test_an_administrator_of_a_county_invites_nobody_on_the_provinces_platform(wuhan):
    before = fingerprint()
    of_a_county = Holder(Reach(region_paths=frozenset({"420000/420100/420106/"})), MANAGE)
    with pytest.raises(NotPermitted):
        invite_node(actor=of_a_county, code="whs", name="武汉市平台", kind="city", region=wuhan)
    assert fingerprint() == before


def test_a_suspended_platform_is_refused_with_the_reason_to_resume(city, its_node):
    suspend_node(actor=EVERYONE, node=its_node, reason="密钥疑似外泄")
    answer = city.send()
    assert (answer.status_code, answer.json()["code"]) == (403, "suspended")
    assert "武汉" in answer.json()["sentence"] or "另一家" in answer.json()["sentence"]
    resume_node(actor=EVERYONE, node=its_node)
    assert city.send().status_code == 200


def test_a_city_joins_its_parent_and_believes_only_the_key_of_the_invitation(settings, db):
    settings.NODE_KIND, settings.NODE_ID, settings.NODE_REGION = "city", "whs", "420100"
    parent, impostor = Parent(), Parent()
    with pytest.raises(DomainError) as refused:
        join_parent(actor=EVERYONE, url=URL, invitation=parent.invitation, http=impostor.http())
    assert refused.value.code == "not_the_inviter"
    assert not Node.objects.filter(relation="parent").exists()
    node = join_parent(actor=EVERYONE, url=URL, invitation=parent.invitation, http=parent.http())
    assert (node.state, node.relation, node.url) == ("keyed", "parent", "https://p.example")
    assert say_hello(parent.http(), node, timezone.now())
    assert Node.objects.get(relation="parent").state == "active"


def test_an_address_that_is_no_platforms_is_said_to_be_wrong_and_nothing_is_promised(db, settings):
    settings.NODE_KIND, settings.NODE_ID, settings.NODE_REGION = "city", "whs", "420100"
    above = Parent()
    above.answers["join"] = lambda _body: (401, b"<html>sign in</html>")
    with pytest.raises(DomainError, match="不是上级平台的地址") as refused:
        join_parent(actor=EVERYONE, url=URL, invitation=above.invitation, http=above.http())
    assert refused.value.field == "url"
    above.away = True
    with pytest.raises(DomainError, match="没有接入：连接不上") as refused:
        join_parent(actor=EVERYONE, url=URL, invitation=above.invitation, http=above.http())
    assert "自动补发" not in refused.value.message


def test_a_province_has_no_parent(db):
    with pytest.raises(DomainError) as refused:
        join_parent(actor=EVERYONE, url="https://p.example", invitation=Parent().invitation)
    assert refused.value.code == "no_parent"


def test_while_keys_overlap_the_old_one_signs_and_the_handshake_tells_the_new_one(city):
    now = timezone.now()
    old = own_key("sign", now)
    fresh = rotate_node_key(actor=EVERYONE)[0]
    answer = city.ask("hello", {"card": city.card()})
    assert answer.headers["X-Node-Key"] == old.key_id
    assert {old.key_id, fresh.key_id} <= {key["key_id"] for key in answer.json()["card"]["keys"]}
    assert own_key("sign", now + timedelta(days=8)).key_id == fresh.key_id
    with pytest.raises(DomainError) as refused:
        rotate_node_key(actor=EVERYONE)
    assert refused.value.code == "is_rotating"


def test_a_neighbours_new_key_is_learnt_from_a_handshake_that_the_old_one_signed(city):
    old, fresh = city.keys, Keys()
    card = city.card()
    card["keys"] = [*old.cards(), *fresh.cards()]
    assert city.ask("hello", {"card": card}).status_code == 200
    city.keys = fresh
    assert city.send().status_code == 200


def test_a_key_that_does_not_bear_its_own_name_is_refused(city):
    card = city.card()
    card["keys"][0]["key_id"] = "0" * 32
    answer = city.ask("hello", {"card": card})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_key")


def test_a_key_that_is_told_of_no_longer_ends_whatever_its_dates(city, its_node, invitation, wuhan):
    old, fresh = city.keys, Keys()
    card = city.card()
    card["keys"] = [
        {**one, "valid_until": "2099-01-01T00:00:00.000000Z"} for one in old.cards()
    ] + fresh.cards()
    assert city.ask("hello", {"card": card}).status_code == 200
    # It has leaked before the overlap was over: the platform is suspended and invited anew.
    suspend_node(actor=EVERYONE, node=its_node, reason="密钥泄露")
    again = invite_node(actor=EVERYONE, code="whs", name="武汉市平台", kind="city", region=wuhan)[1]
    city.keys = Keys()
    assert city.join(again).status_code == 200
    later = Keys()
    card = city.card()
    card["keys"] += [{**one, "valid_from": "2099-01-01T00:00:00.000000Z"} for one in later.cards()]
    assert city.ask("hello", {"card": card}).status_code == 200
    assert city.ask("hello", {"card": city.card()}).status_code == 200
    now, valid = timezone.now(), {one["key_id"] for one in city.keys.cards()}
    assert {key.key_id for key in its_node.keys.all() if key.is_valid(now) or key.valid_from > now} == valid
    city.keys = old
    assert _code(city.send()) == (401, "unknown_key")


@pytest.mark.parametrize("purpose", ["sign", "seal"])
def test_a_platform_that_tells_no_key_of_one_purpose_is_refused(purpose, invitation):
    city = Neighbour(Client())
    card = city.card()
    card["keys"] = [one for one in card["keys"] if one["purpose"] == purpose]
    city.parent, secret, _key = invitation.split(".")
    answer = city.ask("join", {"code": secret, "card": card})
    # Without a key to sign with nothing proves who speaks.
    assert _code(answer) == ((400, "bad_key") if purpose == "sign" else (401, "tampered"))
    assert not NodeKey.objects.filter(node__code="whs").exists()


_COUNTY = {"code": "wcq", "name": "武昌区平台", "kind": "county", "region": "420106"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "w" * 33}, {"code": "WCQ"}, {"code": "hb"}, {"kind": "city"}, {"kind": "x"},
        {"region": "420100"}, {"region": "429004"}, {"region": ""},
        {"kind": "enterprise", "region": "429004"},
    ],
)  # fmt: skip
def test_what_cannot_stand_below_a_platform_is_not_taken_and_the_operator_sees_it(wrong, city):
    answer = city.ask(
        "hello", {"card": {**city.card(), "below": [_COUNTY | {"code": "ok"}, _COUNTY | wrong]}}
    )
    assert answer.status_code == 200
    assert [row.code for row in Node.objects.filter(relation="below")] == ["ok"]
    row = RefusedEnvelope.objects.get()
    assert (row.code, row.claimed, row.number) == ("bad_below", "whs", 1)
    assert (_COUNTY | wrong)["code"][:32] in row.sentence


def test_a_code_that_stands_elsewhere_is_not_claimed_and_the_clash_is_seen_once_an_hour(city, wuhan):
    invite_node(
        actor=EVERYONE, code="xgs", name="孝感", kind="city", region=Region.objects.get(code="420900")
    )
    for _minute in range(2):
        assert (
            city.ask("hello", {"card": {**city.card(), "below": [_COUNTY | {"code": "xgs"}]}}).status_code
            == 200
        )
    assert Node.objects.get(code="xgs").relation == "child"
    row = RefusedEnvelope.objects.get()
    assert (row.code, row.number) == ("bad_below", 1) and "xgs" in row.sentence


def test_a_claimed_code_from_which_nothing_has_come_is_invited_or_removed(city):
    card = {**city.card(), "below": [_COUNTY]}
    assert city.ask("hello", {"card": card}).status_code == 200
    forget_node(actor=EVERYONE, node=Node.objects.get(code="wcq"))
    assert not Node.objects.filter(code="wcq").exists()
    assert AuditEvent.objects.filter(action="federation.node_forgotten").count() == 1
    assert city.ask("hello", {"card": card}).status_code == 200
    place = Region.objects.get(code="420107")
    node = invite_node(actor=EVERYONE, code="wcq", name="青山区", kind="county", region=place)[0]
    assert city.ask("hello", {"card": card}).status_code == 200
    node.refresh_from_db()
    assert (node.relation, node.region, node.via) == ("child", place, None)


def test_one_that_never_joined_is_removed_with_its_invitation_and_one_that_has_stays(city):
    place = Region.objects.get(code="420500")
    node, text = invite_node(actor=EVERYONE, code="ycs", name="宜昌", kind="city", region=place)
    RefusedEnvelope.objects.create(
        node=node, claimed="ycs", code="tampered", sentence="—", minute=timezone.now(), last_at=timezone.now()
    )
    forget_node(actor=EVERYONE, node=node)
    assert not Node.objects.filter(code="ycs").exists()
    assert _code(Neighbour(Client()).join(text)) == (403, "bad_invitation")
    assert RefusedEnvelope.objects.get(claimed="ycs").node is None
    hosted = register_hosted(actor=EVERYONE, code="ycs", name="宜昌", region=place)
    forget_node(actor=EVERYONE, node=hosted)
    assert register_hosted(actor=EVERYONE, code="ycs", name="宜昌", region=place).code == "ycs"
    with pytest.raises(DomainError) as refused:
        forget_node(actor=EVERYONE, node=Node.objects.get(code="whs"))
    assert refused.value.code == "has_joined" and "请停用" in refused.value.message


def test_a_node_whose_rows_are_here_stays(city):
    assert city.ask("hello", {"card": {**city.card(), "below": [_COUNTY]}}).status_code == 200
    node, before, now = Node.objects.get(code="wcq"), Node.objects.count(), timezone.now()
    Copied.objects.create(kind="enterprise", key=uuid4(), node="whs", origin="wcq", at=now, received_at=now)
    with pytest.raises(DomainError) as refused:
        forget_node(actor=EVERYONE, node=node)
    assert refused.value.code == "has_rows"
    with pytest.raises(DomainError):
        invite_node(actor=EVERYONE, code="wcq", name="武昌", kind="county", region=node.region)
    assert Node.objects.count() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "甲\0"), ("standard", "\0"),
        ("keys", [{**Keys().cards()[0], "valid_from": "0001-01-01T00:00:00+14:00"}]),
    ],
)  # fmt: skip
def test_a_card_that_cannot_be_kept_is_refused_under_our_signature(name, value, city, its_node):
    card = city.card()
    card[name] = [*card["keys"], *value] if name == "keys" else value
    answer = city.ask("hello", {"card": card})
    assert _code(answer) == (400, "bad_key" if name == "keys" else "malformed")
    assert answer.headers["X-Node-Signature"]
    assert RefusedEnvelope.objects.get().node == its_node


def test_an_old_version_is_refused_in_words_to_both_operators(city):
    city.protocol = "hbfed/0"
    answer = city.ask("hello", {"card": city.card()})
    assert answer.status_code == 426
    assert answer.json() == {
        "code": "old_protocol",
        "sentence": "对方的协议版本是“hbfed/0”，本平台是 hbfed/1，报文没有处理。"
        "请双方管理员约定升级后再通信。",
        "wanted": "hbfed/1",
    }
    row = RefusedEnvelope.objects.get()
    assert (row.code, row.claimed, row.number) == ("old_protocol", "whs", 1)


def test_a_child_keeps_what_its_parent_objects_to(settings, db):
    settings.NODE_KIND, settings.NODE_ID, settings.NODE_REGION = "city", "whs", "420100"
    parent = Parent()
    node = join_parent(actor=EVERYONE, url=URL, invitation=parent.invitation, http=parent.http())
    parent.answers["hello"] = lambda _body: (426, '{"code": "old_protocol", "sentence": "请升级。"}'.encode())
    assert not say_hello(parent.http(), node, timezone.now())
    assert Node.objects.get(pk=node.pk).objection == "请升级。"


def test_a_clock_set_back_to_before_our_key_began_makes_no_other_key(db):
    now = timezone.now()
    key = own_key("sign", now)
    assert own_key("sign", now - timedelta(hours=1)) == key
    assert NodeKey.objects.filter(purpose="sign").count() == 1


def test_a_platform_that_was_only_invited_is_not_told_to_the_parent_before_it_joins(wuhan, invitation):
    def told() -> list[str]:
        return [one["code"] for one in card(timezone.now())["below"]]

    register_hosted(actor=EVERYONE, code="xts", name="仙桃", region=Region.objects.get(code="429004"))
    assert told() == ["xts"]
    node = Node.objects.get(code="whs")
    Node.objects.filter(pk=node.pk).update(state="suspended")
    assert told() == ["xts"]
    Node.objects.filter(pk=node.pk).update(state="invited")
    assert Neighbour(Client()).join(invitation).status_code == 200
    assert told() == ["whs", "xts"]
    # Once joined its rows are there: suspended or invited anew it is still told.
    suspend_node(actor=EVERYONE, node=node, reason="检修")
    assert told() == ["whs", "xts"]
