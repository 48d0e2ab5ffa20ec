"""What a vendor's call said, as it may be shown: enough to find the record in question, and no more.

The number of a document is opened and masked as everywhere; a worker's name is for whoever sees workers.
Other personal fields, pictures and long texts are left out.
"""

import json
from dataclasses import dataclass
from typing import Any

from federation.open_api.fieldcipher import Undecryptable, decrypt
from kernel.masking import mask_id_number, redact

HIDDEN = "[已隐去]"
LONGEST = 120
_NAME, _KIND, _NUMBER = "workername", "idcardtype", "idcardnumber"
# Parts of field names whose values are a person's, whatever they hold.
_PERSONAL = (
    "idcard", "idnumber", "phone", "tel", "bankcard", "banknumber", "cardnumber", "image", "photo", "address",
    "workername", "birth", "legalman", "linkman", "pmname", "email", "faxnumber", "responsibleperson",
    # Permit numbers travel encrypted; their ciphertext tells a reader nothing.
    "builderlicensenum", "plannum",
)  # fmt: skip


def masked_body(body: str | None, secret: str = "", *, sees_workers: bool = False) -> str:
    """The call's data as indented JSON, masked; "" where it has been forgotten.

    `secret` is that of the credential which sent it: numbers travel encrypted under it.
    """
    if body is None:
        return ""
    masked = _Masked(secret, sees_workers).of(json.loads(body))
    return json.dumps(masked, ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True)
class _Masked:
    """For one reader of one call."""

    secret: str
    sees_workers: bool

    def of(self, value: Any, name: str = "") -> Any:
        """A value as it may be shown under its field's name."""
        if name == "extras" and value:
            return HIDDEN  # what a standard adds may be anything
        if isinstance(value, dict):
            return {key: self.of(one, key.lower()) for key, one in value.items()}
        if isinstance(value, list):
            return [self.of(one, name) for one in value]
        if value in (None, ""):
            return value
        if name == _NUMBER:
            return self._number(value)
        if any(part in name for part in _PERSONAL) and not self._is_open(name):
            return HIDDEN
        return _shortened(redact(value)) if isinstance(value, str) else value

    def _is_open(self, name: str) -> bool:
        return name == _KIND or (name == _NAME and self.sees_workers)

    def _number(self, value: Any) -> str:
        try:
            return _shortened(mask_id_number(decrypt(str(value), self.secret)))
        except Undecryptable:
            return HIDDEN


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…（共 {len(text)} 字）"
