"""The worker's own pages: did today count, the month, the own record, who looked at it."""

import csv
from datetime import date, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from attendance.career_words import contract_words, training_words
from attendance.models import Punch
from attendance.selectors import own
from attendance.web.clock import today
from attendance.web.correction_words import events_of, said, spoken_day, weekday
from attendance.web.own_month import (
    is_whole,
    may_ask_for,
    month_asked,
    month_of,
    shown_day,
    spoken,
    was_on_site,
)
from kernel.errors import NotFound
from kernel.scoping import Actor
from standards.selectors import code_name, parameter
from web import words
from web.messages import inbox
from web.pages import Page
from web.uploads import serve
from workers.models import Engagement

_READERS = 30
_FILE_DAYS = 366
_READ = {
    "workers.number_read": "看了完整证件号",
    "workers.career_code_read": "扫了您出示的从业码",
    "workers.career_read": "看了您的履历",
}


def frame_of(actor: Actor, here: str = "", back: str = "") -> dict[str, Any]:
    """What the frame of a worker's pages shows: whose they are, of when, and the way back."""
    return {"me": own.own_person(actor), "as_of": timezone.now(), "here": here, "back": back}


class OwnPage(Page):
    """A page of a worker's own: the records of one person, by the person's own account."""

    permission = "own.view"
    here = ""
    back = ""

    def show(self, context: dict[str, Any]) -> HttpResponse:
        return super().show({**frame_of(self.actor, self.here, self.back), **context})


class Today(OwnPage):
    """Did today count? A large tick, two times, and the month below."""

    here = "today"
    template_name = "own/today.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        day = today()
        shown = [shown_day(row, day) for row in own.own_days(self.actor, day, day)]
        state = {"kind": "came", "headline": "今天打上卡了"} if shown else self._without(day)
        place = shown[0].place if len(shown) == 1 else state.get("place", "")
        return self.show(
            {
                "today": day,
                "weekday": weekday(day),
                "shown": shown,
                "may_ask": shown or state["kind"] != "off",
                "news": inbox(request.user).filter(read_at=None)[:3],  # type: ignore[arg-type]  # signed in
                **state,
                "place": place,
                "spoken": f"{state['headline']}。{spoken_day(day)}。{spoken(shown)}",
                **month_of(self.actor, month_asked(request.GET.get("month"), day), day),
            }
        )

    def _without(self, day: date) -> dict[str, Any]:
        """Why there is no tick: not come yet, seen by a gate that does not know him, or on no site."""
        seen = own.own_punches(self.actor, day).last()
        if seen is not None:
            where = {"seen_at": seen.occurred_at, "seen_on": seen.project.name}
            return {"kind": "unmatched", "headline": "打了卡，还没算上", **where}
        if was_on_site(list(own.own_presences(self.actor)), day):
            return {"kind": "none", "headline": "今天还没有打卡"}
        return {"kind": "off", "headline": "现在不在工地名册里"}


class Day(OwnPage):
    """One day: the two times, what the gates saw, and what was asked to be corrected."""

    here = "today"
    back = "/me/"
    template_name = "own/day.html"

    def get(self, request: HttpRequest, day: date) -> HttpResponse:
        now = today()
        if day > now:
            raise NotFound
        rows = list(own.own_days(self.actor, day, day))
        shown = [shown_day(row, now) for row in rows]
        on_site = was_on_site(list(own.own_presences(self.actor)), day)
        counted = {row.engagement.project_id for row in rows}
        can = may_ask_for(day, now)
        return self.show(
            {
                "day": day,
                "weekday": weekday(day),
                "shown": shown,
                "was_on_site": on_site,
                "punches": [_passage(one, counted) for one in own.own_punches(self.actor, day)],
                "asked": [said(one) for one in own.own_corrections(self.actor).filter(day=day)],
                "may_ask": can and on_site,
                "too_old": not can,
                "window": parameter("correction.window_days", on=now),
                "is_whole": all(map(is_whole, rows)),
                "spoken": f"{spoken_day(day)}。{spoken(shown) or '没有算上的打卡。'}",
            }
        )


def _passage(punch: Punch, counted: set[int]) -> dict[str, Any]:
    note = ""
    if punch.is_again:  # type: ignore[attr-defined]  # annotated by own_punches
        note = "重复，不计"
    elif punch.project_id not in counted:
        note = "没有算上"
    direction = {"in": "进场", "out": "出场"}.get(punch.direction, "打卡")
    place = f"{punch.project.name} {punch.channel}".strip()
    return {"occurred_at": punch.occurred_at, "words": direction, "place": place, "note": note}


class Corrections(OwnPage):
    """What the worker asked for, or had asked for by a clerk, and how it stands."""

    here = "asked"
    template_name = "own/corrections.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show({"rows": [said(one) for one in own.own_corrections(self.actor)[:100]]})


class Correction(OwnPage):
    """One request with its answer."""

    here = "asked"
    back = "/me/corrections/"
    template_name = "own/correction.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = own.own_correction(self.actor, public_id)
        return self.show({"row": row, "one": said(row), "events": events_of(row)})


class CorrectionPhoto(OwnPage):
    """The photograph of one's own request."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = own.own_correction(self.actor, public_id)
        if not row.photo:
            raise NotFound
        return serve(row.photo, row.photo_name or "照片")


class Readers(OwnPage):
    """Who looked at the own record, when and why."""

    here = "readers"
    template_name = "own/readers.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        most = 1000 if "all" in request.GET else _READERS
        events = list(own.own_readers(self.actor)[: most + 1])
        places = {str(work.public_id): work.project.name for work in own.own_engagements(self.actor, today())}
        shown = [
            {
                "who": event.actor_label,
                "what": _READ.get(event.action, "看了档案"),
                "place": places.get(event.object_key, ""),
                "at": event.at,
                "why": event.reason,
            }
            for event in events[:most]
        ]
        return self.show({"readers": shown, "more": len(events) > most})


class Record(OwnPage):
    """The own record: who, on which sites, with which papers; prints on one sheet."""

    here = "record"
    template_name = "own/record.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        works = list(own.own_engagements(self.actor, today()))
        of = self._papers()
        phone = next((work.masked_phone for work in works if work.phone), "")
        return self.show({"phone": phone, "works": [_work(work, of) for work in works]})

    def _papers(self) -> dict[str, dict[int, list[Any]]]:
        found: dict[str, dict[int, list[Any]]] = {"presences": {}, "contracts": {}, "trainings": {}}
        for row in own.own_presences(self.actor):
            found["presences"].setdefault(row.engagement_id, []).append(row)
        for contract in own.own_contracts(self.actor):
            found["contracts"].setdefault(contract.engagement_id, []).append(
                {"words": contract_words(contract)}
            )
        for one in own.own_trainings(self.actor):
            found["trainings"].setdefault(one.engagement_id, []).append({"words": training_words(one)})
        return found


def _work(work: Engagement, of: dict[str, dict[int, list[Any]]]) -> dict[str, Any]:
    return {
        "project": work.project.name,
        "enterprise": work.participation.enterprise.name,
        "team": work.team.name,
        "is_team_leader": work.is_team_leader,
        "is_on_site": work.is_on_site,  # type: ignore[attr-defined]  # annotated by own_engagements
        "trade": code_name("trade", work.trade) or code_name("worker_kind", work.kind),
        **{name: rows.get(work.pk, []) for name, rows in of.items()},
    }


class DaysFile(OwnPage):
    """The own attendance of the last year as a file that every spreadsheet opens."""

    def get(self, request: HttpRequest) -> HttpResponse:
        last = today()
        written = StringIO()
        table = csv.writer(written)
        table.writerow(["日期", "项目", "进场", "出场", "打卡次数", "含更正"])
        for row in own.own_days(self.actor, last - timedelta(days=_FILE_DAYS), last):
            one = shown_day(row, last)
            corrected = "是" if row.is_corrected else ""
            table.writerow(
                [row.day, one.place, words.clock(one.in_at), words.clock(one.out_at), row.punches, corrected]
            )
        # A mark that tells spreadsheets how the text is encoded.
        answer = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="kaoqin-{last}.csv"'
        return answer
