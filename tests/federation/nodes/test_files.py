"""Files follow their rows: named by their content, proved by it, asked for until they are there."""

import gzip
import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from federation.models import (
    Line,
    Node,
    NodeKey,
    RecordResult,
    RefusedEnvelope,
    ToldFile,
    TravellingFile,
)
from federation.selectors.node_health import healths
from federation.services import keeping_files
from federation.services.admitting import Caller
from federation.services.carrying_files import Talk, answer_files, carry, hear, packed, say
from federation.services.own_node import SEALS, own_key, own_node, public_of
from federation.services.sealing import line_out
from federation.travel import digests, incoming, outgoing
from federation.travel.catalogue import KINDS
from federation.travel.files import tell
from federation.travel.messages import FileCard, Message, Recipient
from kernel import store
from outbox.models import Change
from projects.models import TeamFile
from regions.models import Region
from tests.support.actors import EVERYONE, account, give_post
from tests.support.counties import wuchang
from tests.support.neighbour import file_box
from tests.support.nodes import COUNTY, PROVINCE, county, emptied, everything, node, parent
from web.uploads import absence_of
from workers.models import Contract

NOW = timezone.now()
PICTURE = b"\xff\xd8 a contract, as it was scanned"
DIGEST = hashlib.sha256(PICTURE).hexdigest()
State = TravellingFile.State


def _neighbour(code: str, relation: str, key: NodeKey) -> Node:
    """A node of which nothing is known but its name and the key for which files are closed."""
    found = Node.objects.create(
        code=code, name=f"{code}平台", kind="county", relation=relation, state="active"
    )
    NodeKey.objects.create(
        node=found, key_id=key.key_id, purpose=SEALS, algorithm=key.algorithm, public=key.public,
        valid_from=NOW - timedelta(days=1),
    )  # fmt: skip
    return found


def _again(key: NodeKey) -> None:
    """This node has the key that it had before its tables were emptied."""
    key.pk, key.node = None, own_node()
    key.save(force_insert=True)


def test_a_contracts_picture_comes_after_it_to_the_parent_and_goes_on_from_there(db: None) -> None:
    with node(PROVINCE):
        key = own_key(SEALS, NOW)
    with node(COUNTY):
        emptied()
        place = wuchang(NOW)
        contract = place.worker.contract
        assert contract is not None
        Contract.all_rows.filter(pk=contract.pk).update(scan=store.keep(PICTURE))
        above = _neighbour(PROVINCE, "parent", key)
        messages = everything(parent(), NOW)
        told = digests.digests("contract", origins=[COUNTY], peer=PROVINCE)
        (message,) = [one for rows in messages.values() for one in rows if one.key == contract.public_id]
        assert message.row["scan"] == DIGEST
        assert [(card.digest, card.size, card.kind) for card in message.files] == [
            (DIGEST, len(PICTURE), "image/jpeg")
        ]
        # What it hands over when the parent wants this one; nothing that the parent was not told of.
        assert DIGEST in say(above, Talk(), (), NOW).offers
        packet = packed(say(above, Talk(wants=[DIGEST, "ab" * 32]), (), NOW))
    with node(PROVINCE):
        emptied()
        _again(key)
        child = _neighbour(COUNTY, "child", key)
        for stream, rows in messages.items():
            incoming.apply_batch(stream, rows, county(""))
        copy = Contract.all_rows.get(public_id=contract.public_id)
        assert copy.scan == store.address_of(DIGEST) and not store.has(copy.scan)
        before = (copy.version, copy.updated_at, Change.objects.count())
        told_word = absence_of(copy.scan)
        assert told_word is not None and told_word.word == "附件正在传送" and COUNTY in told_word.sentence
        assert DIGEST in say(child, Talk(), (), NOW).wants
        health = healths(EVERYONE, NOW)[child.pk]
        assert (health.files_in > 0, health.files_lost) == (True, 0)
        assert digests.digests("contract", origins=[COUNTY], peer="") == told
        desk = _desk()
        page = desk.get(reverse("contract_scan", args=[contract.public_id]))
        assert page.status_code == 404 and "附件正在传送" in page.content.decode()
        person = reverse("person_tab", args=[copy.engagement.public_id, "contracts"])
        assert "附件正在传送" in desk.get(person).content.decode()
        for _time in range(2):
            answer = json.loads(gzip.decompress(answer_files(Caller(child, ""), packet, NOW)))
            assert DIGEST in answer["has"] and DIGEST not in answer.get("wants", ())
        assert store.fetch(copy.scan) == PICTURE
        copy.refresh_from_db()
        # The file came without a change of its row, so that nothing travels back or anew.
        assert (copy.version, copy.updated_at, Change.objects.count()) == before
        assert digests.digests("contract", origins=[COUNTY], peer="") == told
        assert absence_of(copy.scan) is None
        assert desk.get(reverse("contract_scan", args=[contract.public_id])).content == PICTURE
        _goes_on(contract, key)
        _is_forgotten_once_unnamed(copy, message, timezone.now() + timedelta(days=31))


def _desk() -> Client:
    user = account("inspector-above", "省厅监管员")
    give_post(user, "province_regulator", region=Region.objects.get(code="420000"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _goes_on(contract: Contract, key: NodeKey) -> None:
    further = _neighbour("cn", "parent", key)
    (again,) = outgoing.messages_of("contract", [contract.public_id], parent_named("cn"), NOW)
    assert again.row["scan"] == DIGEST
    said = say(further, Talk(wants=[DIGEST]), (), NOW)
    assert [one.digest for one in said.gives] == [DIGEST]


def parent_named(code: str) -> Any:
    return Recipient(code, parent().seal)


def _is_forgotten_once_unnamed(copy: Contract, message: Message, later: datetime) -> None:
    """Another picture takes its place; the first is kept for some days, and as long as any row names it."""
    other = FileCard(hashlib.sha256(b"another").hexdigest(), 7, "image/jpeg")
    newer = replace(
        message, version=message.version + 1, at=timezone.now().isoformat(),
        row={**message.row, "scan": other.digest}, files=[other],
    )  # fmt: skip
    assert incoming.apply_batch("records-1", [newer], county(""))[0].became == "applied"
    assert keeping_files.forget_unnamed(NOW) == 0
    team = TeamFile.all_rows.earliest("pk")
    TeamFile.all_rows.filter(pk=team.pk).update(address=copy.scan)
    assert keeping_files.forget_unnamed(later) == 0
    gone = Message("team_file", team.public_id, 2, COUNTY, "tombstone", timezone.now().isoformat())
    assert incoming.apply_batch("records-1", [gone], county(""))[0].became == "applied"
    assert store.has(copy.scan)
    assert keeping_files.forget_unnamed(later) == 1
    assert not store.has(copy.scan)
    assert not TravellingFile.objects.filter(address=copy.scan).exists()


def test_what_is_kept_here_as_well_is_not_forgotten_with_a_copy(awaited: TravellingFile) -> None:
    store.keep(PICTURE)
    TravellingFile.objects.update(state=State.HERE, arrived_at=NOW, unnamed_at=NOW)
    assert store.keep(PICTURE) == awaited.address
    assert keeping_files.forget_unnamed(NOW + timedelta(days=31)) == 0
    assert store.has(awaited.address)


@pytest.fixture
def awaited(its_node: Node) -> TravellingFile:
    """A file of a row that the city has told of."""
    return TravellingFile.objects.create(
        address=store.address_of(DIGEST), digest=DIGEST, size=len(PICTURE), kind="image/jpeg",
        state=State.AWAITED, node=its_node.code, record_kind="contract",
        record_key="019a0000-0000-7000-8000-000000000003", since=NOW,
    )  # fmt: skip


def _box(content: bytes = PICTURE, digest: str = DIGEST) -> dict[str, str]:
    key = own_key(SEALS, NOW)
    return file_box(content, key_id=key.key_id, public=public_of(key), digest=digest)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    storages["files"].delete(store._path(store.address_of(DIGEST)))


def test_another_makers_city_is_asked_for_a_file_until_it_hands_it_over(city, awaited):
    assert city.files()["wants"] == [DIGEST]
    assert city.files(offers=[DIGEST])["wants"] == [DIGEST]
    answer = city.files(gives=[_box()])
    assert (answer["has"], answer.get("wants")) == ([DIGEST], None)
    assert store.fetch(awaited.address) == PICTURE
    awaited.refresh_from_db()
    assert awaited.state == State.HERE and awaited.arrived_at
    assert city.files(gives=[_box()], offers=[DIGEST])["has"] == [DIGEST, DIGEST]


@pytest.mark.parametrize("given", ["other", "moved", "strange"])
def test_a_file_that_is_not_what_it_says_is_refused_and_asked_for_again(given, city, awaited):
    box = _box(b"another picture")
    if given == "moved":
        box = {"digest": DIGEST, "box": _box(PICTURE, "ab" * 32)["box"]}
    if given == "strange":
        # Nobody waits for it: it is neither kept nor answered for.
        box = _box(b"unasked", hashlib.sha256(b"unasked").hexdigest())
    answer = city.files(gives=[box])
    assert (answer.get("has"), answer["wants"]) == (None, [DIGEST])
    assert not store.has(awaited.address) and not store.has(store.address_of(box["digest"]))
    refused = list(RefusedEnvelope.objects.values_list("code", "stream", "node__code"))
    assert refused == ([] if given == "strange" else [("tampered", "files", "whs")])


def test_a_process_killed_between_keeping_and_telling_loses_and_doubles_nothing(city, awaited):
    store.keep(PICTURE)
    assert city.files(gives=[_box()])["has"] == [DIGEST]
    # Killed in the middle of writing: what stands there is no file, and is written anew.
    path = store._path(awaited.address)
    storages["files"].delete(path)
    storages["files"].save(path, ContentFile(b"cut sho"))
    TravellingFile.objects.update(state=State.AWAITED, arrived_at=None)
    assert city.files(gives=[_box()])["has"] == [DIGEST]
    assert store.fetch(awaited.address) == PICTURE


def test_a_city_gets_only_files_of_which_it_was_told(city, its_node):
    store.keep(PICTURE)
    row = TravellingFile.objects.create(
        address=store.address_of(DIGEST), digest=DIGEST, size=1, kind="image/jpeg", record_kind="notice",
        record_key="019a0000-0000-7000-8000-000000000003", since=NOW, is_ours=True,
    )  # fmt: skip
    assert city.files(wants=[DIGEST]) == {}
    told = ToldFile.objects.create(file=row, node=its_node, told_at=NOW)
    answer = city.files(wants=[DIGEST])
    assert [city.keys.opened(one) for one in answer["gives"]] == [PICTURE]
    assert healths(EVERYONE, NOW)[its_node.pk].files_out == 1
    city.files(has=[DIGEST])
    told.refresh_from_db()
    assert told.taken_at


def test_a_file_that_is_lost_here_is_told_shown_and_sent_when_it_comes_back(
    node: Node, above, place, governor
) -> None:
    contract = place.worker.contract
    address = store.address_of(DIGEST)
    Contract.all_rows.filter(pk=contract.pk).update(scan=address)
    contract.refresh_from_db()
    cards = tell(KINDS["contract"], [(contract.public_id, {"scan": address})], node.code, NOW)
    assert cards[address].is_lost and cards[address].digest != DIGEST
    desk = Client()
    desk.force_login(governor, backend="django.contrib.auth.backends.ModelBackend")
    held = RecordResult.objects.get(line__stream="files")
    assert (held.kind, held.key, held.became) == ("contract", contract.public_id, "refused")
    assert "附件在本平台的文件库里找不到" in held.sentence
    assert keeping_files.look_again(NOW) == 0
    store.keep(PICTURE)
    assert keeping_files.look_again(NOW) == 1
    held.refresh_from_db()
    assert held.resolution == "corrected"
    # The row is told again, for the neighbour knows only the gap.
    assert Change.objects.filter(kind="contract", key=contract.public_id).exists()
    heard: list[dict[str, Any]] = []

    def answer(body: bytes) -> tuple[int, bytes]:
        said = json.loads(gzip.decompress(body))
        heard.append(said)
        wants = [DIGEST] if not said.get("gives") else []
        return 200, gzip.compress(json.dumps({"wants": wants, "has": [] if wants else [DIGEST]}).encode())

    above.answers["files"] = answer
    line = line_out(node, "files")
    assert carry(node, line, http=above.http(), now=NOW) == 1
    assert [above.keys.opened(one) for said in heard for one in said.get("gives", ())] == [PICTURE]
    assert heard[0]["offers"] == [DIGEST]
    assert ToldFile.objects.get().taken_at
    above.away = True
    assert carry(node, line, http=above.http(), now=NOW) == 0
    line.refresh_from_db()
    assert line.trouble and line.next_at
    assert not Line.objects.exclude(stream="files").exclude(trouble="").exists()


def test_a_source_that_has_lost_a_file_says_so_and_is_asked_again_when_it_offers_it(its_node, awaited):
    hear(its_node, Talk(lost=[DIGEST]), NOW)
    awaited.refresh_from_db()
    told = absence_of(awaited.address)
    assert awaited.state == State.LOST and told is not None and told.word == "附件缺失"
    assert RecordResult.objects.get(line__direction="in").sentence.startswith("这条记录的附件在来源平台")
    assert say(its_node, Talk(), (), NOW).wants == []
    hear(its_node, Talk(offers=[DIGEST]), NOW)
    assert say(its_node, Talk(), (), NOW).wants == [DIGEST]
