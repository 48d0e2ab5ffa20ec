"""Whether a call of the punch interface is accepted: who calls, from where, when, how often, saying what.

Nothing here asks the database: the memory of keys was read before, and what it says is proved again when the
call is written.
"""

import os
from typing import Final

from attendance.batches import Batch
from attendance.models import Punch
from federation.ingest import punches
from federation.ingest.keys import Held
from federation.ingest.known import Gate, Key
from federation.ingest.refusals import Refused
from federation.ingest.signing import Headers, Signed
from federation.ingest.writing import Call

SECOND: Final = 1_000_000  # in microseconds
_ORIGIN: Final = str(Punch.Origin.GATE)


def judged(
    held: Held, call: Signed, headers: Headers, body: bytes, *, most: int, address: str, now: int
) -> Call:
    """The call, ready to be written. `most` bounds the inflated body, `now` is in microseconds.

    Raises Refused.
    """
    key = admitted(held, call, address=address, now=now)
    if not held.calls.taken(now / SECOND, held.rules.calls):
        raise Refused(
            429,
            "too_often",
            f"调用过于频繁，每分钟最多 {held.rules.calls} 次。请把打卡合并后再发，一次可发多条。",
            retry_after=10,
        )
    text = punches.inflated(body, headers.get(b"content-encoding", b""), most)
    name, given = punches.read(text)
    gate = _gate(held, key, name)
    rules = held.rules_at(gate.region.path)
    punches.check_number(given, rules.rows)
    rows, rejected = punches.rows_of(given, gate.channel, rules.bounds(now))
    if gate.region.is_sandbox:
        rows, rejected = punches.only_invented(rows, rejected)
    batch = Batch(receipt_id(now), gate.project, gate.source, _ORIGIN, now, rows)
    return Call(key.pk, key.version, call, batch, rejected)


def receipt_id(now: int) -> bytes:
    """A fresh id that sorts by the moment it was made (UUIDv7, RFC 9562); `now` in microseconds."""
    head = (now // 1000).to_bytes(6, "big")
    tail = int.from_bytes(os.urandom(10), "big")
    return head + ((tail & ~(0xF << 76) & ~(0x3 << 62)) | (0x7 << 76) | (0x2 << 62)).to_bytes(10, "big")


def admitted(held: Held, call: Signed, *, address: str, now: int) -> Key:
    """The key that signed the call, at an address and an instant that it allows. Raises Refused."""
    keys = [key for key in held.keys if key.is_valid(now)]
    if not keys:
        raise Refused(401, "unknown_key", "X-Key 不是有效的接口账号，或它已停用。请核对，或联系平台管理员。")
    key = next((key for key in keys if key.seal.proves(call)), None)
    if key is None:
        raise Refused(
            401,
            "bad_signature",
            "签名校验错误。请对 方法、路径、时间戳、随机串、请求体 SHA-256（十六进制）五行以换行相连，"
            "用最新密钥计算 HMAC-SHA256。",
        )
    if not key.admits(address):
        raise Refused(
            403,
            "bad_address",
            f"地址 {address[:45]} 不在这个接口账号的白名单内，请联系平台管理员登记。",
        )
    _check_time(call, key, held, now)
    return key


def _check_time(call: Signed, key: Key, held: Held, now: int) -> None:
    window = key.window_minutes * 60 if key.window_minutes else held.rules.window_seconds
    ours = now // SECOND
    if abs(call.timestamp - ours) > window:
        raise Refused(
            401,
            "bad_timestamp",
            f"X-Timestamp 与平台时间相差超过 {window // 60} 分钟。平台当前为 {ours}，请校准时钟后重新签名。",
        )


def _gate(held: Held, key: Key, name: str) -> Gate:
    gate = held.gates.get(name) or held.gates.get(name.lower())
    if gate is None or (key.project is not None and gate.project != key.project):
        raise Refused(
            422,
            "unknown_device",
            "没有这台设备，或它不在这个接口账号的项目上。请用平台登记的通道名称或 public_id。",
            field="device",
        )
    return gate
