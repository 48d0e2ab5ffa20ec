"""The optional signature of the enterprise that built a client."""

import hmac

from federation.open_api.fieldcipher import Undecryptable, decrypt


def is_signed_by_enterprise(corpsign: str, *, secret: str, corp_key: str, timestamp: str) -> bool:
    """Whether `corpsign` holds the enterprise's key and this call's timestamp, under the caller's secret."""
    try:
        clear = decrypt(corpsign, secret)
    except Undecryptable:
        return False
    return hmac.compare_digest(clear.encode(), f"{corp_key}{timestamp}".encode())
