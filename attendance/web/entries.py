"""The left bar's entries of this capability, named by task."""

from django.utils.translation import gettext_lazy as _

from kernel.scoping import Actor
from web.navigation import Entry, register


def _has_a_place(actor: Actor) -> bool:
    """Whether the actor reads places of the map: whoever works on single sites has no use for a map."""
    return bool(actor.reach("attendance.view").region_paths)


ENTRIES = (
    Entry("work", _("工作清单"), "home", "standards.view", 10),
    Entry("overview", _("总览"), "overview", "attendance.view", 20, fits=_has_a_place),
    Entry("projects", _("项目"), "projects", "projects.view", 30),
    Entry("people", _("人员"), "people", "workers.view", 40),
    Entry("attendance", _("考勤"), "days", "attendance.view", 50),
    Entry("enterprises", _("企业"), "enterprises", "projects.view", 60, fits=_has_a_place),
    Entry("devices", _("设备"), "devices", "attendance.manage_devices", 24),
)


def add_entries() -> None:
    """Tell the frame what this capability offers."""
    register(*ENTRIES)
