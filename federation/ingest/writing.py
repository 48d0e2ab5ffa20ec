"""One transaction for everything that waits: receipts, accepted forms, and one sealed row of the inbox."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
from psycopg2 import Binary

from attendance.batches import Batch, packed
from federation.ingest.punches import Rejected
from federation.ingest.signing import Signed
from federation.ingest.statements import KNOWN, PLAIN, Statements


class Cursor(Protocol):
    """What of a database cursor is needed."""

    rowcount: int

    def execute(self, statement: str, values: Any = None, /) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Call(msgspec.Struct):
    """One call of the punch interface, judged and ready to be written."""

    key: int
    key_version: int
    signed: Signed
    batch: Batch
    rejected: list[Rejected]
    outcome: Any = None


class Form(msgspec.Struct):
    """One WorkerAttendance.Add, judged and ready to be written; `body` is sealed."""

    key: int
    key_version: int
    appid: str
    project: int
    method: str
    timestamp: str
    nonce: str
    prefix: str
    body: bytes
    punches: int
    outcome: Any = None

    def __repr__(self) -> str:
        return f"<Form of {self.appid}>"


class Accepted(msgspec.Struct):
    """The answer to an accepted call: fresh, or the first receipt of the same call sent again."""

    receipt: str
    accepted: int
    rejected: Any

    @property
    def body(self) -> bytes:
        """What the caller reads."""
        return msgspec.json.encode(self)


class KeyEnded(Exception):
    """The key was changed, replaced or revoked since it was judged."""


class OtherBytes(Exception):
    """The same timestamp and nonce came before with another body."""


class SentBefore(Exception):
    """The same form was accepted before; the slow door knows the words."""


def write(
    cursor: Cursor,
    calls: Sequence[Call],
    forms: Sequence[Form],
    *,
    statements: Statements = PLAIN,
    begin: str = "",
    end: str = "",
) -> None:
    """Write everything in the cursor's transaction and set the outcome of each.

    The outcome of a call is Accepted or an exception to answer with, of a form its serial code or one. It is
    true only once the transaction is committed. `begin` goes with the first statement, which saves a way to
    the database; so does `end` with the row of the inbox, where there is one.
    """
    now = datetime.now(UTC)
    if forms:
        _write_forms(cursor, forms, now, begin + statements.forms)
        begin = ""
    if calls:
        kept = _enter(cursor, calls, now, begin + statements.receipts)
        batches = [call.batch for call in kept if call.batch.rows]
        if batches:
            number = sum(len(batch.rows) for batch in batches)
            content = Binary(packed(batches))
            cursor.execute(statements.inbox + end, {"content": content, "punches": number, "now": now})


def _enter(cursor: Cursor, calls: Sequence[Call], now: datetime, statement: str) -> Sequence[Call]:
    """Enter the receipts; the calls that are new."""
    cursor.execute(statement, {"rows": _text([_receipt(call) for call in calls]), "now": now})
    if cursor.rowcount < len(calls):
        new = {str(row[0]) for row in cursor.fetchall()}
        _explain(cursor, [call for call in calls if _id(call) not in new])
        calls = [call for call in calls if _id(call) in new]
    for call in calls:
        call.outcome = Accepted(_id(call), len(call.batch.rows), call.rejected)
    return calls


def _id(call: Call) -> str:
    return str(UUID(bytes=call.batch.receipt))


def _text(rows: Sequence[Any]) -> str:
    return msgspec.json.encode(rows).decode()


class _Receipt(msgspec.Struct, gc=False):
    """A receipt on its way to the database."""

    receipt: str
    appid: str
    at: int
    nonce: str
    digest: str
    project: int
    source: str
    accepted: int
    rejected: list[Rejected] | None
    key: int
    key_version: int


def _receipt(call: Call) -> _Receipt:
    signed, batch = call.signed, call.batch
    return _Receipt(
        batch.receipt.hex(),
        signed.appid,
        signed.timestamp,
        signed.nonce,
        signed.digest,
        batch.project,
        batch.source,
        len(batch.rows),
        call.rejected or None,
        call.key,
        call.key_version,
    )


def _explain(cursor: Cursor, calls: Sequence[Call]) -> None:
    """Why calls were not entered: sent before, sent with other bytes, or by a key that is none any more."""
    cursor.execute(KNOWN, {"rows": _text([_receipt(call) for call in calls])})
    known = {tuple(row[:3]): row[3:] for row in cursor.fetchall()}
    for call in calls:
        first = known.get((call.signed.timestamp, call.signed.appid, call.signed.nonce))
        if first is None:
            call.outcome = KeyEnded()
        elif first[0] != call.signed.digest:
            call.outcome = OtherBytes()
        else:
            rejected = msgspec.json.decode(first[3] or "[]", type=list[Rejected])
            call.outcome = Accepted(first[1], first[2], rejected)


def _write_forms(cursor: Cursor, forms: Sequence[Form], now: datetime, statement: str) -> None:
    cursor.execute(statement, {"rows": _text(forms), "now": now})
    serials = {tuple(row[:3]): row[3] for row in cursor.fetchall()}
    for form in forms:
        # Two of one nonce in one batch: the first one in order was entered, the other was sent before.
        serial = serials.pop((form.appid, form.timestamp, form.nonce), None)
        form.outcome = SentBefore() if serial is None else serial
