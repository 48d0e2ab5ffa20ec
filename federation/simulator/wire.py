"""A vendor's own client of `/open.api`."""

import base64
import hashlib
import json
import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Self

import httpx
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

CHINA = timezone(timedelta(hours=8))
AWAY = (502, 503, 504)


class VendorError(Exception):
    """The platform refused or did not answer; the text is what it said."""


class OpenApi:
    """One appid and its secret, speaking to one platform.

    `patience` is how long, in seconds, it keeps trying while the platform is away.
    """

    def __init__(self, url: str, appid: str, secret: str, *, patience: float = 60.0) -> None:
        self.appid = appid
        self.secret = secret
        self.patience = patience
        self._endpoint = f"{url.rstrip('/')}/open.api"
        self._http = httpx.Client(timeout=30.0, trust_env=False)
        logging.getLogger("httpx").setLevel(logging.WARNING)  # one line per call says nothing new

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def encrypted(self, text: str) -> str:
        """A field as it travels: AES-256-CBC, key and start value from the secret, base64."""
        padder = padding.PKCS7(128).padder()
        block = padder.update(text.encode("utf-8")) + padder.finalize()
        aes = Cipher(
            algorithms.AES256(self.secret.encode()), modes.CBC(self.secret[:16].encode())
        ).encryptor()
        return base64.b64encode(aes.update(block) + aes.finalize()).decode("ascii")

    def decrypted(self, text: str) -> str:
        """What `encrypted` made."""
        aes = Cipher(
            algorithms.AES256(self.secret.encode()), modes.CBC(self.secret[:16].encode())
        ).decryptor()
        block = aes.update(base64.b64decode(text)) + aes.finalize()
        unpadder = padding.PKCS7(128).unpadder()
        return (unpadder.update(block) + unpadder.finalize()).decode("utf-8")

    def signed(
        self, method: str, data: Any, *, version: str = "1.0", at: datetime | None = None, **others: str
    ) -> dict[str, str]:
        """The form of one call, with a fresh timestamp and nonce unless others are given."""
        form = {
            "method": method,
            "version": version,
            "appid": self.appid,
            "format": "json",
            "timestamp": (at or datetime.now(CHINA)).astimezone(CHINA).strftime("%Y%m%d%H%M%S"),
            "nonce": secrets.token_hex(16),
            "data": data if isinstance(data, str) else json.dumps(data, ensure_ascii=False),
            **others,
        }
        base = "&".join(f"{key}={form[key]}" for key in sorted(form)) + "&appsecret=" + self.secret
        form["sign"] = hashlib.sha256(base.lower().encode("utf-8")).hexdigest()
        return form

    def call(self, method: str, data: Any, *, version: str = "1.0") -> dict[str, Any]:
        """The `data` of the answer. Raises VendorError when the code is not 0 or the platform stays away."""
        answer = self._patiently(
            lambda: self._http.post(self._endpoint, data=self.signed(method, data, version=version))
        )
        envelope = answer.json()
        if int(envelope["code"]) != 0:
            raise VendorError(f"{method}: {envelope['code']} {envelope['message']}")
        return envelope["data"] or {}

    def _patiently(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        until = time.monotonic() + self.patience
        while True:
            try:
                answer = send()
                if answer.status_code not in AWAY:
                    return _expected(answer)
                problem = f"HTTP {answer.status_code}"
            except httpx.TransportError as error:
                problem = type(error).__name__
            if time.monotonic() > until:
                raise VendorError(f"{self._endpoint}: {problem}")
            time.sleep(0.5)

    def write(self, method: str, data: Any) -> str:
        """Hand a write in; returns its requestSerialCode."""
        return str(self.call(method, data)["requestSerialCode"])

    def outcome(self, serial: str, *, within: float = 60.0, pause: float = 0.3) -> tuple[int, str]:
        """Poll a write until it is finished: its status (10 failed, 20 done) and result text."""
        until = time.monotonic() + within
        while True:
            state = self.call("AsyncHandleResult.Query", {"requestSerialCode": serial})
            if int(state["status"]) != 0:
                return int(state["status"]), str(state["result"])
            if time.monotonic() > until:
                raise VendorError(f"{serial}: 仍在处理")
            time.sleep(pause)


def _expected(answer: httpx.Response) -> httpx.Response:
    if answer.status_code != 200:
        raise VendorError(f"HTTP {answer.status_code}")
    return answer
