"""Adding, changing, ordering and taking out parts of a draft, with a live preview beside the form."""

import json
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from kernel.errors import NotFound
from standards.effective import ref_of, with_draft
from standards.json_schema import schema_of_element
from standards.models import CodeList, StandardVersion
from standards.selectors import every_code
from standards.spec import EXTENSIBLE, OBJECTS, ElementSpec, Standard
from web.acts import FormPage, PostPage
from web.editor.forms import ElementForm, ItemForm, PartForm, TighteningForm
from web.editor.reading import crumbs, editable, url_of
from web.editor.rule_form import RuleForm
from web.editor.words import PARTS, element_said
from web.forms import ScopedForm
from web.standard_acts import EDIT, Drop, Put, edit_version, move_element
from web.standard_form import field_for

FORMS: dict[str, type[PartForm]] = {
    "element": ElementForm,
    "tightening": TighteningForm,
    "rule": RuleForm,
    "item": ItemForm,
}
TABS = {"element": "elements", "tightening": "elements", "rule": "rules", "item": "codes"}
_KEPT = (
    "name", "length", "unit", "example", "help", "is_retired", "kind", "code_list", "privacy", "message",
    "remedy", "code", "retires", "mapped_to", "list_name",
)  # fmt: skip


class _OfDraft:
    """What pages about one part of a draft share: the draft, which part, and whose list or object."""

    permission = EDIT
    section = "standard"
    actor: Any
    version_row: StandardVersion

    def prepare(self, **kwargs: Any) -> None:
        self.version_row = editable(self.actor, kwargs["public_id"])
        self.part, self.of = kwargs.get("part", "element"), kwargs.get("of", "")
        if self.part not in FORMS:
            raise NotFound
        self.cancel_url = url_of(self.version_row, TABS[self.part])


class PutPart(_OfDraft, FormPage):
    """A part to add, or to change where the address names its code."""

    template_name = "web/editor/part.html"
    aside_template = "web/editor/_preview.html"
    submit = "存入草案"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.draft = with_draft(self.version_row, self.version_row.region, timezone.localdate())
        self.code = kwargs.get("code", "")
        self.held = held_part(self.version_row, self.part, self.of, self.code) if self.code else None
        self.element = self.draft.element(self.of, self.code) if self.part == "tightening" else None
        self._require_known()
        self.form_class = FORMS[self.part]

    def _require_known(self) -> None:
        """Raises NotFound where the address names what there is not."""
        if self.part == "item":
            known = self.of == "new" or CodeList.objects.filter(key=self.of).exists()
            known = known or self.version_row.proposed_items.filter(code_list=self.of).exists()
        else:
            known = self.of in EXTENSIBLE or (self.of in OBJECTS and self.held is not None)
        is_missing = self.code and self.held is None and self.part != "tightening"
        is_strange = self.part == "tightening" and self.element is None
        if not known or is_missing or is_strange:
            raise NotFound

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        more |= {"version": self.version_row, "draft": self.draft, "of": self.of, "held": self.held}
        if self.element is not None:
            more["element"] = self.element
        return super().build(data, files, **more)

    def first(self) -> dict[str, Any]:
        return {name: getattr(self.held, name) for name in _KEPT if hasattr(self.held, name)}

    def version(self) -> int:
        return self.version_row.version

    def act(self, form: Any) -> str:
        edit_version(
            actor=self.actor,
            version=self.version_row,
            edit=Put(form.facts()),
            expected_version=form.expected_version,
        )
        self.say(f"已存入草案 {self.version_row.number}。改动要检查、评审并发布后才生效。")
        if "another" in self.request.POST and self.part == "item":
            return put_url(self.version_row, "item", form.cleaned_data.get("code_list") or self.of)
        return self.cancel_url

    def checked(self, form: Any) -> dict[str, Any]:
        if self.part != "element":
            return {"kind": self.part, "words": getattr(form, "words", "")}
        element = self._typed(form)
        return {"kind": "element", **preview_of(self.draft, element)} if element else {"kind": "element"}

    def _typed(self, form: ElementForm) -> ElementSpec | None:
        """The element as it has been typed so far; None before it has a name."""
        if form.is_bound and hasattr(form, "cleaned_data"):
            facts = form.facts()
        elif self.held is not None:
            facts = self.held
        else:
            return None
        names = ("name", "kind", "length", "unit", "required", "severities", "code_list", "privacy",
                 "example", "help")  # fmt: skip
        said = {name: getattr(facts, name) for name in names}
        if not said["name"]:
            return None
        code = facts.code or "…"
        return ElementSpec(object_key=self.of, code=code, version=ref_of(self.version_row), **said)

    def context(self) -> dict[str, Any]:
        title = f"{'修改' if self.held else '新增'}{PARTS[self.part]}"
        called = self._called()
        return {
            "title": f"{title}：{called}" if called else title,
            "subtitle": OBJECTS.get(self.of) or names_of_lists(self.version_row).get(self.of, ""),
            "crumbs": crumbs(self.version_row, title),
            "cancel_url": self.cancel_url,
            "part": self.part,
            "may_add_another": self.part == "item" and not self.code,
            "below": element_said(self.element) if self.element else "",
            "aside_always": True,
        }

    def _called(self) -> str:
        """What the part is called by people, its code only where it has no name; "" for a new one."""
        of = self.element or self.held
        name = getattr(of, "name", "") or (every_code(self.of).get(self.code, "") if of else "")
        return f"{name}（{self.code}）" if name and self.part == "item" else name or self.code


def names_of_lists(version: StandardVersion) -> dict[str, str]:
    """Key → name of every code list, those that begin with the version too."""
    begun = version.proposed_items.exclude(list_name="").values_list("code_list", "list_name")
    return {**dict(begun), **dict(CodeList.objects.values_list("key", "name"))}


def held_part(version: StandardVersion, part: str, of: str, code: str) -> Any:
    """The row of a part in a version; None where there is none."""
    match part:
        case "element":
            return version.elements.filter(object_key=of, code=code).first()
        case "tightening":
            return version.tightenings.filter(object_key=of, code=code).first()
        case "rule":
            return version.rules.filter(object_key=of, code=code).first()
    return version.proposed_items.filter(code_list=of, code=code).first()


class Preview(forms.Form):
    """Fields as forms will show them; nothing is sent."""


def preview_of(standard: Standard, element: ElementSpec) -> dict[str, Any]:
    """One element as the form, the template and the interface will ask for it."""
    form = Preview(auto_id="preview_%s")
    field = field_for(standard, element)
    field.disabled = True
    form.fields[element.code] = field
    return {
        "element": element,
        "field": form[element.code],
        "heading": heading_of(element),
        "offered": list(standard.offered(element).items())[:20] if element.code_list else [],
        "schema": json.dumps(schema_of_element(standard, element), ensure_ascii=False, indent=2),
    }


def heading_of(element: ElementSpec) -> str:
    """The column of the import template: its name, unit, and a star where it must be filled."""
    unit = f"（{element.unit}）" if element.unit else ""
    return f"{element.name}{unit}{' *' if element.is_asked_on('file') else ''}"


class DropPart(_OfDraft, PostPage):
    """Take a part out of a draft that was never published with it."""

    button = "从草案中去掉"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.code = kwargs["code"]
        held = held_part(self.version_row, self.part, self.of, self.code)
        if held is None:
            raise NotFound
        name = getattr(held, "name", "") or getattr(held, "message", "") or self.code
        self.question = f"从草案 {self.version_row.number} 中去掉{PARTS[self.part]}“{name}”？"
        self.consequence = "只去掉草案里的这一项。发布过的数据元素和规则不能去掉，只能停用。"

    def act(self) -> str:
        drop = Drop(part=self.part, code=self.code, of=self.of)
        edit_version(actor=self.actor, version=self.version_row, edit=drop)
        self.say("已从草案中去掉。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": self.question, "crumbs": crumbs(self.version_row, "去掉")}


class MoveElement(_OfDraft, PostPage):
    """Show an element of the layer one place earlier or later."""

    button = "移动"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(part="element", **kwargs)
        held = held_part(self.version_row, "element", self.of, kwargs["code"])
        if held is None or kwargs["direction"] not in ("up", "down"):
            raise NotFound
        self.code, self.up = held.code, kwargs["direction"] == "up"
        self.question = f"把“{held.name}”{'上移' if self.up else '下移'}一位？"
        self.consequence = "只改表单和模板里的先后，不影响数据。"

    def act(self) -> str:
        move_element(
            actor=self.actor, version=self.version_row, object_key=self.of, code=self.code, up=self.up
        )
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": self.question, "crumbs": crumbs(self.version_row, "排序")}


def put_url(version: StandardVersion, part: str, of: str, code: str = "") -> str:
    """Where a part is added, or changed."""
    args = [version.public_id, part, of, *([code] if code else [])]
    return reverse("standard_put_code" if code else "standard_put", args=args)


def drop_url(version: StandardVersion, part: str, of: str, code: str) -> str:
    """Where it is taken out."""
    return reverse("standard_drop", args=[version.public_id, part, of, code])
