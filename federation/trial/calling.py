"""Speaking to a parent that is tried: signed calls, proved answers, envelopes and their results."""

import gzip
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import msgspec

from federation.travel.messages import Message
from federation.trial.report import Refuted, expect
from federation.trial.speaker import Speaker, keys_told
from federation.wire import PROTOCOL, envelopes, heads
from federation.wire.receipts import Receipt

ROOT: Final = "/federation/v1/"


@dataclass(frozen=True)
class Answer:
    """What was answered, proved by the parent's signature."""

    status: int
    content: bytes

    @property
    def said(self) -> dict[str, Any]:
        try:
            found = msgspec.json.decode(self.content)
        except msgspec.MsgspecError:
            raise Refuted("回答不是 JSON 对象。") from None
        expect(isinstance(found, dict), "回答不是 JSON 对象。")
        return dict(found)

    @property
    def unzipped(self) -> dict[str, Any]:
        try:
            return replace(self, content=gzip.decompress(self.content)).said
        except (OSError, EOFError, zlib.error):
            raise Refuted("回答不是 gzip 压缩的 JSON。") from None


class Calling:
    """Our side of the line. What the parent does after its receipt is asked for every `pause` seconds, for
    `patience` seconds at most.
    """

    def __init__(
        self,
        http: httpx.Client,
        url: str,
        invitation: str,
        speaker: Speaker,
        patience: float,
        pause: float,
    ) -> None:
        self.http, self.url, self.me = http, url.rstrip("/"), speaker
        self.parent, self.secret, self.fingerprint = invitation.split(".")
        self.patience, self.pause = patience, pause
        self._keys: dict[str, tuple[str, bytes]] = {}
        self._seal: tuple[str, bytes] = ("", b"")
        self._last: dict[str, tuple[int, str]] = {}

    def _call(
        self,
        act: str,
        content: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        sent: bytes | None = None,
    ) -> Answer:
        """One signed call and its answer. `headers`, `sent`: what is sent in place of what was signed."""
        signed = dict(headers or self.me.headers(act, self.parent, content))
        try:
            got = self.http.post(
                f"{self.url}{ROOT}{act}", content=content if sent is None else sent, headers=signed
            )
        except httpx.HTTPError as wrong:
            raise Refuted(f"{act} 没有回答（{type(wrong).__name__}）。") from wrong
        self._require_signed(act, got, signed)
        return Answer(got.status_code, got.content)

    def _require_signed(self, act: str, got: httpx.Response, sent: Mapping[str, str]) -> None:
        name = got.headers.get(heads.HEADERS["key_id"], "")
        keys = self._keys or self._first_keys(got)
        expect(
            name in keys,
            f"{act} 的回答（HTTP {got.status_code}）没有用所给的密钥签名（X-Node-Key：{name or '无'}）。",
        )
        algorithm, public = keys[name]
        head = heads.Head(
            f"{heads.ANSWER} {got.status_code}",
            self.parent,
            sent[heads.HEADERS["sender"]],
            name,
            got.headers.get(heads.HEADERS["at"], ""),
            sent[heads.HEADERS["signature"]],
        )
        signature = got.headers.get(heads.HEADERS["signature"], "")
        expect(
            heads.is_signed(head, got.content, signature, algorithm=algorithm, public=public),
            f"{act} 的回答（HTTP {got.status_code}）签名不对：应覆盖八行，第七行是请求的签名。",
        )

    def _first_keys(self, got: httpx.Response) -> dict[str, tuple[str, bytes]]:
        """Of a first answer the invitation says which key signs; it brings the key itself."""
        card = Answer(got.status_code, got.content).said.get("card")
        if not isinstance(card, dict):
            raise Refuted(f"join 没有成功（HTTP {got.status_code}）：{got.text[:200]}")
        keys = keys_told(card, "sign")
        expect(self.fingerprint in keys, "回答的 card 里没有邀请码第三段所指的签名密钥。")
        return {self.fingerprint: keys[self.fingerprint]}

    def _ask(self, act: str, said: Mapping[str, Any]) -> Answer:
        return self._call(act, msgspec.json.encode(said))

    def _ask_zipped(self, act: str, said: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._call(act, envelopes.zipped(msgspec.json.encode(said)))
        expect(answer.status == 200, f"{act} 应为 200，得到 {answer.status}：{answer.content[:200]!r}")
        return answer.unzipped

    def _refuses(self, answer: Answer, status: int, *codes: str) -> dict[str, Any]:
        code = str(answer.said.get("code"))
        expect(
            answer.status == status and code in codes,
            f"应为 {status} {'或'.join(codes)}，得到 {answer.status} {code}。",
        )
        expect(answer.said.get("sentence"), f"{code} 没有写一句话的原因（sentence）。")
        return answer.said

    def _envelope(self, stream: str, *messages: Message, **other: Any) -> bytes:
        seq, prev = self._last.get(stream, (0, envelopes.BEGINNING))
        plain: dict[str, Any] = {
            "sender": self.me.code, "receiver": self.parent, "stream": stream, "epoch": 1, "seq": seq + 1,
            "prev": prev, "sent_at": heads.stamp(datetime.now(UTC)), "standard": "", "messages": messages,
        }  # fmt: skip
        return envelopes.pack(envelopes.Envelope(**plain | other))

    def _send(self, stream: str, *messages: Message) -> None:
        """The next envelope of a line, taken or refuted."""
        content = self._envelope(stream, *messages)
        answer = self._call("envelopes", content)
        expect(answer.status == 200, f"报文应得到签收，得到 {answer.status}：{answer.said.get('sentence')}")
        seq = self._last.get(stream, (0, ""))[0] + 1
        self._require_receipt(answer, stream, 1, seq, content)
        self._last[stream] = (seq, envelopes.hash_of(content))

    def _require_receipt(self, answer: Answer, stream: str, epoch: int, seq: int, content: bytes) -> None:
        try:
            receipt = msgspec.convert(answer.said.get("receipt"), Receipt)
        except msgspec.ValidationError as wrong:
            raise Refuted(f"签收的格式不对：{wrong}") from wrong
        told = (receipt.receiver, receipt.sender, receipt.stream, receipt.epoch, receipt.seq, receipt.hash)
        wanted = (self.parent, self.me.code, stream, epoch, seq, envelopes.hash_of(content))
        expect(told == wanted, f"签收写的是 {told}，应为 {wanted}。")
        expect(receipt.key_id in self._keys, "签收用的密钥没有告知过。")
        algorithm, public = self._keys[receipt.key_id]
        is_signed = heads.is_text_signed(
            receipt.signed(), receipt.signature, algorithm=algorithm, public=public
        )
        expect(is_signed, "签收的签名不对：应覆盖 hbfed/1 receipt 和其前八项，一项一行。")

    def _until(self, told: Callable[[], str], most: float | None = None) -> None:
        """Wait until nothing is missing any more; `told` says what is."""
        end = time.monotonic() + (self.patience if most is None else most)
        while missing := told():
            expect(time.monotonic() < end, missing)
            time.sleep(self.pause)

    def _line(self, stream: str, after: int = 0) -> dict[str, Any]:
        answer = self._ask("results", {"after": {stream: after}, "tell": {}})
        expect(answer.status == 200, f"results 应为 200，得到 {answer.status}。")
        line = (answer.said.get("lines") or {}).get(stream)
        if not isinstance(line, dict):
            raise Refuted(f"results 没有数据流 {stream}。")
        return line

    def _settled(self, stream: str) -> list[dict[str, Any]]:
        """All results of a line once everything that was sent has been worked through."""
        expect(stream in self._last, f"{stream} 没有一个报文被收下。")
        wanted = self._last[stream][0]

        def waits() -> str:
            applied = self._line(stream).get("applied_seq", 0)
            return (
                ""
                if applied >= wanted
                else f"{stream} 处理到第 {applied} 号，应到第 {wanted} 号（applied_seq）。"
            )

        self._until(waits)
        return list(self._line(stream).get("results") or ())

    def _learn(self, card: Mapping[str, Any]) -> None:
        expect(card.get("code") == self.parent, f"card 的代码是 {card.get('code')}，应为 {self.parent}。")
        expect(card.get("protocol") == PROTOCOL, f"card 的协议版本应为 {PROTOCOL}。")
        self._keys = keys_told(card, "sign")
        seals = keys_told(card, "seal")
        expect(self._keys and seals, "card 里应有签名和封装密钥各至少一个，编号为算法与公钥的摘要。")
        key_id, (_algorithm, public) = next(iter(seals.items()))
        self._seal = (key_id, public)
