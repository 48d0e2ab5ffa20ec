"""Who stands at the node's own console: whoever may run its commands may already do everything here."""

from kernel.scoping import Reach
from regions.selectors import province


class ConsoleActor:
    """The operator of this machine, known by no account; the trail says “控制台”."""

    kind = "system"
    key = "console"
    label = "控制台"

    def may(self, permission: str) -> bool:
        return True

    def reach(self, permission: str) -> Reach:
        return Reach(region_paths=frozenset({province().path}))


CONSOLE = ConsoleActor()
