"""One call at another platform's `/open.api`: signed, sent, and its envelope read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.utils.translation import gettext as _

from federation.models import UpstreamProject
from federation.open_api.signature import sign
from federation.open_api.values import SHANGHAI
from standards.selectors import parameter

VERSION = "1.0"
CHECK_SIGN, CHECK_VERSION = "CheckSign.Query", "1.1"
HEADERS = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
MOST_SAID = 1000


class Away(Exception):
    """No answer that can be read: whether the call arrived, nobody knows. The text is for the operator."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The envelope of an answer; code 0 is success."""

    code: int
    message: str
    data: Mapping[str, Any]

    @property
    def is_taken(self) -> bool:
        return self.code == 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a call one call: sent again with the same two, it is accepted once."""

    timestamp: str
    nonce: str

    @classmethod
    def fresh(cls, now: datetime) -> "Stamp":
        return cls(now.astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S"), token_hex(16))


class Client:
    """An appid and its secret at one address. `http` is closed by whoever opened it."""

    def __init__(self, url: str, appid: str, secret: str, http: httpx.Client) -> None:
        self.appid, self.secret = appid, secret
        self._address, self._http = endpoint(url), http

    def __repr__(self) -> str:
        return f"<Client {self.appid}>"

    def form(
        self, method: str, data: Mapping[str, Any], stamp: Stamp, version: str = VERSION
    ) -> dict[str, str]:
        """The signed form of one call."""
        params = {
            "method": method,
            "version": version,
            "appid": self.appid,
            "format": "json",
            "timestamp": stamp.timestamp,
            "nonce": stamp.nonce,
            "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        }
        return {**params, "sign": sign(params, self.secret)}

    def call(self, method: str, data: Mapping[str, Any], stamp: Stamp, *, version: str = VERSION) -> Answer:
        """The answer to one call. Raises Away."""
        try:
            answer = self._http.post(
                self._address, data=self.form(method, data, stamp, version), headers=HEADERS
            )
        except httpx.TimeoutException as error:
            raise Away(_("上级平台没有在规定时间内答复")) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Away(_("连不上上级平台（{why}）").format(why=type(error).__name__)) from error
        if answer.status_code != httpx.codes.OK:
            raise Away(_("上级平台答复 HTTP {status}").format(status=answer.status_code))
        return _read(answer.text)

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def check(self, now: datetime) -> Answer:
        """Whether address, appid and secret are right. Raises Away."""
        return self.call(CHECK_SIGN, {}, Stamp.fresh(now), version=CHECK_VERSION)


Connect = Callable[[UpstreamProject], Client]


def over_http(access: UpstreamProject) -> Client:
    """The client of a project's reporting, over the network."""
    return client_for(access.upstream.url, *access.caller)


def client_for(url: str, appid: str, secret: str) -> Client:
    """A client at an address; no proxy of the environment stands between."""
    wait = httpx.Timeout(float(parameter("upstream.timeout_seconds")), connect=10.0)
    return Client(url, appid, secret, httpx.Client(timeout=wait, trust_env=False))


def endpoint(url: str) -> str:
    """Where calls go: the address as given, or `/open.api` below it where it names no path."""
    return url if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/open.api"


def _read(text: str) -> Answer:
    """The envelope. Other platforms write the code as text, or no data at all. Raises Away."""
    try:
        said = json.loads(text)
        code, data = int(said["code"]), said.get("data")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Away(_("上级平台的答复不是约定的格式")) from error
    return Answer(code, str(said.get("message") or "")[:MOST_SAID], data if isinstance(data, dict) else {})
