"""Another maker's platform: speaks the protocol between nodes from its document, nothing of ours imported.

`Neighbour` is a child that calls through Django's test client; `Parent` answers a node's own calls.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

PROTOCOL = "hbfed/1"
ZEROS = "0" * 64


def _id_of(algorithm: str, public: bytes) -> str:
    return hashlib.sha256(algorithm.encode() + b"\0" + public).hexdigest()[:32]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def file_box(content: bytes, *, key_id: str, public: bytes, digest: str = "") -> dict[str, str]:
    """A file closed for one receiver, as the document says."""
    digest = digest or hashlib.sha256(content).hexdigest()
    sealed = SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public), f"file/{digest}".encode())
    return {"digest": digest, "box": f"hpke1:{key_id}:{base64.b64encode(sealed).decode()}"}


class Keys:
    """A pair to sign with and one to open boxes."""

    def __init__(self) -> None:
        self.signing, self.sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
        self.public = self.signing.public_key().public_bytes_raw()
        self.key_id = _id_of("ed25519", self.public)

    def cards(self) -> list[dict[str, str]]:
        """Both as the protocol tells them."""
        sealing = self.sealing.public_key().public_bytes_raw()
        begins = "2026-01-01T00:00:00.000000Z"
        return [
            {
                "key_id": _id_of(algorithm, public),
                "purpose": purpose,
                "algorithm": algorithm,
                "public": base64.b64encode(public).decode(),
                "valid_from": begins,
                "valid_until": "",
            }
            for purpose, algorithm, public in (
                ("sign", "ed25519", self.public),
                ("seal", "x25519", sealing),
            )
        ]

    def opened(self, given: Mapping[str, str]) -> bytes:
        """A file that was closed for us."""
        sealed = base64.b64decode(given["box"].split(":")[2])
        return SUITE.decrypt(sealed, self.sealing, f"file/{given['digest']}".encode())

    def sign(self, *lines: str) -> str:
        """A signature over lines, in base64."""
        return base64.b64encode(self.signing.sign("\n".join(lines).encode())).decode()


def message(kind: str = "note", **row: Any) -> dict[str, Any]:
    """A record as it travels."""
    key = row.pop("key", None) or str(uuid4())
    found = {"kind": kind, "key": key, "version": row.pop("version", 1), "origin": row.pop("origin", "whs")}
    return {**found, "op": "put", "at": _now(), "row": row, "sealed": {}, "files": []}


@dataclass
class Neighbour:
    """A child of this node, written by somebody else."""

    client: Any
    code: str = "whs"
    kind: str = "city"
    region: str = "420100"
    parent: str = "hb"
    enterprise: str = ""
    protocol: str = PROTOCOL
    keys: Keys = field(default_factory=Keys)
    # The keys that its card shows, where these are not the ones that it holds.
    shown: Keys | None = None
    last: dict[str, tuple[int, str]] = field(default_factory=dict)
    epoch: int = 1

    def card(self) -> dict[str, Any]:
        """What it tells of itself."""
        return {
            "code": self.code, "name": "另一家做的平台", "kind": self.kind, "region": self.region,
            "enterprise": self.enterprise, "url": "", "protocol": self.protocol, "software": "other/1",
            "standard": "", "keys": (self.shown or self.keys).cards(), "below": [],
        }  # fmt: skip

    def headers(self, act: str, body: bytes, *, at: str = "") -> dict[str, str]:
        """The signed headers of a call."""
        at = at or _now()
        signature = self.keys.sign(
            self.protocol, act, self.code, self.parent, self.keys.key_id, at, "-",
            hashlib.sha256(body).hexdigest(),
        )  # fmt: skip
        return {
            "X-Node-Protocol": self.protocol, "X-Node": self.code, "X-Node-To": self.parent,
            "X-Node-Key": self.keys.key_id, "X-Node-Time": at, "X-Node-Signature": signature,
        }  # fmt: skip

    def post(self, act: str, body: bytes, headers: Mapping[str, str] | None = None) -> Any:
        """One call as it is."""
        headers = headers or self.headers(act, body)
        return self.client.post(
            f"/federation/v1/{act}", data=body, content_type="application/octet-stream", headers=dict(headers)
        )

    def ask(self, act: str, said: Mapping[str, Any]) -> Any:
        """A call with a JSON body."""
        return self.post(act, json.dumps(said).encode())

    def compare(self, *asks: Mapping[str, Any], run: str = "", **more: Any) -> Any:
        """Ask for digests of branches."""
        said = {"run": run or str(uuid4()), "ask": list(asks), **more}
        return self.post("compare", gzip.compress(json.dumps(said).encode()))

    def files(self, **said: Any) -> dict[str, Any]:
        """Talk of files; what is answered."""
        answer = self.post("files", gzip.compress(json.dumps(said).encode()))
        return dict(json.loads(gzip.decompress(answer.content)))

    def join(self, invitation: str) -> Any:
        """Show the invitation."""
        self.parent, secret, self.fingerprint = invitation.split(".")
        return self.ask("join", {"code": secret, "card": self.card()})

    def envelope(self, *messages: Mapping[str, Any], stream: str = "records-0", **other: Any) -> bytes:
        """The bytes of the next envelope of a line; `other` replaces what would stand on it."""
        seq, prev = self.last.get(stream, (0, ZEROS))
        said = {
            "protocol": self.protocol, "from": self.code, "to": self.parent, "stream": stream,
            "epoch": self.epoch, "seq": seq + 1, "prev": prev, "sent_at": _now(), "standard": "",
            "messages": list(messages), **other,
        }  # fmt: skip
        return gzip.compress(json.dumps(said).encode())

    def send(self, *messages: Mapping[str, Any], stream: str = "records-0") -> Any:
        """Send the next envelope and count on."""
        body = self.envelope(*messages, stream=stream)
        answer = self.post("envelopes", body)
        if answer.status_code == 200:
            self.last[stream] = (self.last.get(stream, (0, ZEROS))[0] + 1, hashlib.sha256(body).hexdigest())
        return answer


def is_signed_answer(answer: Any, public: bytes, *, sender: str, to: str, re: str) -> bool:
    """Whether an answer is signed by that key for this very call."""
    lines = (
        PROTOCOL, f"answer {answer.status_code}", sender, to, answer.headers["X-Node-Key"],
        answer.headers["X-Node-Time"], re, hashlib.sha256(answer.content).hexdigest(),
    )  # fmt: skip
    signature = base64.b64decode(answer.headers["X-Node-Signature"])
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, "\n".join(lines).encode())
    except InvalidSignature:
        return False
    return True


Said = tuple[int, bytes]


@dataclass
class Parent:
    """A parent of this node: keeps envelopes, gives receipts, and fails as it is told."""

    code: str = "hb0"
    kind: str = "province"
    region: str = "420000"
    keys: Keys = field(default_factory=Keys)
    kept: dict[tuple[str, int, int], bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    answers: dict[str, Callable[[bytes], Said]] = field(default_factory=dict)
    # Of the next calls so many reach it, but their answers are lost on the way back.
    lost_answers: int = 0
    away: bool = False

    @property
    def invitation(self) -> str:
        return f"{self.code}.{'ab' * 20}.{self.keys.key_id}"

    def http(self) -> httpx.Client:
        """A client that reaches only this parent."""
        return httpx.Client(transport=httpx.MockTransport(self._handle))

    def card(self) -> dict[str, Any]:
        return {
            "code": self.code, "name": "别家的省级平台", "kind": self.kind, "region": self.region,
            "enterprise": "", "url": "", "protocol": PROTOCOL, "software": "other/1", "standard": "",
            "keys": self.keys.cards(), "below": [],
        }  # fmt: skip

    def _handle(self, request: httpx.Request) -> httpx.Response:
        act = request.url.path.rsplit("/", 1)[1]
        self.calls.append(act)
        if self.away:
            raise httpx.ConnectError("refused", request=request)
        status, content = self.answers.get(act, getattr(self, f"_{act}"))(request.content)
        if self.lost_answers:
            self.lost_answers -= 1
            raise httpx.ReadTimeout("lost", request=request)
        at = _now()
        signature = self.keys.sign(
            PROTOCOL, f"answer {status}", self.code, request.headers["X-Node"], self.keys.key_id, at,
            request.headers["X-Node-Signature"], hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
        headers = {"X-Node-Key": self.keys.key_id, "X-Node-Time": at, "X-Node-Signature": signature}
        return httpx.Response(status, content=content, headers=headers)

    def _join(self, _body: bytes) -> Said:
        return 200, json.dumps({"card": self.card()}).encode()

    def _hello(self, _body: bytes) -> Said:
        return 200, json.dumps({"card": self.card()}).encode()

    def _fetch(self, _body: bytes) -> Said:
        return 200, b""

    def _compare(self, body: bytes) -> Said:
        return Ledger().answer(body)

    def _files(self, _body: bytes) -> Said:
        return 200, gzip.compress(b"{}")

    def _results(self, _body: bytes) -> Said:
        return 200, json.dumps({"lines": {}, "took": {}}).encode()

    def _envelopes(self, body: bytes) -> Said:
        said = json.loads(gzip.decompress(body))
        place = (said["stream"], said["epoch"], said["seq"])
        epochs = [epoch for stream, epoch, _seq in self.kept if stream == place[0]]
        epoch = max([*epochs, place[1]])
        held = max([seq for stream, of, seq in self.kept if (stream, of) == (place[0], epoch)], default=0)
        digest = hashlib.sha256(body).hexdigest()
        holds = {"epoch": epoch, "seq": held}
        if place in self.kept and self.kept[place] != body:
            return 409, json.dumps({"code": "fork", "sentence": "序列分叉", "holds": holds}).encode()
        if place not in self.kept and place[2] != held + 1:
            return 409, json.dumps({"code": "gap", "sentence": "缺号", "holds": holds}).encode()
        self.kept[place] = body
        at = "2026-11-27T08:00:00.000000Z"
        numbers = (place[0], str(place[1]), str(place[2]))
        lines = (self.code, said["from"], *numbers, digest, at, self.keys.key_id)
        receipt = {
            "receiver": self.code, "sender": said["from"], "stream": place[0], "epoch": place[1],
            "seq": place[2], "hash": digest, "received_at": at, "key_id": self.keys.key_id,
            "signature": self.keys.sign("hbfed/1 receipt", *lines),
        }  # fmt: skip
        return 200, json.dumps({"receipt": receipt}).encode()

    def messages(self, stream: str = "records-0") -> list[dict[str, Any]]:
        """All messages that it holds of a line, in order."""
        places = sorted(place for place in self.kept if place[0] == stream)
        return [one for place in places for one in json.loads(gzip.decompress(self.kept[place]))["messages"]]


Row = tuple[str, str, str]


def _answered(rows: Mapping[str, Row], ask: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The children of a branch, computed from the document alone; rows: name → day, project, digest."""
    day, project = ask.get("day"), ask.get("project")
    group, bucket = ask.get("group", ""), ask.get("bucket", "")
    sums: dict[str, list[Any]] = {}
    for name, (on, of, digest) in rows.items():
        if (ask.get("last") and on > ask["last"]) or (ask.get("first") and on < ask["first"]):
            continue
        if (day is not None and on != day) or (project is not None and of != project):
            continue
        its_group = hashlib.md5(of.encode()).hexdigest()[:2]
        is_punch = ask["kind"] == "punches"
        its_bucket = name[:2] if is_punch else hashlib.md5(UUID(name).bytes).hexdigest()[:2]
        if day is None:
            child = on
        elif project is None:
            if group not in ("", "*", its_group):
                continue
            child = of if group else its_group
        elif bucket in ("*", its_bucket):
            child = name
        elif bucket:
            continue
        else:
            child = its_bucket
        held = sums.setdefault(child, [0, "0" * 32])
        held[0] += 1
        held[1] = f"{int(held[1], 16) ^ int(digest, 16):032x}"
    return sums


@dataclass
class Ledger:
    """What a parent of another maker holds of its child, and how it answers a comparison."""

    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    wanted: list[tuple[str, str]] = field(default_factory=list)
    size: int = 0
    busy: int = 0

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """One call."""
        said = json.loads(gzip.decompress(body))
        if self.busy:
            self.busy -= 1
            return 200, gzip.compress(json.dumps({"busy": True}).encode())
        self.asked += said.get("ask", [])
        if "tell" in said:
            self.told.append(said["tell"])
        answers = [_answered(self.rows.get(ask["kind"], {}), ask) for ask in said.get("ask", [])]
        content = gzip.compress(json.dumps({"answers": answers, "wanted": self.wanted}).encode())
        self.size += len(body) + len(content)
        return 200, content
