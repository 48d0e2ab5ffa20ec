"""登记工人: one person in one form, all of it or nothing, with what is known beside it meanwhile."""

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from standards.selectors import parameter
from web.acts import FormPage
from web.forms import ScopedForm
from workers.models import Engagement
from workers.selectors import contracts, engagement, facts_of, project_to
from workers.services import missing_papers, site_day, take_on
from workers.services.lookups import KNOWN, NEW
from workers.services.taking_on import TYPED
from workers.web.contracts import warn_of_overlaps
from workers.web.enrol_form import GROUPS, LATER, EnrolForm, teams_at_work
from workers.web.places import of_project, record_of
from workers.web.roster_acts import ACTS

_SEE_IT = "登记后核对证件原件，办理核验身份"


class Enrol(FormPage):
    """Enrol one worker on a project."""

    permission = "workers.enrol"
    section = "people"
    form_class: type[ScopedForm] = EnrolForm
    template_name = "workers/enrol.html"
    aside_template = "workers/_enrol_aside.html"
    submit = "登记"
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.now = timezone.now()
        self.project = project_to(self.actor, self.permission, kwargs["public_id"])
        self.teams = [str(team.public_id) for team in teams_at_work(self.actor, self.project)]

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
        self.say(format_html("{} 已登记到{}。{}", person.name, work.team.name, self._still_missing(work)))
        for made in contracts(self.actor, work):
            warn_of_overlaps(self.request, self.actor, made)
        if "next" in self.request.POST:
            here = reverse("enrol", args=[self.project.public_id])
            return f"{here}?{_again(work.team.public_id, work.trade)}"
        return record_of(work)

    def _still_missing(self, work: Engagement) -> SafeString:
        """What the record still lacks before it can be submitted, and the way to what comes next."""
        facts = facts_of(engagement(self.actor, work.public_id, site_day(self.project)))
        missing = missing_papers(facts)
        if not facts.is_verified:
            missing[0] += "（核对证件原件后办理）"
        said = f"还差：{'、'.join(missing)}。" if missing else "身份、合同、安全教育已齐，可以送审。"
        key = "submit" if not missing else "" if facts.is_verified else "verify"
        if not key or not self.actor.may(ACTS[key].permission):
            return format_html("{}", said)
        page = reverse(
            "roster_move", args=[self.project.public_id], query={"act": key, "who": work.public_id}
        )
        return format_html('{}<a href="{}">{}</a>', said, page, ACTS[key].label)

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
    # What is typed here establishes an identity only where the parameter says that typing does.
    is_verified = TYPED in parameter("identity.methods_for_entry", on=form.today)
    note = "" if is_verified else _SEE_IT
    identity, contract, training = "身份核验", "劳动合同或用工书面协议", "安全教育"
    if not form.is_bound:
        return [
            (False, identity, "" if is_verified else _SEE_IT),
            (False, contract, ""),
            (False, training, ""),
        ]
    named = form.has_value("name", "id_number") and not {"name", "id_number"} & set(form.errors)
    signed = form.contract()
    later = signed is not None and signed.starts_on > form.today
    return [
        (named and is_verified, identity, note),
        (signed is not None and not later, contract, "还没有到开始日期" if later else ""),
        (form.training() is not None, training, ""),
    ]


def _again(team: UUID, trade: str) -> str:
    """The next one mostly joins the same team in the same trade."""
    asked = QueryDict(mutable=True)
    asked["team"], asked["trade"] = str(team), trade
    return asked.urlencode()
