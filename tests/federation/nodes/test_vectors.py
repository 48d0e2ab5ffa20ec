"""The worked vectors of docs/federation-protocol.md: what other makers check their own programs against."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from config.settings import BASE_DIR
from federation.wire import boxes, envelopes, heads
from federation.wire.algorithms import UnknownAlgorithm, key_id, signing
from federation.wire.receipts import Receipt

VECTORS: dict[str, Any] = json.loads(
    (Path(BASE_DIR) / "docs/federation/vectors.json").read_text(encoding="utf-8")
)
MOST = 1 << 20


def _key(of: str, purpose: str = "sign") -> dict[str, Any]:
    return next(key for key in VECTORS["keys"] if (key["of"], key["purpose"]) == (of, purpose))


def _raw(key: dict[str, Any], half: str) -> bytes:
    return base64.b64decode(key[half])


def test_a_key_bears_the_name_that_its_bytes_give():
    for key in VECTORS["keys"]:
        assert key_id(key["algorithm"], _raw(key, "public")) == key["key_id"]


def test_an_envelope_is_its_json_zipped_and_its_hash_is_of_the_bytes():
    said = VECTORS["envelope"]
    body = base64.b64decode(said["bytes"])
    assert gzip.decompress(body).decode() == said["json"]
    assert envelopes.hash_of(body) == said["hash"]
    envelope = envelopes.unpack(body, MOST)
    assert (envelope.sender, envelope.stream, envelope.seq) == ("whs", "records-1", 1)
    assert envelope.prev == "0" * 64
    assert envelope.messages[0].row["name"] == "瓦工班组"
    # Another library may zip otherwise; what comes out is the same.
    assert gzip.decompress(envelopes.pack(envelope)).decode() == said["json"]


@pytest.mark.parametrize(("name", "of"), [("call", "whs"), ("answer", "hb")])
def test_a_head_is_signed_line_by_line(name, of):
    said, key = VECTORS[name], _key(of)
    body = base64.b64decode(VECTORS["envelope"]["bytes"]) if name == "call" else said["body"].encode()
    head = heads.Head(said["act"], said["sender"], said["receiver"], said["key_id"], said["at"], said["re"])
    assert head.signed(body).decode() == said["signed"]
    assert heads.sign(head, body, algorithm="ed25519", private=_raw(key, "private")) == said["signature"]
    public = _raw(key, "public")
    assert heads.is_signed(head, body, said["signature"], algorithm="ed25519", public=public)
    assert not heads.is_signed(head, body + b" ", said["signature"], algorithm="ed25519", public=public)
    for wrong in ("", "é", "AAAA", said["signature"][:-4] + "AAA="):
        assert not heads.is_signed(head, body, wrong, algorithm="ed25519", public=public)


def test_a_receipt_is_signed_over_its_lines():
    said = json.loads(VECTORS["answer"]["body"])["receipt"]
    receipt = Receipt(**said)
    assert receipt.signed().decode() == VECTORS["receipt"]["signed"]
    assert heads.is_text_signed(
        receipt.signed(), receipt.signature, algorithm="ed25519", public=_raw(_key("hb"), "public")
    )


def test_a_box_opens_with_its_key_in_its_place_alone():
    said, private = VECTORS["box"], _raw(_key("hb", "seal"), "private")
    assert boxes.opened(said["box"], said["place"], private=private) == said["plain"]
    assert boxes.key_of(said["box"]) == said["key_id"]
    damaged = said["box"][:-8] + "AAAAAAA="
    for box, place, key in (
        (said["box"], said["place"] + "x", private),
        (said["box"], said["place"], bytes(32)),
        (damaged, said["place"], private),
        ("hpke1:k", said["place"], private),
    ):
        with pytest.raises(boxes.Closed):
            boxes.opened(box, place, private=key)


def test_an_algorithm_that_nobody_brought_is_refused_by_name():
    with pytest.raises(UnknownAlgorithm):
        signing("sm2")
