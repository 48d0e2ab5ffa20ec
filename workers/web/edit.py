"""Changing one engagement's own facts, and putting a wrong number or name right."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from kernel.errors import DomainError
from standards.spec import FORM, WORKER
from web.acts import FormPage
from web.forms import CodeField, FileField, ScopedForm
from web.standard_form import StandardForm
from workers.errors import IdentityNameDiffers
from workers.selectors import work_to
from workers.services import (
    OwnFacts,
    ParticularFacts,
    PersonFacts,
    checked_number,
    correct_identity,
    edit_engagement,
    look_up,
)
from workers.services.lookups import OTHER_NAME
from workers.services.people import checked_card, checked_name, checked_phone
from workers.services.reasons import checked_reason
from workers.services.standard import more_of_worker, standard_at, standing_record
from workers.web.papers_fields import one_of
from workers.web.places import of_work, record_of, today

_TYPED = {"autocomplete": "off", "spellcheck": "false"}


class EditForm(StandardForm):
    """The facts of one engagement. Phone and card are not shown: what is left empty stays as it is."""

    object_key = WORKER
    own_fields = {
        name: name
        for name in (
            "phone", "trade", "kind", "is_team_leader", "education", "political_status", "address",
            "card_number", "bank_code", "bank_name", "photo",
        )
    }  # fmt: skip
    kept_if_empty = frozenset({"phone", "card_number", "photo"})
    # Who somebody is, is put right on a page of its own.
    elsewhere = frozenset({"name", "id_type", "id_number", "nation"})

    phone = forms.CharField(
        label="手机号",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={**_TYPED, "inputmode": "tel"}),
    )
    trade = CodeField(label="工种", code_list="trade")
    kind = CodeField(label="人员类型", code_list="worker_kind")
    is_team_leader = one_of("班组长", [("no", "否"), ("yes", "是")])
    education = CodeField(label="文化程度", code_list="education", required=False, empty="未填")
    political_status = CodeField(label="政治面貌", code_list="political_status", required=False, empty="未填")
    address = forms.CharField(label="住址", max_length=200, required=False)
    card_number = forms.CharField(
        label="工资卡号",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={**_TYPED, "inputmode": "numeric"}),
    )
    bank_code = CodeField(label="开户银行", code_list="bank", required=False, empty="未填")
    bank_name = forms.CharField(label="支行名称", max_length=100, required=False)
    photo = FileField(label="现场照片", kinds=("image",), required=False)

    def __init__(self, *args: Any, work: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.follow(standard_at(work.project, today()), standing_record(work, today()))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.judge_by_standard()
        return cleaned

    def clean_phone(self) -> str | None:
        return self._read(checked_phone, "phone")

    def clean_card_number(self) -> str | None:
        return self._read(checked_card, "card_number")

    def _read(self, read: Any, name: str) -> str | None:
        if not (typed := self.cleaned_data[name]):
            return None
        try:
            return str(read(typed))
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None


class EditPerson(FormPage):
    """Change the facts of one engagement."""

    permission = "workers.enrol"
    section = "people"
    form_class = EditForm
    submit = "保存"
    owned = ("work",)

    def prepare(self, **kwargs: Any) -> None:
        self.work = work_to(self.actor, self.permission, kwargs["public_id"])

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        form = super().build(data, files, work=self.work, **more)
        for name, shown in (("phone", self.work.masked_phone), ("card_number", self.work.masked_card)):
            now = f"现在是 {shown}；不改就不填。" if shown else "还没有填。"
            form.fields[name].help_text = now
        return form

    def first(self) -> dict[str, Any]:
        names = ("trade", "kind", "education", "political_status", "bank_code", "bank_name")
        leads = "yes" if self.work.is_team_leader else "no"
        shown = {name: getattr(self.work, name) for name in names}
        return {**shown, "is_team_leader": leads, "address": self.work.address or ""}

    def version(self) -> int | None:
        return self.work.version

    def act(self, form: Any) -> str:
        given = {name: form.cleaned_data[name] for name in form.own_fields}
        photo, leads = given.pop("photo"), given.pop("is_team_leader") == "yes"
        more = more_of_worker(self.work.project, form.said(), today())
        edit_engagement(
            actor=self.actor,
            engagement=self.work,
            facts=OwnFacts(
                **{**given, **more["work"]},
                is_team_leader=leads,
                photo=photo.address if photo else None,
                more=ParticularFacts(**more["more"]) if more["more"] else None,
                extras=more["extras"] or None,
            ),
            expected_version=form.expected_version,
            channel=FORM,
            today=today(),
        )
        self.say(f"{self.work.person.name} 的资料已保存。")
        return record_of(self.work)

    def context(self) -> dict[str, Any]:
        return {
            "title": f"修改 {self.work.person.name} 的资料",
            "subtitle": f"{self.work.project.name}，{self.work.team.name}",
            "lead": "只改本项目的这次用工，不影响其他项目。姓名、身份证号有误的，用「更正姓名或号码」。",
            "crumbs": of_work(self.work, "修改资料"),
            "cancel_url": record_of(self.work),
        }


class CorrectForm(ScopedForm):
    """A right name and number, and why they were wrong."""

    name = forms.CharField(label="姓名", max_length=50, widget=forms.TextInput(attrs=_TYPED))
    id_number = forms.CharField(
        label="证件号码",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={**_TYPED, "autocapitalize": "characters"}),
    )
    reason = forms.CharField(
        label="更正理由",
        max_length=200,
        help_text="例如：登记时看错一位，已核对身份证原件。至少 4 个字，不要写号码。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, work: Any, now: Any, **kwargs: Any) -> None:
        self.work, self.now = work, now
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        try:
            return checked_name(self.cleaned_data["name"])
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None

    def clean_id_number(self) -> str:
        if not (typed := self.cleaned_data["id_number"]):
            return ""
        try:
            facts = PersonFacts(name="", number=typed, id_type=self.work.person.id_type)
            return checked_number(facts, today())[0]
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None

    def clean_reason(self) -> str:
        try:
            return checked_reason(self.cleaned_data["reason"])
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("name") and cleaned.get("id_number") and not self.errors:
            self._look_up(cleaned["name"], cleaned["id_number"])
        return cleaned

    def _look_up(self, name: str, number: str) -> None:
        """Ask before acting: the question stays on record whatever becomes of the correction."""
        try:
            found = look_up(
                actor=self.actor,
                project=self.work.project,
                number=number,
                name=name,
                today=today(),
                now=self.now,
                id_type=self.work.person.id_type,
                permission="workers.correct",
            )
        except DomainError as refusal:
            self.refuse(refusal)
            return
        if found.state == OTHER_NAME:
            self.refuse(IdentityNameDiffers())


class CorrectPerson(FormPage):
    """Put a wrong number or name right."""

    permission = "workers.correct"
    section = "people"
    form_class = CorrectForm
    submit = "更正"
    owned = ("work",)

    def prepare(self, **kwargs: Any) -> None:
        self.now = timezone.now()
        self.work = work_to(self.actor, self.permission, kwargs["public_id"])

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        form = super().build(data, files, work=self.work, now=self.now, **more)
        shown = self.work.person.masked_number
        form.fields["id_number"].help_text = f"现在登记的是 {shown}。填正确的号码；号码没有错的，不填。"
        return form

    def first(self) -> dict[str, Any]:
        return {"name": self.work.person.name}

    def version(self) -> int | None:
        return self.work.person.version

    def act(self, form: Any) -> str:
        work = correct_identity(
            actor=self.actor,
            engagement=self.work,
            name=form.cleaned_data["name"],
            number=form.cleaned_data["id_number"],
            reason=form.cleaned_data["reason"],
            today=today(),
            now=self.now,
            expected_version=form.expected_version,
        )
        self.say("姓名或号码已更正，更正前的内容留在档案里。打卡和出勤会在几秒内按更正后的号码重新对上。")
        return record_of(work, "work")

    def context(self) -> dict[str, Any]:
        return {
            "title": f"更正 {self.work.person.name} 的姓名或号码",
            "subtitle": f"{self.work.project.name}，{self.work.team.name}",
            "lead": "会记下您的姓名、岗位、时间和理由，更正前的内容密封留存，本人与审计都看得到。"
            "更正后的号码已有档案的，这次用工转到那份档案，姓名必须一致。",
            "crumbs": of_work(self.work, "更正"),
            "cancel_url": record_of(self.work),
        }
