"""What a body of the punch interface says: decoded by a compiled schema, row by row only where one is wrong.

Only shape is judged here. Who passed is found out by the settler, and the receipt tells it.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from attendance.batches import Row
from federation.ingest.refusals import Refused
from federation.open_api.practice import only_invented as only_invented_number

LONGEST_TOKEN: Final = 64
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]")
_TOKEN = re.compile(r"[ -~\u0080-\ud7ff\ue000-\U0010ffff]+")

Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_TOKEN)]


class Punch(msgspec.Struct, gc=False):
    """One row as it is documented; fields that are not are passed over."""

    at: Annotated[datetime, Meta(tz=True)]
    seq: Number | Text | None = None
    direction: Literal["in", "out"] | None = None
    engagement: UUID | None = None
    id_number: Annotated[str, Meta(min_length=18, max_length=18)] | None = None

    def __repr__(self) -> str:
        return "<Punch>"


class Body(msgspec.Struct):
    """A whole body, all of whose rows have the right shape."""

    device: Annotated[str, Meta(min_length=1, max_length=60)]
    punches: list[Punch]


class Loose(msgspec.Struct):
    """A body whose rows are looked at one by one."""

    device: Annotated[str, Meta(min_length=1, max_length=60)]
    punches: list[msgspec.Raw]


class Rejected(msgspec.Struct):
    """A row that is not kept, by its index in the body, with the sentence that says why.

    `seq` is text, as in the receipt, whether the sender wrote a number or a text.
    """

    index: int
    seq: int | str | None
    sentence: str


class Bounds(msgspec.Struct, frozen=True, gc=False):
    """Between which instants a punch may lie, in microseconds since 1970, and how they came about."""

    earliest: int
    latest: int
    oldest_days: int
    tolerance_minutes: int


_whole = msgspec.json.Decoder(Body)
_loose = msgspec.json.Decoder(Loose)
_one = msgspec.json.Decoder(Punch)
_anything = msgspec.json.Decoder()
_ONLY_INVENTED: Final = "联调沙箱只收虚构人员的打卡，未收下。请使用沙箱页面列出的证件号码。"
# What the decoder raises for bytes that are no JSON; ValidationError is a kind of the first.
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def too_large(most: int) -> Refused:
    """A body, as it came or inflated, beyond the limit in bytes."""
    sentence = f"请求体（压缩的按解压后计）超过 {most // 1024} KB，未作任何处理。请减少每次的打卡条数。"
    return Refused(413, "too_large", sentence)


def inflated(body: bytes, encoding: bytes, most: int) -> bytes:
    """The JSON text of a body. Raises Refused for an unknown encoding or more than `most` bytes inflated."""
    encoding = encoding.strip().lower()
    if len(body) > most:
        raise too_large(most)
    if encoding in (b"", b"identity"):
        return body
    if encoding not in (b"gzip", b"x-gzip"):
        raise Refused(415, "bad_encoding", "Content-Encoding 只支持 gzip，或不压缩。请改正后重新提交。")
    machine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = machine.decompress(body, most + 1)
    except zlib.error:
        raise Refused(400, "bad_gzip", "请求体不是有效的 gzip 数据。请检查压缩后重新提交。") from None
    if len(text) > most or machine.unconsumed_tail:
        raise too_large(most)
    if not machine.eof:
        raise Refused(400, "bad_gzip", "请求体的 gzip 数据不完整。请检查压缩后重新提交。")
    return text


def read(text: bytes) -> tuple[str, Sequence[Punch | msgspec.Raw]]:
    """The device's name and the rows of a body. Raises Refused for a fault of the whole."""
    device, rows = _decoded(text)
    if not rows:
        raise Refused(422, "no_punches", "punches 不能为空，请至少提交一条打卡。", field="punches")
    return device, rows


def check_number(rows: Sequence[Punch | msgspec.Raw], most: int) -> None:
    """Raises Refused for more rows than a call may have."""
    if len(rows) > most:
        sentence = f"punches 每次最多 {most} 条，本次 {len(rows)} 条。请分批提交。"
        raise Refused(422, "too_many", sentence, field="punches")


def _decoded(text: bytes) -> tuple[str, Sequence[Punch | msgspec.Raw]]:
    try:
        body = _whole.decode(text)
    except msgspec.ValidationError:
        return _decoded_loosely(text)
    except _BROKEN:
        raise _no_json() from None
    return body.device, body.punches


def _no_json() -> Refused:
    return Refused(400, "bad_json", "请求体不是有效的 JSON（UTF-8），未作任何处理。请检查后重新提交。")


def _decoded_loosely(text: bytes) -> tuple[str, Sequence[msgspec.Raw]]:
    try:
        body = _loose.decode(text)
    except msgspec.ValidationError:
        raise _fault_of_the_whole(text) from None
    except _BROKEN:  # behind the first row of a wrong shape
        raise _no_json() from None
    return body.device, body.punches


def _fault_of_the_whole(text: bytes) -> Refused:
    try:
        given = _anything.decode(text)
    except _BROKEN:
        return Refused(400, "bad_json", "请求体不是有效的 JSON，未作任何处理。请检查后重新提交。")
    if not isinstance(given, dict):
        return Refused(422, "bad_body", '请求体应为一个 JSON 对象，例如 {"device": …, "punches": […]}。')
    device = given.get("device")
    if not isinstance(device, str) or not 0 < len(device) <= 60:
        return Refused(
            422, "bad_device", "device 应为设备的 public_id 或通道名称，1 至 60 个字。", field="device"
        )
    return Refused(422, "bad_punches", "punches 应为数组，每条打卡一个对象。", field="punches")


def rows_of(
    punches: Sequence[Punch | msgspec.Raw], channel: str, bounds: Bounds
) -> tuple[list[Row], list[Rejected]]:
    """The rows for the settler, and those whose shape is wrong."""
    try:
        return _rows(enumerate(punches), channel, bounds), []
    except (_Wrong, AttributeError):  # a row that is not decoded yet, or one outside its bounds
        return _sifted(punches, channel, bounds)


class _Wrong(ValueError):
    """A well-typed row that says too little, too much or what cannot be."""


def _rows(punches: Iterable[tuple[int, Any]], channel: str, bounds: Bounds) -> list[Row]:
    rows: list[Row] = []
    add, earliest, latest = rows.append, bounds.earliest, bounds.latest
    is_number = _NUMBER.fullmatch
    for index, punch in punches:
        at = (punch.at - _EPOCH) // _MICROSECOND
        if not earliest <= at <= latest:
            raise _Wrong
        engagement, number, seq = punch.engagement, punch.id_number, punch.seq
        if (engagement is None) is (number is None) or (number is not None and not is_number(number)):
            raise _Wrong
        if seq is None:
            token = ""
        elif seq.__class__ is int:
            token = str(seq)
        elif _TOKEN.fullmatch(seq):
            token = seq
        else:
            raise _Wrong
        add(
            Row(
                at,
                token,
                punch.direction or "",
                engagement.bytes if engagement is not None else b"",
                number or "",
                "01",
                channel,
                "",
                "",
                "",
                "",
                index,
            )
        )
    return rows


def only_invented(rows: list[Row], rejected: list[Rejected]) -> tuple[list[Row], list[Rejected]]:
    """In a sandbox: a number that somebody might hold is not kept."""
    real = [row for row in rows if row.number and only_invented_number("idCardNumber", row.number)]
    marks = {row.mark for row in real}
    told = [Rejected(row.mark, row.token or None, _ONLY_INVENTED) for row in real]
    kept = [row for row in rows if row.mark not in marks]
    return kept, sorted([*rejected, *told], key=lambda one: one.index)


def _sifted(
    punches: Sequence[Punch | msgspec.Raw], channel: str, bounds: Bounds
) -> tuple[list[Row], list[Rejected]]:
    rows: list[Row] = []
    rejected: list[Rejected] = []
    for index, given in enumerate(punches):
        try:
            punch = given if isinstance(given, Punch) else _one.decode(given)
            rows += _rows([(index, punch)], channel, bounds)
        except (_Wrong, *_BROKEN):
            rejected.append(_rejection(index, given, bounds))
    return rows, rejected


def _rejection(index: int, given: Punch | msgspec.Raw, bounds: Bounds) -> Rejected:
    try:
        said = msgspec.to_builtins(given) if isinstance(given, Punch) else _anything.decode(given)
    except _BROKEN:
        said = None
    if not isinstance(said, dict):
        return Rejected(index, None, "每条打卡应为一个 JSON 对象。")
    seq = said.get("seq")
    is_named = not _about_seq(seq)
    token = str(seq) if is_named and seq is not None else None
    return Rejected(index, token, _sentence(said, bounds))


def _sentence(said: dict[str, Any], bounds: Bounds) -> str:
    """The first thing that is wrong with a row; no personal number is repeated."""
    return (
        _about_seq(said.get("seq"))
        or _about_direction(said.get("direction"))
        or _about_identity(said.get("engagement"), said.get("id_number"))
        or _about_time(said.get("at"), bounds)
        or "这条打卡的内容不符合接口文档，请核对各字段的类型。"
    )


def _about_seq(seq: Any) -> str:
    if seq is None:
        return ""
    if isinstance(seq, str):
        fine = 0 < len(seq) <= LONGEST_TOKEN and _TOKEN.fullmatch(seq) is not None
    else:
        fine = isinstance(seq, int) and not isinstance(seq, bool) and 0 <= seq < 2**63
    return (
        "" if fine else f"seq 是设备自己的流水号，应为不小于 0 的整数，或 1 至 {LONGEST_TOKEN} 个字的文本。"
    )


def _about_direction(direction: Any) -> str:
    return "" if direction in ("in", "out", None) else 'direction 只能是 "in"、"out" 或 null。'


def _about_identity(engagement: Any, number: Any) -> str:
    if (engagement is None) is (number is None):
        return "engagement 和 id_number 须提供其中一个，且只提供一个。"
    if engagement is not None:
        return "" if _is_uuid(engagement) else "engagement 应为用工记录的 public_id（UUID）。"
    is_number = isinstance(number, str) and _NUMBER.fullmatch(number)
    return "" if is_number else "id_number 应为 18 位居民身份证号码，末位可为 X。"


def _is_uuid(text: Any) -> bool:
    try:
        return isinstance(text, str) and bool(msgspec.convert(text, UUID))
    except msgspec.ValidationError:
        return False


def _about_time(given: Any, bounds: Bounds) -> str:
    try:
        at = msgspec.convert(given, Annotated[datetime, Meta(tz=True)], strict=True)
    except msgspec.ValidationError:
        return "at 应为带时区的时间（RFC 3339），例如 2026-11-26T07:30:00+08:00。"
    when = (at - _EPOCH) // _MICROSECOND
    if when > bounds.latest:
        return f"at 晚于平台当前时间 {bounds.tolerance_minutes} 分钟以上，未收下。请校准设备时钟后重新上传。"
    if when < bounds.earliest:
        return f"at 早于 {bounds.oldest_days} 天前，未收下。请核对设备时钟；确需补传的请联系平台管理员。"
    return ""
