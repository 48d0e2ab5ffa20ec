"""Calls of the punch interface that are nearly right, through the door, the settler and the receipt."""

import gzip
import json
import time
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.utils import timezone

from attendance.models import Inbox, Punch, PunchReceipt
from attendance.services.settler import settle_step
from federation.ingest import door, signing
from federation.ingest.keys import Keys
from federation.ingest.refusals import Refused
from federation.models import Credential
from federation.services import issue_credential
from tests.support.vendor_changes import DATA_CHANGES, Calling, Hand
from tests.support.world import County, TwoCounties

MOST_BYTES = 1024 * 1024
_BECAUSE = "the fuzz counts everybody's punches"
# Of the changes that any call may undergo, those that concern data; a method has none of its name here.
CHANGES = tuple(change for change in DATA_CHANGES if change.__name__ != "another_method")


@dataclass
class PunchFuzz:
    """A run of calls by one county's gate, each undone before the next."""

    world: TwoCounties
    hand: Hand
    statuses: Counter[str] = field(default_factory=Counter)
    troubles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.county: County = self.world.wuchang
        self.chance: Random = self.hand.chance
        self.credential: Credential = issue_credential(actor=None, project_code=self.county.project.code)
        self.keys = Keys()

    def run(self, calls: int) -> None:
        """So many calls."""
        for _call in range(calls):
            with transaction.atomic():
                self._judged(*self._drawn())
                transaction.set_rollback(True)

    def _drawn(self) -> tuple[bytes, dict[bytes, bytes], str]:
        calling = Calling("punches", self._example())
        for _change in range(self.chance.choice((0, 1, 1, 2, 3))):
            self.chance.choice(CHANGES)(self.hand, calling)
        text = json.dumps(calling.data, ensure_ascii=self.chance.random() < 0.5)
        body = self._in_bytes(text.encode("utf-8", "backslashreplace"))
        headers = self._signed(body)
        if self.chance.random() < 0.15:
            self._spoil(headers)
        return body, headers, str(calling.changes)

    def _example(self) -> dict[str, Any]:
        """A gate's batch: people of this county's site, strangers, and the other county's people."""
        now = timezone.now()
        whose = self.chance.choice((self.county, self.county, self.world.xiantao))
        punches = [
            {
                "seq": self.chance.choice((order, f"s{order}", None)),
                "at": (now - timedelta(minutes=self.chance.randrange(3000))).isoformat(),
                "direction": self.chance.choice(("in", "out", None)),
                **self.chance.choice(
                    (
                        {"engagement": str(whose.worker.engagement.public_id)},
                        {"id_number": whose.worker.person.id_number},
                        {"id_number": "420001199001010017"},
                    )
                ),
            }
            for order in range(self.chance.randint(1, 6))
        ]
        device = self.chance.choice((str(self.county.device.public_id), self.county.device.channel))
        return {"device": device, "punches": punches}

    def _in_bytes(self, body: bytes) -> bytes:
        """As it is, or cut, or with bytes flipped."""
        if self.chance.random() < 0.05:
            return body[: self.chance.randrange(len(body) + 1)]
        if self.chance.random() < 0.05:
            at = self.chance.randrange(len(body))
            return body[:at] + bytes([self.chance.randrange(256)]) + body[at + 1 :]
        return body

    def _signed(self, body: bytes) -> dict[bytes, bytes]:
        stamp, nonce = int(time.time()), token_hex(8)
        headers = {b"x-key": self.credential.appid.encode(), b"x-nonce": nonce.encode()}
        signature = signing.sign(self.credential.key, "POST", door.PATH, stamp, nonce, body)
        return {**headers, b"x-timestamp": str(stamp).encode(), b"x-signature": signature.encode()}

    def _spoil(self, headers: dict[bytes, bytes]) -> None:
        """A header less, another value, a compression that is none."""
        name = self.chance.choice((*headers, b"content-encoding"))
        values = (b"", b"0", b"-1", b"\xff\xfe", b"gzip", b"9" * 400, "长".encode(), b"a\0b", b"identity")
        headers[name] = self.chance.choice(values)

    # --- judging -------------------------------------------------------------------------------------

    def _judged(self, body: bytes, headers: dict[bytes, bytes], changes: str) -> None:
        if self.chance.random() < 0.1:
            body = gzip.compress(body)
            headers = {**self._signed(body), b"content-encoding": b"gzip"}
        before = _counts()
        asked = door.Asked(body, headers, "203.0.113.7", door.microseconds_now(), MOST_BYTES)
        try:
            accepted = door.answered(self.keys, asked)
        except Refused as refused:
            self.statuses[f"{refused.status} {refused.code}"] += 1
            if refused.status >= 500 or _counts() != before:
                self._trouble(changes, f"refused as {refused.status} {refused.code}", body)
            return
        self.statuses["202"] += 1
        said = json.loads(accepted.body)
        settle_step(timezone.now())
        self._compare(said, changes, body)

    def _compare(self, said: dict[str, Any], changes: str, body: bytes) -> None:
        """Every accepted row is a punch or a repetition of one; nothing is left in the inbox."""
        receipt = PunchReceipt.all_rows.get(public_id=said["receipt"])
        result = deepcopy(receipt.result) or {}
        told = result.get("added", -1) + result.get("repeated", -1) + len(result.get("refused", ()))
        if told != said["accepted"] or receipt.settled_at is None:
            self._trouble(changes, f"accepted {said['accepted']}, then {result}", body)
        if Inbox.objects.exists():
            self._trouble(changes, "the inbox was not emptied", body)

    def _trouble(self, changes: str, words: str, body: bytes) -> None:
        key = f"{changes}: {words}"
        self.troubles.setdefault(key, f"{key}\n{body[:1500]!r}")


def _counts() -> tuple[int, int, int]:
    punches = Punch.objects.unscoped(because=_BECAUSE).count()
    return punches, Inbox.objects.count(), PunchReceipt.all_rows.count()
