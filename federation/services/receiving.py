"""Receiving: an envelope is judged by its cover, stored for good, and only then answered with a receipt."""

from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from federation.models import Line, Node, ReceivedEnvelope
from federation.services.admitting import Caller, require_protocol
from federation.services.own_node import signed_receipt
from federation.services.refusals_of_calls import CallRefused
from federation.wire import envelopes, streams
from federation.wire.envelopes import Cover
from federation.wire.receipts import Receipt
from kernel.cipher import seal_bytes
from kernel.models import this_node
from standards.selectors import parameter

ENVELOPES = "envelopes"
BODY_CONTEXT = "federation.received"
MEGABYTE = 1024 * 1024


@transaction.atomic
def receive(caller: Caller, content: bytes, now: datetime) -> Receipt:
    """Store an envelope and give the receipt that says so; the same envelope gets the same receipt.

    Raises CallRefused for bytes that are no envelope, one of another line or sender, a gap, a fork and a
    replay; nothing is stored then.
    """
    cover = _cover(caller, content)
    line = locked_line(caller.node, Line.Direction.IN, cover.stream)
    digest = envelopes.hash_of(content)
    if held := _held(caller, line, cover, digest):
        return held
    _require_next(caller, line, cover)
    receipt = signed_receipt(
        sender=caller.node.code,
        stream=cover.stream,
        epoch=cover.epoch,
        seq=cover.seq,
        envelope_hash=digest,
        now=now,
    )
    ReceivedEnvelope.objects.create(
        line=line,
        epoch=cover.epoch,
        seq=cover.seq,
        hash=digest,
        prev=cover.prev,
        body=seal_bytes(content, context=BODY_CONTEXT),
        standard=cover.standard[:60],
        call=caller.signature,
        receipt=msgspec.to_builtins(receipt),
        received_at=now,
    )
    if cover.epoch != line.epoch:
        line.epoch, line.settled_seq = cover.epoch, 0
    line.seq, line.last_hash = cover.seq, digest
    line.save(update_fields=["epoch", "seq", "settled_seq", "last_hash"])
    return receipt


def locked_line(node: Node, direction: str, stream: str) -> Line:
    """The line, made when it is first used, locked."""
    Line.objects.get_or_create(
        node=node, direction=direction, stream=stream, defaults={"last_hash": envelopes.BEGINNING}
    )
    return Line.objects.select_for_update().get(node=node, direction=direction, stream=stream)


def most_unzipped() -> int:
    """The most bytes that an envelope may unzip to."""
    return int(parameter("federation.unpacked_megabytes")) * MEGABYTE


def _cover(caller: Caller, content: bytes) -> Cover:
    node = caller.node
    try:
        cover = envelopes.cover(content, most_unzipped())
    except envelopes.TooLarge:
        raise CallRefused(
            "too_large", 413, _("报文解压后过大，没有处理。请减少每个报文的记录数后重发。"), node=node
        ) from None
    except envelopes.Malformed:
        raise CallRefused(
            "malformed", 400, _("报文的格式不对（应为 gzip 压缩的 JSON 信封），没有处理。"), node=node
        ) from None
    require_protocol(cover.protocol, node)
    if cover.sender != node.code or cover.receiver != this_node():
        raise CallRefused(
            "wrong_receiver", 421, _("信封上的收发双方与签名者或本平台不符，没有处理。"), node=node
        )
    if cover.seq > envelopes.MOST or cover.epoch > envelopes.MOST:
        raise CallRefused(
            "malformed",
            400,
            _("信封的序号或轮次过大（最大 {most}），没有处理。请对照协议文档改正程序。").format(
                most=envelopes.MOST
            ),
            node=node,
        )
    if cover.stream not in _streams_from(node) or cover.seq < 1 or cover.epoch < 1:
        raise CallRefused(
            "unknown_stream", 400, _("信封所属的数据流或序号不对，没有处理。请对照协议文档。"), node=node
        )
    _require_messages(cover, node)
    return cover


def _require_messages(cover: Cover, node: Node) -> None:
    """What could not be read afterwards gets no receipt: its sender would never hear of it again."""
    try:
        envelopes.require_messages(cover)
    except envelopes.Malformed as wrong:
        raise CallRefused(
            "malformed",
            400,
            _(
                "报文里的记录不是协议规定的写法（{where}），整个报文没有收下。请改正程序，重新生成这个报文。"
            ).format(where=str(wrong)[:60] or "messages"),
            node=node,
            stream=cover.stream,
            seq=cover.seq,
        ) from None


def _streams_from(node: Node) -> tuple[str, ...]:
    return streams.DOWNWARD if node.relation == Node.Relation.PARENT else streams.UPWARD


def _held(caller: Caller, line: Line, cover: Cover, digest: str) -> Receipt | None:
    """The receipt that this very envelope got before. Raises CallRefused for a replay and a fork."""
    held = ReceivedEnvelope.objects.filter(line=line, epoch=cover.epoch, seq=cover.seq).defer("body").first()
    if held is None:
        return None
    if held.hash != digest:
        raise _fork(caller, line, cover)
    if held.call == caller.signature:
        raise CallRefused(
            "replay",
            409,
            _("第 {seq} 号报文的这次调用已经处理过，是被重放的，没有再处理。").format(seq=cover.seq),
            node=caller.node,
            stream=cover.stream,
            seq=cover.seq,
        )
    return msgspec.convert(held.receipt, Receipt)


def _require_next(caller: Caller, line: Line, cover: Cover) -> None:
    """The envelope must follow the last one held, or begin a later epoch."""
    if cover.epoch < line.epoch:
        raise _fork(caller, line, cover)
    is_new_epoch = cover.epoch > line.epoch
    wanted = 1 if is_new_epoch else line.seq + 1
    if cover.seq > wanted:
        raise CallRefused(
            "gap",
            409,
            _(
                "序号不连续：应为第 {wanted} 号，收到第 {seq} 号。请从第 {wanted} 号起补发，后面的没有收下。"
            ).format(wanted=wanted, seq=cover.seq),
            node=caller.node,
            stream=cover.stream,
            seq=cover.seq,
            facts=_place(line),
        )
    before = envelopes.BEGINNING if is_new_epoch else line.last_hash
    if cover.seq < wanted or cover.prev != before:
        raise _fork(caller, line, cover)


def _fork(caller: Caller, line: Line, cover: Cover) -> CallRefused:
    return CallRefused(
        "fork",
        409,
        _(
            "第 {seq} 号报文与已收下的不是同一份，序列分叉（可能从旧备份恢复）。请发送方管理员重新起头。"
        ).format(seq=cover.seq),
        node=caller.node,
        stream=cover.stream,
        seq=cover.seq,
        facts=_place(line),
    )


def _place(line: Line) -> dict[str, Any]:
    """How far the line is held here, so that its sender goes on from there."""
    return {
        "holds": {"epoch": line.epoch, "seq": line.seq, "hash": line.last_hash},
        "wanted": {"epoch": line.epoch, "seq": line.seq + 1},
    }
