"""Who reads when the platform reports upward: the node itself, and of its projects only those that report."""

from collections.abc import Iterable
from uuid import UUID

from kernel.scoping import NOTHING, Reach

READS = frozenset({"projects.view", "workers.view", "attendance.view", "payroll.view"})


class Reporter:
    """The reading eye of an upstream's errands; it may do nothing."""

    kind = "system"
    key = "upstream"
    label = "上报"

    def __init__(self, projects: Iterable[UUID]) -> None:
        self._reach = Reach(projects=frozenset(projects))

    def may(self, permission: str) -> bool:
        return permission in READS

    def reach(self, permission: str) -> Reach:
        return self._reach if self.may(permission) else NOTHING
