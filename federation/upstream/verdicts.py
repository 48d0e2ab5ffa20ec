"""What another platform's words mean: whose fault, which row, and what somebody can do about it."""

import re
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from federation.upstream.client import Answer
from federation.upstream.kinds import Kind
from kernel.masking import redact
from kernel.text import shortened

LONGEST = 480
_NUMBER_OF_TEAM = re.compile(r"已存在班组编号为[::]\s*(\d{8,10})")
_CODE_OF_PROJECT = re.compile(r"已存在项目编码为[::]\s*([0-9A-Za-z-]{1,40})")
_SERIAL = re.compile(r"已受理[,,]\s*编号\s*([0-9A-Za-z-]{1,64})")
_OF_THE_CALL = re.compile(r"appid|timestamp|nonce|method无效|时间戳|签名", re.IGNORECASE)
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])")
_CARD = re.compile(r"(?<!\d)(?:\d{16,17}|\d{19})(?!\d)")
FAULTS = ("Internal Error", "系统繁忙", "系统异常")
FIELDS_WRONG, OTHER = 1001, 9999


class Fault(Enum):
    """Who is meant by an answer whose code is not 0."""

    DATA = "data"  # what the call says
    KEY = "key"  # appid, secret, address or right: nothing of this project gets through
    CLOCK = "clock"  # the timestamp; another one may pass
    REPEATED = "repeated"  # timestamp and nonce were seen before
    OFTEN = "often"
    THEIRS = "theirs"  # the other platform broke


def fault_of(answer: Answer) -> Fault:
    """Who is meant. Where errors of fields appear differs by method: at once, or in the result."""
    if answer.code == -5:
        return Fault.OFTEN
    if answer.code in (-2, -3, -4):
        return Fault.KEY
    if answer.code == OTHER or is_theirs(answer.message):
        return Fault.THEIRS
    if answer.code == FIELDS_WRONG or not _OF_THE_CALL.search(answer.message):
        return Fault.DATA
    lowered = answer.message.lower()
    if "nonce" in lowered:
        return Fault.REPEATED
    return Fault.CLOCK if "timestamp" in lowered or "时间戳" in lowered else Fault.KEY


def is_theirs(text: str) -> bool:
    """Whether the other platform itself broke, so that the same record may be told again."""
    return text.startswith(FAULTS)


def serial_in(text: str) -> str:
    """The serial of the call that used a timestamp and nonce first, where the refusal names it."""
    found = _SERIAL.search(text)
    return found[1] if found else ""


def is_known(kind: Kind, text: str) -> bool:
    """Whether a refusal says that the record is there already."""
    return any(words in text for words in kind.known)


def remote_in(text: str) -> str:
    """The number of a team, or the code of a project, that a refusal names as known."""
    found = _NUMBER_OF_TEAM.search(text) or _CODE_OF_PROJECT.search(text)
    return found[1] if found else ""


def by_row(text: str, rows: str) -> dict[int, str]:
    """The parts of a refusal that name a row of the list, by its place; the others are left out."""
    if not rows:
        return {}
    found: dict[int, list[str]] = {}
    mark = re.compile(rf"\[{rows}\]\[(\d+)\]", re.IGNORECASE)
    for part in re.split(r"[;;\r\n]+", text):
        if named := mark.search(part):
            found.setdefault(int(named[1]), []).append(mark.sub("", part).strip())
    return {place: clean(";".join(parts)) for place, parts in found.items()}


def clean(text: str) -> str:
    """A sentence of theirs as it is kept: no number of a person or card, and not too long."""
    masked = _IDENTITY.sub(lambda found: f"{found[0][:4]}**********{found[0][-4:]}", text)
    return shortened(redact(_CARD.sub("****", masked)).replace("\0", ""), LONGEST)


@dataclass(frozen=True, slots=True)
class Remedy:
    """A word of a refusal, and what to do where it stands."""

    words: tuple[str, ...]
    step: str


_REMEDIES = (
    Remedy(("已留存",), "对方已留存这条打卡，该工人在对方办理进场后自动计入，一般不用处理。"),
    Remedy(("不能为空",), "请在本平台把这一项补填完整；保存后会自动重新上报。"),
    Remedy(
        ("字典表", "参数值不正确"),
        "对方的代码表没有这个代码：请更正本记录，或在上级平台设置的“代码对照”里写明对方的代码，再重新上报。",
    ),
    Remedy(("大小超过限制",), "请换一张较小的图片；保存后会自动重新上报。"),
    Remedy(("格式",), "请按提示更正这一项；保存后会自动重新上报。"),
    Remedy(
        ("与统一社会信用代码不符", "用人单位不一致"),
        "两边登记的企业名称或用人单位不同：请与上级平台核对，一致后重新上报。",
    ),
    Remedy(("无法用appsecret解密",), "请核对上级平台设置里的密钥，改正后重新上报。"),
    Remedy(
        ("不是本项目的参建单位", "没有该班组", "没有找到证件类型"),
        "对方还没有它所依赖的记录：请先重新上报那一条，再重新上报本条。",
    ),
    Remedy(("历史进退场时间",), "两边的进退场日期不一致：请与上级平台核对，一致后重新上报，或不再上报本条。"),
    Remedy(("不能大于",), "日期在今天之后：请更正日期，或等到那一天再重新上报。"),
    Remedy(("已存在",), "对方已有另一条相冲突的记录：请与上级平台核对后重新上报，或不再上报本条。"),
    Remedy(("没有修改",), "请与上级平台联系更正，办妥后选择“不再上报”并写明原因。"),
    Remedy(FAULTS, "对方系统出错：稍后重新上报；仍不成功的，请联系上级平台并提供请求编号。"),
)
OF_THE_KEY = (
    Remedy(("签名",), "请核对密钥（对方可能已轮换），改正后自动继续。"),
    Remedy(("appid",), "请核对 appid，改正后自动继续。"),
    Remedy(("IP", "地址"), "请对方把本平台的出口地址加入白名单，之后自动继续。"),
    Remedy(("权限",), "请对方为这个 appid 开通接口和项目，之后自动继续。"),
    Remedy(("timestamp", "时间戳"), "请核对本平台服务器的时钟，之后自动继续。"),
    Remedy(("访问超过限制", "频繁"), "已自动放慢，不用处理。"),
    Remedy(("连不上", "答复"), "对方恢复后自动继续，已接收的记录不会丢失。"),
)


def next_step(text: str, known: tuple[Remedy, ...] = _REMEDIES) -> str:
    """What somebody can do about a refusal."""
    for remedy in known:
        if any(word in text for word in remedy.words):
            return remedy.step
    return _("请按对方的说明更正本记录；保存后会自动重新上报。不明白的，请联系上级平台。")
