"""“Why was my record refused?”: from the id of a message to element, rule, version and wording (A7).

A message is a write of the vendors' interface (its serial), a call of the REST API (its request id), or a
call of the punch interface (its receipt). Values are masked; only the reader's own places are searched.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from attendance.models import PunchReceipt
from federation import receipt_lines
from federation.models import AcceptedRequest
from federation.open_api.elements import element_of_wire, judged_as
from federation.open_api.fieldcipher import Undecryptable, decrypt
from kernel.errors import NotFound
from kernel.masking import redact
from kernel.scoping import Actor
from projects.models import RefusedRecord
from standards.effective import Standard, standard_then
from standards.judging import OWN_RULES
from standards.records import masked_value
from standards.selectors import every_code, list_name
from standards.spec import CHANNELS, KINDS, LAYERS, REQUIRED, SEVERITIES, ElementSpec
from standards.versions import name_of

EXPLAIN = "standards.explain"
LONGEST = 100
# [workerList][0][workType]参数值不正确 … up to the next of them.
_FAULT = re.compile(r"((?:\[\w+\])+)([^\[;\r\n]*(?:\[(?!\w+\]\[)[^\[;\r\n]*)*)")
_STEP = re.compile(r"\[(\w+)\]")
_TURNED_DOWN = ("red", "已拒绝")


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was wrong: where, by which rule of which version, and what to do."""

    element: str
    name: str
    rule: str
    severity: str
    message: str
    remedy: str
    version: str
    layer: str
    value: str = ""
    row: int | None = None
    definition: tuple[tuple[str, str], ...] = ()

    @property
    def rule_words(self) -> str:
        return OWN_RULES.get(self.rule, self.rule)

    @property
    def severity_words(self) -> str:
        return SEVERITIES.get(self.severity, self.severity)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one message, and why."""

    key: str
    kind: str
    at: datetime
    place: str
    verdict: tuple[str, str]
    reasons: list[Reason] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    standard: tuple[str, ...] = ()


def why(actor: Actor, key: str) -> Answer:
    """What became of a message, by its id. Raises NotFound outside the actor's places."""
    key = key.strip()[:LONGEST]
    for look in (_request, _refused, _receipt):
        if (found := look(actor, key)) is not None:
            return found
    raise NotFound


def _request(actor: Actor, key: str) -> Answer | None:
    rows = AcceptedRequest.objects.visible_to(actor, EXPLAIN)
    row = rows.filter(serial__in=(key, key.lower())).select_related("project__region", "credential").first()
    if row is None:
        return None
    region = row.project.region if row.project else None
    standard = standard_then(region, row.accepted_at)
    object_key, _rows = judged_as(row.method)
    reasons = list(_told(row.findings or (), standard, object_key))
    if not reasons and row.state == AcceptedRequest.State.FAILED:
        reasons = list(_from_sentence(row, standard, object_key))
    failed = row.state == AcceptedRequest.State.FAILED
    return Answer(
        key=row.serial,
        kind=f"厂商接口 {row.method}",
        at=row.accepted_at,
        place=row.project.name if row.project else row.appid,
        verdict=_TURNED_DOWN
        if failed
        else ("amber", "待处理")
        if not row.finished_at
        else ("green", "已接收"),
        reasons=reasons,
        sentences=[redact(line) for line in row.result.splitlines() if line] if failed else [],
        standard=_named(standard),
    )


def _refused(actor: Actor, key: str) -> Answer | None:
    rows = RefusedRecord.objects.visible_to(actor, EXPLAIN).filter(request_id=key)
    row = rows.select_related("project__region").first()
    if row is None:
        return None
    standard = standard_then(row.project.region, row.refused_at)
    return Answer(
        key=row.request_id,
        kind=CHANNELS.get(row.channel, row.channel),
        at=row.refused_at,
        place=row.project.name,
        verdict=_TURNED_DOWN,
        reasons=list(_told(row.findings, standard, row.object_key)),
        standard=_named(standard),
    )


def _receipt(actor: Actor, key: str) -> Answer | None:
    try:
        public_id = UUID(key)
    except ValueError:
        return None
    rows = PunchReceipt.objects.visible_to(actor, EXPLAIN).filter(public_id=public_id)
    row = rows.select_related("project__region").first()
    if row is None:
        return None
    well = receipt_lines.is_all_well(row)
    return Answer(
        key=str(row.public_id),
        kind="打卡接口",
        at=row.accepted_at,
        place=row.project.name if row.project else "",
        verdict=("green", "已接收") if well else ("amber", "部分没有计入"),
        sentences=[receipt_lines.summed_up(row), *receipt_lines.each_row(row)],
    )


def _told(findings: Iterable[Mapping[str, Any]], standard: Standard, object_key: str) -> Iterator[Reason]:
    for one in findings:
        element = standard.element(object_key, one["element"])
        yield Reason(
            element=one["element"],
            name=element.name if element else name_of(object_key, one["element"]),
            rule=one["rule"],
            severity=one["severity"],
            message=one["message"],
            remedy=one["remedy"],
            version=one["version"],
            layer=LAYERS.get(one["layer"], one["layer"]),
            value=one.get("value", ""),
            row=one.get("row"),
            definition=definition(element),
        )


def _from_sentence(row: AcceptedRequest, standard: Standard, object_key: str) -> Iterator[Reason]:
    """Faults that the interface found by itself, each with what the standard says of its field."""
    body = json.loads(row.body) if row.body else {}
    for path, text in _FAULT.findall(row.result):
        steps = _STEP.findall(path)
        element = standard.element(object_key, element_of_wire(object_key, steps[-1]))
        numbers = [int(step) for step in steps if step.isdecimal()]
        yield Reason(
            element=element.code if element else steps[-1],
            name=element.name if element else steps[-1],
            rule="接口字段",
            severity="block",
            message=redact(text),
            remedy="",
            version=element.version.number if element else "",
            layer=LAYERS.get(element.layer, "") if element else "",
            value=_value(element, body, steps, row.credential.key),
            row=numbers[0] if numbers else None,
            definition=definition(element),
        )


def _value(element: ElementSpec | None, body: Any, steps: list[str], secret: str) -> str:
    """What was said there, masked; nothing of a field that the standard does not know."""
    found = body
    for step in steps:
        if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        elif isinstance(found, dict):
            found = found.get(step)
        else:
            return ""
    if element is None or isinstance(found, dict | list) or found in (None, ""):
        return ""
    if element.is_sealed:
        try:
            found = decrypt(str(found), secret)
        except Undecryptable:
            return ""
    return masked_value(element, found)


def definition(element: ElementSpec | None) -> tuple[tuple[str, str], ...]:
    """How the standard defines an element, as it is read: label and words."""
    if element is None:
        return ()
    rows = [("代码", element.code), ("类型", KINDS.get(element.kind, element.kind))]
    if element.most:
        rows.append(("长度", f"最多 {element.most} 个字"))
    rows.append(("必填", REQUIRED["always" if element.is_always_required else element.required]))
    if element.code_list:
        number = len(every_code(element.code_list))
        rows.append(("代码表", f"{list_name(element.code_list)}（{number} 个代码）"))
    if element.example:
        rows.append(("示例", element.example))
    if element.help:
        rows.append(("说明", element.help))
    return tuple(rows)


def _named(standard: Standard) -> tuple[str, ...]:
    return tuple(f"{LAYERS.get(ref.layer, ref.layer)}：{ref}" for ref in standard.versions)
