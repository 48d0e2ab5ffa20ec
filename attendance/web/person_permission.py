"""How an identity was established, and whether somebody may enter, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from attendance.models import GatePass
from attendance.selectors.passes import gate_pass
from kernel.scoping import Actor
from web import words
from workers.models import IdentityCheck
from workers.selectors import facts_of
from workers.states import missing_for_entry

# How an identity was established, the strongest first, with its mark and words.
STRENGTHS = {
    "registry": ("green", "公安库核验"),
    "chip": ("green", "读卡核验"),
    "seen": ("green", "已核对证件原件"),
    "reader": ("amber", "读卡录入，读卡器没有签名"),
    "ocr": ("amber", "证件照片识别，未读卡"),
    "typed": ("amber", "人工录入，未读卡"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the facts that decide entry, with its mark and words."""

    level: str
    name: str
    words: str


def identity_told(checks: Iterable[IdentityCheck]) -> dict[str, str]:
    """The strongest way in which the identity was established."""
    known = {check.method for check in checks}
    level, said = next((STRENGTHS[one] for one in STRENGTHS if one in known), ("grey", "设备上报，未核验"))
    return {"level": level, "words": said}


def permission_told(actor: Actor, engagement: Any) -> Fact:
    """Whether somebody may enter: on the gates' list until when, or what is missing."""
    listed = gate_pass(actor, engagement)
    if listed is not None and listed.is_allowed:
        return Fact("green", "进场许可", _until(listed))
    missing = missing_for_entry(facts_of(engagement), is_open=engagement.project.is_open)
    level = "red" if engagement.is_on_site else "grey"
    if not missing:
        # Approved a moment ago, or taken off for what this page does not judge.
        return Fact("blue", "进场许可", "已批准，闸机名单正在更新")
    return Fact(level, "进场许可", f"还差{'、'.join(missing)}")


def _until(listed: GatePass) -> str:
    if listed.valid_until is None:
        return "在闸机名单上，长期"
    return f"在闸机名单上，有效至 {words.moment(listed.valid_until)}"
