"""How silent a device is, in words."""

from datetime import datetime, timedelta
from typing import Any

from standards.selectors import parameter


def silence(device: Any, now: datetime, limits: dict[str, int] | None = None) -> tuple[str, str]:
    """A device's level and state by how long it has been silent; `limits` are those of its region."""
    if device.retired_at:
        late = device.last_contact_at and device.last_contact_at > device.retired_at
        return ("amber", "已停用，仍在上报") if late else ("grey", "已停用")
    if device.last_contact_at is None:
        return "grey", "还没有联系过"
    limits = limits or dict(parameter("device.silent_hours", device.project.region))
    silent = now - device.last_contact_at
    for level in ("red", "amber"):
        if silent >= timedelta(hours=limits[level]):
            return level, f"失联 {silent // timedelta(hours=1)} 小时"
    return "green", "正常"
