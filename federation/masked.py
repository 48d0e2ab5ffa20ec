"""What a vendor's call said, as it may be shown: without personal fields, pictures and long texts."""

import json
from typing import Any

from kernel.masking import redact

HIDDEN = "[已隐去]"
LONGEST = 120
# Parts of field names whose values are a person's, whatever they hold.
_PERSONAL = (
    "idcard", "idnumber", "phone", "tel", "bankcard", "banknumber", "cardnumber", "image", "photo", "address",
    "workername", "birth", "legalman", "linkman", "pmname", "email", "faxnumber", "responsibleperson",
    # Permit numbers travel encrypted; their ciphertext tells a reader nothing.
    "builderlicensenum", "plannum",
)  # fmt: skip


def masked_body(body: str | None) -> str:
    """The call's data as indented JSON, masked; "" where it has been forgotten."""
    if body is None:
        return ""
    return json.dumps(_masked(json.loads(body)), ensure_ascii=False, indent=2)


def _masked(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _masked(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_masked(one, name) for one in value]
    if value not in (None, "") and any(part in name.lower() for part in _PERSONAL):
        return HIDDEN
    if isinstance(value, str):
        text = redact(value)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…（共 {len(text)} 字）"
    return value
