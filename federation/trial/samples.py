"""The invented records that a trial of a parent reports: enough to show what is taken and what waits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from random import SystemRandom
from typing import Any, Final

from federation.travel.catalogue import KINDS
from federation.travel.messages import FileCard, Message
from federation.travel.outgoing import place_of
from kernel.ids import new_id
from projects.synthetic import uscc
from workers.identity import Sex
from workers.synthetic import id_number

# Names and numbers are new in every trial, so that one is no record of another.
_chance = SystemRandom()
PICTURE: Final = b"%PDF-1.4 trial " + b"0" * 64
_DOOR: Final = "open_api"
# Two of the province's, of which one lies beyond any other; and one that is on nobody's map here.
_DIVISIONS: Final = ("420200", "429004")
_UNKNOWN: Final = "990000"


@dataclass
class Samples:
    """Records of one invented project in a region; `seal` closes a number for the parent, for a place.

    `enterprise`: USCC and name of whom an enterprise's node speaks for. It is the contractor, because of
    others' projects such a node may report nothing.
    """

    origin: str
    region: str
    seal: Callable[[str, str], str]
    enterprise: tuple[str, str] = ("", "")
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.mark = f"{_chance.randrange(10**6):06d}"
        self.picture = PICTURE + self.mark.encode()
        self.contractor = self._firm("总承包", *self.enterprise)
        self.late_firm = self._firm("后到")
        self.person = self._person()
        self.project = self._project(self.contractor)
        self.device = self.of("device", project=str(self.project.key), channel=f"trial-{self.mark}")
        self.participation = self._participation(self.contractor, "001")
        # Of a firm that has not come yet.
        self.waiting = self._participation(self.late_firm, "007")
        self.outside = self._outside()
        self.policy = self._policy()

    def of(self, kind: str, /, *, sealed: Mapping[str, str] | None = None, **row: Any) -> Message:
        """A record whose fields say nothing but these."""
        key, at = new_id(), self.now.isoformat()
        said = {
            column.name: _blank(column.field) for column in KINDS[kind].columns if column.sort != "sealed"
        }
        said.update({name: [] for name in (part.name for part in KINDS[kind].parts)})
        said.update({"created_at": at, "updated_at": at, **row})
        closed = {name: self.seal(text, place_of(kind, key, name)) for name, text in (sealed or {}).items()}
        return Message(kind, key, 1, self.origin, "put", at, row=said, sealed=closed)

    def _firm(self, name: str, code: str = "", called: str = "") -> Message:
        called = called or f"试验{name}有限公司{self.mark}"
        return self.of("enterprise", uscc=code or uscc(_chance), name=called, source="reported")

    def _participation(self, firm: Message, kind: str) -> Message:
        return self.of("participation", project=str(self.project.key), enterprise=str(firm.key), kind=kind)

    def _outside(self) -> Message:
        """A project for which the sender does not answer: another's, or in another division."""
        if self.enterprise[0]:
            return self._project(self.late_firm)
        return self._project(self.contractor, _elsewhere(self.region))

    def _project(self, contractor: Message, region: str = "") -> Message:
        return self.of(
            "project", code=f"TRIAL{self.mark}{_chance.randrange(1000):03d}", name=f"接入试验项目{self.mark}",
            region=region or self.region, contractor=str(contractor.key), source="reported", category="01",
            status="003",
        )  # fmt: skip

    def _person(self) -> Message:
        born = date(1980, 1, 1) + timedelta(days=_chance.randrange(3000))
        number = id_number(_chance, birth=born, sex=Sex.MALE)
        return self.of(
            "person", sealed={"id_number": number}, name="试验人", id_type="01", sex="M",
            born_on=born.isoformat(), nation="汉",
        )  # fmt: skip

    def _policy(self) -> Message:
        digest = sha256(self.picture).hexdigest()
        made = self.of(
            "policy", participation=str(self.participation.key), title="接入试验制度",
            document="trial", number=1,
            effective_on=self.now.date().isoformat(), address=digest, file_name="trial.pdf", filed_by="trial",
        )  # fmt: skip
        card = FileCard(digest, len(self.picture), "application/pdf")
        return Message(made.kind, made.key, 1, made.origin, "put", made.at, row=made.row, files=[card])

    def strange(self) -> Message:
        """A record of a kind that there is not."""
        return Message("trial_of_nothing", new_id(), 1, self.origin, "put", self.now.isoformat())

    def of_another_node(self) -> Message:
        """A firm said to be born on a node that does not stand below us."""
        firm = self._firm("他处")
        return Message(firm.kind, firm.key, 1, "trial-elsewhere", "put", firm.at, row=firm.row)

    def punch(self) -> Message:
        """One passage of the invented person."""
        at = int((self.now - timedelta(minutes=5)).timestamp()) * 1_000_000
        row = [str(new_id()), at, 0, 0, self.mark, 0, 0, "in", 0, 0, "", "", "", at, 0]
        lists = {
            "projects": [str(self.project.key)], "sources": [str(self.device.key)],
            "people": [str(self.person.key)],
            "teams": [""], "channels": ["1"], "methods": [""], "origins": [_DOOR],
        }  # fmt: skip
        return Message(
            "punches", new_id(), 1, self.origin, "put", self.now.isoformat(), row={**lists, "rows": [row]}
        )


def _elsewhere(region: str) -> str:
    """A division beyond this one."""
    within = region
    while within.endswith("00"):
        within = within[:-2]
    return next((code for code in _DIVISIONS if not code.startswith(within)), _UNKNOWN)


def _blank(column: Any) -> Any:
    """What stands in a field of which nothing is said."""
    if column.null:
        return None
    if column.has_default():
        return column.get_default()
    return "" if column.empty_strings_allowed else None
