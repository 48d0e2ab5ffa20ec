"""What a vendor does on its first morning at a site: firm, team, workers, entry, gate."""

import base64
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from federation.simulator.people import Worker, corp_code, picture, worker
from federation.simulator.wire import CHINA, OpenApi, VendorError

TEAM_NAME = "模拟闸机木工班"
CORP_NAME = "模拟闸机劳务有限公司"
NIGHT_ENDS = timedelta(hours=4)  # work after midnight belongs to the day before
DONE = 20
Say = Callable[[str], None]


@dataclass
class Summary:
    """What the morning brought."""

    enrolled: int = 0
    entered: int = 0
    punched: int = 0
    troubles: list[str] = field(default_factory=list)


class Gate:
    """A vendor's gate at one project, over the interface only."""

    def __init__(self, api: OpenApi, project: str, *, chance: Random, say: Say = lambda _: None) -> None:
        self.api = api
        self.project = project
        self.chance = chance
        self.say = say
        self.corp = {"corpCode": corp_code(zlib.crc32(project.encode())), "corpName": CORP_NAME}
        self.team = 0

    def open(self) -> None:
        """Make sure that signature, firm and team are in order."""
        self.api.call("CheckSign.Query", {}, version="1.1")
        name = self.api.call("Project.Query", {"projectCode": self.project, "pageIndex": 0, "pageSize": 10})
        self.say(f"验签通过，项目：{name['rows'][0]['name']}")
        self._make_sure_of_the_firm()
        self._make_sure_of_the_team()

    def run(self, workers: int) -> Summary:
        """Enrol, enter and punch in so many new people."""
        summary = Summary()
        people = list(self.people(workers))
        self._enrol(people, summary)
        self._enter(people, summary)
        self.punch(people, "01", datetime.now(CHINA), summary)
        return summary

    def people(self, count: int) -> Iterator[Worker]:
        """New people, no two with one number."""
        seen: set[str] = set()
        while len(seen) < count:
            one = worker(self.chance, _workday())
            if one.number not in seen:
                seen.add(one.number)
                yield one

    def _make_sure_of_the_firm(self) -> None:
        page = {
            "projectCode": self.project,
            "corpCode": self.corp["corpCode"],
            "pageIndex": 0,
            "pageSize": 50,
        }
        if self.api.call("ProjectSubContractor.Query", page)["totalCount"]:
            return
        self._carry_out(
            "ProjectSubContractor.Add",
            {
                "projectCode": self.project,
                **self.corp,
                "corpType": "006",
                "entryTime": f"{_workday()} 00:00:00",
            },
        )
        self.say(f"已登记分包单位：{CORP_NAME}")

    def _make_sure_of_the_team(self) -> None:
        page = {
            "projectCode": self.project,
            **self.corp,
            "teamName": TEAM_NAME,
            "pageIndex": 0,
            "pageSize": 50,
        }
        if rows := self.api.call("Team.Query", page)["rows"]:
            self.team = int(rows[0]["teamSysNo"])
            return
        result = self._carry_out(
            "Team.Add",
            {"projectCode": self.project, **self.corp, "teamName": TEAM_NAME, "entryTime": str(_workday())},
        )
        self.team = _number_in(result)
        self.say(f"已登记班组：{TEAM_NAME}（{self.team}）")

    def _carry_out(self, method: str, data: dict[str, Any]) -> str:
        status, result = self.api.outcome(self.api.write(method, data))
        if status != DONE and "已存在" not in result:
            raise VendorError(f"{method}: {result}")
        return result

    def _enrol(self, people: Sequence[Worker], summary: Summary) -> None:
        for batch in _batches(people, 5):
            if self._succeeds("ProjectWorker.Add", self.enrolment(batch), summary):
                summary.enrolled += len(batch)
            self.say(f"已登记工人 {summary.enrolled}/{len(people)}")

    def _enter(self, people: Sequence[Worker], summary: Summary) -> None:
        for batch in _batches(people, 50):
            if self._succeeds("WorkerEntryExit.Add", self.entry(batch, _workday()), summary):
                summary.entered += len(batch)
            self.say(f"已进场 {summary.entered}/{len(people)}")

    def punch(self, people: Sequence[Worker], direction: str, at: datetime, summary: Summary) -> None:
        """Everybody passes the gate at one moment."""
        for batch in _batches(people, 20):
            if self._succeeds("WorkerAttendance.Add", self.passage(batch, direction, at), summary):
                summary.punched += len(batch)
            self.say(f"已打卡 {summary.punched}/{len(people)}")

    def _succeeds(self, method: str, data: dict[str, Any], summary: Summary) -> bool:
        try:
            self._carry_out(method, data)
        except VendorError as error:
            summary.troubles.append(str(error))
            self.say(f"！{error}")
            return False
        return True

    def enrolment(self, people: Sequence[Worker]) -> dict[str, Any]:
        """The data of ProjectWorker.Add."""
        return {
            "projectCode": self.project,
            **self.corp,
            "teamSysNo": self.team,
            "teamName": TEAM_NAME,
            "workerList": [self._enrolment_row(one) for one in people],
        }

    def _enrolment_row(self, one: Worker) -> dict[str, Any]:
        return {
            "workerName": one.name,
            "isTeamLeader": 0,
            **self._identity(one),
            "workType": self.chance.choice(("020", "040", "050", "240")),
            "workRole": 20,
            "nation": "汉",
            "address": "湖北省模拟县测试路1号",
            "headImage": base64.b64encode(picture(self.chance)).decode(),
            "politicsType": "13",
            "cultureLevelType": "02",
            "cellPhone": one.phone,
            "grantOrg": "模拟县公安局",
            "payRollBankCardNumber": self.api.encrypted(one.card),
            "payRollTopBankCode": "105",
            "payRollBankName": "模拟支行",
        }

    def entry(self, people: Sequence[Worker], day: date, kind: int = 1) -> dict[str, Any]:
        """The data of WorkerEntryExit.Add; kind 1 enters, 0 leaves."""
        return {
            "projectCode": self.project,
            **self.corp,
            "teamSysNo": self.team,
            "workerList": [{**self._identity(one), "date": str(day), "type": kind} for one in people],
        }

    def passage(self, people: Sequence[Worker], direction: str, at: datetime) -> dict[str, Any]:
        """The data of WorkerAttendance.Add; direction 01 in, 02 out."""
        row = {
            "date": f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
            "direction": direction,
            "channel": "1号闸机",
            "attendType": "001",
        }
        return {
            "projectCode": self.project,
            "teamSysNo": self.team,
            "dataList": [{**self._identity(one), **row} for one in people],
        }

    def _identity(self, one: Worker) -> dict[str, str]:
        return {"idCardType": "01", "idCardNumber": self.api.encrypted(one.number)}


def _workday() -> date:
    """The day on which work done now counts."""
    return (datetime.now(CHINA) - NIGHT_ENDS).date()


def _batches(people: Sequence[Worker], size: int) -> Iterator[Sequence[Worker]]:
    return (people[start : start + size] for start in range(0, len(people), size))


def _number_in(result: str) -> int:
    """The team's number: in the result of a new team, or behind the words of one that is there already."""
    digits = "".join(sign if sign.isdigit() else " " for sign in result).split()
    return int(next(word for word in digits if len(word) == 10))
