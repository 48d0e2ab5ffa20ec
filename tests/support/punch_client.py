"""A device's client of the punch interface, written from its document: it imports nothing of the platform."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

PATH = "/api/v1/punches/"
_NONCES = count(1)


@dataclass
class Signer:
    """An account of the interface; `clock` says how far its clock is wrong, in seconds."""

    key: str
    secret: str
    clock: int = 0
    changed: dict[str, str] = field(default_factory=dict)

    def headers(self, body: bytes = b"", *, method: str = "POST", path: str = PATH) -> dict[str, str]:
        """The four headers of a call, each with a nonce of its own."""
        timestamp, nonce = str(int(time.time()) + self.clock), f"n{next(_NONCES)}"
        lines = (method, path, timestamp, nonce, hashlib.sha256(body).hexdigest())
        signature = hmac.new(self.secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
        made = {"X-Key": self.key, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}
        return {**made, **self.changed}


def body_of(device: str, *punches: dict[str, Any]) -> bytes:
    """A body as it is sent."""
    return json.dumps({"device": device, "punches": list(punches)}, ensure_ascii=False).encode()
