"""Two nodes in one test database: one writes, the tables are emptied, and the other applies."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.test import override_settings

from federation.travel import beginning, outgoing
from federation.travel.messages import Message, Recipient, Sender
from kernel.cipher import FieldKey, IndexKey, Keyring
from outbox import capture
from projects.models import Enterprise, Source
from projects.services.mastering import as_master
from standards.effective import forget_standards
from standards.selectors import forget

# The wire's own key in tests: boxes that only the receiver opens, as another maker would make them.
_WIRE = Keyring([FieldKey("wire", "aes256gcm", b"w" * 32)], IndexKey("wire", b"i" * 32))
_KEPT = ("django_", "auth_permission", "regions_", "standards_", "accounts_user")
COUNTY, PROVINCE = "wuchang-1", "hb"


def seal(text: str, place: str) -> str:
    """A box for the test's receiver."""
    return base64.b64encode(_WIRE.seal(text, context=place)).decode()


def unseal(box: str, place: str) -> str:
    """What is in it; only at its place."""
    return _WIRE.unseal(base64.b64decode(box), context=place)


def parent() -> Recipient:
    """The province, to whom a county reports."""
    return Recipient(PROVINCE, seal)


def county(*regions: str, origins: Iterable[str] = (COUNTY,), code: str = COUNTY) -> Sender:
    """A county that reports for these paths ("": everywhere)."""
    return Sender(code, regions or ("420000/420100/420106/",), (), frozenset(origins), unseal)


@contextmanager
def node(code: str) -> Iterator[None]:
    """Everything within happens at a node of this name, under keys of its own."""
    key = base64.b64encode(code.encode().ljust(32, b"-")).decode()
    index = base64.b64encode(code.encode().rjust(32, b"+")).decode()
    settings: dict[str, Any] = {"NODE_ID": code}
    if code != PROVINCE:
        settings |= {"FIELD_KEYS": f"k{len(code)}:aes256gcm:{key}", "INDEX_KEY": f"i{len(code)}:{index}"}
    with override_settings(**settings):
        yield


def everything(to: Recipient, now: datetime, origins: Sequence[str] = (COUNTY,)) -> dict[str, list[Message]]:
    """All that this node has to report, by stream, as a new parent is told.

    What 四库一平台 states is the province's: of a node below it nothing is.
    """
    with transaction.atomic(), as_master():
        Enterprise.all_rows.update(source=Source.REPORTED)
    beginning.begin(now, up=True)
    beginning.lay_down(up=True, origins=origins, now=now)
    return {stream: drained(stream, to) for stream in outgoing.UPWARD}


def drained(stream: str, to: Recipient, after: int = 0, most: int = 500) -> list[Message]:
    """Every message of a stream behind a position."""
    found: list[Message] = []
    while (batch := outgoing.next_batch(stream, after, most, to)).position > after:
        found += batch.messages
        after = batch.position
    return found


def emptied() -> None:
    """The same database as another node finds it: reference data and nothing else."""
    tables = [name for name in connection.introspection.table_names() if not name.startswith(_KEPT)]
    quoted = ", ".join(connection.ops.quote_name(name) for name in tables)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {quoted} RESTART IDENTITY CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    forget()
    forget_standards()


def captured() -> set[tuple[str, Any, int]]:
    """What the triggers wrote: kind, name, shard."""
    return set(capture.Change.objects.values_list("kind", "key", "shard"))
