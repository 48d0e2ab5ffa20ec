"""A simulated bridge of an identity-card reader, with cards of nobody. docs/id-reader-bridge.md.

It answers as a vendor's bridge should, on this machine only; `./dev manage simulate_id_reader` runs it.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from PIL import Image, ImageDraw

from workers.reading import SCHEME, VERSION, sign
from workers.synthetic import SyntheticPerson

HOST: Final = "127.0.0.1"
READER: Final = {"vendor": "模拟", "model": "SIM-100", "serial": "SIM-0001", "bridge": "simulator 1"}
_NO_CARD: Final = ("no_card", 404, "读卡器上没有证件。请放好身份证，再按一次「读身份证」。")
_NO_CHALLENGE: Final = ("no_challenge", 400, "缺少 challenge 参数。请刷新登记页面后再读卡。")
_NOWHERE: Final = ("not_found", 404, "没有这个地址，请核对读卡程序的版本。")


@dataclass
class Desk:
    """The cards that are laid on the reader one after the other, for pages of one origin; `key` signs."""

    cards: Sequence[SyntheticPerson]
    today: date
    key: str = field(default="", repr=False)
    origin: str = "*"
    position: int = 0

    def next_card(self) -> SyntheticPerson | None:
        """The card that lies on the reader now; the next time another one does."""
        if not self.cards:
            return None
        card = self.cards[self.position % len(self.cards)]
        self.position += 1
        return card

    def answer(self, challenge: str) -> dict[str, Any]:
        """A reading of the next card, signed where there is a key."""
        card = self.next_card()
        reading = json.dumps(card_told(card, self.today), ensure_ascii=False) if card else ""
        proof = {"scheme": SCHEME, "value": sign(self.key, challenge, reading)} if self.key else None
        return {"version": VERSION, "reading": reading, "proof": proof}


def card_told(card: SyntheticPerson, today: date) -> dict[str, Any]:
    """What a reader says of an invented person's card."""
    since = today - timedelta(days=900)
    return {
        "name": card.name,
        "id_number": card.id_number,
        "sex": card.sex.value,
        "nation": card.nation,
        "born_on": card.birth.isoformat(),
        "address": "湖北省示例市示例县示例镇1组1号",
        "issuing_authority": "示例县公安局",
        "valid_from": since.isoformat(),
        "valid_to": since.replace(year=since.year + 20, day=min(since.day, 28)).isoformat(),
        "portrait": base64.b64encode(portrait(card)).decode(),
        "reader": READER,
    }


def portrait(card: SyntheticPerson) -> bytes:
    """A drawn head of the size that chips hold; nobody's."""
    tint = (120 + int(card.id_number[10:12]) * 2, 120 + int(card.id_number[12:14]) * 3, 180)
    picture = Image.new("RGB", (102, 126), "white")
    drawing = ImageDraw.Draw(picture)
    drawing.ellipse((31, 22, 71, 70), fill=tint)
    drawing.ellipse((16, 78, 86, 150), fill=tint)
    written = BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()


def serve(desk: Desk, port: int, say: Callable[[str], Any]) -> ThreadingHTTPServer:
    """A server on this machine alone; the caller runs and closes it. Port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        """One request of a page."""

        server_version = "id-reader-simulator/1"

        def do_OPTIONS(self) -> None:  # the server's own word
            self.send_response(204)
            self._allow()
            self.end_headers()

        def do_GET(self) -> None:  # the server's own word
            asked = urlsplit(self.path)
            if asked.path == "/v1/status":
                present = "present" if desk.cards else "none"
                self._send(200, {"version": VERSION, "reader": READER, "card": present})
                return
            if asked.path != "/v1/card":
                self._refuse(*_NOWHERE)
                return
            challenge = parse_qs(asked.query).get("challenge", [""])[0]
            if not challenge:
                self._refuse(*_NO_CHALLENGE)
            elif not desk.cards:
                self._refuse(*_NO_CARD)
            else:
                self._send(200, desk.answer(challenge))
                say("已读卡")

        def _refuse(self, code: str, status: int, sentence: str) -> None:
            self._send(status, {"version": VERSION, "error": {"code": code, "sentence": sentence}})

        def _send(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told, ensure_ascii=False).encode()
            self.send_response(status)
            self._allow()
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _allow(self) -> None:
            """For pages of the platform's own origin, also from a public address to this machine."""
            self.send_header("Access-Control-Allow-Origin", desk.origin)
            self.send_header("Access-Control-Allow-Methods", "GET, OPTIONS")
            self.send_header("Access-Control-Allow-Private-Network", "true")
            self.send_header("Vary", "Origin")

        def log_message(self, *_args: Any) -> None:
            """Nothing of a card is ever written anywhere."""

    return ThreadingHTTPServer((HOST, port), Handler)
