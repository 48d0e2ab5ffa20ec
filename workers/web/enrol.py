"""登记工人: one person in one form, all of it or nothing, with what is known beside it meanwhile."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from standards.selectors import code_name, parameter
from standards.spec import FORM
from web.acts import FormPage
from web.forms import ScopedForm
from workers import ocr
from workers.entry import is_certified, special_trades
from workers.models import CollectionPoint, Engagement
from workers.selectors import contracts, engagement, facts_of, points_to_enrol_at, project_to
from workers.services import missing_papers, new_challenge, site_day, take_on
from workers.services.lookups import KNOWN, NEW
from workers.services.readings import CHIP, TYPED, strength_of
from workers.services.standard import warnings_of
from workers.web.contracts import warn_of_overlaps
from workers.web.enrol_form import CARRIED, GROUPS, EnrolForm, teams_at_work
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

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # This page alone may speak to the reader's bridge on the clerk's own machine.
        allowed = csp_update({"connect-src": ["'self'", settings.ID_READER_ADDRESS]})
        return allowed(super().dispatch)(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "ocr" in request.POST and ocr.is_offered():
            self.prepare(**kwargs)
            return self._read_picture()
        return super().post(request, *args, **kwargs)

    def _read_picture(self) -> HttpResponse:
        """The form again, with what the plugged-in program read from a picture of the card."""
        typed, form = self.request.POST.copy(), self.build()
        sent = self.request.FILES.get("card_image")
        found = ocr.read_card_image(sent.read()) if sent is not None else ocr.CardText()
        if not found.id_number:
            note = "照片上没有读出姓名和号码，请重拍，或手工填写。"
            return self._show(form, typed=typed, draft_note=note)
        typed["name"], typed["id_number"], typed["is_ocr"] = found.name, found.id_number, "1"
        return self._show(form, typed=typed, draft_note="已从证件照片读出姓名和号码，请对照证件核对。")

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
            "point": self._usual_point(),
            "challenge": new_challenge(self.actor, self.project),
        }

    def _usual_point(self) -> str:
        """The point that was used before, or the only one there is."""
        points = [str(point.public_id) for point in points_to_enrol_at(self.actor, self.project)]
        asked = self.request.GET.get("point", "")
        return asked if asked in points else points[0] if len(points) == 1 else ""

    def _typed_before(self) -> tuple[QueryDict | None, str]:
        """A draft keeps what was read; where nothing was, the next reading is signed anew."""
        typed, note = super()._typed_before()
        if typed is not None and not typed.get("reading"):
            typed = typed.copy()
            typed.pop("challenge", None)
        return typed, note

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
            sent=form.sent(),
            point=cleaned.get("point"),
            today=form.today,
            now=self.now,
        )
        self.say(format_html("{} 已登记到{}。{}", person.name, work.team.name, self._still_missing(work)))
        for told in warnings_of(work.findings, FORM):
            messages.warning(self.request, told)
        for made in contracts(self.actor, work):
            warn_of_overlaps(self.request, self.actor, made)
        if "next" in self.request.POST:
            here = reverse("enrol", args=[self.project.public_id])
            return f"{here}?{_again(work.team.public_id, work.trade, cleaned.get('point'))}"
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
            "number_says": form.number_says,
            "card": _card_told(form),
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
            "carried": CARRIED,
            "reader_address": settings.ID_READER_ADDRESS,
            "offers_ocr": ocr.is_offered(),
            "is_open": self.project.is_open,
            "has_teams": bool(self.teams),
            "project": self.project,
        }


def _card_told(form: Any) -> tuple[str, str] | None:
    """How far a reading is believed, with its mark; None where no card was read."""
    if not form.is_bound or form.card is None:
        return None
    method = strength_of(form.actor, form.project, form.sent(), form.cleaned_data.get("point"))
    if method == CHIP:
        return "green", "芯片读出，签名核验通过"
    return "amber", "读卡录入，但没有读卡器的有效签名，不能代替核对原件"


def _needs(form: Any) -> list[tuple[bool, str, str]]:
    """What entry needs: whether it is there, its name, and a word on it."""
    identity, contract, training = "身份核验", "劳动合同或用工书面协议", "安全教育"
    if not form.is_bound:
        note = "" if TYPED in _opens(form) else _SEE_IT
        return [(False, identity, note), (False, contract, ""), (False, training, "")]
    named = form.has_value("name", "id_number") and not {"name", "id_number"} & set(form.errors)
    # What is typed establishes an identity only where the parameter says that typing does.
    method = strength_of(form.actor, form.project, form.sent(), form.cleaned_data.get("point"))
    is_verified = method in _opens(form)
    signed = form.contract()
    later = signed is not None and signed.starts_on > form.today
    return [
        (named and is_verified, identity, "" if is_verified else _SEE_IT),
        (signed is not None and not later, contract, "还没有到开始日期" if later else ""),
        (form.training() is not None, training, ""),
        *_of_trade(form),
    ]


def _opens(form: Any) -> list[str]:
    """The means of establishing an identity that open the gate."""
    return list(parameter("identity.methods_for_entry", on=form.today))


def _of_trade(form: Any) -> Iterator[tuple[bool, str, str]]:
    """In special operations: whether the person holds a certificate, as far as the clerk sees the person."""
    trade = form.cleaned_data.get("trade", "")
    if trade in special_trades(form.today):
        found = form.found.work if form.found else []
        held = any(is_certified(one.person_id, trade, form.today) for one in found[:1])
        yield (
            held,
            f"{code_name('trade', trade)}的特种作业操作资格证",
            "" if held else "登记后在档案里补登证书",
        )


def _again(team: UUID, trade: str, point: CollectionPoint | None) -> str:
    """The next one mostly joins the same team in the same trade, at the same point."""
    asked = QueryDict(mutable=True)
    asked["team"], asked["trade"] = str(team), trade
    if point is not None:
        asked["point"] = str(point.public_id)
    return asked.urlencode()
