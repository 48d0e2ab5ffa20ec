"""The words of a data standard and its compiled form: what is asked of a record, by whom and since when.

No Django, clock or I/O: the editor, the importer, the interfaces and the tests all judge by these.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from standards.conditions import must_elements

NATIONAL, PROVINCIAL, CITY = "national", "provincial", "city"
LAYERS = {NATIONAL: "国家", PROVINCIAL: "省", CITY: "市州"}
# Records that the standard describes; what one enrolment says of a person and the work is one record.
WORKER, CONTRACT, TRAINING, TEAM, PROJECT = "worker", "contract", "training", "team", "project"
OBJECTS = {WORKER: "人员", CONTRACT: "合同", TRAINING: "安全教育", TEAM: "班组", PROJECT: "项目"}
# Records of which forms and interfaces ask what a version adds or demands; of the others the standard tells.
EXTENSIBLE = (WORKER, TEAM, PROJECT)
TEXT, NUMBER, DATE, CODE, YES_NO = "text", "number", "date", "code", "yes_no"
ID_NUMBER, PHONE, CARD, PHOTO = "id_number", "phone", "card", "photo"
KINDS = {
    TEXT: "文字",
    NUMBER: "数字",
    DATE: "日期",
    CODE: "代码",
    YES_NO: "是否",
    ID_NUMBER: "证件号码",
    PHONE: "电话号码",
    CARD: "银行卡号",
    PHOTO: "照片",
}
# Numbers of people: always sealed, always masked, never repeated in a sentence.
PERSONAL_KINDS = frozenset({ID_NUMBER, PHONE, CARD})
NEVER, ALWAYS, WHEN = "never", "always", "when"
REQUIRED = {NEVER: "可不填", ALWAYS: "必填", WHEN: "有条件必填"}
OPEN, INTERNAL, PERSONAL, SEALED = "open", "internal", "personal", "sealed"
PRIVACY = {OPEN: "公开", INTERNAL: "内部", PERSONAL: "个人信息", SEALED: "敏感个人信息（加密）"}
FORM, FILE, API, OPEN_API = "form", "file", "api", "open_api"
CHANNELS = {FORM: "网页表单", FILE: "导入文件", API: "REST 接口", OPEN_API: "厂商接口"}
# Other systems cannot change overnight: they have until the cut-off, and a city's own wishes never bind them.
INTERFACES = frozenset({API, OPEN_API})
BLOCK, WARN, INFORM = "block", "warn", "inform"
SEVERITIES = {BLOCK: "拒绝", WARN: "警告", INFORM: "提示"}

Codes = Callable[[str], Mapping[str, str]]
Parameters = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class VersionRef:
    """Which version of which layer says something, as it is named to people and programs."""

    public_id: str
    layer: str
    number: str
    title: str = ""
    region: str = ""
    effective_from: date | None = None
    cutoff: date | None = None

    @property
    def is_citys(self) -> bool:
        return self.layer == CITY

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True, slots=True)
class Demand:
    """What one layer asks of an element beyond those below it: required, shorter, or fewer codes."""

    version: VersionRef
    required: str = ""
    required_when: Mapping[str, Any] | None = None
    length: int | None = None
    codes: frozenset[str] | None = None
    severities: Mapping[str, str] = field(default_factory=dict)

    def binds(self, channel: str) -> bool:
        """Whether a record that does not say it is refused; a city's wish binds no interface (I-23)."""
        is_free = self.version.is_citys and channel in INTERFACES
        return not is_free and severity_of(self.severities, channel) == BLOCK


@dataclass(frozen=True)
class ElementSpec:
    """One element as its own layer defines it, with the further demands of the layers above."""

    object_key: str
    code: str
    name: str
    kind: str
    version: VersionRef
    length: int | None = None
    unit: str = ""
    required: str = NEVER
    required_when: Mapping[str, Any] | None = None
    severities: Mapping[str, str] = field(default_factory=dict)
    code_list: str = ""
    privacy: str = INTERNAL
    example: str = ""
    help: str = ""
    lives_in: str = ""
    position: int = 0
    is_retired: bool = False
    demands: tuple[Demand, ...] = ()

    @property
    def is_extra(self) -> bool:
        """Whether its value lives in the row's extras instead of a column of the product's own."""
        return not self.lives_in

    @property
    def is_sealed(self) -> bool:
        return self.privacy == SEALED or self.kind in PERSONAL_KINDS

    @property
    def layer(self) -> str:
        return self.version.layer

    @property
    def most(self) -> int | None:
        """The shortest of all lengths that are asked; None where none is."""
        return min((one.length for one in self.asked if one.length), default=None)

    @property
    def is_always_required(self) -> bool:
        """Whether some layer asks for it in every record."""
        return any(one.required == ALWAYS for one in self.asked)

    def is_asked_on(self, channel: str) -> bool:
        """Whether a record without it is refused on this channel, whatever else it says."""
        return any(one.required == ALWAYS and one.binds(channel) for one in self.asked)

    @cached_property
    def asked(self) -> tuple[Demand, ...]:
        """What each layer asks of it, its own layer first."""
        own = Demand(self.version, self.required, self.required_when, self.length, None, self.severities)
        return (own, *self.demands)

    def offered(self, codes: Mapping[str, str]) -> dict[str, str]:
        """Of the codes of its list, those that every layer still allows."""
        narrowed = [demand.codes for demand in self.demands if demand.codes is not None]
        return {code: name for code, name in codes.items() if all(code in one for one in narrowed)}


@dataclass(frozen=True)
class RuleSpec:
    """A validation rule of one layer."""

    code: str
    object_key: str
    condition: Mapping[str, Any]
    version: VersionRef
    severities: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    remedy: str = ""
    is_retired: bool = False

    @cached_property
    def shown_at(self) -> str:
        """The element beside which a breach is shown: the first of which the rule demands something."""
        return next(iter(must_elements(self.condition)), "")


@dataclass(frozen=True)
class Standard:
    """The effective standard of a place on a day, compiled from the layers in force.

    `earlier` are the standards that other systems may still follow, because a cut-off has not passed.
    """

    on: date
    place: str
    versions: tuple[VersionRef, ...]
    all_elements: Mapping[str, tuple[ElementSpec, ...]]
    all_rules: Mapping[str, tuple[RuleSpec, ...]]
    codes: Codes
    parameters: Parameters
    earlier: tuple["Standard", ...] = ()

    def elements(self, object_key: str) -> tuple[ElementSpec, ...]:
        """What a record of this kind says, in order; retired elements are left out."""
        return self._living.get(object_key, ())

    def extras(self, object_key: str) -> tuple[ElementSpec, ...]:
        """Of these, the ones that the standard added to the product's own columns."""
        return tuple(one for one in self.elements(object_key) if one.is_extra)

    def element(self, object_key: str, code: str) -> ElementSpec | None:
        """One element by its code, retired ones too; None for an unknown one."""
        return self._by_code.get((object_key, code))

    def rules(self, object_key: str) -> tuple[RuleSpec, ...]:
        """What must be true of a record of this kind."""
        return self._living_rules.get(object_key, ())

    def offered(self, element: ElementSpec) -> dict[str, str]:
        """Code → name of what may be chosen here and now for an element."""
        return element.offered(self.codes(element.code_list)) if element.code_list else {}

    def accepted(self, code_list: str) -> Mapping[str, str]:
        """The codes that interfaces take: those in force, and those of standards still followed."""
        if not self.earlier:
            return self.codes(code_list)
        found: dict[str, str] = {}
        for standard in (*self.earlier, self):
            found.update(standard.codes(code_list))
        return found

    @cached_property
    def _living(self) -> dict[str, tuple[ElementSpec, ...]]:
        return {
            key: tuple(one for one in every if not one.is_retired) for key, every in self.all_elements.items()
        }

    @cached_property
    def _living_rules(self) -> dict[str, tuple[RuleSpec, ...]]:
        return {
            key: tuple(one for one in every if not one.is_retired) for key, every in self.all_rules.items()
        }

    @cached_property
    def _by_code(self) -> dict[tuple[str, str], ElementSpec]:
        return {(one.object_key, one.code): one for every in self.all_elements.values() for one in every}


def severity_of(severities: Mapping[str, str], channel: str) -> str:
    """What a breach means on a channel; it blocks where nothing milder is said."""
    return severities.get(channel, BLOCK)
