"""Who acts in the demo world where a project has no account of its own, and which projects are played on."""

from collections.abc import Iterator

from django.conf import settings

from attendance.demo.script import WUCHANG_CODE, XIANTAO_CODE
from kernel.scoping import Reach
from projects.models import Project

BECAUSE = "the demo world is written for everybody; nobody reads"
_PROVINCE = "420000/"
_NAMES = ("洪山路改造工程", "白沙洲仓储改造", "徐东商务中心")


class Hand:
    """Somebody with one side's rights over the whole province; `denied` are the other side's."""

    kind = "system"

    def __init__(self, key: str, label: str, denied: frozenset[str] = frozenset()) -> None:
        self.key, self.label, self._denied = f"demo-{key}", label, denied

    def may(self, permission: str) -> bool:
        return permission not in self._denied

    def reach(self, permission: str) -> Reach:
        return Reach(region_paths=frozenset({_PROVINCE})) if self.may(permission) else Reach()


SUB = Hand("sub", "分包劳资专管员")
CONTRACTOR = Hand("contractor", "总承包劳资专管员", frozenset({"projects.owner_terms"}))
OWNER = Hand("owner", "建设单位代表", frozenset({"projects.contractor_terms"}))


def projects() -> Iterator[Project]:
    """The projects of the demo accounts first, then a few others; none where people are real."""
    if not settings.SYNTHETIC_PEOPLE:
        return
    rows = Project.objects.unscoped(because=BECAUSE).select_related("region", "contractor")
    yield from rows.filter(code__in=(WUCHANG_CODE, XIANTAO_CODE)).order_by("code")
    yield from rows.filter(name__in=_NAMES).order_by("code")
