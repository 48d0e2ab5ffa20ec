"""Who may call, kept in memory: an appid's secrets, its devices, and the rules of their places.

What is kept is never trusted longer than the call lasts: whatever is written says which version of the key it
was judged by, and a key that was changed, replaced or revoked since then writes nothing (`writing`). So a
revocation is in force at once in every process, however old its memory is.
"""

import ipaddress
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zlib import crc32

from attendance.batches import microseconds
from attendance.selectors.devices import devices
from federation import selectors
from federation.actors import CredentialActor
from federation.ingest.punches import Bounds
from federation.ingest.signing import Seal
from federation.models import Credential
from projects.models import Project
from regions.models import Region
from standards.selectors import parameter

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
_MINUTE: Final = 60_000_000  # in microseconds
_DAY: Final = 24 * 60 * _MINUTE
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits in force at a place."""

    rows: int
    calls: int
    window_seconds: int
    oldest_days: int
    tolerance_minutes: int
    open_api_calls: int
    open_api_window_seconds: int

    def bounds(self, now: int) -> Bounds:
        """Between which instants a punch may lie; `now` in microseconds."""
        return Bounds(
            now - self.oldest_days * _DAY,
            now + self.tolerance_minutes * _MINUTE,
            self.oldest_days,
            self.tolerance_minutes,
        )


@dataclass(frozen=True, slots=True)
class Gate:
    """A device as its punches come: on which project, under which names."""

    project: int
    source: str
    channel: str
    region: Region


@dataclass(frozen=True, slots=True)
class Key:
    """One secret of an appid, at one version."""

    pk: int
    version: int
    secret: str = field(repr=False)
    seal: Seal = field(repr=False)
    valid_until: int | None  # in microseconds
    networks: tuple[Network, ...]
    has_addresses: bool
    window_minutes: int | None
    project: int | None
    project_code: str
    corp_key: str | None = field(repr=False)

    def is_valid(self, now: int) -> bool:
        """Whether it signs at an instant, as far as is remembered."""
        return self.valid_until is None or self.valid_until > now

    def admits(self, address: str) -> bool:
        """Whether calls may come from an address; an empty list admits all."""
        if not self.has_addresses:
            return True
        try:
            caller = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(caller in network for network in self.networks)


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
    rules: Rules
    until: float

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

    def load(self, appid: str, now: datetime) -> Held:
        """Read an appid from the database, or only its rules where the rest is still good."""
        clock = time.monotonic()
        found = self._held.get(appid)
        if found and clock < found.kept_until:
            for place in (found.place, *found.places.values()):
                place.look_up(clock)
            return found
        return self.load_anew(appid, now)

    def load_anew(self, appid: str, now: datetime) -> Held:
        """Read an appid from the database, whatever is remembered."""
        clock = time.monotonic()
        before = self._held.get(appid)
        credentials = selectors.valid_credentials(appid, now)
        region = credentials[0].project.region if credentials and credentials[0].project else None
        gates = _gates(credentials)
        held = Held(
            appid,
            [_key(credential) for credential in credentials],
            gates,
            _projects(credentials),
            region,
            clock,
            before.calls if before else Calls(),
            before.forms if before else Calls(),
            self._place(region, clock),
            {gate.region.path: self._place(gate.region, clock) for gate in gates.values()},
            clock + _kept(credentials),
        )
        with self._lock:
            if len(self._held) >= MOST_KEPT:
                self._held.clear()  # a flood of made-up appids must not fill the memory
            self._held[appid] = held
        return held

    def _place(self, region: Region | None, clock: float) -> Place:
        """The memory of a place, shared by all who work there, its limits read just now."""
        found = self._places.setdefault(region.path if region else "", Place(region, rules(region), 0.0))
        found.rules, found.until = rules(region), clock + RULES_SECONDS
        return found

    def forget(self, appid: str) -> None:
        """The next call reads the appid anew."""
        self._held.pop(appid, None)


def _kept(credentials: list[Credential]) -> float:
    """For how many seconds an appid is taken from memory."""
    if not credentials:
        return FRESH_SECONDS
    if any(credential.project is None for credential in credentials):
        return REACH_SECONDS
    return KEPT_SECONDS * (1 - crc32(credentials[0].appid.encode()) % 512 / 1024)


def is_fresh(held: Held) -> bool:
    """Whether reading the appid again could not tell anything new yet."""
    return time.monotonic() - held.loaded_at < FRESH_SECONDS


def rules(region: Region | None) -> Rules:
    """The limits in force at a place."""
    return Rules(
        rows=int(parameter("punches.rows_per_call", region)),
        calls=int(parameter("punches.calls_per_minute", region)),
        window_seconds=int(parameter("punches.window_minutes", region)) * 60,
        oldest_days=int(parameter("punches.oldest_days", region)),
        tolerance_minutes=int(parameter("attendance.future_tolerance_minutes", region)),
        open_api_calls=int(parameter("open_api.calls_per_minute", region)),
        open_api_window_seconds=int(parameter("open_api.window_minutes", region)) * 60,
    )


def _key(credential: Credential) -> Key:
    networks: list[Network] = []
    for entry in credential.allowed_addresses:
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            continue  # an entry that is no address admits nobody
    return Key(
        credential.pk,
        credential.version,
        credential.key,
        Seal(credential.key.encode()),
        microseconds(credential.valid_until) if credential.valid_until else None,
        tuple(networks),
        bool(credential.allowed_addresses),
        credential.window_minutes,
        credential.project_id,
        credential.project.code if credential.project else "",
        credential.corp_key,
    )


def _gates(credentials: list[Credential]) -> dict[str, Gate]:
    """The devices in reach by public id; where the key stands for one project, by channel as well."""
    if not credentials:
        return {}
    by_name: dict[str, Gate] = {}
    newest = credentials[0]
    rows = devices(CredentialActor(newest)).only("public_id", "channel", "project")
    for device in rows:
        gate = Gate(device.project_id, str(device.public_id), device.channel, device.project.region)
        by_name[str(device.public_id)] = gate
        if newest.project is not None:
            by_name.setdefault(device.channel, gate)
    return by_name


def _projects(credentials: list[Credential]) -> dict[str, int]:
    """The projects in reach, by their code."""
    if not credentials:
        return {}
    rows = Project.objects.visible_to(CredentialActor(credentials[0]))
    return dict(rows.values_list("code", "pk"))
