"""How a call of the punch interface is signed: HMAC-SHA256 over five lines, the body by its digest."""

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

import msgspec

from federation.ingest.refusals import Refused

LONGEST_NONCE = 64
_NONCE = re.compile(rf"[!-~]{{1,{LONGEST_NONCE}}}")
_SECONDS = re.compile(r"[0-9]{1,12}")
_HEX = re.compile(r"[0-9a-fA-F]{64}")
HEADERS: Final = {
    b"x-key": "X-Key",
    b"x-timestamp": "X-Timestamp",
    b"x-nonce": "X-Nonce",
    b"x-signature": "X-Signature",
}
# How a request carries its headers: names in lower case.
Headers = Mapping[bytes, bytes]
_BLOCK: Final = 64


class Signed(msgspec.Struct, frozen=True, gc=False):
    """One call as it was signed: the four headers, and what of the request the signature covers."""

    method: str
    path: str
    appid: str
    timestamp: int
    nonce: str
    signature: str
    digest: str

    @property
    def base(self) -> bytes:
        """The text that is signed: method, path, timestamp, nonce, digest of the bytes as sent."""
        return f"{self.method}\n{self.path}\n{self.timestamp}\n{self.nonce}\n{self.digest}".encode()


class Seal:
    """A secret, ready to prove signatures: the two halves of HMAC-SHA256 begun once and copied each time."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, secret: bytes) -> None:
        padded = (secret if len(secret) <= _BLOCK else sha256(secret).digest()).ljust(_BLOCK, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in padded))

    def sign(self, base: bytes) -> str:
        """The signature of a text: 64 lower-case hexadecimal digits."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(base)
        outer.update(inner.digest())
        return outer.hexdigest()

    def proves(self, call: Signed) -> bool:
        """Whether this secret made the call's signature."""
        return hmac.compare_digest(self.sign(call.base), call.signature)


def read(method: str, path: str, headers: Headers, body: bytes) -> Signed:
    """The call that the headers claim to sign. Raises Refused."""
    try:
        appid, timestamp, nonce, signature = [headers[name].decode() for name in HEADERS]
    except (KeyError, UnicodeDecodeError):
        appid = timestamp = nonce = signature = ""
    if not (appid and timestamp and nonce and signature):
        missing = "、".join(title for name, title in HEADERS.items() if not headers.get(name))
        raise Refused(
            401,
            "not_signed",
            f"缺少请求头 {missing or '或其内容不是 UTF-8'}，未作任何处理。请按接口文档签名后重新提交。",
        )
    if not _SECONDS.fullmatch(timestamp):
        raise Refused(401, "bad_timestamp", "X-Timestamp 应为 Unix 时间的整秒数，例如 1795651200。")
    if not _NONCE.fullmatch(nonce):
        raise Refused(
            401, "bad_nonce", f"X-Nonce 应为 1 至 {LONGEST_NONCE} 个可见的 ASCII 字符，每次调用都要更换。"
        )
    if not _HEX.fullmatch(signature):
        raise Refused(401, "bad_signature", "X-Signature 应为 64 位十六进制的 HMAC-SHA256。")
    if "\0" in appid:
        raise Refused(401, "unknown_key", "X-Key 含有不能使用的字符。")
    return Signed(method, path, appid, int(timestamp), nonce, signature.lower(), sha256(body).hexdigest())


def sign(secret: str, method: str, path: str, timestamp: int, nonce: str, body: bytes) -> str:
    """The signature of a call, as its sender makes it."""
    call = Signed(method, path, "", timestamp, nonce, "", sha256(body).hexdigest())
    return hmac.digest(secret.encode(), call.base, "sha256").hex()
