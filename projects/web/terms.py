"""合同条款: what the owner's contract says of real-name management and of wages, stated and confirmed."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import NotFound
from projects import selectors, services
from projects.models import OwnerTerms, Project
from projects.terms import LONGEST_CYCLE, faults, in_words, missing
from standards.selectors import parameter
from web import words
from web.acts import FormPage, PostPage
from web.forms import FileField, ScopedForm
from web.navigation import Crumb
from web.pages import Page
from web.uploads import serve

STATES = {
    OwnerTerms.State.STATED: "amber",
    OwnerTerms.State.CONFIRMED: "green",
    OwnerTerms.State.OBJECTED: "red",
    OwnerTerms.State.REPLACED: "grey",
}
FILES = {"contract": ("contract_file", "合同页扫描件"), "promise": ("no_charge_file", "不向工人收费的证明")}


def crumbs(of: Project, *tail: str) -> list[Crumb]:
    """The way from the project to its terms and on."""
    found = [
        Crumb("项目", reverse("projects")),
        Crumb(of.name, reverse("project", args=[of.public_id])),
        Crumb("合同条款", reverse("project_terms", args=[of.public_id]) if tail else ""),
    ]
    return [*found, *(Crumb(word) for word in tail)]


def shown(row: OwnerTerms, project: Project) -> dict[str, Any]:
    """One edition as the page shows it."""
    state = OwnerTerms.State(row.state)
    return {
        "row": row,
        "mark": STATES[state],
        "state": state.label,
        "side": OwnerTerms.Side(row.stated_side).label,
        "items": list(in_words(row)),
        "missing": missing(row),
        "faults": faults(row, project, timezone.localdate(row.stated_at)),
        "files": [(key, label) for key, (name, label) in FILES.items() if getattr(row, name)],
    }


class ProjectTerms(Page):
    """The terms in force, the statement that waits, and the earlier editions."""

    permission = "projects.view"
    section = "projects"
    template_name = "projects/terms.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        project = selectors.project(self.actor, public_id)
        if not selectors.sees_terms(self.actor, project):
            raise NotFound
        rows = [shown(row, project) for row in selectors.terms_of(self.actor, project)]
        latest = next((one for one in rows if one["row"].state != OwnerTerms.State.REPLACED), None)
        waiting = next((one for one in rows if one["row"].state == OwnerTerms.State.STATED), None)
        sides = selectors.sides_of(self.actor, project)
        is_ours = waiting is not None and waiting["row"].stated_side in sides
        return self.show(
            {
                "title": f"{project.name} 合同条款",
                "crumbs": crumbs(project),
                "project": project,
                "in_force": next((one for one in rows if one["mark"] == "green"), None),
                "latest": latest,
                "waiting": waiting,
                "earlier": [one for one in rows if one is not latest],
                "nothing": missing(None),
                "may_state": bool(sides) and (waiting is None or is_ours),
                "may_answer": bool(sides) and waiting is not None and not is_ours,
            }
        )


class TermsForm(ScopedForm):
    """The six items. What the contract leaves open is left empty here, and is shown as missing."""

    measurement_days = forms.IntegerField(
        label=_("工程计量周期（天）"), required=False, help_text=_("每月计量一次的填 30。")
    )
    pay_cycle_days = forms.IntegerField(label=_("人工费用拨付周期（天）"), required=False)
    pay_day = forms.IntegerField(
        label=_("人工费用拨付日（每月几日）"), required=False, help_text=_("例如：15")
    )
    labour_cost = forms.DecimalField(
        label=_("人工费用数额（元）"), required=False, help_text=_("数额与比例填一项即可。")
    )
    labour_share = forms.DecimalField(label=_("人工费用占合同价款比例（%）"), required=False)
    duties = forms.CharField(
        label=_("实名制管理职责"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("合同里谁负责什么：建设单位的监督、总承包单位的用工管理和费用。"),
    )
    safety_cost = forms.DecimalField(
        label=_("列入安全文明施工措施费的实名制费用（元）"),
        required=False,
        help_text=_("设备、网络、人员等实名制管理费用。"),
    )
    is_free_for_workers = forms.BooleanField(
        label=_("不向工人收取任何费用（办卡、登记、培训、打卡都不收）"), required=False
    )
    no_charge_file = FileField(
        label=_("不向工人收费的证明"), required=False, help_text=_("公示照片或承诺书，JPG、PNG 或 PDF。")
    )
    contract_file = FileField(label=_("合同页扫描件"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, (forms.IntegerField, forms.DecimalField)):
                field.error_messages["invalid"] = str(_("{label}应是一个数，例如 30。")).format(
                    label=field.label
                )
                field.widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class StateTerms(FormPage):
    """填报合同条款."""

    permission = selectors.AGREE_TERMS
    section = "projects"
    form_class = TermsForm
    submit = _("填报，请对方确认")
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.project = selectors.project_to(self.actor, self.permission, kwargs["public_id"])
        self.cancel_url = reverse("project_terms", args=[self.project.public_id])

    def first(self) -> dict[str, Any]:
        """The latest edition, to be corrected rather than typed anew."""
        row = selectors.terms_of(self.actor, self.project).first()
        names = [name for name in TermsForm.base_fields if not name.endswith("_file")]
        return {name: getattr(row, name) for name in names} if row else {}

    def act(self, form: Any) -> str:
        given = form.cleaned_data
        files = {
            name: given[name].address if given[name] else "" for name in ("no_charge_file", "contract_file")
        }
        made = services.state_terms(
            actor=self.actor,
            project=self.project,
            facts=services.TermsFacts(**{**given, **files}),
            now=timezone.now(),
        )
        lack = missing(made)
        self.say(
            f"已填报第 {made.edition} 版，等对方确认。"
            + (f"还缺：{'、'.join(lack)}。" if lack else "六项齐全。")
        )
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        longest = int(parameter(LONGEST_CYCLE, self.project.region))
        return {
            "title": "填报合同条款",
            "subtitle": self.project.name,
            "lead": f"照工程合同填写；合同没有约定的空着，会列为缺项。拨付周期按规定不超过 {longest} 天。",
            "crumbs": crumbs(self.project, "填报"),
        }


class _OfTerms:
    """What the two answers share."""

    actor: Any
    cancel_url: str

    def prepare(self, **kwargs: Any) -> None:
        self.row = selectors.terms(self.actor, kwargs["public_id"])
        self.project = self.row.project
        self.cancel_url = reverse("project_terms", args=[self.project.public_id])


class ConfirmTerms(_OfTerms, PostPage):
    """确认合同条款."""

    permission = selectors.AGREE_TERMS
    section = "projects"
    template_name = "projects/terms_confirm.html"
    question = _("确认这份合同条款？")
    consequence = _("确认后即为双方认可的记录，存档不改；以后合同变更，另填一版。")
    button = _("确认，与合同一致")

    def act(self) -> str:
        services.confirm_terms(actor=self.actor, terms=self.row, now=timezone.now())
        self.say("合同条款已由双方确认。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": self.question,
            "crumbs": crumbs(self.project, "确认"),
            "one": shown(self.row, self.project),
        }


class ObjectionForm(ScopedForm):
    """What does not agree with the contract."""

    reason = forms.CharField(
        label=_("哪一项与合同不符"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class ObjectToTerms(_OfTerms, FormPage):
    """提出异议."""

    permission = selectors.AGREE_TERMS
    section = "projects"
    form_class = ObjectionForm
    submit = _("提出异议")

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        services.object_to_terms(actor=self.actor, terms=self.row, reason=reason, now=timezone.now())
        self.say("异议已送达对方，对方更正后会再请您确认。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        at = words.moment(self.row.stated_at)
        return {
            "title": "对合同条款提出异议",
            "subtitle": f"{self.project.name}，第 {self.row.edition} 版，{at} 填报",
            "crumbs": crumbs(self.project, "提出异议"),
        }


class TermsFile(Page):
    """A scan that came with an edition of the terms."""

    permission = "projects.view"

    def get(self, request: HttpRequest, public_id: UUID, which: str) -> HttpResponse:
        row = selectors.terms(self.actor, public_id)
        name, label = FILES.get(which, ("", ""))
        if not (name and getattr(row, name)):
            raise NotFound
        return serve(getattr(row, name), f"{label}-{row.project.code}")
