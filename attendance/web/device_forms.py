"""Acts on devices: registering, naming anew, out of use and back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from attendance.selectors.devices import managed_device, managed_projects
from attendance.services import change_device, register_device, restore_device, retire_device
from attendance.services.devices import LONGEST_CHANNEL, LONGEST_SERIAL, MANAGE
from attendance.web.device_list import device_crumbs
from kernel.text import compact
from projects.models import Project
from web.acts import FormPage, PostPage
from web.forms import ScopedForm
from web.navigation import Crumb


class DeviceForm(ScopedForm):
    """A channel's name and a serial number."""

    channel = forms.CharField(
        label="通道名称",
        max_length=LONGEST_CHANNEL,
        help_text="须与设备上报的 channel 一字不差，例如“南门进口”；不一致会出现一台新设备。",
    )
    serial = forms.CharField(label="序列号", max_length=LONGEST_SERIAL, required=False)


class NewDeviceForm(DeviceForm):
    """On which project, too."""

    project = forms.CharField(
        label="项目编码", max_length=40, help_text="18 位项目编码，见项目列表或施工许可证"
    )
    field_order = ("project", "channel", "serial")

    def clean_project(self) -> Project:
        code = compact(self.cleaned_data["project"])
        found = managed_projects(self.actor).filter(code=code).first()
        if found is None:
            raise ValidationError("没有这个编码的项目，或者它不在您的管理范围内。请核对项目编码。")
        return found


class RegisterDevice(FormPage):
    """A device before its first punch."""

    permission = MANAGE
    section = "devices"
    form_class = NewDeviceForm
    submit = "登记设备"

    def prepare(self, **_kwargs: Any) -> None:
        self.cancel_url = reverse("devices")

    def first(self) -> dict[str, Any]:
        return {"project": self.request.GET.get("project", "")[:40]}

    def act(self, form: Any) -> str:
        device = register_device(actor=self.actor, **form.cleaned_data)
        self.say(f"设备“{device.channel}”已登记，等它第一次上报。")
        return reverse("device", args=[device.public_id])

    def context(self) -> dict[str, Any]:
        return {"title": "登记设备", "crumbs": device_crumbs(None, Crumb("登记设备"))}


class _OnDevice:
    """What pages about one device share."""

    permission = MANAGE
    section = "devices"
    actor: Any

    def prepare(self, **kwargs: Any) -> None:
        self.device = managed_device(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("device", args=[self.device.public_id])


class ChangeDevice(_OnDevice, FormPage):
    """Another name, or the right serial number."""

    form_class = DeviceForm
    submit = "保存"
    owned = ("device",)

    def first(self) -> dict[str, Any]:
        return {"channel": self.device.channel, "serial": self.device.serial}

    def version(self) -> int | None:
        return self.device.version

    def act(self, form: Any) -> str:
        change_device(
            actor=self.actor,
            device=self.device,
            expected_version=form.expected_version,
            **form.cleaned_data,
        )
        self.say("设备已修改。已收到的打卡仍按原来的通道名称显示。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"修改设备：{self.device.channel}",
            "crumbs": device_crumbs(self.device, Crumb("修改")),
        }


class RetireForm(ScopedForm):
    """Why."""

    reason = forms.CharField(label="原因", max_length=200, required=False, help_text="例如：拆除、更换")


class RetireDevice(_OnDevice, FormPage):
    """Out of use."""

    form_class = RetireForm
    submit = "停用设备"
    owned = ("device",)

    def act(self, form: Any) -> str:
        retire_device(actor=self.actor, device=self.device, **form.cleaned_data)
        self.say("设备已停用，不再列为失联。仍然上报的打卡照常留存。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"停用设备：{self.device.channel}",
            "lead": "停用后不再提示失联；它再上报的打卡照常留存，设备列表会提示“已停用，仍在上报”。",
            "crumbs": device_crumbs(self.device, Crumb("停用")),
        }


class RestoreDevice(_OnDevice, PostPage):
    """Back into use."""

    button = "恢复使用"
    consequence = "恢复后按所在地区的时限提示失联。"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.question = f"恢复设备“{self.device.channel}”？"

    def act(self) -> str:
        restore_device(actor=self.actor, device=self.device)
        self.say("设备已恢复使用。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": str(self.question), "crumbs": device_crumbs(self.device, Crumb("恢复"))}
