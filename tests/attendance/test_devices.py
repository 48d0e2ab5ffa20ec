"""Devices: registered before their first punch, named anew, taken out of use and back."""

from datetime import timedelta

import pytest
from django.db import transaction

from attendance.models import Device, Punch
from attendance.selectors.devices import drift_seconds
from attendance.services import (
    PunchFacts,
    change_device,
    receive_punches,
    register_device,
    restore_device,
    retire_device,
)
from audit.models import AuditEvent
from kernel.errors import DomainError, Stale
from kernel.scoping import Reach
from tests.support import people
from tests.support.actors import EVERYONE, Holder
from tests.support.counties import County, wuchang
from tests.support.traces import fingerprint

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    return wuchang(staff=())


def _administrator(county: County) -> Holder:
    return Holder(Reach(region_paths=frozenset({county.region.path})), "attendance.manage_devices")


def _refused(act, kind=DomainError) -> DomainError:
    before = fingerprint()
    with pytest.raises(kind) as refused, transaction.atomic():
        act()
    assert fingerprint() == before
    return refused.value


def test_a_registered_device_is_the_one_its_punches_name(county) -> None:
    device = register_device(
        actor=_administrator(county), project=county.project, channel=" 西门 ", serial="S-9"
    )
    receive_punches(
        actor=EVERYONE,
        project=county.project,
        origin=Punch.Origin.OPEN_API,
        punches=[PunchFacts(number=people.id_number(904), occurred_at=county.now, channel="西门")],
        now=county.now,
    )
    device.refresh_from_db()
    assert (device.channel, device.serial, device.last_contact_at) == ("西门", "S-9", county.now)
    assert AuditEvent.objects.get(action="attendance.device_registered").place == county.region.path


@pytest.mark.parametrize(
    ("channel", "serial", "field"),
    [("", "", "channel"), ("门" * 51, "", "channel"), ("西门", "9" * 61, "serial")],
)
def test_a_name_that_is_missing_or_too_long_is_refused(county, channel, serial, field) -> None:
    administrator = _administrator(county)
    for act in (
        lambda: register_device(actor=administrator, project=county.project, channel=channel, serial=serial),
        lambda: change_device(actor=administrator, device=county.device, channel=channel, serial=serial),
    ):
        assert _refused(act).field == field


def test_a_name_is_used_once_in_a_project_in_use_or_not(county) -> None:
    taken = county.retired_device.channel
    for act in (
        lambda: register_device(actor=EVERYONE, project=county.project, channel=taken),
        lambda: change_device(actor=EVERYONE, device=county.device, channel=taken, serial=""),
    ):
        assert _refused(act).code == "channel_taken"


@pytest.mark.parametrize(
    ("is_retired", "remedy"),
    [(False, "请修改原设备的通道名称"), (True, "请恢复使用")],
    ids=["used", "retired"],
)
def test_a_serial_number_is_registered_once_in_a_project(county, is_retired, remedy) -> None:
    first = register_device(actor=EVERYONE, project=county.project, channel="西门", serial="SN-9")
    if is_retired:
        retire_device(actor=EVERYONE, device=first)
    for act in (
        lambda: register_device(actor=EVERYONE, project=county.project, channel="东侧门", serial=" sn-9 "),
        lambda: change_device(actor=EVERYONE, device=county.device, channel="东侧门", serial="SN-9"),
    ):
        refused = _refused(act)
        assert (refused.code, refused.field) == ("serial_taken", "serial")
        assert "“西门”" in refused.message
        assert remedy in refused.message


def test_a_device_keeps_its_own_serial_number_and_many_may_have_none(county) -> None:
    one = register_device(actor=EVERYONE, project=county.project, channel="西门", serial="SN-9")
    assert change_device(actor=EVERYONE, device=one, channel="西二门", serial="sn-9").serial == "sn-9"
    for channel in ("一号门", "二号门"):
        register_device(actor=EVERYONE, project=county.project, channel=channel)


def test_a_device_that_somebody_else_has_changed_is_shown_as_it_reads_now(county) -> None:
    device = change_device(
        actor=EVERYONE, device=county.device, channel="新门", serial="N-1", expected_version=1
    )
    assert (device.channel, device.version) == ("新门", 2)
    stale = _refused(
        lambda: change_device(
            actor=EVERYONE, device=county.device, channel="旧门", serial="", expected_version=1
        ),
        Stale,
    )
    assert stale.theirs == {"通道名称": "新门", "序列号": "N-1"}  # type: ignore[attr-defined]
    assert Punch.all_rows.filter(channel="新门").count() == 0


def test_a_device_is_taken_out_of_use_once_and_back_once(county) -> None:
    administrator = _administrator(county)
    retire_device(actor=administrator, device=county.device, reason="拆除")
    assert Device.all_rows.get(pk=county.device.pk).retired_at is not None
    assert _refused(lambda: retire_device(actor=administrator, device=county.device)).code == "retired"
    restore_device(actor=administrator, device=county.device)
    assert Device.all_rows.get(pk=county.device.pk).retired_at is None
    assert _refused(lambda: restore_device(actor=administrator, device=county.device)).code == "in_use"
    told = (
        AuditEvent.objects.filter(action__startswith="attendance.")
        .order_by("id")
        .values_list("action", "reason")
    )
    assert list(told) == [("attendance.device_retired", "拆除"), ("attendance.device_restored", "")]


def test_a_clock_that_runs_ahead_is_measured_by_its_punches(county) -> None:
    administrator = _administrator(county)
    assert drift_seconds(administrator, county.device, county.now) == 0
    receive_punches(
        actor=EVERYONE,
        project=county.project,
        origin=Punch.Origin.OPEN_API,
        punches=[
            PunchFacts(
                number=people.id_number(904),
                occurred_at=county.now + timedelta(seconds=90),
                channel=county.device.channel,
            )
        ],
        now=county.now,
    )
    assert drift_seconds(administrator, county.device, county.now) == 90
