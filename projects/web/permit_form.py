"""The form of one construction permit: the same facts and the same rules as a row of the file."""

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.permit_facts import PermitFacts
from projects.permit_file import COLUMNS, fact_of, read_row
from projects.selectors import permit_regions
from standards.effective import standard_of
from standards.spec import PROJECT
from web.forms import CodeField, DayField
from web.standard_form import StandardForm

_LONGEST = {column.fact: column.longest for column in COLUMNS}
_DIGITS: dict[str, Any] = {"inputmode": "decimal", "autocomplete": "off"}
_CODE: dict[str, Any] = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


def _text(
    fact: str, label: Any, *, required: bool = False, help_text: Any = "", **attrs: Any
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=_LONGEST[fact],
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )


def _uscc(fact: str, *, required: bool = False) -> forms.CharField:
    return _text(
        fact,
        _("统一社会信用代码"),
        required=required,
        help_text=_("营业执照上的 18 位代码"),
        **_CODE,
    )


class PermitForm(StandardForm):
    """施工许可证. Its region is one of the actor's own places, whose standard is asked as well."""

    object_key = PROJECT
    own_fields = {
        "name": "project_name",
        **{
            name: name
            for name in (
                "region", "owner_name", "category", "address", "building_area", "starts_on", "completes_on",
            )
        },
    }  # fmt: skip
    permit_number = _text(
        "permit_number",
        _("施工许可证编号"),
        required=True,
        help_text=_("证书左上角，多为 18 位数字"),
        **_CODE,
    )
    issued_on = DayField(label=_("发证日期"))
    works_name = _text("works_name", _("工程名称"), help_text=_("与项目名称相同的不必填"))
    amount = _text("amount", _("合同金额（元）"), **_DIGITS)
    project_code = _text(
        "project_code", _("项目编码"), required=True, help_text=_("已登记的项目填同一编码"), **_CODE
    )
    project_name = _text("project_name", _("项目名称"), required=True)
    region = forms.ChoiceField(
        label=_("所在县（市、区）"),
        error_messages={
            "invalid_choice": _("没有这个县（市、区），或者它不在您的管理范围内。请从列表中选择。")
        },
    )
    category = CodeField(label=_("项目类别"), code_list="project_class", required=False, empty="未填")
    address = _text("address", _("建设地点"))
    building_area = _text("building_area", _("建筑面积（平方米）"), **_DIGITS)
    starts_on = DayField(label=_("开工日期"), required=False, help_text=_("不填的，按发证日期"))
    completes_on = DayField(label=_("竣工日期"), required=False)
    contractor_uscc = _uscc("contractor_uscc", required=True)
    contractor_name = _text("contractor_name", _("总承包单位名称"), required=True)
    owner_uscc = _uscc("owner_uscc")
    owner_name = _text("owner_name", _("建设单位名称"))
    supervisor_uscc = _uscc("supervisor_uscc")
    supervisor_name = _text("supervisor_name", _("监理单位名称"))

    # The groups on the page: title, facts, and those that stand side by side.
    GROUPS = (
        (_("施工许可证"), ("permit_number", "issued_on", "works_name", "amount")),
        (
            _("项目"),
            (
                "project_code",
                "project_name",
                "region",
                "category",
                "address",
                "building_area",
                "starts_on",
                "completes_on",
            ),
        ),
        (_("总承包单位"), ("contractor_uscc", "contractor_name")),
        (_("建设单位"), ("owner_uscc", "owner_name")),
        (_("监理单位"), ("supervisor_uscc", "supervisor_name")),
    )
    facts: PermitFacts | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = permit_regions(self.actor)
        named = [(place.code, place.name) for place in places]
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = named if len(named) == 1 else [("", "请选择"), *named]
        chosen = (
            self.data.get("region") or self.initial.get("region") or (named[0][0] if len(named) == 1 else "")
        )
        place = next((one for one in places if one.code == chosen), None)
        self.follow(standard_of(place, timezone.localdate()))

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields as the page shows them."""
        shown = [(title, [self[name] for name in names]) for title, names in self.GROUPS]
        added = [self[name] for name in self.added_fields]
        return [*shown, (_("数据标准要求"), added)] if added else shown

    def clean(self) -> dict[str, Any]:
        """Judge the whole as a row of the file is judged; a field that has a fault already has been told."""
        cleaned = super().clean() or self.cleaned_data
        row = {column.fact: _typed(cleaned.get(column.fact)) for column in COLUMNS}
        facts, faults = read_row(0, row, timezone.localdate())
        for fault in faults:
            name = fact_of(fault.heading)
            if name in self.fields and name not in self.errors:
                self.add_error(name, fault.sentence)
        self.judge_by_standard()
        self.facts = replace(facts, extras=self.said()) if facts else None
        return cleaned


def _typed(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")
