"""The objects of the interface in the order in which they are told, and by which methods."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from federation.upstream import people, sites
from federation.upstream.items import Item
from federation.upstream.sites import View

PUNCH, WORKER = "punch", "worker"


@dataclass(frozen=True, slots=True)
class Kind:
    """One object: how its rows are found, and how they are told and told again.

    `rows` is the list in which several travel in one call; "" where a call is of one alone. `update` is ""
    where the interface knows no way to change what was told. `known` are the words of a refusal that says:
    it is there already.
    """

    key: str
    label: str
    items: Callable[[View], Iterator[Item]]
    add: str
    update: str = ""
    rows: str = ""
    known: tuple[str, ...] = ()

    def method(self, *, is_there: bool) -> str:
        return self.update if is_there and self.update else self.add

    def list_of(self, method: str) -> str:
        """The list in which rows travel by a method; an update is of one, flat, as most clients send it."""
        return self.rows if method == self.add else ""


def _nothing(_view: View) -> Iterator[Item]:
    return iter(())


_ALL = (
    Kind("project", "项目", sites.projects, "Project.Add", "Project.PartUpdate", known=("项目已存在",)),
    Kind("corp", "企业", sites.corps, "Corp.Upload", "Corp.Upload"),
    Kind(
        "party",
        "参建单位",
        sites.parties,
        "ProjectSubContractor.Add",
        "ProjectSubContractor.Update",
        known=("参建单位已存在",),
    ),
    Kind("team", "班组", sites.teams, "Team.Add", "Team.Update", known=("班组已存在",)),
    Kind(
        WORKER,
        "工人",
        people.workers,
        "ProjectWorker.Add",
        "ProjectWorker.Update",
        "workerList",
        ("项目中已存在身份证为",),
    ),
    Kind("entry", "进场", people.entries, "WorkerEntryExit.Add", rows="workerList"),
    Kind(PUNCH, "考勤", _nothing, "WorkerAttendance.Add", rows="dataList"),
    Kind("exit", "退场", people.exits, "WorkerEntryExit.Add", rows="workerList"),
    Kind(
        "contract",
        "合同",
        people.contracts,
        "WorkerContract.Add",
        rows="contractList",
        known=("合同已存在",),
    ),
    Kind("training", "培训", people.trainings, "ProjectTraining.Add"),
    Kind(
        "wage",
        "工资",
        people.wages,
        "Payroll.Add",
        rows="detailList",
        known=("这张工资单已上报", "工资单已存在"),
    ),
    Kind("team_exit", "班组退场", sites.team_exits, "Team.Update", "Team.Update"),
    Kind(
        "party_exit",
        "参建单位退场",
        sites.party_exits,
        "ProjectSubContractor.Update",
        "ProjectSubContractor.Update",
    ),
)
KINDS: dict[str, Kind] = {kind.key: kind for kind in _ALL}


def every_item(view: View, kinds: Iterable[str] = KINDS) -> Iterator[Item]:
    """Everything that is to be told of a project, in the order of telling."""
    for key in kinds:
        yield from KINDS[key].items(view)
