"""Who signed a call: the base string and its SHA-256, compared in constant time."""

import hashlib
import hmac
from collections.abc import Mapping

UNSIGNED = frozenset(
    {"sign", "appsecret"}
)  # some clients send the secret itself; it is never part of the base


def base_string(params: Mapping[str, str], secret: str) -> str:
    """What a caller signs: every parameter in ASCII order as received, the secret last, all in lower case."""
    pairs = [f"{name}={params[name]}" for name in sorted(params) if name not in UNSIGNED]
    return "&".join([*pairs, f"appsecret={secret}"]).lower()


def sign(params: Mapping[str, str], secret: str) -> str:
    """The signature of `params` under `secret`: 64 lower-case hexadecimal digits."""
    return hashlib.sha256(base_string(params, secret).encode()).hexdigest()


def is_signed_by(params: Mapping[str, str], secret: str) -> bool:
    """Whether `params` carry the right signature; hexadecimal digits may be upper case."""
    given = params.get("sign", "").lower()
    return hmac.compare_digest(given.encode(), sign(params, secret).encode())
