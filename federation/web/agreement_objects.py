"""The editor of one object of a draft: a table of check boxes with what each field means, and the range."""

from typing import Any

from django import forms

from federation.gateway.catalogue import FILTERS
from federation.gateway.kinds import Shared
from federation.gateway.narrowing import LISTS
from federation.gateway.terms import Terms, object_of
from federation.services import share_object, withhold_object
from federation.web.agreement_forms import OnVersion
from federation.web.sharing_words import told_field
from kernel.errors import DomainError, NotFound
from web.acts import FormPage, PostPage
from web.forms import DayField, ScopedForm

_HELP = {
    "regions": "六位行政区划代码，一行一个，例如 420100；不填为全省。",
    "projects": "项目编码，一行一个；不填不限。",
    "enterprises": "18 位代码，一行一个；不填不限。",
    "statuses": "项目状态代码，一行一个，例如 003（在建）；不填不限。",
    "record_kinds": "good、bad 或 blacklist，一行一个；不填不限。",
    "banks": "银行代码，一行一个，例如 102；银行单位取完整号码时只能填本行。",
    "paying_banks": "银行代码，一行一个；银行单位取完整号码时只能填本行。",
}


class ObjectForm(ScopedForm):
    """Which fields of one object may leave, why the full numbers may, and what narrows the rows."""

    def __init__(self, *args: Any, shared: Shared, **kwargs: Any) -> None:
        self.shared = shared
        super().__init__(*args, **kwargs)
        for key, one in shared.fields.items():
            self._add(f"field_{key}", forms.BooleanField(label=one.label, required=False))
            if one.needs_basis:
                basis = forms.CharField(label="法律依据（勾选时必填）", max_length=200, required=False)
                basis.is_asked_sometimes = True  # type: ignore[attr-defined]  # read by the template
                self._add(f"basis_{key}", basis)
        for name in ("regions", *shared.filters):
            self._add(name, _filter_field(name))

    def _add(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field
        self._prepare(name, field)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The table of check boxes: box, what it means, how secret it is, the basis where one is needed."""
        return [
            {
                "box": self[f"field_{key}"],
                "told": told_field(one),
                "basis": self[f"basis_{key}"] if one.needs_basis else None,
            }
            for key, one in self.shared.fields.items()
        ]

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """The fields that narrow the rows."""
        return [self[name] for name in ("regions", *self.shared.filters)]

    @property
    def terms(self) -> Terms:
        """What was ticked and written."""
        said = self.cleaned_data
        fields = [key for key in self.shared.fields if said.get(f"field_{key}")]
        bases = {key: said.get(f"basis_{key}", "") for key in fields}
        filters = {
            name: said[name].split() if name in LISTS or name == "regions" else said[name]
            for name in ("regions", *self.shared.filters)
            if said.get(name)
        }
        return Terms(fields, bases, filters)


def _filter_field(name: str) -> forms.Field:
    if name == "on_site":
        return forms.BooleanField(label=FILTERS[name], required=False)
    if name in ("from", "to"):
        return DayField(label=FILTERS[name], required=False)
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(
        label=FILTERS[name], required=False, widget=widget, max_length=8000, help_text=_HELP[name]
    )


class ShareObject(OnVersion, FormPage):
    """The editor of one object of a draft: a table of check boxes."""

    template_name = "federation/sharing/object.html"
    form_class = ObjectForm
    submit = "保存到草稿"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        try:
            self.shared = object_of(kwargs["shared"])
        except DomainError as unknown:
            raise NotFound from unknown

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, shared=self.shared, **more)

    def first(self) -> dict[str, Any]:
        held = self.row.terms.get(self.shared.key)
        if held is None:
            # Nothing leaves that nobody has chosen.
            return {}
        return {
            **{f"field_{key}": True for key in held["fields"]},
            **{f"basis_{key}": basis for key, basis in held["bases"].items()},
            **{
                name: "\n".join(value) if isinstance(value, list) else value
                for name, value in held["filters"].items()
            },
        }

    def act(self, form: Any) -> str:
        share_object(
            actor=self.actor,
            version=self.row,
            shared=self.shared.key,
            terms=form.terms,
            expected_version=form.expected_version,
        )
        self.say(f"“{self.shared.label}”已写入草稿。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"约定提供：{self.shared.label}",
            "lead": f"{self.shared.means}只勾选用途所必需的字段；没有勾选的，答复里根本不出现。",
            "crumbs": self.trail(self.shared.label),
        }


class WithholdObject(OnVersion, PostPage):
    """Take an object out of a draft."""

    button = "移除"
    consequence = "已批准的版本不受影响；草稿批准生效后，对方不再能读取这个对象。"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        if kwargs["shared"] not in self.row.terms:
            raise NotFound
        self.shared = object_of(kwargs["shared"])
        self.question = f"从草稿移除“{self.shared.label}”？"

    def act(self) -> str:
        withhold_object(actor=self.actor, version=self.row, shared=self.shared.key)
        self.say(f"“{self.shared.label}”已从草稿移除。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": self.question, "crumbs": self.trail("移除")}
