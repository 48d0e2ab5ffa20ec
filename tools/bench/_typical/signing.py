"""The same check of key, clock and signature as our JSON door makes."""

import hashlib
import hmac
import time

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from tools.bench._typical.models import Credential

WINDOW_SECONDS = 600


def credential_of(request: Request) -> Credential:
    """The key that signed this request. Raises PermissionDenied."""
    headers = request.headers
    appid, timestamp, nonce = (headers.get(f"X-{name}", "") for name in ("Key", "Timestamp", "Nonce"))
    known: Credential | None = Credential.objects.filter(appid=appid).first()
    if known is None or abs(time.time() - int(timestamp)) > WINDOW_SECONDS:
        raise PermissionDenied
    digest = hashlib.sha256(request._request.body).hexdigest()
    text = "\n".join((request.method or "", request.path, timestamp, nonce, digest))
    wanted = hmac.new(known.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, headers.get("X-Signature", "")):
        raise PermissionDenied
    return known
