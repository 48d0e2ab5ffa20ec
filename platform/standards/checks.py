"""What a version may not say on top of the layers below it, as sentences (I-22, I-24).

A layer never renames, re-codes, loosens or takes away what stands below; a city keeps to its namespace and
its grant; what was once published is retired, never deleted. No Django, clock or I/O.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from standards.conditions import fault_of
from standards.item_checks import LONGEST_CODE, item_faults, item_namespace, namespace, rule_namespace
from standards.layers import Layer
from standards.spec import (
    ALWAYS,
    CHANNELS,
    CITY,
    CODE,
    EXTENSIBLE,
    KINDS,
    NATIONAL,
    NEVER,
    OBJECTS,
    PERSONAL_KINDS,
    PHOTO,
    PRIVACY,
    PROVINCIAL,
    REQUIRED,
    SEALED,
    SEVERITIES,
    WHEN,
    Demand,
    ElementSpec,
    RuleSpec,
    Standard,
    VersionRef,
)

# An underscore keeps added codes apart from the names of the vendors' interface, which have none.
ADDED_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
OF_A_CITY = re.compile(r"c\d{6}_")
RULE_CODE = re.compile(r"R-[0-9]{1,4}")
_STRENGTH = {"": 0, NEVER: 0, WHEN: 1, ALWAYS: 2}


@dataclass(frozen=True, slots=True)
class GrantSpec:
    """What a city was allowed to extend."""

    objects: frozenset[str]
    lists: frozenset[str]
    most_required: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a version may not say: where, and why not, as a sentence."""

    part: str
    object_key: str
    code: str
    sentence: str

    def as_data(self) -> dict[str, str]:
        return {"part": self.part, "object": self.object_key, "code": self.code, "sentence": self.sentence}


def faults(
    layer: Layer,
    base: Standard,
    *,
    lists: Mapping[str, Mapping[str, str]],
    parameters: Mapping[str, Any],
    former: Layer | None = None,
    grant: GrantSpec | None = None,
    names: Mapping[str, str] | None = None,
) -> list[Fault]:
    """What this version may not say on top of `base`, the layers below it.

    `lists`: every code list with all codes ever used (I-24); `former`: the version that it replaces; a city's
    layer is held to its namespace and its grant (I-22); `names`: what lists are called, by key.
    """
    checks = _Checks(layer, base, lists, parameters, former, grant, names or {})
    return list(checks.run())


@dataclass(frozen=True, slots=True)
class _Checks:
    layer: Layer
    base: Standard
    lists: Mapping[str, Mapping[str, str]]
    parameters: Mapping[str, Any]
    former: Layer | None
    grant: GrantSpec | None
    names: Mapping[str, str]

    @property
    def region(self) -> str:
        return self.layer.version.region

    @property
    def is_citys(self) -> bool:
        return self.layer.version.layer == CITY

    @property
    def known_lists(self) -> set[str]:
        """Lists there are, and those that begin with this version."""
        return set(self.lists) | {one.code_list for one in self.layer.items if one.list_name}

    def run(self) -> Iterator[Fault]:
        yield from self._told_only()
        for element in self.layer.elements:
            key = ("element", element.object_key, element.code)
            yield from (Fault(*key, said) for said in self._element(element))
        yield from self._kept()
        for (object_key, code), demand in self.layer.demands.items():
            key = ("tightening", object_key, code)
            yield from (Fault(*key, said) for said in self._demand(object_key, code, demand))
        for rule in self.layer.rules:
            key = ("rule", rule.object_key, rule.code)
            yield from (Fault(*key, said) for said in self._rule(rule))
        for item in self.layer.items:
            known = self.lists.get(item.code_list)
            if known is None and item.code_list in self.known_lists:
                known = {}
            granted = self.grant.lists if self.grant else None
            longest, name = self._longest(item.code_list), self.names.get(item.code_list, "")
            wrong = item_faults(item, known, self.region, granted, longest, name)
            yield from (Fault("item", item.code_list, item.code, said) for said in wrong)
        if self.grant is not None and (number := self._required()) > self.grant.most_required:
            most = self.grant.most_required
            told = f"新增的必填数据元素有 {number} 个，授权最多 {most} 个，请减少或改为可不填。"
            yield Fault("grant", "", "", told)

    def _told_only(self) -> Iterator[Fault]:
        """Nothing is added to records whose forms and interfaces would not ask for it."""
        before = self.former or Layer(self.layer.version)
        known = {("element", one.object_key, one.code) for one in before.elements}
        known |= {("rule", one.object_key, one.code) for one in before.rules}
        said = [("element", one.object_key, one.code) for one in self.layer.elements if one.is_extra]
        said += [("rule", one.object_key, one.code) for one in self.layer.rules]
        said += [("tightening", object_key, code) for object_key, code in self.layer.demands]
        asked = "、".join(OBJECTS[one] for one in EXTENSIBLE)
        for part, object_key, code in said:
            if (
                object_key in OBJECTS
                and object_key not in EXTENSIBLE
                and (part, object_key, code) not in known
            ):
                told = f"“{OBJECTS[object_key]}”目前不能新增或加严，可以的是：{asked}；"
                yield Fault(part, object_key, code, f"{told}有关内容请加在“人员”里。")

    def _longest(self, code_list: str) -> int:
        """How many characters of a code the product's own columns hold."""
        held = [
            one.length
            for every in self.base.all_elements.values()
            for one in every
            if one.code_list == code_list and not one.is_extra and one.length
        ]
        return min(held, default=LONGEST_CODE)

    def _codes(self, object_key: str) -> dict[str, ElementSpec]:
        """The elements of an object that this version and those below it know, by code."""
        both = (*self.base.elements(object_key), *self.layer.elements)
        return {one.code: one for one in both if one.object_key == object_key}

    def _required(self) -> int:
        return sum(1 for one in self.layer.elements if one.required == ALWAYS and not one.is_retired)

    def _element(self, element: ElementSpec) -> Iterator[str]:
        below = self.base.element(element.object_key, element.code)
        if below is not None:
            held = f"{_said(below.version)}已有数据元素“{below.name}”（{below.code}）"
            yield f"{held}，上层标准不能改名、改编码或重新定义。"
            return
        yield from self._code_of(element)
        yield from _shape_of(element)
        for one in self.base.elements(element.object_key):
            if one.name == element.name:
                held = f"{_said(one.version)}已有名为“{one.name}”的数据元素（{one.code}）"
                yield f"{held}，请换一个名称，或直接使用它。"
        if element.kind == CODE and element.code_list not in self.known_lists:
            yield f"没有名为“{element.code_list}”的代码表，请选择已有的代码表，或随本版本新建。"
        yield from self._when(element.object_key, element.required, element.required_when)
        if self.grant is not None and element.object_key not in self.grant.objects:
            name = OBJECTS.get(element.object_key, element.object_key)
            yield f"授权不包括在“{name}”上新增数据元素，请向省级申请。"

    def _code_of(self, element: ElementSpec) -> Iterator[str]:
        if element.lives_in:
            return
        if not ADDED_CODE.fullmatch(element.code) or len(element.code) > 40:
            yield "代码由小写字母和数字组成，中间用下划线分开，例如 housing_type，不超过 40 个字符。"
        own = namespace(self.region)
        if self.is_citys and not element.code.startswith(own):
            yield f"市州扩展的数据元素代码要以 {own} 开头，例如 {own}housing。"
        if not self.is_citys and OF_A_CITY.match(element.code):
            yield "代码不能以 c 加六位区划代码开头，那是市州扩展的命名空间。"

    def _kept(self) -> Iterator[Fault]:
        """An element that was once published is retired, never taken away or made another thing."""
        now = {(one.object_key, one.code): one for one in self.layer.elements}
        for before in self.former.elements if self.former else ():
            after = now.get((before.object_key, before.code))
            if after is None:
                told = f"“{before.name}”已发布过，不能删除，请改为停用。"
                yield Fault("element", before.object_key, before.code, told)
            elif (before.kind, before.code_list, before.lives_in) != (
                after.kind,
                after.code_list,
                after.lives_in,
            ):
                told = f"“{before.name}”已发布过，不能改类型或代码表，请停用后另建。"
                yield Fault("element", before.object_key, before.code, told)
            elif before.is_sealed and not after.is_sealed:
                told = f"“{before.name}”已加密保存，不能改为不加密，请停用后另建。"
                yield Fault("element", before.object_key, before.code, told)
        rules = {one.code for one in self.layer.rules}
        for rule in self.former.rules if self.former else ():
            if rule.code not in rules:
                yield Fault(
                    "rule", rule.object_key, rule.code, f"规则 {rule.code} 已发布过，不能删除，请改为停用。"
                )

    def _demand(self, object_key: str, code: str, demand: Demand) -> Iterator[str]:
        element = self.base.element(object_key, code)
        if element is None or element.is_retired:
            yield "下层标准没有这个数据元素，或已停用，不能加严。"
            return
        if demand.required and _STRENGTH.get(demand.required, 0) < _STRENGTH[_required_of(element)]:
            held = f"“{element.name}”在{_said(element.version)}为{REQUIRED[_required_of(element)]}"
            yield f"{held}，只能加严，不能放宽。"
        yield from self._when(object_key, demand.required, demand.required_when)
        yield from _fault_of_severities(demand.severities)
        if demand.length and element.most and demand.length > element.most:
            yield f"“{element.name}”在{_said(element.version)}最多 {element.most} 个字，只能更短，不能更长。"
        if demand.codes is not None:
            yield from self._codes_of(element, demand.codes)
        if self.grant is not None and object_key not in self.grant.objects:
            yield f"授权不包括“{OBJECTS.get(object_key, object_key)}”，请向省级申请。"

    def _codes_of(self, element: ElementSpec, codes: frozenset[str]) -> Iterator[str]:
        known = self.base.offered(element)
        if element.kind != CODE:
            yield f"“{element.name}”不是代码，不能限定代码。"
        elif strangers := sorted(one for one in codes - set(known) if not self._is_own(one)):
            yield f"“{element.name}”的代码表没有：{'、'.join(strangers[:5])}。只能减少，不能另加。"
        elif not codes:
            yield f"“{element.name}”至少要留一个代码。"

    def _is_own(self, code: str) -> bool:
        return self.is_citys and code.startswith(item_namespace(self.region))

    def _when(self, object_key: str, required: str, when: Mapping[str, Any] | None) -> Iterator[str]:
        if required and required not in REQUIRED:
            yield f"必填只能是：{'、'.join(REQUIRED)}。"
        if required != WHEN:
            return
        known = self._codes(object_key)
        if not when or when.get("element") not in known or not when.get("values"):
            yield "有条件必填的，请写明哪个数据元素为哪些值时必填。"

    def _rule(self, rule: RuleSpec) -> Iterator[str]:
        taken = {one.code for every in self.base.all_rules.values() for one in every}
        own = rule_namespace(self.region)
        if self.is_citys and not (
            rule.code.startswith(own) and RULE_CODE.fullmatch(rule.code.removeprefix(own))
        ):
            yield f"市州扩展的规则编号写成 {own}R-1 这样。"
        elif not self.is_citys and not RULE_CODE.fullmatch(rule.code):
            yield "规则编号写成 R-1 这样。"
        if rule.code in taken:
            yield f"规则编号 {rule.code} 已被下层标准使用，请换一个。"
        known = self._codes(rule.object_key)
        if rule.object_key not in OBJECTS:
            yield "没有这个对象，请从列表中选择。"
        elif fault := fault_of(rule.condition, known, self.parameters):
            yield fault
        yield from _fault_of_severities(rule.severities)
        if not rule.message.strip() or not rule.remedy.strip():
            yield "请写明提示和补救办法，两句都要有。"
        if self.grant is not None and rule.object_key not in self.grant.objects:
            yield f"授权不包括“{OBJECTS.get(rule.object_key, rule.object_key)}”，请向省级申请。"


def _required_of(element: ElementSpec) -> str:
    return max((one.required for one in element.asked), key=lambda one: _STRENGTH[one])


def _said(version: VersionRef) -> str:
    return {NATIONAL: "国家标准", PROVINCIAL: "省标准"}.get(version.layer, "市州标准")


def _shape_of(element: ElementSpec) -> Iterator[str]:
    if element.object_key not in OBJECTS:
        yield "没有这个对象，请从列表中选择。"
    if not element.name.strip():
        yield "请填写名称。"
    if element.kind not in KINDS:
        yield f"类型只能是：{'、'.join(KINDS)}。"
    if element.kind == PHOTO and element.is_extra:
        yield "照片要有存放和查看的地方，不能只在标准中新增。请改用其他类型，或等平台升级。"
    if element.privacy not in PRIVACY:
        yield f"隐私级别只能是：{'、'.join(PRIVACY)}。"
    if element.kind in PERSONAL_KINDS and element.privacy != SEALED:
        yield "证件号码、电话和银行卡号必须加密保存，隐私级别请选“敏感个人信息（加密）”。"
    if element.length is not None and not 0 < element.length <= 1000:
        yield "长度在 1 到 1000 之间。"
    yield from _fault_of_severities(element.severities)


def _fault_of_severities(severities: Mapping[str, str]) -> Iterator[str]:
    if set(severities) - set(CHANNELS) or set(severities.values()) - set(SEVERITIES):
        yield "处理方式按渠道（网页表单、导入文件、REST 接口、厂商接口）填写：拒绝、警告或提示。"
