"""更正项目信息: what was reported of a project is put right on a page as well as through the interface."""

from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import NotFound
from projects import selectors, services
from projects.models import Source
from projects.statements import ProjectStatement, SiteFacts
from standards.spec import FORM
from web.acts import FormPage
from web.forms import DayField, ScopedForm
from web.navigation import Crumb


class ProjectForm(ScopedForm):
    """The facts of a project; what the county has registered is not offered."""

    name = forms.CharField(label=_("项目名称"), max_length=200)
    owner_name = forms.CharField(label=_("建设单位名称"), max_length=200, required=False)
    address = forms.CharField(label=_("项目地点"), max_length=200, required=False)
    building_area = forms.DecimalField(
        label=_("总面积（平方米）"),
        required=False,
        max_digits=18,
        decimal_places=2,
        validators=[MinValueValidator(0, _("总面积不能是负数，请核对后再填。"))],
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": _("总面积要写成数字，例如 12000.50。"),
            "max_digits": _("总面积的位数太多，请核对后再填。"),
            "max_decimal_places": _("总面积最多两位小数。"),
            "max_whole_digits": _("总面积的位数太多，请核对后再填。"),
        },
    )
    starts_on = DayField(label=_("开工日期"), required=False)
    completes_on = DayField(label=_("竣工日期"), required=False)

    def __init__(self, *args: Any, offered: tuple[str, ...], **kwargs: Any) -> None:
        """`offered`: what does not stand in a register. What is on record already is not emptied."""
        super().__init__(*args, **kwargs)
        for name in [name for name in self.fields if name not in offered]:
            del self.fields[name]
        for name, field in self.fields.items():
            field.required = field.required or self.initial.get(name) not in ("", None)


class CorrectProject(FormPage):
    """Put the facts of a project right."""

    permission = "projects.state"
    section = "projects"
    form_class = ProjectForm
    submit = _("保存")
    owned = ("project",)

    def prepare(self, **kwargs: Any) -> None:
        self.project = selectors.project_to(self.actor, self.permission, kwargs["public_id"])
        if self.project.source == Source.MASTER:
            raise NotFound
        self.offered = services.correctable_facts(self.project)
        self.cancel_url = reverse("project", args=[self.project.public_id])

    def version(self) -> int:
        return self.project.version

    def first(self) -> dict[str, Any]:
        return {name: getattr(self.project, name) for name in self.form_class.base_fields}

    def build(self, *args: Any, **kwargs: Any) -> ScopedForm:
        return super().build(*args, offered=self.offered, **kwargs)

    def act(self, form: Any) -> str:
        said = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
        services.restate_project(
            actor=self.actor,
            project=self.project,
            statement=ProjectStatement(SiteFacts(**said)),
            channel=FORM,
            today=timezone.localdate(),
            expected_version=form.expected_version,
        )
        self.say("项目信息已保存。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        kept = [] if "name" in self.offered else ["项目名称"]
        kept += [] if "owner_name" in self.offered else ["建设单位名称"]
        told = f"{'和'.join(kept)}随施工许可证登记，不在这里更正，登记有误的请报主管部门。" if kept else ""
        return {
            "title": _("更正项目信息"),
            "subtitle": self.project.name,
            "lead": f"{told}更正后自动上报，留有记录。",
            "crumbs": [Crumb(self.project.name, self.cancel_url), Crumb("更正项目信息")],
        }
