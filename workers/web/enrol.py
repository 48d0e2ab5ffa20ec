"""登记工人: one person in one form, all of it or nothing, with what is known beside it meanwhile."""

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from web.acts import FormPage
from web.forms import ScopedForm
from workers.selectors import project_to, teams_to_enrol_into
from workers.services import site_day, take_on
from workers.services.lookups import KNOWN, NEW
from workers.web.enrol_form import GROUPS, LATER, EnrolForm
from workers.web.places import of_project, record_of


class Enrol(FormPage):
    """Enrol one worker on a project."""

    permission = "workers.enrol"
    section = "people"
    form_class = EnrolForm
    template_name = "workers/enrol.html"
    aside_template = "workers/_enrol_aside.html"
    submit = "登记"
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.now = timezone.now()
        self.project = project_to(self.actor, self.permission, kwargs["public_id"])
        self.teams = [str(team.public_id) for team in teams_to_enrol_into(self.actor, self.project)]

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        is_check = "X-Check" in self.request.headers
        moment = {"today": site_day(self.project), "now": self.now, "is_check": is_check}
        return super().build(data, files, project=self.project, **moment, **more)

    def first(self) -> dict[str, Any]:
        """The team that was asked for, or the only one there is."""
        asked, only = self.request.GET.get("team", ""), self.teams[0] if len(self.teams) == 1 else ""
        return {
            "team": asked if asked in self.teams else only,
            "trade": self.request.GET.get("trade", ""),
        }

    def act(self, form: Any) -> str:
        person, cleaned = form.person(), form.cleaned_data
        work = take_on(
            actor=self.actor,
            project=self.project,
            team=cleaned["team"],
            person=person,
            work=form.work(),
            contract=form.contract(),
            training=form.training(),
            entered_on=cleaned["entered_on"],
            today=form.today,
            now=self.now,
        )
        self.say(f"{person.name} 已登记到{work.team.name}。{_still_missing(form)}")
        if "next" in self.request.POST:
            here = reverse("enrol", args=[self.project.public_id])
            return f"{here}?{_again(work.team.public_id, work.trade)}"
        return record_of(work)

    def checked(self, form: Any) -> dict[str, Any]:
        """What the number says, whether the person is known, and what entry still needs."""
        found = getattr(form, "found", None)
        return {
            "reading": form.reading,
            "is_new": found is not None and found.state == NEW,
            "is_known": found is not None and found.state == KNOWN,
            "own_work": found.work if found is not None and found.state == KNOWN else [],
            "missing": _needs(form),
        }

    def context(self) -> dict[str, Any]:
        return {
            "title": "登记一名工人",
            "subtitle": self.project.name,
            "crumbs": of_project(self.project, "登记"),
            "cancel_url": reverse("project_people", args=[self.project.public_id]),
            "groups": GROUPS,
            "later": LATER,
            "opens": [name for name in LATER if name != "training_kind"],
            "is_open": self.project.is_open,
            "has_teams": bool(self.teams),
            "project": self.project,
        }


def _needs(form: Any) -> list[tuple[bool, str, str]]:
    """What entry needs: whether it is there, its name, and a word on it."""
    if not form.is_bound:
        return [(False, "身份核验", ""), (False, "劳动合同或用工书面协议", ""), (False, "安全教育", "")]
    named = form.has_value("name", "id_number") and not {"name", "id_number"} & set(form.errors)
    return [
        (named, "身份核验", "人工录入，强度低于读卡" if named else ""),
        (form.contract() is not None, "劳动合同或用工书面协议", ""),
        (form.training() is not None, "安全教育", ""),
    ]


def _still_missing(form: Any) -> str:
    missing = [name for is_there, name, _note in _needs(form) if not is_there]
    return f"进场还差：{'、'.join(missing)}。" if missing else "合同与安全教育已齐，可以送审核。"


def _again(team: UUID, trade: str) -> str:
    """The next one mostly joins the same team in the same trade."""
    asked = QueryDict(mutable=True)
    asked["team"], asked["trade"] = str(team), trade
    return asked.urlencode()
