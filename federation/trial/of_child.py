"""The trial of a child: we are the parent that it joins, fail it now and then, and watch what it does."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import uuid4

import msgspec

from federation.travel.messages import Message
from federation.travel.trees import Ask, summed
from federation.trial.fitting import faults
from federation.trial.ledger import Ledger
from federation.trial.report import MISSHAPEN, Refuted, Report, Step, expect
from federation.trial.speaker import Speaker, keys_told
from federation.wire import PROTOCOL, boxes, envelopes, heads, streams
from federation.wire.receipts import Receipt

_MOST: Final = 64 * 1024 * 1024
_CLOCK: Final = timedelta(minutes=10)
# Hello comes at least each minute; half a minute more is the network's.
_GREETS: Final = timedelta(seconds=90)
_DISPATCH: Final = streams.DISPATCH
_CUT, _BARE = "cut", "bare"

STEPS: Final = (
    Step("join", "接入", "在下级平台填写网址和邀请码。"),
    Step("signed", "每次呼叫都签名", "六个请求头，签名覆盖八行；密钥是握手里告知过的。"),
    Step("clock", "时钟", "每次呼叫的时间与本机相差不超过 10 分钟。"),
    Step("hello", "握手", "接入后握手，card 与邀请的一致。"),
    Step("greets", "至少每分钟握手一次", "再等一次握手，间隔不超过一分钟。"),
    Step("chain", "报文成链", "在下级平台录入一条记录，等它上报：seq 逐一递增，prev 为上一报文的 SHA-256。"),
    Step("fits", "记录合于说明", "类别、字段、类型、附件、封装与 docs/federation-kinds.md 相符。"),
    Step("resend", "没有等到签收就原样重发", "第一个报文的回答被断开，应以同样的字节重发。"),
    Step("unsigned", "没有签名的回答不算数", "再录入一条：这次的回答没有签名，应当作没有回答而重发。"),
    Step("gap", "对方缺号时补发", "再录入一条：回答 gap 并只持有第 0 号，应从第 1 号起原样补发。"),
    Step("results", "取逐条结果", "第一条记录被试验拒收；下级取走后，下次的 after 应写明已取到的号码。"),
    Step("fetch", "取下发的报文", "取走下发报文，下次的 holds 写明其序号和 SHA-256。"),
    Step("tell", "告知下发记录的结果", "下发的是一类不存在的记录，应在 tell 里告知 refused 和原因。"),
    Step("compare", "对账", "在下级平台开始对账：应以 done 告知，没有差异。"),
    Step("files", "附件", "上报一条带附件的记录：应给出内容，摘要相符。", is_optional=True),
    Step("corrected", "被拒的记录改正后重报", "在下级平台的待处理页重报那条记录。", is_optional=True),
    Step("rotation", "换密钥", "在下级平台更换密钥：握手列出新旧两个，之后用新的签名。", is_optional=True),
    Step("statement", "月度对账单", "送签上月对账单，签名覆盖两行（见“八”）。", is_optional=True),
)  # fmt: skip


class Said(NamedTuple):
    """An answer; without headers nobody has signed it. `is_cut`: the connection ends without it."""

    status: int
    content: bytes
    headers: Mapping[str, str]
    is_cut: bool = False


@dataclass
class _Line:
    """What the child has sent of one line in its present epoch."""

    epoch: int = 0
    bodies: list[bytes] = field(default_factory=list)
    # What it sent before it was told that we hold nothing; it has to come again just so.
    forgotten: list[bytes] = field(default_factory=list)


class _Refusal(Exception):
    def __init__(self, status: int, code: str, sentence: str, **more: Any) -> None:
        super().__init__(sentence)
        self.status, self.said = status, {"code": code, "sentence": sentence, **more}


class ChildTrial:
    """The parent of one trial, and what its child has shown.

    `child`: code, kind, region, enterprise as it was invited.
    """

    def __init__(self, me: Speaker, child: Mapping[str, str]) -> None:
        self.me, self.child = me, dict(child)
        self.secret = uuid4().hex
        self.report, self.ledger = Report(STEPS), Ledger()
        self._lock = threading.Lock()
        self._keys: dict[str, tuple[str, bytes]] = {}
        self._lines: dict[str, _Line] = {}
        self._below: set[str] = set()
        self._greeted: datetime | None = None
        self._joined_by = ""
        # What is done wrong with the answer of this very call: it is cut off, or nobody signs it.
        self._fault = ""
        # Bytes that were answered by nothing, or without a signature: they have to come once more.
        self._lost: bytes | None = None
        self._bare: bytes | None = None
        self._has_gapped = False
        self._refused: Message | None = None
        self._refused_at: tuple[str, int, int] = ("", 0, 0)
        self._awaited: set[str] = set()
        self._dispatched = b""
        self._note = uuid4()

    @property
    def invitation(self) -> str:
        """What the child's administrator is given."""
        return f"{self.me.code}.{self.secret}.{self.me.signs[0].key_id}"

    def answer(self, act: str, headers: Mapping[str, str], content: bytes) -> Said:
        """One call of the child."""
        with self._lock:
            self._fault = ""
            try:
                self._admit(act, headers, content)
                status, body = 200, getattr(self, f"_{act}")(content)
            except _Refusal as refused:
                status, body = refused.status, json.dumps(refused.said, ensure_ascii=False).encode()
            except (Refuted, *MISSHAPEN) as fault:
                wrong = fault if isinstance(fault, Refuted) else Refuted(f"{act} 的内容不合说明：{fault}")
                self.report.failed(act if act in {step.key for step in STEPS} else "chain", wrong.sentence)
                body = json.dumps(
                    {"code": "malformed", "sentence": wrong.sentence}, ensure_ascii=False
                ).encode()
                status = 400
            re = headers.get(heads.HEADERS["signature"], heads.NOTHING)
            signed = self.me.headers(f"{heads.ANSWER} {status}", self.child["code"], body, re=re)
            return Said(status, body, {} if self._fault == _BARE else signed, is_cut=self._fault == _CUT)

    # Who calls.

    def _admit(self, act: str, headers: Mapping[str, str], content: bytes) -> None:
        said = {name: headers.get(header, "") for name, header in heads.HEADERS.items()}
        if said["protocol"] != PROTOCOL:
            self.report.failed("signed", f"X-Node-Protocol 应为 {PROTOCOL}，得到“{said['protocol']}”。")
            raise _Refusal(426, "old_protocol", f"协议版本应为 {PROTOCOL}。", wanted=PROTOCOL)
        keys = self._keys or (_keys_of(content) if act == "join" else {})
        if said["key_id"] not in keys:
            self.report.failed("signed", f"{act} 的签名密钥 {said['key_id']} 没有告知过。")
            raise _Refusal(401, "unknown_key", "没有登记的密钥。")
        head = heads.Head(act, said["sender"], said["receiver"], said["key_id"], said["at"])
        algorithm, public = keys[said["key_id"]]
        if not heads.is_signed(head, content, said["signature"], algorithm=algorithm, public=public):
            self.report.failed(
                "signed", f"{act} 的签名不对：应覆盖八行，第七行为“-”，第八行为请求体的 SHA-256。"
            )
            raise _Refusal(401, "tampered", "签名与内容不符。")
        if (said["sender"], said["receiver"]) != (self.child["code"], self.me.code):
            self.report.failed("signed", f"收发方应为 {self.child['code']} → {self.me.code}。")
            raise _Refusal(421, "wrong_receiver", "收发方不符。")
        self.report.passed("signed")
        self._watch_clock(said["at"])
        self._joined_by = self._joined_by or said["key_id"]
        if said["key_id"] != self._joined_by:
            self.report.passed("rotation")

    def _watch_clock(self, at: str) -> None:
        found = heads.instant_of(at)
        if found is None or abs(datetime.now(UTC) - found) > _CLOCK:
            self.report.failed("clock", f"X-Node-Time 为“{at[:40]}”，与本机相差超过 10 分钟，或格式不对。")
        else:
            self.report.passed("clock")

    # The doors.

    def _join(self, content: bytes) -> bytes:
        said = _object(content)
        if said.get("code") != self.secret:
            raise _Refusal(403, "bad_invitation", "邀请码不对，请整段复制。")
        self._learn(said.get("card") or {}, "join")
        self.report.passed("join")
        return json.dumps({"card": self.me.card()}).encode()

    def _hello(self, content: bytes) -> bytes:
        self._learn(_object(content).get("card") or {}, "hello")
        now = datetime.now(UTC)
        if self._greeted is not None and now - self._greeted <= _GREETS:
            self.report.passed("greets")
        self._greeted = now
        self.report.passed("hello")
        return json.dumps({"card": self.me.card()}).encode()

    def _learn(self, card: Mapping[str, Any], step: str) -> None:
        told = {name: str(card.get(name) or "") for name in self.child}
        expect(told == self.child, f"card 为 {told}，邀请的是 {self.child}。")
        expect(card.get("protocol") == PROTOCOL, f"card 的协议版本应为 {PROTOCOL}。")
        keys, seals = keys_told(card, "sign"), keys_told(card, "seal")
        expect(keys and seals, "card 里应有签名和封装密钥各至少一个，编号为算法与公钥的摘要。")
        expect(
            all(heads.instant_of(str(one.get("valid_from"))) for one in card["keys"]),
            "密钥应写明 valid_from。",
        )
        self._keys = keys
        self._below = {str(one.get("code")) for one in card.get("below") or ()}

    def _envelopes(self, content: bytes) -> bytes:
        try:
            found = envelopes.unpack(content, _MOST)
        except (envelopes.Malformed, envelopes.TooLarge) as wrong:
            raise Refuted(f"报文读不出（应为 gzip 压缩的 JSON）：{wrong}") from wrong
        told = (found.protocol, found.sender, found.receiver)
        expect(told == (PROTOCOL, self.child["code"], self.me.code), f"信封上的协议和收发方不对：{told}。")
        expect(found.stream in streams.UPWARD, f"没有“{found.stream}”这条数据流。")
        line = self._lines.setdefault(found.stream, _Line())
        if found.epoch > line.epoch:
            line.epoch, line.bodies = found.epoch, []
        if self._is_again(line, found, content):
            return self._receipt(found, content)
        self._require_next(line, found, content)
        if self._gaps(line, found):
            raise _Refusal(
                409,
                "gap",
                "试验：请从第 1 号起补发。",
                holds={"epoch": line.epoch, "seq": 0, "hash": envelopes.BEGINNING},
            )
        line.bodies.append(content)
        for message in found.messages:
            self._take(message, (found.stream, found.epoch, found.seq))
        self._fail_on_purpose(content)
        return self._receipt(found, content)

    def _is_again(self, line: _Line, found: envelopes.Envelope, content: bytes) -> bool:
        """Whether this one is held already; what was answered badly has come again then."""
        if found.epoch < line.epoch or found.seq > len(line.bodies):
            return False
        expect(line.bodies[found.seq - 1] == content, f"{found.stream} 第 {found.seq} 号再来时字节不同。")
        if content == self._lost:
            self.report.passed("resend")
        if content == self._bare:
            self.report.passed("unsigned")
        return True

    def _require_next(self, line: _Line, found: envelopes.Envelope, content: bytes) -> None:
        expect(found.epoch == line.epoch, f"{found.stream} 的 epoch 退回到 {found.epoch}。")
        wanted = len(line.bodies) + 1
        prev = envelopes.hash_of(line.bodies[-1]) if line.bodies else envelopes.BEGINNING
        expect(found.seq == wanted, f"{found.stream} 应为第 {wanted} 号，得到第 {found.seq} 号。")
        expect(found.prev == prev, f"{found.stream} 第 {found.seq} 号的 prev 不是上一报文的 SHA-256。")
        if len(line.forgotten) >= found.seq:
            same = line.forgotten[found.seq - 1] == content
            expect(same, f"{found.stream} 第 {found.seq} 号补发的字节与原来的不同。")
            self.report.passed("gap")
        self.report.passed("chain")

    def _gaps(self, line: _Line, found: envelopes.Envelope) -> bool:
        """Whether this is the moment to have lost a line: once, when the other two faults are behind."""
        if self._has_gapped or not line.bodies or self._lost is None or self._bare is None:
            return False
        self._has_gapped = True
        line.forgotten, line.bodies = [*line.bodies], []
        return True

    def _fail_on_purpose(self, content: bytes) -> None:
        if self._lost is None:
            self._lost = content
            self._fault = _CUT
        elif self._bare is None and self.report.state("resend") == "shown":
            self._bare = content
            self._fault = _BARE

    def _take(self, message: Message, place: tuple[str, int, int]) -> None:
        ours = {self.child["code"], *self._below}
        wrong = [*faults(message, self.me.opened)]
        if message.origin not in ours:
            wrong.append(f"来源 {message.origin} 不在 card 的 below 里。")
        for sentence in wrong[:1]:
            self.report.failed("fits", sentence)
        if not wrong:
            self.report.passed("fits")
        if self._refused is None and message.op == "put" and message.kind != streams.PUNCHES:
            self._refused, self._refused_at = message, place
        self._awaited |= {card.digest for card in message.files if not card.is_lost}
        is_the_one = self._refused is not None and message.key == self._refused.key
        if is_the_one and place == self._refused_at:
            self.ledger.note(message)
            return
        if is_the_one:
            self.report.passed("corrected")
        if not wrong:
            self.ledger.take(message)

    def _receipt(self, found: envelopes.Envelope, content: bytes) -> bytes:
        pair = self.me.signs[0]
        plain = Receipt(
            receiver=self.me.code, sender=self.child["code"], stream=found.stream,
            epoch=found.epoch, seq=found.seq,
            hash=envelopes.hash_of(content), received_at=heads.stamp(datetime.now(UTC)), key_id=pair.key_id,
        )  # fmt: skip
        signed = msgspec.structs.replace(plain, signature=self.me.signed_lines(plain.signed()))
        return json.dumps({"receipt": msgspec.to_builtins(signed)}).encode()

    def _results(self, content: bytes) -> bytes:
        said = _object(content)
        after = said.get("after")
        if not isinstance(after, dict):
            raise Refuted("results 应写明 after：每条数据流已取到第几号。")
        told = (said.get("tell") or {}).get(_DISPATCH) or {}
        took = {_DISPATCH: self._hear(told)} if told else {}
        lines = {name: self._results_of(name, int(after.get(name, 0))) for name in self._lines}
        return json.dumps({"lines": lines, "took": took}, ensure_ascii=False).encode()

    def _results_of(self, stream: str, after: int) -> dict[str, Any]:
        line = self._lines[stream]
        of, epoch, seq = self._refused_at
        results = []
        if self._refused is not None and of == stream:
            if after >= 1:
                self.report.passed("results")
            results = [{
                "number": 1, "epoch": epoch, "seq": seq,
                "kind": self._refused.kind, "key": str(self._refused.key),
                "version": self._refused.version, "became": "refused", "canonical": None, "rule": "trial",
                "sentence": "接入试验：这一条按试验要求被拒。", "remedy": "在待处理页原样重报即可。",
                "missing": "",
            }]  # fmt: skip
        held = len(line.bodies)
        return {
            "epoch": line.epoch, "applied_seq": held, "held_seq": held, "last": len(results),
            "results": results if after < 1 else [],
        }  # fmt: skip

    def _hear(self, told: Mapping[str, Any]) -> int:
        """What the child tells of a dispatched record; up to which number it was taken."""
        for one in told.get("results") or ():
            if one.get("key") == str(self._note):
                is_said = one.get("became") == "refused" and one.get("sentence")
                expect(is_said, f"不存在的一类记录应告知 refused 和原因，得到 {one.get('became')}。")
                self.report.passed("tell")
        return int(told.get("last") or 0)

    def _fetch(self, content: bytes) -> bytes:
        said = _object(content)
        holds = said.get("holds") or {}
        expect(said.get("stream") == _DISPATCH, "fetch 的 stream 应为 dispatch。")
        expect(isinstance(holds.get("seq"), int), "fetch 应写明 holds：epoch、seq、hash。")
        if not self._dispatched:
            self._dispatched = self._dispatch()
        if holds["seq"] < 1:
            return self._dispatched
        expect(
            holds.get("hash") == envelopes.hash_of(self._dispatched), "holds 的 hash 应为下发报文的 SHA-256。"
        )
        self.report.passed("fetch")
        return b""

    def _dispatch(self) -> bytes:
        now = datetime.now(UTC)
        note = Message("trial_of_nothing", self._note, 1, self.me.code, "put", now.isoformat())
        return envelopes.pack(
            envelopes.Envelope(
                sender=self.me.code,
                receiver=self.child["code"],
                stream=_DISPATCH,
                epoch=1,
                seq=1,
                prev=envelopes.BEGINNING,
                sent_at=heads.stamp(now),
                standard="",
                messages=[note],
            )
        )

    def _compare(self, content: bytes) -> bytes:
        said = _unzipped(content)
        asks = [msgspec.convert(one, Ask) for one in said.get("ask") or ()]
        answers = [self.ledger.children(ask) for ask in asks]
        answer: dict[str, Any] = {"answers": answers, "wanted": []}
        tell = said.get("tell") or {}
        if tell.get("state") == "done":
            self._hear_of_comparison(tell)
        if "statement" in said:
            answer["statement"] = self._countersigned(said["statement"])
        return envelopes.zipped(msgspec.json.encode(answer))

    def _hear_of_comparison(self, tell: Mapping[str, Any]) -> None:
        open_ones = [one for one in tell.get("differences") or () if one.get("state") != "explained"]
        kinds = sorted({str(one.get("kind")) for one in open_ones})
        expect(not open_ones, f"对账有 {len(open_ones)} 处差异（{'、'.join(kinds)}）：摘要的写法与说明不同。")
        for one in tell.get("counts") or ():
            above = summed(self.ledger.children(Ask(str(one.get("kind")))).values())
            told = one.get("above")
            expect(
                told is None or told <= above[0],
                f"{one.get('kind')}：告知上级有 {told} 条，实有 {above[0]} 条。",
            )
        self.report.passed("compare")

    def _countersigned(self, said: Mapping[str, Any]) -> dict[str, str]:
        body, name = str(said.get("body")), str(said.get("key_id"))
        digest = sha256(body.encode()).hexdigest()
        lines = f"hbfed/1 statement\n{digest}".encode()
        algorithm, public = self._keys.get(name, ("", b""))
        signature = str(said.get("signature"))
        is_signed = bool(algorithm) and heads.is_text_signed(
            lines, signature, algorithm=algorithm, public=public
        )
        if not is_signed:
            self.report.failed("statement", "对账单的签名应覆盖 hbfed/1 statement 和 body 的 SHA-256 两行。")
            raise _Refusal(400, "malformed", "对账单的签名不对。")
        self.report.passed("statement")
        ours = f"hbfed/1 statement countersigned\n{digest}\n{signature}".encode()
        return {"key_id": self.me.signs[0].key_id, "signature": self.me.signed_lines(ours)}

    def _files(self, content: bytes) -> bytes:
        said = _unzipped(content)
        has = []
        for one in said.get("gives") or ():
            digest = str(one.get("digest"))
            try:
                given = self.me.opened(str(one.get("box")), f"file/{digest}")
            except boxes.Closed:
                raise Refuted("附件的封装打不开：info 应为 file/摘要。") from None
            expect(sha256(given).hexdigest() == digest, "附件的内容与 SHA-256 不符。")
            self._awaited.discard(digest)
            has.append(digest)
            self.report.passed("files")
        answer = {"wants": sorted(self._awaited)[:200], "has": has}
        return envelopes.zipped(msgspec.json.encode(answer))

    def _move(self, _content: bytes) -> bytes:
        raise _Refusal(400, "malformed", "试验里没有迁移。")


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        raise Refuted("请求体不是 JSON。") from None
    expect(isinstance(found, dict), "请求体不是 JSON 对象。")
    return dict(found)


def _unzipped(content: bytes) -> dict[str, Any]:
    try:
        return _object(envelopes.unzipped(content, _MOST))
    except (envelopes.Malformed, envelopes.TooLarge):
        raise Refuted("请求体不是 gzip 压缩的 JSON。") from None


def _keys_of(content: bytes) -> dict[str, tuple[str, bytes]]:
    try:
        card = _object(content).get("card")
    except Refuted:
        return {}
    return keys_told(card, "sign") if isinstance(card, dict) else {}
