"""Acts on devices: registering, naming anew, taking out of use and back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from attendance.models import Device
from audit.services import record
from kernel.errors import DomainError
from kernel.permits import require
from kernel.scoping import Actor
from kernel.versions import require_version
from outbox.services import announce
from projects.models import Project

MANAGE = "attendance.manage_devices"
LONGEST_CHANNEL, LONGEST_SERIAL = 50, 60
# A gate that asks every few seconds need not be written down each time.
CONTACT_SECONDS = 30


class ChannelTaken(DomainError):
    """The project has a device of this name, in use or not."""

    code = "channel_taken"

    def __init__(self, channel: str) -> None:
        super().__init__(
            _("本项目已有名为“{channel}”的设备。请换一个通道名称；已停用的，可恢复使用。").format(
                channel=channel
            ),
            field="channel",
        )


class SerialTaken(DomainError):
    """One device is registered once on a project, in use or not; names where."""

    code = "serial_taken"

    def __init__(self, serial: str, by: Device) -> None:
        told = (
            _(
                "序列号“{serial}”已登记在本项目已停用的设备“{channel}”上。请核对机身铭牌；确是同一台的，请恢复使用。"
            )
            if by.retired_at
            else _(
                "序列号“{serial}”已登记在本项目的设备“{channel}”上。"
                "请核对机身铭牌；设备换了位置的，请修改原设备的通道名称。"
            )
        )
        super().__init__(told.format(serial=serial, channel=by.channel), field="serial")


@transaction.atomic
def register_device(*, actor: Actor, project: Project, channel: str, serial: str = "") -> Device:
    """Register a device before its first punch; the channel's name is how its punches will name it.

    Raises NotPermitted, NotFound, ChannelTaken, SerialTaken, DomainError for a name that is missing or
    too long.
    """
    require(actor, MANAGE, on=project)
    channel, serial = _checked(channel, serial)
    _lock_project(project.pk)
    _refuse_taken(project.pk, channel)
    _refuse_registered(project.pk, serial)
    device = Device.objects.create(project=project, channel=channel, serial=serial)
    record(actor, "attendance.device_registered", device)
    announce("attendance.device_registered.v1", key=device.public_id)
    return device


@transaction.atomic
def change_device(
    *, actor: Actor, device: Device, channel: str, serial: str, expected_version: int | None = None
) -> Device:
    """Name a device anew, or correct its serial number. Punches received before keep the name they came with.

    Raises NotPermitted, NotFound, ChannelTaken, SerialTaken, Stale, DomainError as register_device.
    """
    require(actor, MANAGE, on=device)
    channel, serial = _checked(channel, serial)
    _lock_project(device.project_id)
    device = _locked(device)
    require_version(device, expected_version, {_("通道名称"): device.channel, _("序列号"): device.serial})
    if channel != device.channel:
        _refuse_taken(device.project_id, channel)
    if serial != device.serial:
        _refuse_registered(device.project_id, serial, but=device.pk)
    before = device.channel
    device.channel, device.serial, device.version = channel, serial, device.version + 1
    device.save(update_fields=["channel", "serial", "version", "updated_at"])
    record(actor, "attendance.device_changed", device, before=before, after=channel)
    announce("attendance.device_changed.v1", key=device.public_id, version=device.version)
    return device


@transaction.atomic
def retire_device(*, actor: Actor, device: Device, reason: str = "") -> Device:
    """Take a device out of use: it is no longer missed. Punches that still come are kept all the same.

    Raises NotPermitted, NotFound, DomainError if it is out of use.
    """
    require(actor, MANAGE, on=device)
    device = _locked(device)
    if device.retired_at:
        raise DomainError(_("该设备已经停用，无需再次停用。"), code="retired")
    return _turned(actor, device, retired=True, reason=reason)


@transaction.atomic
def restore_device(*, actor: Actor, device: Device) -> Device:
    """Take a device back into use. Raises NotPermitted, NotFound, DomainError if it is in use."""
    require(actor, MANAGE, on=device)
    device = _locked(device)
    if not device.retired_at:
        raise DomainError(_("该设备正在使用，无需恢复。"), code="in_use")
    return _turned(actor, device, retired=False, reason="")


def note_contact(device: Device, now: datetime) -> None:
    """Remember that a device spoke, though it sent no punch; at most once in CONTACT_SECONDS."""
    before = now - timedelta(seconds=CONTACT_SECONDS)
    rows = Device.all_rows.filter(pk=device.pk)
    rows.filter(Q(last_contact_at=None) | Q(last_contact_at__lt=before)).update(last_contact_at=now)


def _turned(actor: Actor, device: Device, *, retired: bool, reason: str) -> Device:
    device.retired_at = timezone.now() if retired else None
    device.version += 1
    device.save(update_fields=["retired_at", "version", "updated_at"])
    event = "attendance.device_retired" if retired else "attendance.device_restored"
    record(actor, event, device, reason=reason.strip()[:200])
    announce(f"{event}.v1", key=device.public_id, version=device.version)
    return device


def _locked(device: Device) -> Device:
    rows = Device.all_rows.select_related("project__region").select_for_update(of=("self",))
    return rows.get(pk=device.pk)


def _lock_project(pk: int) -> None:
    """One at a time per project, so that two equal names or serial numbers cannot both pass the check."""
    Project.all_rows.select_for_update(of=("self",)).get(pk=pk)


def _checked(channel: str, serial: str) -> tuple[str, str]:
    channel, serial = channel.strip(), serial.strip()
    if not channel:
        raise DomainError(
            _("请填通道名称，须与设备上报的名称一致，例如“南门进口”。"), code="no_channel", field="channel"
        )
    for value, most, field, label in (
        (channel, LONGEST_CHANNEL, "channel", _("通道名称")),
        (serial, LONGEST_SERIAL, "serial", _("序列号")),
    ):
        if len(value) > most:
            raise DomainError(
                _("{label}最多 {most} 个字，请缩短后再填。").format(label=label, most=most),
                code="too_long",
                field=field,
            )
    return channel, serial


def _refuse_taken(project_pk: int, channel: str) -> None:
    if _devices_of(project_pk).filter(channel=channel).exists():
        raise ChannelTaken(channel)


def _refuse_registered(project_pk: int, serial: str, but: int = 0) -> None:
    """Serial numbers are copied from plates by hand: capitals make no other device. Raises SerialTaken."""
    same = _devices_of(project_pk).filter(serial__iexact=serial).exclude(pk=but)
    if serial and (taken := same.first()):
        raise SerialTaken(serial, taken)


def _devices_of(project_pk: int) -> QuerySet[Device]:
    return Device.all_rows.filter(project=project_pk)
