"""One person's work on one project: facts that decide entry, month calendar, papers, who looked."""

from calendar import Calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from attendance.models import AttendanceDay
from attendance.selectors.days import month
from attendance.web.clock import day_asked, today
from attendance.web.person_moves import moves_offered, told
from attendance.web.person_papers import papers_told
from attendance.web.person_permission import Fact, identity_told, permission_told
from attendance.web.places import crumbs, dashboard_url
from attendance.web.shown_codes import shown_code
from audit.selectors import events_of
from audit.services import record
from kernel.errors import DomainError
from standards.selectors import code_name, codes
from web import words
from web.copies import is_own
from web.navigation import Crumb
from web.pages import Page
from workers import selectors as workers
from workers.models import Contract, Engagement, EngagementEvent, Presence, Training
from workers.services import reveal_number
from workers.states import in_words

TABS = {
    "calendar": "考勤月历",
    "work": "用工",
    "contracts": "合同",
    "trainings": "培训",
    "career": "履历",
    "payroll": "工资",
    "credit": "信用",
    "readers": "谁看过",
}
READ = "workers.record_read"
ACTS = {
    READ: "查看档案",
    "workers.number_read": "查看完整号码",
    "workers.photo_read": "查看照片",
    "workers.contract_scan_read": "查看合同扫描件",
    "workers.training_evidence_read": "查看培训记录",
    "workers.voucher_read": "查看进退场凭证",
    "workers.picture_read": "查看证件或办卡照片",
    "payroll.wages_read": "查看工资",
    "workers.found_by_number": "按证件号查到",
}
SEEN = tuple(ACTS)
# What may be done with a person's record: permission, words, name of the page.
DOES = (
    ("workers.enrol", "修改资料", "edit_person"),
    ("workers.correct", "更正姓名或号码", "correct_person"),
    ("workers.file", "登记合同", "new_contract"),
    ("workers.file", "登记培训", "new_training"),
    ("workers.file", "登记证书", "new_certificate"),
    ("workers.view", "实名采集记录", "identity_record"),
)
READS = frozenset({"identity_record"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the calendar. `kind`: out (not of this person's time), came, odd, absent, now."""

    day: date
    kind: str
    row: AttendanceDay | None = None
    is_today: bool = False


class PersonRecord(Page):
    """人员 record. Opening it is a read of personal data and is audited."""

    permission = "workers.view"
    section = "people"
    template_name = "attendance/person.html"

    def get(self, request: HttpRequest, public_id: UUID, tab: str = "calendar") -> HttpResponse:
        if tab not in TABS:
            raise Http404
        day = today()
        engagement = workers.engagement(self.actor, public_id, day)
        record(self.actor, READ, engagement)
        return self.show(self.context(engagement, tab, day))

    def context(self, engagement: Any, tab: str, day: date) -> dict[str, Any]:
        """All that the page shows."""
        presences = list(workers.presences(self.actor, engagement))
        contracts = list(workers.contracts(self.actor, engagement))
        trainings = list(workers.trainings(self.actor, engagement))
        moves = workers.events(self.actor, engagement)
        first = _month_asked(self.request.GET.get("month"), day)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        came = month(self.actor, engagement, first, last)
        readers = events_of(engagement, SEEN)[:20]
        return {
            **_head(self.actor, engagement, tab, day),
            "facts": [
                *_facts(engagement, contracts, trainings, presences, came, day),
                permission_told(self.actor, engagement),
            ],
            "events": _life(engagement, presences, contracts, trainings, moves),
            "presences": presences,
            "contracts": [(row, _kind_name(row)) for row in contracts],
            "trainings": [(row, code_name("training_type", row.kind)) for row in trainings],
            "corrections": workers.identity_corrections(self.actor, engagement) if tab == "work" else [],
            "others": workers.other_work(self.actor, engagement) if tab == "work" else [],
            **(papers_told(self.actor, engagement) if tab == "work" else {}),
            "readers": [(event, ACTS.get(event.action, event.action)) for event in readers],
            "key_posts": workers.posts_of(self.actor, engagement),
            "post_names": codes("key_post"),
            "month": first,
            "month_before": f"{first - timedelta(days=1):%Y-%m}",
            "month_after": f"{last + timedelta(days=1):%Y-%m}" if last < day else "",
            "weeks": _weeks(first, came, presences, day),
            "came_days": len(came),
            "may_ask": is_own(engagement) and self.actor.may("workers.enter"),
            "sign_in_code": shown_code(self.actor, engagement),
        }


class PersonTab(PersonRecord):
    """A tab that a storey above fills, under an address of its own."""

    tab = ""

    def get(self, request: HttpRequest, public_id: UUID, tab: str = "") -> HttpResponse:
        return super().get(request, public_id, self.tab)


class RevealNumber(Page):
    """The full identity number, for a stated reason; who read it and why is on record."""

    permission = "workers.reveal"
    section = "people"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        return self._form(public_id)

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        engagement = workers.engagement(self.actor, public_id, today())
        reason = request.POST.get("reason", "")
        try:
            number = reveal_number(actor=self.actor, engagement=engagement, reason=reason)
        except DomainError as refusal:
            return self._form(public_id, refusal.message, reason)
        return self._form(public_id, number=number, reason=reason)

    def _form(self, public_id: UUID, error: str = "", reason: str = "", number: str = "") -> HttpResponse:
        engagement = workers.engagement(self.actor, public_id, today())
        context = {
            **_head(self.actor, engagement, "calendar", today()),
            "section": self.section,
            "error": error,
            "reason": reason,
            "number": number,
        }
        return render(self.request, "attendance/reveal.html", context, status=422 if error else 200)


def _head(actor: Any, engagement: Any, here: str, day: date) -> dict[str, Any]:
    person, project = engagement.person, engagement.project
    # What is done with a copy is refused: it is not offered.
    is_ours = is_own(engagement)
    own = project.region if actor.reach("workers.view").region_paths else None
    tail = (
        Crumb(project.name, reverse("project", args=[project.public_id])),
        Crumb(person.name, reverse("person", args=[engagement.public_id])),
    )
    urls = {key: reverse("person_tab", args=[engagement.public_id, key]) for key in TABS}
    urls["calendar"] = reverse("person", args=[engagement.public_id])
    return {
        "title": person.name,
        "as_of": timezone.now(),
        "engagement": engagement,
        "person": person,
        "age": _age(person.born_on, day),
        "trade": code_name("trade", engagement.trade) or code_name("worker_kind", engagement.kind),
        "state_now": in_words(workers.facts_of(engagement)),
        "moves": moves_offered(actor, engagement) if is_ours else [],
        "may_reveal": actor.may("workers.reveal"),
        "may_file": is_ours and actor.may("workers.file"),
        "may_propose": actor.may("masters.propose"),
        "acts": [
            {"label": label, "url": reverse(name, args=[engagement.public_id])}
            for permission, label, name in DOES
            if actor.may(permission) and (is_ours or name in READS)
        ],
        "identity": identity_told(workers.identity_checks(actor, engagement)),
        "crumbs": crumbs(actor, own, dashboard_url, *tail),
        "tab": here,
        "tabs": [
            {"label": label, "url": urls[key], "here": key == here, "count": None}
            for key, label in TABS.items()
        ],
        "tabs_label": "人员的各部分",
    }


def _age(born_on: date | None, day: date) -> int | None:
    if born_on is None:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _month_asked(text: str | None, day: date) -> date:
    """The first day of the month in the address; this month where there is none or it has not come."""
    this = day.replace(day=1)
    return min(day_asked(f"{text}-01", this), this)


def _weeks(
    first: date, came: Mapping[date, AttendanceDay], presences: list[Presence], day: date
) -> list[list[Cell]]:
    """The month in weeks from Monday."""
    return [
        [_cell(at, first, came, presences, day) for at in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]


def _cell(
    at: date, first: date, came: Mapping[date, AttendanceDay], presences: list[Presence], day: date
) -> Cell:
    row = came.get(at)
    if at.month != first.month or at > day:
        return Cell(at, "blank" if at.month != first.month else "later")
    if row is not None:
        return Cell(at, "now" if at == day else _kind(row), row, at == day)
    on_site = any(_holds(one, at) for one in presences)
    return Cell(at, "absent" if on_site else "out", None, at == day)


def _holds(presence: Presence, at: date) -> bool:
    """Whether somebody is expected on a day: entered, not exited, not on temporary leave."""
    if presence.entered_on > at or (presence.exited_on is not None and presence.exited_on <= at):
        return False
    leaves = presence.leaves.all()
    return not any(one.left_on <= at and (one.returned_on is None or one.returned_on > at) for one in leaves)


def _kind(row: AttendanceDay) -> str:
    """A day with an arrival and no departure, or the other way round, is odd."""
    if row.first_in_at is None and row.last_out_at is None:
        return "came"
    return "came" if row.first_in_at and row.last_out_at else "odd"


def _facts(
    engagement: Any,
    contracts: list[Contract],
    trainings: list[Any],
    presences: list[Presence],
    came: Mapping[date, AttendanceDay],
    day: date,
) -> list[Fact]:
    missing = "red" if engagement.is_on_site else "grey"
    contract = next((one for one in contracts if one.ended_on is None), None)
    training = next((one for one in trainings if one.is_passed and one.withdrawn_at is None), None)
    entered = next((one for one in presences if one.exited_on is None), None)
    return [
        Fact("green", "在场", f"{words.day(entered.entered_on)} 进场")
        if entered
        else Fact(
            "grey", "不在场", f"{words.day(presences[0].exited_on)} 退场" if presences else "还没有进场"
        ),
        Fact("green", _kind_name(contract), _until(contract.ends_on))
        if engagement.has_contract and contract
        else Fact(missing, "合同", "没有在有效期内的合同"),
        Fact("green", "安全培训", f"{words.day(training.held_on)}，有效至 {words.day(training.valid_to)}")
        if engagement.is_trained and training
        else Fact(missing, "安全培训", "没有有效的培训"),
        Fact(
            "green" if day in came else "grey",
            "今日",
            f"{words.clock(came[day].first_at)} 到" if day in came else "未到",
        ),
        Fact("blue", "本页月份", f"出勤 {len(came)} 天"),
    ]


def _kind_name(contract: Contract) -> str:
    return str(dict(Contract.Kind.choices).get(contract.kind, contract.kind))


def _until(day: date | None) -> str:
    return f"有效至 {words.day(day)}" if day else "长期有效"


def _result(training: Training) -> str:
    if training.withdrawn_at is not None:
        return "已撤回"
    return "合格" if training.is_passed else "不合格"


def _life(
    engagement: Engagement,
    presences: list[Presence],
    contracts: list[Contract],
    trainings: list[Any],
    moves: Iterable[EngagementEvent],
) -> list[dict[str, Any]]:
    """A line of its life, newest first."""
    # Of one day, coming and going are told above the review that came before them.
    found: list[tuple[date, str, str, str]] = []
    for one in presences:
        found.append((one.entered_on, "进场", f"{one.entered_by} 报", "warn" if one.is_conflict else ""))
        if one.exited_on:
            found.append((one.exited_on, "退场", f"{one.exited_by} 报", ""))
    found += told(list(moves))
    held = [one for one in contracts if one.ended_on != one.starts_on]
    found += [(one.starts_on, f"签订{_kind_name(one)}", _until(one.ends_on), "") for one in held]
    found += [
        (
            one.held_on,
            f"{code_name('training_type', one.kind)}，{_result(one)}",
            "",
            "",
        )
        for one in trainings
    ]
    created = timezone.localtime(engagement.created_at).date()
    found.append((created, "登记到本项目", "", ""))
    found.sort(key=lambda event: event[0], reverse=True)
    return [
        {
            "at": at,
            "when": words.day(at),
            "text": text,
            "sub": sub,
            "kind": kind or ("now" if index == 0 else ""),
        }
        for index, (at, text, sub, kind) in enumerate(found)
    ]
