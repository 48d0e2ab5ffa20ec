"""One call of a vendor's client, as its self-test looks at it."""

from dataclasses import dataclass
from datetime import datetime

WRITE, QUERY, POLLED, TURNED_AWAY, RECEIPT = "write", "query", "poll", "refused", "receipt"


@dataclass(frozen=True, slots=True)
class Seen:
    """A write, query, poll, refusal or call of the JSON door, and what was answered.

    `state` is a write's verdict; `page_index` the page that a query named.
    """

    at: datetime
    method: str
    kind: str
    state: int | None = None
    said: str = ""
    page_index: int | None = None
