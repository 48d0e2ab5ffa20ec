"""Calls of vendors that are nearly right: each method's own example, changed in one place or a few."""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from attendance.services.settler import settle_step
from federation import work
from federation.open_api.dispatcher import Method, methods
from federation.open_api.errors import Code
from federation.simulator.people import corp_code
from federation.work import GAVE_UP, OUR_FAULT
from tests.scope.test_vendor_methods import NAMELESS, SPEAKS_OF
from tests.support.vendor import Vendor, vendor_of
from tests.support.vendor_changes import (
    BODY_CHANGES,
    DATA_CHANGES,
    FORM_CHANGES,
    Calling,
    Hand,
    as_json,
    encoded,
)
from tests.support.world import County, TwoCounties

Data = dict[str, Any]
DONE, FAILED = 20, 10
FORM = "application/x-www-form-urlencoded"
# What a call may leave behind although it was refused: that it came, and what it was answered.
_OF_THE_CALL = ("federation_", "audit_", "axes_", "django_session", "outbox_heartbeat")


@dataclass
class VendorFuzz:
    """A run of calls by one county's vendor, each undone before the next."""

    world: TwoCounties
    chance: Random
    codes: Counter[str] = field(default_factory=Counter)
    carried_out: Counter[str] = field(default_factory=Counter)
    troubles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.county: County = self.world.wuchang
        self.now = timezone.now()
        self.vendor: Vendor = vendor_of(self.county.project, self.now)
        self.client = Client(raise_request_exception=False)
        self.tables = [
            name for name in connection.introspection.table_names() if not name.startswith(_OF_THE_CALL)
        ]
        # Every call is undone, so this holds before each of them.
        self.before = self._counts()

    def run(self, calls: int) -> None:
        """So many calls, every method as often as any other."""
        names = sorted(method.name for method in methods().values())
        for order in range(calls):
            calling = self._drawn(names[order % len(names)])
            with transaction.atomic():
                self._judged(calling)
                transaction.set_rollback(True)

    def _drawn(self, name: str) -> Calling:
        calling, hand = Calling(name, self._example(name)), Hand(self.chance, self.vendor.api)
        for _change in range(self.chance.choice((0, 1, 1, 1, 2, 3))):
            self.chance.choice(DATA_CHANGES)(hand, calling)
        calling.form = self.vendor.api.signed(
            calling.method, as_json(calling.data, self.chance), at=timezone.now()
        )
        if self.chance.random() < 0.3:
            self.chance.choice(FORM_CHANGES)(hand, calling)
        calling.body = calling.body or encoded(calling.form, self.chance)
        if self.chance.random() < 0.1:
            self.chance.choice(BODY_CHANGES)(hand, calling)
        return calling

    def _example(self, name: str) -> Data:
        """What the method takes, about this county's own rows or, now and then, the other's."""
        whose = self.county if self.chance.random() < 0.9 else self.world.xiantao
        data = deepcopy(NAMELESS[name](whose) if name in NAMELESS else SPEAKS_OF[name](self.vendor, whose))
        return self._made_new(name, data) if self.chance.random() < 0.7 else data

    def _made_new(self, name: str, data: Data) -> Data:
        """Rows that are not there yet, so that something is carried out as well."""
        gate = self.vendor.gate
        if name == "ProjectWorker.Add":
            return gate.enrolment(list(gate.people(self.chance.randint(1, 5))))
        if name == "ProjectSubContractor.Add":
            number = self.chance.randrange(10**6)
            return {**data, "corpCode": corp_code(number), "corpName": f"新来的{number}公司"}
        if name == "WorkerEntryExit.Add":
            data["workerList"] = [{**row, "type": 0} for row in data["workerList"]]
        return data

    # --- judging -------------------------------------------------------------------------------------

    def _judged(self, calling: Calling) -> None:
        answer: Any = self.client.generic(
            "POST", "/open.api", calling.body, content_type=calling.content_type
        )
        if answer.status_code not in (200, 413):
            return self._trouble(calling, f"HTTP {answer.status_code}")
        envelope = answer.json()
        self.codes[f"{calling.method} {envelope['code']}"] += 1
        if envelope["code"] == Code.OTHER:
            return self._trouble(calling, "Internal Error")
        serial = (envelope["data"] or {}).get("requestSerialCode")
        if envelope["code"] == 0 and serial and not calling.method.startswith("AsyncHandleResult"):
            return self._carried_out(calling, serial)
        if self._counts() != self.before:
            self._trouble(calling, "refused or answered, yet rows changed")
        return None

    def _carried_out(self, calling: Calling, serial: str) -> None:
        """What was acknowledged is carried out whole, or leaves nothing of its roster."""
        work.drain(self.vendor.credential.appid, timezone.now())
        settle_step(timezone.now())
        handled = self.vendor.send(
            "AsyncHandleResult.Query", {"requestSerialCode": serial}, at=timezone.now()
        )
        status, result = handled["data"]["status"], handled["data"]["result"]
        self.carried_out[f"{calling.method} {status}"] += 1
        if result in (OUR_FAULT, GAVE_UP) or status not in (DONE, FAILED):
            return self._trouble(calling, f"status {status}: {result}")
        wanted = _method(calling.method)
        if status == FAILED and not wanted.by_row and (changed := _changed(self.before, self._counts())):
            self._trouble(calling, f"failed ({result[:200]}), yet rows changed: {changed}")
        return None

    def _counts(self) -> dict[str, int]:
        counts = ", ".join(f'(SELECT count(*) FROM "{name}")' for name in self.tables)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {counts}")
            return dict(zip(self.tables, cursor.fetchone(), strict=True))

    def _trouble(self, calling: Calling, words: str) -> None:
        key = f"{calling.method} {calling.changes}: {words}"
        self.troubles.setdefault(key, f"{key}\n{calling.body[:2000]!r}")


def _method(name: str) -> Method:
    return methods()[name.lower()]


def _changed(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in before if after[name] != before[name]}
