"""The trial of a parent: we join below it, report invented records, and do wrong what it must refuse."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

import httpx
import msgspec

from federation.travel.messages import Message
from federation.travel.trees import Ask
from federation.trial.calling import Answer, Calling
from federation.trial.ledger import Ledger
from federation.trial.report import MISSHAPEN, Refuted, Report, Step, expect
from federation.trial.samples import Samples
from federation.trial.speaker import Pair, Speaker, signing_pair
from federation.wire import PROTOCOL, boxes, envelopes, heads

_LINE, _SPARE, _PUNCHES = "records-0", "records-7", "punches"
_BOMB: Final = 65 * 1024 * 1024

STEPS: Final = (
    Step("join", "接入", "用邀请码和自己的密钥接入，回答由邀请码第三段所指的密钥签名。"),
    Step("join_again", "回答丢失后重做接入", "同一密钥再次出示邀请码，应得到同样的回答。"),
    Step("join_thief", "邀请码只用一次", "别的密钥出示用过的邀请码，应为 403 bad_invitation。"),
    Step("hello", "握手", "回答自己的 card：签名和封装密钥各至少一个，编号与内容相符。"),
    Step("old_protocol", "协议版本不同被拒", "应为 426 old_protocol，wanted 写明所需版本。"),
    Step("unknown_node", "没有登记的节点被拒", "应为 401 unknown_node。"),
    Step("unknown_key", "没有登记的密钥被拒", "应为 401 unknown_key。"),
    Step("tampered", "改动过的内容被拒", "应为 401 tampered，内容不入库。"),
    Step("wrong_receiver", "收发方不符被拒", "请求头或信封写别的接收方，应为 421 wrong_receiver。"),
    Step("clock", "时间相差过大被拒", "一小时前的握手，应为 403 clock，now 写明对方时间。"),
    Step("receipt", "签收", "第一个报文存盘后给出签收，签名覆盖 hbfed/1 receipt 和其前八项。"),
    Step("again", "重发得到同一份签收", "同样的字节重新签名再发，签收一字不差。"),
    Step("replay", "重放被拒", "同一次调用原样再来，应为 409 replay。"),
    Step("gap", "缺号被拒", "跳过一号，应为 409 gap，holds 写明已有的最后一号。"),
    Step("fork", "分叉被拒", "同号不同内容、prev 不接，应为 409 fork。"),
    Step("epoch", "重新起头", "更大的 epoch 从第 1 号起收下，旧 epoch 不再收。"),
    Step("malformed", "不是报文的被拒", "不是 gzip 的、不存在的数据流，应为 400。"),
    Step("too_large", "过大被拒", "解压后超过 64 MB，应为 413 too_large，不占内存。"),
    Step(
        "applied",
        "记录入库",
        "企业、人员（证件号封装）、项目、参建单位、考勤设备、制度文件依次入库，没有一条被拒。",
    ),
    Step("refused", "逐条拒收说明原因", "不存在的类别、来源不在其下的记录各自被拒，写明规则、原因和办法。"),
    Step("waits", "等待关联记录", "参建单位先到，等待企业（waits、missing）；企业到后入库，再有一条结果。"),
    Step(
        "outside",
        "管辖之外的记录被拒",
        "项目在邀请的区划之外（企业平台：总承包是别的企业），应被拒，写明规则、原因和办法。",
    ),
    Step("results", "结果按号取", "号码从 1 起连续；after 以前的不再给；last 为最后一号。"),
    Step("same", "同样内容再来不变", "同一条记录在新的报文里再来一次，没有新的拒收，摘要不变。"),
    Step("files", "附件", "要来制度文件的附件（wants），收到并核对后列入 has；不符的不收。"),
    Step("punches", "打卡", "一次打卡入库，对账时数量和摘要相符。"),
    Step("compare", "对账", "试验记录逐层（日期、项目组、项目、桶、单条）的数量和摘要与下级算的相同。"),
    Step("fetch", "下发", "报文从第 1 号、64 个 0 起成链；holds 之后的才给；重取得到同样的字节。"),
    Step("rotation", "换密钥", "握手列出新旧两个，两个都认；不再列出的旧密钥随即不认。"),
)  # fmt: skip


class ParentTrial(Calling):
    """One run against a parent that has invited `speaker`. Each step is told in the report.

    `region`: where the invented
    project lies, in place of the speaker's region, which an enterprise's node has none of. `firm`: how the
    parent calls the speaker's enterprise, if it knows it.
    """

    def __init__(
        self,
        http: httpx.Client,
        url: str,
        invitation: str,
        speaker: Speaker,
        *,
        patience: float = 60.0,
        pause: float = 1.0,
        region: str = "",
        firm: str = "",
    ) -> None:
        super().__init__(http, url, invitation, speaker, patience, pause)
        self.region, self.firm = region or speaker.region, firm
        self.report = Report(STEPS)
        self.ledger = Ledger()
        self._samples: Samples | None = None
        # The first envelope, the headers it went under, and what was answered.
        self._first, self._first_headers, self._first_answer = b"", dict[str, str](), b""

    def run(self) -> Report:
        """All steps in their order; without having joined nothing else can be tried."""
        for step in STEPS:
            try:
                getattr(self, f"_{step.key}")()
            except (Refuted, *MISSHAPEN) as wrong:
                self.report.failed(step.key, _told(wrong))
                if step.key in ("join", "hello"):
                    break
            else:
                self.report.passed(step.key)
        return self.report

    @property
    def samples(self) -> Samples:
        """The invented records, made when the parent's sealing key is known."""
        if self._samples is None:
            key_id, public = self._seal
            expect(public, "对方没有给出 X25519 封装密钥，证件号无法封装。")
            self._samples = Samples(
                self.me.code,
                self.region,
                lambda text, place: boxes.close(text, place, key_id=key_id, public=public),
                enterprise=(self.me.enterprise, self.firm),
            )
        return self._samples

    # The steps.

    def _join(self) -> None:
        answer = self._ask("join", {"code": self.secret, "card": self.me.card()})
        expect(answer.status == 200, f"应为 200，得到 {answer.status}：{answer.said.get('sentence')}")
        self._learn(answer.said.get("card") or {})

    def _join_again(self) -> None:
        self._join()

    def _join_thief(self) -> None:
        thief = replace(self.me, signs=[signing_pair()])
        content = msgspec.json.encode({"code": self.secret, "card": thief.card()})
        answer = self._call("join", content, headers=thief.headers("join", self.parent, content))
        self._refuses(answer, 403, "bad_invitation")

    def _hello(self) -> None:
        answer = self._greet()
        expect(answer.status == 200, f"应为 200，得到 {answer.status}：{answer.said.get('sentence')}")
        self._learn(answer.said.get("card") or {})

    def _greet(self, pair: Pair | None = None) -> Answer:
        content = msgspec.json.encode({"card": self.me.card()})
        return self._call("hello", content, headers=self.me.headers("hello", self.parent, content, pair=pair))

    def _spoiled(self, **values: str) -> tuple[bytes, dict[str, str]]:
        content = msgspec.json.encode({"card": self.me.card()})
        headers = self.me.headers("hello", self.parent, content)
        return content, headers | {heads.HEADERS[name]: value for name, value in values.items()}

    def _old_protocol(self) -> None:
        content, headers = self._spoiled(protocol="hbfed/0")
        said = self._refuses(self._call("hello", content, headers=headers), 426, "old_protocol")
        expect(said.get("wanted") == PROTOCOL, f"wanted 应为 {PROTOCOL}。")

    def _unknown_node(self) -> None:
        content, headers = self._spoiled(sender="trial-nobody")
        self._refuses(self._call("hello", content, headers=headers), 401, "unknown_node")

    def _unknown_key(self) -> None:
        content = msgspec.json.encode({"card": self.me.card()})
        headers = self.me.headers("hello", self.parent, content, pair=signing_pair())
        self._refuses(self._call("hello", content, headers=headers), 401, "unknown_key")

    def _tampered(self) -> None:
        content = self._envelope(_LINE)
        headers = self.me.headers("envelopes", self.parent, content)
        answer = self._call("envelopes", content, headers=headers, sent=content + b"\0")
        self._refuses(answer, 401, "tampered")

    def _wrong_receiver(self) -> None:
        content = self._envelope(_LINE)
        headers = self.me.headers("envelopes", "trial-other", content)
        self._refuses(self._call("envelopes", content, headers=headers), 421, "wrong_receiver")
        content = self._envelope(_LINE, receiver="trial-other")
        self._refuses(self._call("envelopes", content), 421, "wrong_receiver")

    def _clock(self) -> None:
        content = msgspec.json.encode({"card": self.me.card()})
        at = datetime.now(UTC) - timedelta(hours=1)
        headers = self.me.headers("hello", self.parent, content, at=at)
        said = self._refuses(self._call("hello", content, headers=headers), 403, "clock")
        expect(heads.instant_of(str(said.get("now"))), "clock 应在 now 里写明对方时间。")

    def _receipt(self) -> None:
        self._first = self._envelope(_LINE)
        self._first_headers = self.me.headers("envelopes", self.parent, self._first)
        answer = self._call("envelopes", self._first, headers=self._first_headers)
        expect(answer.status == 200, f"应为 200，得到 {answer.status}：{answer.said.get('sentence')}")
        self._require_receipt(answer, _LINE, 1, 1, self._first)
        self._first_answer = answer.content
        self._last[_LINE] = (1, envelopes.hash_of(self._first))

    def _again(self) -> None:
        expect(_LINE in self._last, "第一个报文没有收下，无法重发。")
        answer = self._call("envelopes", self._first)
        expect(answer.status == 200, f"应为 200，得到 {answer.status}。")
        same = msgspec.json.decode(self._first_answer) == answer.said
        expect(same, "重发得到的签收与第一次的不同。")

    def _replay(self) -> None:
        expect(_LINE in self._last, "第一个报文没有收下，无法重放。")
        answer = self._call("envelopes", self._first, headers=self._first_headers)
        self._refuses(answer, 409, "replay")

    def _gap(self) -> None:
        answer = self._call("envelopes", self._envelope(_LINE, seq=3))
        holds = self._refuses(answer, 409, "gap").get("holds") or {}
        expect((holds.get("epoch"), holds.get("seq")) == (1, 1), f"holds 应为 epoch 1、seq 1，得到 {holds}。")

    def _fork(self) -> None:
        other = self._envelope(_LINE, seq=1, prev=envelopes.BEGINNING, sent_at="2026-01-01T00:00:00.000000Z")
        self._refuses(self._call("envelopes", other), 409, "fork")
        self._refuses(self._call("envelopes", self._envelope(_LINE, prev="ab" * 32)), 409, "fork")

    def _epoch(self) -> None:
        self._send(_SPARE)
        fresh = self._envelope(_SPARE, epoch=2, seq=1, prev=envelopes.BEGINNING)
        answer = self._call("envelopes", fresh)
        expect(
            answer.status == 200, f"更大的 epoch 应收下，得到 {answer.status}：{answer.said.get('sentence')}"
        )
        self._require_receipt(answer, _SPARE, 2, 1, fresh)
        self._refuses(self._call("envelopes", self._envelope(_SPARE)), 409, "fork")

    def _malformed(self) -> None:
        self._refuses(self._call("envelopes", b"not gzip"), 400, "malformed")
        self._refuses(self._call("envelopes", envelopes.zipped(b"[]")), 400, "malformed")
        self._refuses(self._call("envelopes", self._envelope("records-8")), 400, "unknown_stream")
        self._refuses(self._call("hello", b"[]"), 400, "malformed")

    def _too_large(self) -> None:
        self._refuses(self._call("envelopes", envelopes.zipped(b" " * _BOMB)), 413, "too_large")

    def _report(self, messages: Sequence[Message]) -> None:
        self._send(_LINE, *messages)
        for message in messages:
            self.ledger.take(message)

    def _applied(self) -> None:
        found = self.samples
        sent = (
            found.contractor, found.person, found.project, found.participation, found.device, found.policy,
        )  # fmt: skip
        self._report(sent)
        names = {str(message.key) for message in sent}
        told = [one for one in self._settled(_LINE) if one.get("key") in names]
        for one in told:
            if one.get("canonical"):
                # An enterprise's node speaks of one whom the parent may have known before.
                self.ledger.known_as(str(one["kind"]), str(one["key"]), str(one["canonical"]))
        wrong = [one for one in told if one.get("became") not in ("applied", "same")]
        said = "；".join(f"{one.get('kind')}：{one.get('became')} {one.get('sentence')}" for one in wrong)
        expect(not wrong, f"没有入库：{said}")

    def _refused(self) -> None:
        self._require_refused(self.samples.strange(), self.samples.of_another_node())

    def _outside(self) -> None:
        self._require_refused(self.samples.outside)

    def _require_refused(self, *wrong: Message) -> None:
        self._send(_LINE, *wrong)
        told = {str(one.get("key")): one for one in self._settled(_LINE)}
        for message in wrong:
            one = told.get(str(message.key)) or {}
            expect(
                one.get("became") == "refused",
                f"{message.kind}（来源 {message.origin}）应被拒（refused），"
                f"得到 {one.get('became') or '入库'}。",
            )
            said = all(one.get(name) for name in ("rule", "sentence", "remedy"))
            expect(said, f"{message.kind} 的拒收应写明 rule、sentence、remedy。")

    def _waits(self) -> None:
        part, firm = self.samples.waiting, self.samples.late_firm
        self._report([part])
        told = [one for one in self._settled(_LINE) if one.get("key") == str(part.key)]
        expect(told and told[-1].get("became") == "waits", "参建单位先到，应为 waits。")
        missing = told[-1].get("missing")
        expect(missing == f"enterprise:{firm.key}", f"missing 应为 enterprise:编号，得到 {missing}。")
        self._report([firm])

        def still() -> str:
            last = [one for one in self._settled(_LINE) if one.get("key") == str(part.key)][-1]
            return "" if last.get("became") == "applied" else "企业到后，参建单位应再有一条 applied 的结果。"

        self._until(still)

    def _results(self) -> None:
        every = self._settled(_LINE)
        numbers = [one.get("number") for one in every]
        expect(numbers == list(range(1, len(numbers) + 1)), f"结果的号码应从 1 起连续，得到 {numbers}。")
        line = self._line(_LINE, after=len(numbers) - 1)
        later = [one.get("number") for one in line.get("results") or ()]
        expect(later == numbers[-1:], "after 以前的结果不应再给。")
        expect(line.get("last") == len(numbers), f"last 应为 {len(numbers)}，得到 {line.get('last')}。")

    def _same(self) -> None:
        before = len(self._settled(_LINE))
        self._report([self.samples.project])
        expect(len(self._settled(_LINE)) == before, "同样的记录再来一次，不应有新的结果。")

    def _files(self) -> None:
        content = self.samples.picture
        digest = sha256(content).hexdigest()
        wanted = self._ask_zipped("files", {"offers": [digest]}).get("wants") or ()
        expect(digest in wanted, "wants 里应有制度文件的附件。")
        other = self._ask_zipped("files", {"gives": [self._boxed(b"another", digest)]})
        expect(digest not in (other.get("has") or ()), "内容与 SHA-256 不符的附件不应收下。")
        taken = self._ask_zipped("files", {"gives": [self._boxed(content, digest)]})
        expect(digest in (taken.get("has") or ()), "收到的附件应列入 has。")
        expect(digest not in (taken.get("wants") or ()), "收到的附件不应再要。")

    def _boxed(self, content: bytes, digest: str) -> dict[str, str]:
        key_id, public = self._seal
        return {
            "digest": digest,
            "box": boxes.close_bytes(content, f"file/{digest}", key_id=key_id, public=public),
        }

    def _punches(self) -> None:
        punch = self.samples.punch()
        self._send(_PUNCHES, punch)
        self.ledger.take(punch)
        day = self.samples.now - timedelta(minutes=5)
        on = day.date().isoformat()
        ask = Ask("punches", day=on, project=str(self.samples.project.key))
        self._until(lambda: self._differs(ask))

    def _differs(self, ask: Ask) -> str:
        """What is wrong with the parent's digests of a branch; empty where they are ours."""
        theirs, ours = self._digests([ask])[0], self.ledger.children(ask)
        if theirs == ours:
            return ""
        branch = msgspec.json.encode(ask).decode()
        return f"{branch} 的数量和摘要不同：对方 {theirs}，按报文计算 {ours}。"

    def _digests(self, asks: Sequence[Ask]) -> list[dict[str, tuple[int, str]]]:
        said = {"run": str(uuid4()), "scope": "whole", "day": self.samples.now.date().isoformat()}
        end = time.monotonic() + self.patience
        while True:
            told = self._ask_zipped("compare", {**said, "anew": True, "ask": list(asks)})
            if not told.get("busy"):
                break
            expect(time.monotonic() < end, "对账一直在计算（busy）。")
            time.sleep(self.pause)
        answers = told.get("answers") or ()
        expect(len(answers) == len(asks), f"问了 {len(asks)} 个分支，回答了 {len(answers)} 个。")
        return [{name: (one[0], one[1]) for name, one in answer.items()} for answer in answers]

    def _compare(self) -> None:
        day, above = self.samples.now.date().isoformat(), ""
        project = str(self.samples.project.key)
        for kind in ("enterprise", "person", "project", "device", "participation", "policy"):
            expect(self.ledger.messages.get(kind), "试验记录没有报上去，无从比较。")
            within = above if kind in ("enterprise", "person") else project
            for ask in (
                Ask(kind, day, day), Ask(kind, day=day), Ask(kind, day=day, group="*"),
                Ask(kind, day=day, project=within), Ask(kind, day=day, project=within, bucket="*"),
            ):  # fmt: skip
                wrong = self._differs(ask)
                expect(not wrong, wrong)

    def _fetch(self) -> None:
        holds = {"epoch": 1, "seq": 0, "hash": envelopes.BEGINNING}
        first = self._fetched(holds)
        if not first:
            return
        cover = self._covered(first)
        expect(
            (cover.seq, cover.prev) == (1, envelopes.BEGINNING) and cover.receiver == self.me.code,
            f"第一个下发报文应为第 1 号、prev 为 64 个 0、发给 {self.me.code}，得到第 {cover.seq} 号。",
        )
        expect(self._fetched(holds) == first, "还没有签收的报文重取，应得到同样的字节。")
        held = {"epoch": cover.epoch, "seq": 1, "hash": envelopes.hash_of(first)}
        second = self._fetched(held)
        if second:
            after = self._covered(second)
            expect((after.seq, after.prev) == (2, held["hash"]), "第 2 号的 prev 应为第 1 号的 SHA-256。")

    def _fetched(self, holds: Mapping[str, Any]) -> bytes:
        answer = self._ask("fetch", {"stream": "dispatch", "holds": holds})
        expect(answer.status == 200, f"fetch 应为 200，得到 {answer.status}。")
        return answer.content

    def _covered(self, content: bytes) -> envelopes.Cover:
        try:
            return envelopes.cover(content, _BOMB)
        except (envelopes.Malformed, envelopes.TooLarge) as wrong:
            raise Refuted(f"下发的报文读不出：{wrong}") from wrong

    def _rotation(self) -> None:
        # Told with its end, as in an overlap: when it is not listed any more it ends at once all the same.
        ends = heads.stamp(datetime.now(UTC) + timedelta(days=7))
        old, new = replace(self.me.signs[0], valid_until=ends), signing_pair()
        self.me.signs = [old, new]
        expect(self._greet().status == 200, "列出新旧两个密钥的握手没有被接受。")
        expect(self._greet(new).status == 200, "握手告知过的新密钥没有被认得。")
        self.me.signs = [new]
        expect(self._greet().status == 200, "只列新密钥的握手没有被接受。")
        self._refuses(self._greet(old), 401, "unknown_key")


def _told(wrong: Exception) -> str:
    """The sentence of a step that failed, also where an answer has another shape than was described."""
    if isinstance(wrong, Refuted):
        return wrong.sentence
    return f"回答的内容不合说明：{type(wrong).__name__}：{str(wrong)[:200]}"
