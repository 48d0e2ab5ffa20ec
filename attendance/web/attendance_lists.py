"""Attendance: concluded days, and the raw punches behind them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from attendance.models import AttendanceDay, Punch
from attendance.selectors.days import days, still_inside
from attendance.selectors.punches import matching, of_work, punch, punches
from attendance.web.clock import EARLIEST, LATEST, day_asked, today
from attendance.web.people_list import project_name
from attendance.web.places import crumbs, dashboard_url, here_with
from attendance.web.project_list import region_asked
from kernel.masking import mask_id_number
from standards.selectors import code_name
from web import words
from web.addresses import row_address
from web.cells import wall_clock
from web.filters import ScopedFilterSet
from web.lists import CLIP, NAME, NUMBER, NUMBER_SOFT, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.parts import state

DIRECTIONS: dict[str, Any] = dict(Punch.Direction.choices)
ORIGINS: dict[str, Any] = dict(Punch.Origin.choices)


class DayFilters(ScopedFilterSet):
    """One day at a time; by project from links, by name."""

    fixed: tuple[str, ...] = ("project",)
    names_people = ("q",)
    titled = ("day",)

    region = django_filters.CharFilter(label="地区", method="as_is")
    day = django_filters.DateFilter(
        label="日期",
        method="as_is",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(EARLIEST, "日期须在 2000 年至 2100 年之间。"),
            MaxValueValidator(LATEST, "日期须在 2000 年至 2100 年之间。"),
        ],
    )
    q = django_filters.CharFilter(
        label="姓名", field_name="engagement__person__name", lookup_expr="icontains"
    )
    project = django_filters.UUIDFilter(label="项目", field_name="engagement__project__public_id")
    inside = django_filters.ChoiceFilter(label="场内", method="not_out", choices=[("1", "现在场内")])

    class Meta:
        model = AttendanceDay
        fields: list[str] = []

    def as_is(self, rows: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        # The page has narrowed the rows already, or refused the region.
        return rows

    def not_out(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return rows.filter(still_inside())

    def described(self, name: str, value: Any) -> str:
        return (
            project_name(self.request.actor, value) if name == "project" else super().described(name, value)
        )


class DayTable(ListTable):
    """Who came on a day, when and how often."""

    name = tables.Column("姓名", accessor="engagement__person__name", attrs=NAME)
    trade = tables.Column("工种", accessor="engagement__trade", attrs=SOFT)
    project = tables.Column("项目", accessor="engagement__project__name", attrs=CLIP)
    team = tables.Column("班组", accessor="engagement__team__name", attrs=CLIP)
    enterprise = tables.Column("用人单位", accessor="engagement__participation__enterprise__name", attrs=CLIP)
    first_at = tables.Column("最早", attrs=NUMBER)
    last_at = tables.Column("最晚", attrs=NUMBER)
    number = tables.Column("打卡", accessor="punches", attrs=NUMBER_SOFT)

    def file_name(self, record: Any) -> str:
        return record.engagement.person.name

    def file_trade(self, record: Any) -> str:
        return code_name("trade", record.engagement.trade)

    def file_first_at(self, record: Any) -> Any:
        return wall_clock(record.first_at)

    def file_last_at(self, record: Any) -> Any:
        return wall_clock(record.last_at)

    def file_number(self, record: Any) -> int:
        return record.punches

    def render_name(self, record: Any) -> str:
        url = row_address("person", record.engagement.public_id)
        return format_html('<a href="{}">{}</a>', url, record.engagement.person.name)

    def render_trade(self, value: str) -> str:
        return code_name("trade", value)

    def render_first_at(self, value: Any) -> str:
        return words.clock(value)

    def render_last_at(self, value: Any) -> str:
        return words.clock(value)

    def render_number(self, record: Any) -> str:
        query = f"?day={record.day}&person={record.engagement.public_id}"
        corrected = " 已更正" if record.is_corrected else ""
        return format_html('<a href="{}{}">{} 次</a>{}', reverse("punches"), query, record.punches, corrected)


class DayList(ListPage):
    """考勤: one day's attendance."""

    permission = "attendance.view"
    section = "attendance"
    title = "考勤"
    noun = "人次出勤"
    table_class = DayTable
    filterset_class = DayFilters

    def prepare(self, **kwargs: Any) -> None:
        self.day = day_asked(self.request.GET.get("day"), today())

    def rows(self) -> QuerySet[AttendanceDay]:
        self.region = region_asked(self)
        rows = days(self.actor, self.day)
        if self.region:
            rows = rows.filter(engagement__project__region__path__startswith=self.region.path)
        return rows

    def pinned(self) -> dict[str, str]:
        return {"day": str(self.day)}

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[AttendanceDay]) -> dict[str, Any]:
        return {
            "title": f"{self.day} 考勤",
            "crumbs": crumbs(self.actor, self.region, here_with(self.request), Crumb("考勤")),
            "as_of": timezone.now(),
            "list_acts": "attendance/_day_acts.html",
            "day_asked": self.day,
            **neighbours(self.day),
            "empty": {
                "title": f"{self.day} 没有出勤记录",
                "reason": "设备没有上报，或当天停工。可换一天，或看原始打卡里有没有对不上人的记录。",
            },
        }


def neighbours(day: date) -> dict[str, date | None]:
    """The day before, and the day after unless it has not come yet."""
    after = day + timedelta(days=1)
    return {"day_before": day - timedelta(days=1), "day_after": after if after <= today() else None}


class PunchFilters(DayFilters):
    """Punches of one day; of one person or project from links; those that match nobody."""

    fixed = ("project", "person")

    inside = None
    direction = django_filters.ChoiceFilter(label="方向", choices=Punch.Direction.choices)
    matched = django_filters.ChoiceFilter(
        label="人员", method="known", choices=[("no", "对不上人"), ("yes", "已对上人")]
    )
    origin = django_filters.ChoiceFilter(label="来源", choices=Punch.Origin.choices)
    q = django_filters.CharFilter(label="姓名", field_name="person_name", lookup_expr="icontains")
    project = django_filters.UUIDFilter(label="项目", field_name="project__public_id")
    person = django_filters.UUIDFilter(label="人员", method="of_person")

    class Meta:
        model = Punch
        fields: list[str] = []

    def known(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return matching(rows, somebody=value == "yes")

    def of_person(self, rows: QuerySet[Any], _name: str, value: UUID) -> QuerySet[Any]:
        return of_work(self.request.actor, rows, value)

    def described(self, name: str, value: Any) -> str:
        if name == "person":
            return self.qs.values_list("person_name", flat=True).first() or "不在范围内"
        return super().described(name, value)


class PunchTable(ListTable):
    """Raw punches as the gates sent them."""

    occurred_at = tables.Column("时间", attrs=NAME)
    person = tables.Column("人员", accessor="person_name", empty_values=(), order_by="person_name")
    number = tables.Column("证件号", accessor="subject__id_number", orderable=False, attrs=SUB)
    project = tables.Column("项目", accessor="project__name", attrs=CLIP)
    direction = tables.Column("方向", empty_values=())
    channel = tables.Column("通道", attrs=SOFT)
    pass_method = tables.Column("通行方式", attrs=SOFT, empty_values=())
    origin = tables.Column("来源", attrs=SOFT)
    is_counted = tables.Column("计入", empty_values=())

    def file_occurred_at(self, record: Any) -> Any:
        return wall_clock(record.occurred_at)

    def file_person(self, record: Any) -> str:
        return record.person_name if record.engagement_key else "未在本项目登记"

    def file_number(self, record: Any) -> str:
        return mask_id_number(record.subject.id_number)

    def file_direction(self, record: Any) -> str:
        return str(DIRECTIONS.get(record.direction, ""))

    def file_pass_method(self, record: Any) -> str:
        return code_name("pass_method", record.pass_method)

    def file_origin(self, record: Any) -> str:
        return str(ORIGINS.get(record.origin, record.origin))

    def file_is_counted(self, record: Any) -> str:
        return _counted(record)[1]

    def render_occurred_at(self, record: Any) -> str:
        url = row_address("punch", record.public_id, today(record.occurred_at))
        local = timezone.localtime(record.occurred_at)
        return format_html('<a href="{}">{}</a>', url, f"{local:%H:%M:%S}")

    def render_person(self, record: Any) -> str:
        if record.engagement_key is None:
            return format_html('<span class="amber">{}</span>', "未在本项目登记")
        url = row_address("person", record.engagement_key)
        return format_html('<a href="{}">{}</a>', url, record.person_name)

    def render_number(self, value: str) -> str:
        return mask_id_number(value)

    def render_direction(self, record: Any) -> str:
        return DIRECTIONS.get(record.direction, "—")

    def render_pass_method(self, value: str) -> str:
        return code_name("pass_method", value) or "—"

    def render_origin(self, record: Any) -> str:
        return ORIGINS.get(record.origin, record.origin)

    def render_is_counted(self, record: Any) -> str:
        return counted(record)


def counted(record: Any) -> str:
    """Whether a punch counts, and if not, why."""
    return state(*_counted(record))


def _counted(record: Any) -> tuple[str, str]:
    if record.is_again:
        return "grey", "重复，不计"
    if record.is_counted:
        return "green", "已计入"
    return "amber", "未登记，留作证据" if record.engagement_key is None else "不在场期间，留作证据"


class PunchList(ListPage):
    """原始打卡."""

    permission = "attendance.view"
    section = "attendance"
    title = "原始打卡"
    noun = "条打卡"
    table_class = PunchTable
    filterset_class = PunchFilters

    def prepare(self, **kwargs: Any) -> None:
        self.day = day_asked(self.request.GET.get("day"), today())

    def rows(self) -> QuerySet[Punch]:
        self.region = region_asked(self)
        rows = punches(self.actor, self.day)
        return rows.filter(project__region__path__startswith=self.region.path) if self.region else rows

    def pinned(self) -> dict[str, str]:
        return {"day": str(self.day)}

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Punch]) -> dict[str, Any]:
        return {
            "title": f"{self.day} 原始打卡",
            "crumbs": crumbs(
                self.actor,
                self.region,
                here_with(self.request),
                Crumb("考勤", reverse("days")),
                Crumb("原始打卡"),
            ),
            "as_of": timezone.now(),
            "list_acts": "attendance/_punch_acts.html",
            "day_asked": self.day,
            **neighbours(self.day),
            "empty": {
                "title": f"{self.day} 没有符合条件的打卡",
                "reason": "换一天或清空条件再看。原始打卡只增不改，迟到补传的记录按发生时间归日。",
            },
        }


class PunchRecord(Page):
    """One raw punch: the last step of the way down."""

    permission = "attendance.view"
    section = "attendance"
    template_name = "attendance/punch.html"

    def get(self, request: HttpRequest, day: date, public_id: UUID) -> HttpResponse:
        found: Any = punch(self.actor, day, public_id)
        region = found.project.region
        tail = [Crumb(found.project.name, reverse("project", args=[found.project.public_id]))]
        if found.engagement_key:
            tail.append(Crumb(found.person_name, reverse("person", args=[found.engagement_key])))
        return self.show(
            {
                "title": f"打卡 {words.moment(found.occurred_at)}",
                "crumbs": crumbs(self.actor, region, dashboard_url, *tail, Crumb("打卡")),
                "punch": found,
                "counted": counted(found),
                "direction": DIRECTIONS.get(found.direction, ""),
                "origin": ORIGINS.get(found.origin, found.origin),
                "day": day,
                "number": mask_id_number(found.subject.id_number),
                "pass_method": code_name("pass_method", found.pass_method),
            }
        )
