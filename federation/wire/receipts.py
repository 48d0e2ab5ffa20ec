"""Receipts: the receiver's signed word that an envelope is stored, for good."""

from typing import Final

import msgspec

_TITLE: Final = "hbfed/1 receipt"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Who has received what, and when; the signature is of the receiver's key `key_id`."""

    receiver: str
    sender: str
    stream: str
    epoch: int
    seq: int
    hash: str
    received_at: str
    key_id: str
    signature: str = ""

    def signed(self) -> bytes:
        """The bytes that the receiver signs."""
        lines = (
            _TITLE, self.receiver, self.sender, self.stream, str(self.epoch), str(self.seq), self.hash,
            self.received_at, self.key_id,
        )  # fmt: skip
        return "\n".join(lines).encode()
