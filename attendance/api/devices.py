"""Devices over the REST API, for administrators."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from attendance.device_words import silence
from attendance.models import Device
from attendance.selectors.devices import managed_device, managed_devices, managed_projects
from attendance.services import change_device, register_device, restore_device, retire_device
from attendance.services.devices import MANAGE
from projects.api.serializers import ProjectRefSerializer
from web.api.acts import ActSerializer, ActView, RowRef
from web.api.filters import YesNoFilter
from web.api.views import ListRead

TAG = "考勤设备"


class DeviceSerializer(serializers.Serializer[Device]):
    """A device of a project."""

    public_id = serializers.UUIDField()
    project = ProjectRefSerializer()
    channel = serializers.CharField(help_text="通道名称，打卡以此指明设备")
    serial = serializers.CharField(help_text="序列号")
    last_contact_at = serializers.DateTimeField(allow_null=True, help_text="最近联系")
    last_punch_at = serializers.DateTimeField(allow_null=True, help_text="最近打卡的时间")
    retired_at = serializers.DateTimeField(allow_null=True, help_text="停用时间；在用为空")
    state = serializers.SerializerMethodField(help_text="状态，一句话")
    version = serializers.IntegerField(help_text="修改时随 expected_version 带回")

    def get_state(self, row: Device) -> str:
        return silence(row, timezone.now())[1]


class DeviceFilters(django_filters.FilterSet):
    """Which devices."""

    project = django_filters.CharFilter(field_name="project__code", label="项目编码")
    in_use = YesNoFilter(method="filter_in_use", label="只要在用（停用）的设备")
    q = django_filters.CharFilter(method="filter_words", label="通道名称或序列号的一部分")

    def filter_in_use(self, rows: QuerySet[Device], _name: str, value: bool) -> QuerySet[Device]:
        return rows.filter(retired_at__isnull=value)

    def filter_words(self, rows: QuerySet[Device], _name: str, value: str) -> QuerySet[Device]:
        return rows.filter(Q(channel__icontains=value) | Q(serial__icontains=value))


@extend_schema(summary="考勤设备", tags=[TAG])
class DevicesView(ListRead):
    """The devices within the administrator's reach."""

    permission = MANAGE
    model = Device
    serializer_class = DeviceSerializer
    filterset_class = DeviceFilters
    ordering_fields = {"channel": "channel", "last_contact_at": "last_contact_at"}

    def rows(self) -> QuerySet[Device]:
        return managed_devices(self.actor)


class DeviceBody(ActSerializer):
    """A channel's name and a serial number."""

    channel = serializers.CharField(max_length=50, help_text="须与设备上报的 channel 一致")
    serial = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class NewDeviceBody(DeviceBody):
    """On which project, too."""

    project = RowRef(rows=lambda view: managed_projects(view.actor), help_text="项目的 public_id")


class ChangeDeviceBody(DeviceBody):
    """What was read before the change."""

    expected_version = serializers.IntegerField(required=False, min_value=1, help_text="读到的 version")


class RetireBody(ActSerializer):
    """Why."""

    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="原因")


class EmptyBody(ActSerializer):
    """An act without a body."""


@extend_schema(summary="登记设备", tags=[TAG])
class RegisterDeviceView(ActView):
    """A device before its first punch."""

    permission = MANAGE
    serializer_class = NewDeviceBody
    answer_class = DeviceSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        return register_device(actor=self.actor, **data)


class _OnDevice(ActView):
    permission = MANAGE
    answer_class = DeviceSerializer
    status = 200

    def device(self, kwargs: dict[str, Any]) -> Device:
        return managed_device(self.actor, kwargs["public_id"])


@extend_schema(summary="修改设备", tags=[TAG])
class ChangeDeviceView(_OnDevice):
    """Another name, or the right serial number."""

    serializer_class = ChangeDeviceBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return change_device(actor=self.actor, device=self.device(kwargs), **data)


@extend_schema(summary="停用设备", tags=[TAG])
class RetireDeviceView(_OnDevice):
    """Out of use."""

    serializer_class = RetireBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return retire_device(actor=self.actor, device=self.device(kwargs), **data)


@extend_schema(summary="恢复设备", tags=[TAG])
class RestoreDeviceView(_OnDevice):
    """Back into use."""

    serializer_class = EmptyBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return restore_device(actor=self.actor, device=self.device(kwargs))
