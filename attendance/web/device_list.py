"""设备: the gates of the sites within reach, how long they have been silent, and their clocks."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from attendance.device_words import silence
from attendance.models import Device
from attendance.selectors.devices import drift_seconds, managed_device, managed_devices
from attendance.services.devices import MANAGE
from audit.selectors import events_of
from standards.selectors import parameter
from web import words
from web.filters import ScopedFilterSet
from web.lists import NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.parts import state
from web.trail_words import said

STATES = [("used", "在用"), ("silent", "失联"), ("never", "从未联系"), ("retired", "已停用")]


class DeviceFilters(ScopedFilterSet):
    """By state, project and name."""

    fixed = ("project",)

    state = django_filters.ChoiceFilter(label="状态", method="in_state", choices=STATES)
    q = django_filters.CharFilter(label="通道、序列号或项目", method="named")
    project = django_filters.UUIDFilter(label="项目", field_name="project__public_id")

    class Meta:
        model = Device
        fields: list[str] = []

    def in_state(self, rows: QuerySet[Device], _name: str, value: str) -> QuerySet[Device]:
        limit = timezone.now() - timedelta(hours=parameter("device.silent_hours")["amber"])
        conditions = {
            "used": Q(retired_at=None),
            "silent": Q(retired_at=None, last_contact_at__lt=limit),
            "never": Q(retired_at=None, last_contact_at=None),
            "retired": Q(retired_at__isnull=False),
        }
        return rows.filter(conditions[value])

    def named(self, rows: QuerySet[Device], _name: str, value: str) -> QuerySet[Device]:
        project = Q(project__name__icontains=value) | Q(project__code__startswith=value)
        return rows.filter(Q(channel__icontains=value) | Q(serial__icontains=value) | project)

    def described(self, name: str, value: Any) -> str:
        if name != "project":
            return super().described(name, value)
        found = self.queryset.filter(project__public_id=value).values_list("project__name", flat=True)
        return found.first() or "不在范围内"


class DeviceTable(ListTable):
    """Devices with their last contact and state."""

    channel = tables.Column("通道", attrs=NAME)
    serial = tables.Column("序列号", attrs=SUB, empty_values=())
    project = tables.Column("项目", accessor="project__name", attrs=SOFT)
    place = tables.Column(
        "地区", accessor="project__region__name", order_by="project__region__path", attrs=SUB
    )
    last_contact_at = tables.Column("最近联系", attrs=SUB, empty_values=())
    last_punch_at = tables.Column("最近打卡", attrs=SUB, empty_values=())
    state = tables.Column("状态", orderable=False, empty_values=(), attrs=SOFT)

    def render_channel(self, record: Device) -> str:
        return format_html('<a href="{}">{}</a>', reverse("device", args=[record.public_id]), record.channel)

    def render_serial(self, value: str | None) -> str:
        return value or "未填"

    def render_last_contact_at(self, value: datetime | None) -> str:
        return words.moment(value) or "没有"

    def render_last_punch_at(self, value: datetime | None) -> str:
        return words.moment(value) or "没有"

    def render_state(self, record: Device) -> str:
        return state(*silence(record, timezone.now()))

    def file_state(self, record: Device) -> str:
        return silence(record, timezone.now())[1]

    def file_last_contact_at(self, record: Device) -> str:
        return words.moment(record.last_contact_at)

    def file_last_punch_at(self, record: Device) -> str:
        return words.moment(record.last_punch_at)


class DeviceList(ListPage):
    """The devices within the administrator's reach."""

    permission = MANAGE
    section = "devices"
    title = "设备"
    noun = "台设备"
    table_class = DeviceTable
    filterset_class = DeviceFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[Device]:
        return managed_devices(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": "没有符合条件的设备",
            "reason": "设备第一次上报打卡时自动出现在这里，也可以先登记。",
            "acts": [{"url": reverse("device_new"), "label": "登记设备"}],
        }
        acts = {
            "list_acts": "attendance/_device_list_acts.html",
            "project_asked": filterset.data.get("project"),
        }
        return {"crumbs": [Crumb("设备")], "empty": empty, **acts}


def device_crumbs(device: Device | None, *tail: Crumb) -> list[Crumb]:
    """设备 › 南门 › …"""
    begin = [Crumb("设备", reverse("devices"))]
    if device is not None:
        begin.append(Crumb(device.channel, reverse("device", args=[device.public_id]) if tail else ""))
    return [*begin, *tail]


class DeviceRecord(Page):
    """One device: contact, clock, and what was done with it."""

    permission = MANAGE
    section = "devices"
    template_name = "attendance/device.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        device, now = managed_device(self.actor, public_id), timezone.now()
        events = [
            {
                "at": event.at,
                "when": words.moment(event.at),
                "text": said(event),
                "sub": "，".join(part for part in (event.actor_label, event.reason) if part),
                "kind": "",
            }
            for event in events_of(device)[:20]
        ]
        return self.show(
            {
                "title": device.channel,
                "crumbs": device_crumbs(device),
                "device": device,
                "state": silence(device, now),
                "drift": self._drift(device, now),
                "limits": parameter("device.silent_hours", device.project.region),
                "events": events,
            }
        )

    def _drift(self, device: Device, now: datetime) -> tuple[str, str]:
        seconds = drift_seconds(self.actor, device, now)
        limits = parameter("device.clock_drift_seconds", device.project.region)
        level = next((level for level in ("red", "amber") if seconds >= limits[level]), "green")
        if not seconds:
            return "green", "近一天没有早于平台时间的打卡"
        return level, f"快 {seconds} 秒" + ("，请校准设备时钟" if level != "green" else "")
