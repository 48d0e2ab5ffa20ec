"""Calling a neighbour: one signed request, one signed answer, and what went wrong in words."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

import httpx
import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from federation.models import Node, NodeKey
from federation.services.own_node import SIGNS, public_of, signed_headers
from federation.wire import heads
from federation.wire.algorithms import known
from kernel.models import this_node

ROOT: Final = "/federation/v1/"
JSON: Final = "application/json"
ENVELOPE: Final = "application/vnd.hbfed+gzip"
_LONGEST_ANSWER: Final = 16 * 1024 * 1024


class Unreachable(Exception):
    """No answer of the neighbour came: the network, or something that answered in its place.

    `why` is the fault alone, for who tells something else of what happens next.
    """

    def __init__(self, sentence: str, why: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.why = sentence, why or sentence


@dataclass(frozen=True)
class Answer:
    """What the neighbour answered, proved by its signature."""

    status: int
    content: bytes
    signature: str = ""

    @property
    def said(self) -> dict[str, Any]:
        """The answer as an object; empty where it is none."""
        try:
            found = msgspec.json.decode(self.content or b"{}")
        except (msgspec.MsgspecError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def sentence(self) -> str:
        """Why it refused, in its words."""
        return str(
            self.said.get("sentence") or _("对方没有说明原因（HTTP {status}）").format(status=self.status)
        )


@cache
def _trusted() -> ssl.SSLContext:
    """Whom a TLS connection trusts: to read all roots takes longer than most calls, so once a process."""
    return httpx.create_ssl_context()


def client() -> httpx.Client:
    """How this node calls its neighbours."""
    return httpx.Client(
        verify=_trusted(),
        timeout=httpx.Timeout(settings.NODE_TIMEOUT_SECONDS, connect=5.0),
        follow_redirects=False,
        limits=httpx.Limits(max_connections=8),
    )


def call(
    http: httpx.Client, node: Node, act: str, content: bytes, now: datetime, *, content_type: str = JSON
) -> Answer:
    """Send a body to a neighbour and take its answer. Raises Unreachable, also for one that nobody signed."""
    sent = signed_headers(act, node.code, content, now)
    got, headers, status = _posted(http, node, act, content, {**sent, "Content-Type": content_type})
    if not _is_signed_by(node, status, got, headers, re=sent[heads.HEADERS["signature"]], now=now):
        raise Unreachable(
            _("“{name}”的地址给出了没有签名的回答（HTTP {status}）。请检查地址、代理和对方的密钥。").format(
                name=node.name, status=status
            )
        )
    return Answer(status, got, headers.get(heads.HEADERS["signature"], ""))


def posted_to(
    http: httpx.Client, url: str, act: str, content: bytes, headers: Mapping[str, str]
) -> tuple[bytes, Mapping[str, str], int]:
    """One POST; at most 16 MB of answer. Raises Unreachable."""
    try:
        with http.stream("POST", f"{url}{ROOT}{act}", content=content, headers=dict(headers)) as answer:
            got = bytearray()
            for piece in answer.iter_bytes():
                got += piece
                if len(got) > _LONGEST_ANSWER:
                    raise Unreachable(_("对方的回答超过 16 MB，没有读完。请联系对方管理员。"))
            return bytes(got), answer.headers, answer.status_code
    except httpx.HTTPError as wrong:
        why = _("连接不上 {url}（{why}）").format(url=url, why=type(wrong).__name__)
        told = _("{why}。请检查网络和对方是否在运行；恢复后会自动补发。").format(why=why)
        raise Unreachable(told, why) from wrong


def _posted(
    http: httpx.Client, node: Node, act: str, content: bytes, headers: Mapping[str, str]
) -> tuple[bytes, Mapping[str, str], int]:
    if not node.url:
        raise Unreachable(_("没有“{name}”的地址，无法连接。").format(name=node.name))
    return posted_to(http, node.url, act, content, headers)


def _is_signed_by(
    node: Node, status: int, content: bytes, headers: Mapping[str, str], *, re: str, now: datetime
) -> bool:
    held = NodeKey.objects.filter(
        node=node, key_id=headers.get(heads.HEADERS["key_id"], "")[:32], purpose=SIGNS
    ).first()
    if held is None or not held.is_valid(now) or not known(held.algorithm):
        return False
    return is_answer(
        status, content, headers, node.code, re=re, algorithm=held.algorithm, public=public_of(held)
    )


def is_answer(
    status: int,
    content: bytes,
    headers: Mapping[str, str],
    sender: str,
    *,
    re: str,
    algorithm: str,
    public: bytes,
) -> bool:
    """Whether an answer is signed by that key, to us, and for this very call."""
    head = heads.Head(
        f"{heads.ANSWER} {status}",
        sender,
        this_node(),
        headers.get(heads.HEADERS["key_id"], ""),
        headers.get(heads.HEADERS["at"], ""),
        re,
    )
    signature = headers.get(heads.HEADERS["signature"], "")
    return heads.is_signed(head, content, signature, algorithm=algorithm, public=public)
