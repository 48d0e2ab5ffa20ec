"""Invitations, joining, handshakes and keys: with a platform that another maker wrote."""

import base64
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import AuditEvent
from federation.models import Invitation, Node, NodeKey, RefusedEnvelope
from federation.services import (
    invite_node,
    join_parent,
    resume_node,
    rotate_node_key,
    suspend_node,
)
from federation.services.handshake import say_hello
from federation.services.own_node import own_key
from kernel.errors import DomainError, NotPermitted
from kernel.scoping import Reach
from regions.models import Region
from tests.support.actors import EVERYONE, Holder
from tests.support.neighbour import Keys, Neighbour, Parent, is_signed_answer
from tests.support.traces import fingerprint

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
