"""Redis behind sentinels: one address that names them, for Django's cache, for Celery and for a look.

`sentinel://:PASSWORD@HOST:26379,HOST:26379,HOST:26379/MASTER/0?sentinel_password=…`: the sentinels are asked
who is the master whenever a connection is made, so that a new one is found without a restart. A plain
`redis://` address means one server, as before.
Source: docs/decisions/0198-redis-behind-sentinels.md.
"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

import redis
from redis.sentinel import Sentinel, SentinelConnectionPool

SCHEME: Final = "sentinel"
_PORT: Final = 26379
# Seconds for one sentinel to answer: the next is asked soon.
_PATIENCE: Final = 1.0


@dataclass(frozen=True, slots=True)
class Sentinels:
    """Where the sentinels are, what they call the master, and which of its databases is ours."""

    hosts: tuple[tuple[str, int], ...]
    master: str
    number: int
    password: str
    sentinel_password: str

    def __repr__(self) -> str:
        return f"<Sentinels of {self.master}>"

    @classmethod
    def of(cls, url: str) -> "Sentinels":
        """Read an address. Raises ValueError naming the form that is expected."""
        parts = urlsplit(url)
        who, _, places = parts.netloc.rpartition("@")
        master, _, number = parts.path.strip("/").partition("/")
        hosts = tuple(_place(place) for place in places.split(",") if place)
        if not hosts or not master or not (number or "0").isdigit():
            raise ValueError("expected sentinel://:PASSWORD@HOST:PORT,HOST:PORT/MASTER/0")
        secret = parse_qs(parts.query).get("sentinel_password", [""])[0]
        return cls(hosts, master, int(number or 0), unquote(who.partition(":")[2]), secret)

    def ask(self) -> Sentinel:
        """The sentinels as redis-py knows them; nothing is connected yet."""
        options = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
        return Sentinel(self.hosts, sentinel_kwargs={**options, **self._secret})

    def pool(self, **options: Any) -> SentinelConnectionPool:
        """Connections to whoever is master."""
        kept = {"socket_timeout": 5, "socket_connect_timeout": 2, **options}
        return SentinelConnectionPool(
            self.master, self.ask(), db=self.number, password=self.password or None, **kept
        )

    @property
    def broker_url(self) -> str:
        """The address in Celery's own form."""
        secret = f":{quote(self.password, safe='')}@" if self.password else ""
        return ";".join(f"{SCHEME}://{secret}{host}:{port}/{self.number}" for host, port in self.hosts)

    @property
    def broker_options(self) -> dict[str, Any]:
        """What Celery must know besides."""
        return {"master_name": self.master, "sentinel_kwargs": {"socket_timeout": _PATIENCE, **self._secret}}

    @property
    def _secret(self) -> dict[str, str]:
        return {"password": self.sentinel_password} if self.sentinel_password else {}


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.partition(":")
    return host, int(port or _PORT)


def is_sentinel(url: str) -> bool:
    """Whether an address names sentinels."""
    return url.startswith(f"{SCHEME}://")


def client(url: str, **options: Any) -> redis.Redis:
    """A client for either kind of address."""
    if is_sentinel(url):
        return redis.Redis(connection_pool=Sentinels.of(url).pool(**options))
    return redis.Redis.from_url(url, **options)


class Pool:
    """What Django's cache asks for its connections where the address names sentinels."""

    @classmethod
    def from_url(cls, url: str, **options: Any) -> SentinelConnectionPool:
        return Sentinels.of(url).pool(**options)


def cache(url: str) -> dict[str, Any]:
    """Django's settings of a cache at this address."""
    found: dict[str, Any] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
    if is_sentinel(url):
        # In a list, or Django would cut the address at its commas.
        found |= {"LOCATION": [url], "OPTIONS": {"pool_class": "kernel.sentinel.Pool"}}
    return found


def broker(url: str) -> tuple[str, dict[str, Any]]:
    """Celery's address and further options of its transport."""
    if not is_sentinel(url):
        return url, {}
    known = Sentinels.of(url)
    return known.broker_url, known.broker_options
