"""Forms that ask for what the effective standard asks: added elements, and demands on their own fields.

One definition drives them: a new element stands in the form from the day on which its version is in force,
and what the form refuses is what the service refuses (standards.judging).
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from kernel.errors import DomainError
from standards.effective import Standard, blocking, judge
from standards.errors import BreaksStandard
from standards.judging import MISSING
from standards.records import shown_value
from standards.selectors import told_apart
from standards.spec import CARD, CODE, DATE, FORM, ID_NUMBER, NUMBER, PHONE, PHOTO, YES_NO, ElementSpec
from web.forms import CodeField, DayField, FileField, ScopedForm
from web.uploads import Kept

PREFIX = "x_"
_MOST = 200
_TYPED = {"autocomplete": "off", "spellcheck": "false"}


class StandardForm(ScopedForm):
    """A form about one kind of record. A subclass names it, and which own field says which element.

    `kept_if_empty`: own fields that show nothing of what stands and leave it when they are left empty.
    `elsewhere`: elements that are said on another page, and so neither asked nor judged here.
    """

    object_key: ClassVar[str] = ""
    own_fields: ClassVar[Mapping[str, str]] = {}
    elsewhere: ClassVar[frozenset[str]] = frozenset()
    kept_if_empty: ClassVar[frozenset[str]] = frozenset()

    standard: Standard
    standing: Mapping[str, Any]

    def follow(self, standard: Standard, standing: Mapping[str, Any] | None = None) -> None:
        """Ask for what the standard asks; `standing` is what the record says already, by element code."""
        self.standard, self.standing = standard, standing or {}
        for element in standard.elements(self.object_key):
            if element.code in self.own_fields:
                self._demand(element, self.own_fields[element.code])
            elif (element.is_extra or element.is_asked_on(FORM)) and element.code not in self.elsewhere:
                self._add(element)

    @property
    def added_fields(self) -> list[str]:
        """The names of the fields that the standard has added, in its order."""
        return [name for name in self.fields if name.startswith(PREFIX)]

    @property
    def asked_fields(self) -> list[str]:
        """Of these, the ones that must be filled in."""
        return [name for name in self.added_fields if self.fields[name].required]

    @property
    def further_fields(self) -> list[str]:
        """And the ones that may be left for later."""
        return [name for name in self.added_fields if not self.fields[name].required]

    def said(self) -> dict[str, Any]:
        """What the added fields say, by element code; what was left as it stands is not said."""
        found = {}
        for name in self.added_fields:
            code = name.removeprefix(PREFIX)
            value = _plain(self.cleaned_data.get(name))
            if value in (None, "") and self._stays(code, name):
                continue
            found[code] = "" if value is None else value
        return found

    def judge_by_standard(self) -> None:
        """Show every refusing finding at its field. Call it last in `clean`."""
        for finding in blocking(judge(self.standard, self.object_key, self._record(), channel=FORM)):
            field = self.field_of(finding.element)
            if finding.element in self.elsewhere or field in self.errors:
                continue
            if finding.rule == MISSING and self._stays(finding.element, field):
                continue
            self.add_error(field if field in self.fields else None, finding.sentence)

    def field_of(self, element: str) -> str:
        """The name of the field in which an element is said."""
        return self.own_fields.get(element, f"{PREFIX}{element}")

    def refuse(self, refusal: DomainError) -> None:
        if isinstance(refusal, BreaksStandard):
            for finding in refusal.findings:
                field = self.field_of(finding.element)
                self.add_error(field if field in self.fields else None, finding.sentence)
            return
        super().refuse(refusal)

    def _record(self) -> dict[str, Any]:
        said = {
            code: _plain(self.cleaned_data.get(name))
            for code, name in self.own_fields.items()
            if name in self.fields
        }
        kept = {code: value for code, value in said.items() if value not in (None, "")}
        emptied = [code for code, name in self.own_fields.items() if name in self.fields and code not in kept
                   and name not in self.kept_if_empty]  # fmt: skip
        standing = {code: value for code, value in self.standing.items() if code not in emptied}
        return {**standing, **kept, **self.said()}

    def _stays(self, code: str, name: str) -> bool:
        """Whether an empty field leaves what stands: numbers and sealed texts are never shown."""
        element = self.standard.element(self.object_key, code)
        hidden = name in self.kept_if_empty or (element is not None and _is_hidden(element))
        return hidden and self.standing.get(code) not in (None, "")

    def _demand(self, element: ElementSpec, name: str) -> None:
        """Let an own field ask as strictly as the standard does, and offer the codes of the place."""
        field = self.fields.get(name)
        if field is None:
            return
        if element.is_asked_on(FORM) and not self._stays(element.code, name) and not field.required:
            field.required = field.widget.is_required = True
        if isinstance(field, CodeField) and not field.only:
            empty = "请选择" if field.required else "未填"
            field.choices = [("", empty), *told_apart(self.standard.offered(element))]
        if isinstance(field, forms.CharField) and element.most and (field.max_length or _MOST) > element.most:
            field.max_length = element.most
        self._prepare(name, field)

    def _add(self, element: ElementSpec) -> None:
        name = f"{PREFIX}{element.code}"
        field = field_for(self.standard, element)
        if self._stays(element.code, name):
            field.required = False
            field.help_text = f"现在是 {shown_value(element, self.standing[element.code])}；不改就不填。"
        elif element.code in self.standing:
            self.initial.setdefault(name, _shown(self.standing[element.code]))
        self.fields[name] = field
        self._prepare(name, field)


def field_for(standard: Standard, element: ElementSpec) -> forms.Field:
    """The field in which an element is said: its kind, length, codes and help."""
    more: dict[str, Any] = {
        "label": f"{element.name}（{element.unit}）" if element.unit else element.name,
        "help_text": _help(element),
        "required": element.is_asked_on(FORM),
    }
    match element.kind:
        case kind if kind == CODE:
            offered = told_apart(standard.offered(element))
            return _one_of([("", "请选择" if more["required"] else "未填"), *offered], more)
        case kind if kind == YES_NO:
            return _one_of([("", "请选择" if more["required"] else "未填"), ("1", "是"), ("0", "否")], more)
        case kind if kind == DATE:
            return DayField(**more)
        case kind if kind == NUMBER:
            number = forms.DecimalField(
                max_digits=18, widget=forms.TextInput(attrs={**_TYPED, "inputmode": "decimal"}), **more
            )
            number.error_messages["invalid"] = "请填数字，不带单位。"
            number.error_messages["max_digits"] = "位数太多，请核对后再填。"
            return number
        case kind if kind == PHOTO:
            return FileField(kinds=("image",), **more)
    return _text(element, more)


def _text(element: ElementSpec, more: dict[str, Any]) -> forms.CharField:
    most = element.most or (30 if element.kind in (ID_NUMBER, PHONE, CARD) else _MOST)
    mode = {PHONE: "tel", CARD: "numeric"}.get(element.kind, "")
    attrs = {**_TYPED, "inputmode": mode} if mode else _TYPED
    widget = forms.Textarea(attrs={"rows": 3}) if most > _MOST else forms.TextInput(attrs=attrs)
    return forms.CharField(max_length=most, widget=widget, **more)


def _one_of(choices: list[tuple[str, str]], more: dict[str, Any]) -> forms.ChoiceField:
    told = {"invalid_choice": "没有这个选项，请从列表中选择。"}
    return forms.ChoiceField(choices=choices, error_messages=told, **more)


def _help(element: ElementSpec) -> str:
    example = f"例如：{element.example}" if element.example and element.kind != CODE else ""
    return "".join(part for part in (element.help, example) if part)


def _is_hidden(element: ElementSpec) -> bool:
    return element.is_sealed or element.kind == PHOTO


def _plain(value: Any) -> Any:
    return value.address if isinstance(value, Kept) else value


def _shown(value: Any) -> Any:
    """A kept value as a field shows it."""
    return ("1" if value else "0") if isinstance(value, bool) else value
