"""What a source of master data must be able to do. Write one subclass for each way that a source speaks.

The source keeps, for each object, a log of changes. Every change has a sequence number that only rises; a
record stands in the log once, at its latest change, so numbers have gaps. A page is read from a cursor (the
sequence of the last change that was taken) and says which change it follows. From that alone a page that
comes twice, is missing or came out of turn is told from a right one, whatever lies in it:

    follows == cursor   right
    follows <  cursor   that page came before
    follows >  cursor   a page in between is missing

A log that ends before the cursor was set back (a restored source): it is read from its beginning. A
withdrawn record stays in the log as its own end (`is_withdrawn`), without data. `census` counts what the
source holds and gives a digest that does not depend on order, by which a loss inside a page is found.
Source: 鄂建文〔2019〕27号 二(一); product section 3, rows 29 and 30.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

ENTERPRISES, PROJECTS, PERMITS = "enterprises", "projects", "permits"
MANAGERS, CREDIT = "managers", "credit"
# Later ones name earlier ones, so they are pulled in this order.
OBJECTS: Final = (ENTERPRISES, PROJECTS, PERMITS, MANAGERS, CREDIT)
LABELS: Final = {
    ENTERPRISES: "企业",
    PROJECTS: "项目",
    PERMITS: "施工许可证",
    MANAGERS: "项目管理人员",
    CREDIT: "企业信用",
}
_MODULUS: Final = 2**63


class SourceTrouble(Exception):
    """The pull stops for now and is tried again later; `sentence` says why, for whoever looks after it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class SourceAway(SourceTrouble):
    """No answer, an answer too late, or the source's own fault (5xx)."""


class SourceRefused(SourceTrouble):
    """The source does not know us: address or token are wrong. Trying again does not help before that."""


class BadPage(SourceTrouble):
    """A page that cannot be taken as it is: garbled, a former one once more, or one in between is missing."""


class SourceWentBack(SourceTrouble):
    """The log ends before the place to which it was read: the source was restored from an earlier day."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record at its latest change. `data` is the source's own record; a withdrawn one has none."""

    sequence: int
    id: str
    version: int
    changed_at: datetime
    is_withdrawn: bool = False
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """Changes in order. `follows`: the cursor that the page answers; `head`: the last change of the log."""

    entries: Sequence[Entry]
    follows: int
    head: int
    is_last: bool
    # Whether the entries came in another order than that of their sequence, and were put right.
    was_shuffled: bool = False

    @property
    def next(self) -> int:
        """The cursor behind this page."""
        return self.entries[-1].sequence if self.entries else self.follows


@dataclass(frozen=True, slots=True)
class Census:
    """How many records the source holds of an object, and the digest over them, at one moment of its log."""

    live: int
    withdrawn: int
    digest: int
    head: int


class Connector(ABC):
    """One source. Calls have time limits of their own and raise SourceTrouble, never anything else.

    A connector keeps no state between calls: where one stands is the cursor, and the caller keeps it.
    """

    @abstractmethod
    def page(self, kind: str, cursor: int, most: int) -> Page:
        """The changes of an object after `cursor`, at most `most` of them. Raises SourceTrouble."""

    @abstractmethod
    def census(self, kind: str) -> Census:
        """What the source holds of an object now. Raises SourceTrouble."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what it holds open."""


def checked(page: Page, cursor: int) -> Page:
    """The page in order, if it is the one that follows `cursor`.

    Raises BadPage with what is wrong, and SourceWentBack.
    """
    if page.head < cursor:
        raise SourceWentBack(f"总库的序号退回到 {page.head}（已取到 {cursor}），从头重新核对。")
    numbers = [entry.sequence for entry in page.entries]
    if len(set(numbers)) != len(numbers):
        raise BadPage("总库的一页里同一序号出现了两次，整页没有采用。")
    if page.follows < cursor or any(number <= cursor for number in numbers):
        raise BadPage(f"总库重复给出了已取过的一页（应接序号 {cursor}，这一页接 {page.follows}），没有采用。")
    if page.follows > cursor:
        raise BadPage(f"总库漏给了一页：已取到序号 {cursor}，这一页却从 {page.follows} 之后开始，没有采用。")
    if not page.entries and not page.is_last:
        raise BadPage("总库给出了空页却说后面还有，没有采用。")
    ordered = sorted(page.entries, key=lambda entry: entry.sequence)
    found = replace(page, entries=ordered, was_shuffled=numbers != sorted(numbers))
    if found.is_last and found.next < found.head:
        raise BadPage(f"总库说这是最后一页，但只到序号 {found.next}，总账到 {found.head}，没有采用。")
    return found


def mark(source_id: str, version: int, *, is_withdrawn: bool) -> int:
    """A record as one number of 63 bits."""
    text = f"{source_id}\n{version}\n{int(is_withdrawn)}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def digest_of(marks: Iterable[int]) -> int:
    """The digest over records in any order."""
    return sum(marks) % _MODULUS
