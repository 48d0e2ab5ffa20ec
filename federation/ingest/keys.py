"""Who may call, kept in memory: an appid's secrets, its devices, and the rules of their places.

What is kept is never trusted longer than the call lasts: whatever is written says which version of the key it
was judged by, and a key that was changed, replaced or revoked since then writes nothing (`writing`). So a
revocation is in force at once in every process, however old its memory is.
"""

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zlib import crc32

from federation.ingest.known import Gate, Key, Rules, rules
from federation.ingest.reading import Known, known
from regions.models import Region

# How long an appid's devices are taken from memory at most; each a part of it less, so that thousands of keys
# that came in one minute are not all read anew in one. A changed key is noticed when its call is written.
KEPT_SECONDS: Final = 600.0
# An enterprise's key reaches what is its own now: a project may pass to another contractor.
REACH_SECONDS: Final = 10.0
# How soon a failed call may have the memory read anew: an unknown key must not cost a query each time.
FRESH_SECONDS: Final = 1.0
# Parameters change rarely; an administrator's change is in force within this time, as everywhere.
RULES_SECONDS: Final = 5.0
MOST_KEPT: Final = 50_000


@dataclass(slots=True)
class Held:
    """What is known of one appid; `keys` is empty where nobody has a valid secret for it."""

    appid: str
    keys: list[Key]
    gates: dict[str, Gate]
    projects: dict[str, int]  # in reach, by code
    region: Region | None
    loaded_at: float
    calls: "Calls"
    forms: "Calls"  # of /open.api
    place: "Place"
    places: dict[str, "Place"]  # of the devices, by region path
    kept_until: float = 0.0

    @property
    def rules(self) -> Rules:
        """The limits at the key's own place."""
        return self.place.rules

    def rules_at(self, path: str) -> Rules:
        """The limits at the place of one of its devices."""
        return self.places.get(path, self.place).rules

    def is_good(self, clock: float) -> bool:
        """Whether it may still be taken from memory, its rules included."""
        if clock >= self.kept_until or clock >= self.place.until:
            return False
        return all(clock < place.until for place in self.places.values())


@dataclass(slots=True)
class Place:
    """The limits in force in a region, looked up once for all who work there."""

    region: Region | None
    rules: Rules = field(init=False)
    until: float = 0.0

    def look_up(self, clock: float) -> None:
        """Bring the limits up to date, where they are older than RULES_SECONDS."""
        if clock >= self.until:
            self.rules, self.until = rules(self.region), clock + RULES_SECONDS


class Calls:
    """Calls of one appid in the minute that is passing, as this process has seen them."""

    __slots__ = ("before", "minute", "number")

    def __init__(self) -> None:
        self.minute, self.number, self.before = 0, 0, 0

    def taken(self, now: float, most: int) -> bool:
        """Count one more call, unless there were `most` within the last sixty seconds.

        The minute before counts for the part of it that still lies within them.
        """
        minute, second = divmod(now, 60)
        if minute != self.minute:
            self.before = self.number if minute == self.minute + 1 else 0
            self.minute, self.number = int(minute), 0
        if self.number + self.before * (1 - second / 60) >= most:
            return False
        self.number += 1
        return True


class Keys:
    """The memory of one process. `load` asks the database; `held` never does."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self._places: dict[str, Place] = {}
        self._lock = threading.Lock()

    def held(self, appid: str, clock: float) -> Held | None:
        """What is remembered of an appid and still good, else None: load it then."""
        found = self._held.get(appid)
        return found if found is not None and found.is_good(clock) else None

    def load(self, appids: Collection[str], now: datetime) -> dict[str, Held]:
        """Read appids from the database; of those that are still good only the rules of their places."""
        clock = time.monotonic()
        good = {
            appid: held
            for appid in appids
            if (held := self._held.get(appid)) is not None and clock < held.kept_until
        }
        for held in good.values():
            for place in (held.place, *held.places.values()):
                place.look_up(clock)
        unknown = set(appids) - good.keys()
        return good | (self.load_anew(unknown, now) if unknown else {})

    def load_anew(self, appids: Collection[str], now: datetime) -> dict[str, Held]:
        """Read appids from the database, whatever is remembered."""
        clock = time.monotonic()
        fresh = {appid: self._remembered(appid, one, clock) for appid, one in known(appids, now).items()}
        with self._lock:
            if len(self._held) + len(fresh) > MOST_KEPT:
                self._held.clear()  # a flood of made-up appids must not fill the memory
            self._held.update(fresh)
        return fresh

    def read(self, appid: str, now: datetime) -> Held:
        """One appid as the database has it now."""
        return self.load_anew([appid], now)[appid]

    def _remembered(self, appid: str, one: Known, clock: float) -> Held:
        before = self._held.get(appid)
        return Held(
            appid,
            one.keys,
            one.gates,
            one.projects,
            one.region,
            clock,
            before.calls if before else Calls(),
            before.forms if before else Calls(),
            self._place(one.region, clock),
            {gate.region.path: self._place(gate.region, clock) for gate in one.gates.values()},
            clock + _kept(appid, one),
        )

    def _place(self, region: Region | None, clock: float) -> Place:
        """The memory of a place, shared by all who work there, its limits read once at each instant."""
        found = self._places.setdefault(region.path if region else "", Place(region))
        if found.until != clock + RULES_SECONDS:
            found.rules, found.until = rules(region), clock + RULES_SECONDS
        return found

    def forget(self, appid: str) -> None:
        """The next call reads the appid anew."""
        self._held.pop(appid, None)


def _kept(appid: str, one: Known) -> float:
    """For how many seconds an appid is taken from memory."""
    if not one.keys:
        return FRESH_SECONDS
    if one.is_of_enterprise:
        return REACH_SECONDS
    return KEPT_SECONDS * (1 - crc32(appid.encode()) % 512 / 1024)


def is_fresh(held: Held) -> bool:
    """Whether reading the appid again could not tell anything new yet."""
    return time.monotonic() - held.loaded_at < FRESH_SECONDS
