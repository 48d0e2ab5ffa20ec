"""WorkerAttendance.Add on the fast path: the usual call of a known client, and nothing else.

Whatever is unusual, wrong or refused is left to the slow door, which has the words for it: an image, a field
of another spelling, a replay, a bad signature. So this file knows no sentence, only whether all is well.
"""

import binascii
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec
from django.conf import settings

from federation.ingest.judging import SECOND
from federation.ingest.keys import Held
from federation.ingest.known import Key
from federation.ingest.writing import Form
from federation.models import AcceptedRequest
from federation.open_api import envelope, signature
from federation.open_api.admission import LONGEST_NONCE
from federation.open_api.dispatcher import method
from federation.open_api.values import SHANGHAI
from kernel.cipher import seal_bytes

METHOD: Final = "WorkerAttendance.Add"
MARK: Final = b"method=WorkerAttendance.Add&"
MARK_AT_THE_END: Final = b"method=WorkerAttendance.Add"
# A longer body carries pictures.
LONGEST: Final = 256 * 1024
MOST_PARAMETERS: Final = 12
_BODY_CONTEXT: Final[str] = AcceptedRequest._meta.get_field("body").context  # type: ignore[union-attr]  # ours
_LENGTH: Final = len("20261126080000")


class Row(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One passage as clients write it; what it says is read by the method's own table, later."""

    idCardType: str | int | None = None  # noqa: N815  # the interface's name
    idCardNumber: str | None = None  # noqa: N815  # the interface's name
    date: str | None = None
    direction: str | int | None = None
    image: str | None = None
    channel: str | None = None
    attendType: str | int | None = None  # noqa: N815  # the interface's name
    lng: str | int | float | None = None
    lat: str | int | float | None = None

    def __repr__(self) -> str:
        return "<Row>"


class Data(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The data of one call, nothing unknown in it."""

    projectCode: str  # noqa: N815  # the interface's name
    dataList: list[Row]  # noqa: N815  # the interface's name
    teamSysNo: str | int | None = None  # noqa: N815  # the interface's name


_decoder = msgspec.json.Decoder(Data)
_encoder = msgspec.json.Encoder()


def is_one(body: bytes) -> bool:
    """Whether a body is worth a closer look."""
    return MARK in body or body.endswith(MARK_AT_THE_END)


def parameters(body: bytes) -> dict[str, str] | None:
    """The decoded parameters of a form, or None for the slow door.

    `%XX` is quoted-printable's `=XX` by another sign, which the standard library decodes forty times as fast
    as a URL. Where the two differ the signature, made over the decoded text, does not fit.
    """
    pairs = body.split(b"&")
    if len(pairs) > MOST_PARAMETERS:
        return None
    found: dict[str, str] = {}
    try:
        for pair in pairs:
            name, sign, value = pair.partition(b"=")
            if not sign or b"=" in value or b"%" in name or b"+" in name:
                return None
            text = binascii.a2b_qp(value.replace(b"+", b" ").replace(b"%", b"=")) if value else value
            found[name.decode("ascii")] = text.decode()
    except UnicodeDecodeError:
        return None
    return found if len(found) == len(pairs) else None


def appid_of(params: dict[str, str]) -> str:
    """Who claims to call."""
    return params.get("appid", "")


def ready(params: dict[str, str], held: Held, *, address: str, now: int) -> Form | None:
    """The call, ready to be written; None where anything is not as it should be."""
    key = _signer(params, held, now)
    if key is None or not key.admits(address) or not _is_timely(params, key, held, now):
        return None
    nonce = params.get("nonce", "")
    if not 0 < len(nonce) <= LONGEST_NONCE or "\0" in nonce or params.get("method") != METHOD:
        return None
    # Beyond half the limit the slow door counts exactly, in the table that all processes share.
    if not held.forms.taken(now / SECOND, held.rules.open_api_calls // 2):
        return None
    data = _data(params.get("data", ""))
    project = held.projects.get(data.projectCode) if data else None
    if data is None or project is None:
        return None
    return Form(
        key.pk,
        key.version,
        held.appid,
        project,
        METHOD,
        params["timestamp"],
        nonce,
        _prefix(now // SECOND // 3600),
        seal_bytes(_encoder.encode(data), context=_BODY_CONTEXT),
        len(data.dataList),
    )


def answer(serial: str) -> bytes:
    """The envelope of an accepted call."""
    return envelope.as_json(envelope.answer({"requestSerialCode": serial})).encode()


@lru_cache(maxsize=4)
def _prefix(hour: int) -> str:
    """How serial codes of one hour (since 1970) begin."""
    at = datetime.fromtimestamp(hour * 3600, SHANGHAI)
    return f"{method(METHOD).serial_prefix}-{at:%Y%m%d%H}-{settings.NODE_ID}-".lower()


def _signer(params: dict[str, str], held: Held, now: int) -> Key | None:
    """The key that signed. A call with the enterprise's own signature is the slow door's."""
    if params.get("corpsign"):
        return None
    for key in held.keys:
        if key.is_valid(now) and signature.is_signed_by(params, key.secret):
            return key
    return None


def _is_timely(params: dict[str, str], key: Key, held: Held, now: int) -> bool:
    sent = _instant(params.get("timestamp", ""))
    seconds = key.window_minutes * 60 if key.window_minutes else held.rules.open_api_window_seconds
    return sent is not None and abs(sent - now / SECOND) <= seconds


@lru_cache(maxsize=64)
def _instant(stamp: str) -> float | None:
    """yyyyMMddHHmmss in UTC+8 as seconds since 1970; None for anything else."""
    if len(stamp) != _LENGTH or not (stamp.isascii() and stamp.isdigit()):
        return None
    month, day, hour, minute, second = (int(stamp[at : at + 2]) for at in range(4, _LENGTH, 2))
    try:
        return datetime(int(stamp[:4]), month, day, hour, minute, second, tzinfo=SHANGHAI).timestamp()
    except ValueError:
        return None


def _data(text: str) -> Data | None:
    """The data, where every name is known and no row carries a picture."""
    try:
        data = _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    for row in data.dataList:
        if row.image:
            if row.image.strip():
                return None
            row.image = None
    return data
