"""People, firms and pictures that a test gate makes up; no office ever issued any of these numbers."""

import struct
import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯"
GIVEN = ("建国", "志强", "海涛", "春生", "国庆", "文斌", "秀英", "桂兰", "学军", "明华", "大勇", "金山")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CORP_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Worker:
    """One made-up worker."""

    name: str
    number: str
    phone: str
    card: str

    def __repr__(self) -> str:
        return "<Worker>"


def worker(chance: Random, today: date) -> Worker:
    """A worker between 20 and 54 with a number of a division that does not exist (420001-420099)."""
    birth = today - timedelta(days=chance.randint(20 * 366, 54 * 365))
    body = f"{chance.randint(420001, 420099)}{birth:%Y%m%d}{chance.randint(0, 999):03d}"
    return Worker(
        name=chance.choice(SURNAMES) + chance.choice(GIVEN),
        number=body + id_check_sign(body),
        phone=f"109{chance.randrange(10**8):08d}",
        card=f"0{chance.randrange(10**18):018d}",
    )


def id_check_sign(body: str) -> str:
    """The 18th sign of an identity number (GB 11643)."""
    return "10X98765432"[sum(int(sign) * weight for sign, weight in zip(body, ID_WEIGHTS, strict=True)) % 11]


def corp_code(number: int) -> str:
    """A credit code of the registration office 420099, which does not exist (GB 32100, GB 11714)."""
    organisation = f"{number % 10**8:08d}"
    total = sum(
        int(sign) * weight for sign, weight in zip(organisation, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    body = f"91420099{organisation}{'0123456789X0'[11 - total % 11]}"
    total = sum(CORP_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + CORP_SIGNS[-total % 31]


def picture(chance: Random, side: int = 48) -> bytes:
    """A small PNG of one colour: a portrait as good as any for a gate that has no camera."""
    colour = bytes(chance.randrange(256) for _ in range(3))
    rows = b"".join(b"\0" + colour * side for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
