"""Trainings: of one person, of many who attended together, put right, withdrawn."""

from dataclasses import asdict, replace
from typing import Any, cast

from django.http import QueryDict
from django.urls import reverse

from standards.selectors import parameter
from web.acts import FormPage
from web.forms import ScopedForm
from workers.models import Engagement
from workers.selectors import people_to_file_for, project_to, training_to, work_to
from workers.selectors.choosing import Offer
from workers.services import record_training, record_trainings, replace_training, withdraw_training
from workers.web.choosing import ChoosingPage, PeopleField
from workers.web.contracts import reason_field
from workers.web.papers_fields import TrainingFields, basic_kinds, training_facts
from workers.web.places import of_project, of_work, record_of, today


class ReplaceForm(TrainingFields):
    """The training as it should read, and why it is recorded anew."""

    reason = reason_field("学时录错，已核对签到表")


class WithdrawForm(ScopedForm):
    """Why a training no longer counts."""

    reason = reason_field("签到表上不是本人")


class TeamTrainingForm(TrainingFields):
    """One training and who attended it."""

    people = PeopleField(label="参加的人")

    field_order = ("training_kind", "training_on", "training_hours", "is_passed", "trainer", "evidence")

    def __init__(self, *args: Any, people: list[Engagement], offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attended = cast(PeopleField, self.fields["people"])
        attended.offer_people(people, offer)
        attended.error_messages["required"] = "还没有选择参加培训的人员，请至少选择一人。"


class NewTraining(FormPage):
    """Record a training of one person."""

    permission = "workers.file"
    section = "people"
    form_class: type[ScopedForm] = TrainingFields
    submit = "登记培训"
    keeps_draft = True
    owned = ("work",)

    def prepare(self, **kwargs: Any) -> None:
        self.work = work_to(self.actor, self.permission, kwargs["public_id"])

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, today=today(), **more)

    def first(self) -> dict[str, Any]:
        return {"training_kind": basic_kinds()[0], "is_passed": "yes"}

    def act(self, form: Any) -> str:
        facts = training_facts(form.cleaned_data)
        record_training(
            actor=self.actor,
            engagement=self.work,
            **asdict(facts),
            today=today(),
        )
        self.say("培训已登记。")
        return record_of(self.work, "trainings")

    def context(self) -> dict[str, Any]:
        return {
            "title": f"登记 {self.work.person.name} 的培训",
            "subtitle": f"{self.work.project.name}，{self.work.team.name}",
            "crumbs": of_work(self.work, "登记培训"),
            "cancel_url": record_of(self.work, "trainings"),
        }


class TeamTraining(ChoosingPage):
    """Record one training for many who attended it together."""

    permission = "workers.file"
    section = "people"
    form_class: type[ScopedForm] = TeamTrainingForm
    template_name = "workers/team_training.html"
    submit = "登记培训"

    def prepare(self, **kwargs: Any) -> None:
        self.project = project_to(self.actor, self.permission, kwargs["public_id"])
        most = int(parameter("training.most_people_at_once"))
        self.offer_from(people_to_file_for(self.actor, self.project), most)

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, today=today(), **more)

    def first(self) -> dict[str, Any]:
        """Whoever was chosen on the page before, or the whole of one team."""
        is_told = self.asked.people or (self.asked.team and not self.asked.words)
        chosen = [str(row.public_id) for row in self.offer.people] if is_told else []
        return {"training_kind": basic_kinds()[0], "is_passed": "yes", "people": chosen}

    def act(self, form: Any) -> str:
        kept = record_trainings(
            actor=self.actor,
            engagements=form.cleaned_data["people"],
            facts=training_facts(form.cleaned_data),
            today=today(),
        )
        self.say(f"已为 {len(kept)} 人登记培训。")
        return reverse("project_people", args=[self.project.public_id])

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "title": "登记一次培训",
            "subtitle": self.project.name,
            "lead": "一次培训、多人参加：勾选参加的人，共用日期、学时、授课人和培训记录。",
            "crumbs": of_project(self.project, "登记培训"),
            "cancel_url": reverse("project_people", args=[self.project.public_id]),
        }


class _OfTraining(FormPage):
    """An act on one training."""

    permission = "workers.file"
    section = "people"
    owned = ("training",)

    def prepare(self, **kwargs: Any) -> None:
        self.training = training_to(self.actor, self.permission, kwargs["public_id"])
        self.work = self.training.engagement

    def context(self) -> dict[str, Any]:
        return {
            "subtitle": f"{self.training.held_on} 的培训，{self.training.hours} 学时",
            "cancel_url": record_of(self.work, "trainings"),
        }


class ReplaceTraining(_OfTraining):
    """Put a training record right."""

    form_class: type[ScopedForm] = ReplaceForm
    submit = "更正培训"

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        form = super().build(data, files, today=today(), **more)
        if self.training.evidence:
            form.fields["evidence"].help_text = "不选就沿用原来的培训记录。"
        return form

    def first(self) -> dict[str, Any]:
        old = self.training
        return {
            "training_kind": old.kind,
            "training_on": old.held_on,
            "training_hours": old.hours,
            "is_passed": "yes" if old.is_passed else "no",
            "trainer": old.trainer,
        }

    def act(self, form: Any) -> str:
        facts = training_facts(form.cleaned_data)
        replace_training(
            actor=self.actor,
            training=self.training,
            facts=replace(facts, evidence=facts.evidence or self.training.evidence),
            reason=form.cleaned_data["reason"],
            today=today(),
        )
        self.say("培训已更正，原记录留在档案里。")
        return record_of(self.work, "trainings")

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "title": f"更正 {self.work.person.name} 的培训",
            "lead": "原记录不删除：标为更正前的记录，不再计入；新记录接替它。",
            "crumbs": of_work(self.work, "更正培训"),
        }


class WithdrawTraining(_OfTraining):
    """Take back a training that never was."""

    form_class: type[ScopedForm] = WithdrawForm
    submit = "撤回培训"

    def act(self, form: Any) -> str:
        withdraw_training(actor=self.actor, training=self.training, reason=form.cleaned_data["reason"])
        self.say("培训已撤回，不再计入；记录留在档案里。")
        return record_of(self.work, "trainings")

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "title": f"撤回 {self.work.person.name} 的培训",
            "crumbs": of_work(self.work, "撤回培训"),
        }
