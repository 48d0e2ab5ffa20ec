"""The wording of a project's contracts: read by all who take part, reworded by the general contractor."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from standards.selectors import parameter
from web.acts import FormPage
from web.forms import ScopedForm
from web.pages import Page
from workers import contract_text
from workers.contract_text import Clause, numeral
from workers.models import Contract
from workers.selectors import project_to
from workers.selectors.contracting import wording_now, wordings
from workers.services import reword_contract
from workers.services.wording import clauses_of
from workers.web.contract_making import of_contracts
from workers.web.contracts import reason_field

# So many empty clauses stand below the last one.
_SPARE = 2


def _clauses(found: Any, kind: str) -> list[Clause]:
    return clauses_of(found) if found else contract_text.default_text(kind)


class Wordings(Page):
    """Both texts as they are in force, and their versions."""

    permission = "workers.view"
    section = "projects"
    template_name = "workers/wordings.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        project = project_to(self.actor, self.permission, public_id)
        versions = list(wordings(self.actor, project))
        shown = []
        for kind, name in Contract.Kind.choices:
            own = [one for one in versions if one.kind == kind]
            clauses = _clauses(own[0] if own else None, kind)
            shown.append(
                {
                    "kind": kind,
                    "name": name,
                    "versions": own,
                    "clauses": [(numeral(place), one) for place, one in enumerate(clauses, 1)],
                }
            )
        return self.show(
            {
                "title": "合同文本",
                "project": project,
                "texts": shown,
                "placeholders": contract_text.PLACEHOLDERS.items(),
                "may_word": self.actor.may("workers.word_contracts"),
                "crumbs": of_contracts(project, "合同文本"),
            }
        )


class WordingForm(ScopedForm):
    """A text, clause by clause; heading and text left empty take a clause out."""

    def __init__(self, *args: Any, clauses: list[Clause], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = int(parameter("contract.most_clauses"))
        self.number = min(len(clauses) + _SPARE, max(most, len(clauses)))
        for place in range(self.number):
            one = clauses[place] if place < len(clauses) else Clause("", "")
            self._add(place, one)
        self.fields["reason"] = reason_field("按本企业制度补充安全条款")
        for name, field in self.fields.items():
            self._prepare(name, field)

    def _add(self, place: int, one: Clause) -> None:
        number = numeral(place + 1)
        text = forms.Textarea(attrs={"rows": 4})
        self.fields[f"heading_{place}"] = forms.CharField(
            label=f"第{number}条 标题", max_length=60, required=False, initial=one.heading
        )
        self.fields[f"text_{place}"] = forms.CharField(
            label=f"第{number}条 内容", max_length=2000, required=False, initial=one.text, widget=text
        )
        self.fields[f"source_{place}"] = forms.CharField(
            label=f"第{number}条 依据", max_length=120, required=False, initial=one.source
        )

    @property
    def clauses(self) -> list[Clause]:
        """The clauses as they were typed."""
        given = self.cleaned_data
        return [
            Clause(given[f"heading_{place}"], given[f"text_{place}"], given[f"source_{place}"])
            for place in range(self.number)
        ]


class EditWording(FormPage):
    """A further version of a text."""

    permission = "workers.word_contracts"
    section = "projects"
    template_name = "workers/edit_wording.html"
    form_class: type[ScopedForm] = WordingForm
    submit = "保存为新版本"
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.kind = kwargs["kind"]
        if self.kind not in contract_text.DEFAULTS:
            raise Http404
        self.project = project_to(self.actor, self.permission, kwargs["public_id"])
        self.now = wording_now(self.actor, self.project, self.kind)

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, clauses=_clauses(self.now, self.kind), **more)

    def version(self) -> int | None:
        return self.now.number if self.now else 1

    def act(self, form: Any) -> str:
        made = reword_contract(
            actor=self.actor,
            project=self.project,
            kind=self.kind,
            clauses=form.clauses,
            reason=form.cleaned_data["reason"],
            expected_version=form.expected_version,
        )
        self.say(f"已保存为第 {made.number} 版。以后制作的合同用这一版，已制作的不变。")
        return reverse("contract_wordings", args=[self.project.public_id])

    def context(self) -> dict[str, Any]:
        name = dict(Contract.Kind.choices)[self.kind]
        return {
            "title": f"修改{name}文本",
            "subtitle": self.project.name,
            "lead": "花括号里的内容制作时自动填写，只能用下面列出的填充项。标题和内容都清空就删去一条。",
            "placeholders": contract_text.PLACEHOLDERS.items(),
            "required": contract_text.REQUIRED,
            "crumbs": of_contracts(self.project, f"修改{name}文本"),
            "cancel_url": reverse("contract_wordings", args=[self.project.public_id]),
        }
