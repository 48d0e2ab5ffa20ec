"""What the punch interface answers: a call comes in as bytes and headers, a receipt or a problem goes out."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from federation.ingest import signing
from federation.ingest.judging import judged
from federation.ingest.keys import Held, Keys, is_fresh
from federation.ingest.refusals import Refused, fault
from federation.ingest.signing import Headers, Signed
from federation.ingest.writing import Accepted, Call, KeyEnded, OtherBytes, write

PATH = "/api/v1/punches/"


class Asked(msgspec.Struct, frozen=True):
    """One call as it came. `most` bounds its body, `now` is in microseconds since 1970."""

    body: bytes
    headers: Headers
    address: str
    now: int
    most: int

    def __repr__(self) -> str:
        return f"<Asked {len(self.body)} bytes>"


class Answered(msgspec.Struct, frozen=True):
    """What goes out."""

    status: int
    headers: Mapping[str, str]
    body: bytes


JSON = {"Content-Type": "application/json", "Cache-Control": "no-store"}
# Reading the memory anew may help against these: the key, its addresses or its devices may be newer.
_MAY_BE_OLD = frozenset({"unknown_key", "bad_signature", "bad_address", "unknown_device", "bad_timestamp"})


def microseconds_now() -> int:
    """The instant, in microseconds since 1970."""
    return time.time_ns() // 1000


def read(asked: Asked) -> Signed:
    """Who claims to call. Raises Refused."""
    return signing.read("POST", PATH, asked.headers, asked.body)


def judge(held: Held, call: Signed, asked: Asked) -> Call:
    """The call, ready to be written. Raises Refused."""
    return judged(
        held, call, asked.headers, asked.body, most=asked.most, address=asked.address, now=asked.now
    )


def may_be_old(held: Held, refused: Refused) -> bool:
    """Whether the memory should be read anew before this refusal is given."""
    return refused.code in _MAY_BE_OLD and not is_fresh(held)


def answer_to(outcome: Any) -> Answered:
    """The answer to what became of a written call."""
    if isinstance(outcome, Accepted):
        return Answered(202, JSON, outcome.body)
    return refusal(as_refusal(outcome))


def as_refusal(outcome: Any) -> Refused:
    """Why a written call was turned away after all."""
    if isinstance(outcome, Refused):
        return outcome
    if isinstance(outcome, KeyEnded):
        return Refused(
            401, "unknown_key", "这组密钥刚刚更换或停用，本次未收下。请改用最新密钥签名后重新提交。"
        )
    if isinstance(outcome, OtherBytes):
        return Refused(
            409,
            "nonce_used",
            "同一 X-Timestamp 和 X-Nonce 已用于另一份内容，本次未收下。请更换 X-Nonce 并重新签名。",
        )
    return fault()


def refusal(refused: Refused) -> Answered:
    """The answer to a call that is turned away."""
    return Answered(refused.status, refused.headers, refused.body)


def answered(keys: Keys, asked: Asked) -> Accepted:
    """The slow way, in Django's own transaction: for a server without the fast door. Raises Refused."""
    call = read(asked)
    held = keys.read(call.appid, datetime.now(UTC))
    ready = judge(held, call, asked)
    with transaction.atomic(), connection.cursor() as cursor:
        write(cursor, [ready], [])
    if isinstance(ready.outcome, Accepted):
        return ready.outcome
    raise as_refusal(ready.outcome)
