"""What the fast doors know of an appid: its secrets, its devices, and the rules of a place."""

import ipaddress
from dataclasses import dataclass, field
from typing import Final

from federation.ingest.punches import Bounds
from federation.ingest.signing import Seal
from regions.models import Region
from standards.selectors import parameter

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
