"""Judging the rows of a roster: every cell by the rules of enrolling, all faults at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kernel.cipher import blind_index
from kernel.errors import DomainError
from kernel.scoping import Actor
from kernel.text import compact
from projects.models import Project, Team
from standards.errors import BreaksStandard
from standards.records import extras_of
from workers.errors import AlreadyEngaged, IdentityNameDiffers
from workers.import_cells import BadCell, Named, plain, read_day, read_number, read_yes, require_whole
from workers.import_columns import NO_CONTRACT, Column, TeamChoice, columns, lists, training_kinds
from workers.models import Engagement, Particulars, Person, RosterRow
from workers.selectors import teams_to_enrol_into
from workers.services.contracts import FIXED_TERM, UNTIL_DONE, ContractFacts, require_sensible_contract
from workers.services.edits import OwnFacts
from workers.services.enrolling import Taking, require_day_of_entry
from workers.services.papers import TrainingFacts, require_sensible_training
from workers.services.particulars import ParticularFacts
from workers.services.people import (
    CITIZEN_CARD,
    PersonFacts,
    WorkFacts,
    checked_card,
    checked_name,
    checked_number,
    checked_phone,
    identity_index,
)
from workers.services.standard import FILE, judged_worker, more_of_worker
from workers.services.taking_on import require_age, require_contract_first

Outcome = RosterRow.Outcome
Cells = Mapping[str, str]
# What somebody already enrolled may have anew by a roster; team, papers and entry have acts of their own.
_OWN: Final = (
    "phone", "trade", "is_team_leader", "education", "political_status", "address", "card_number",
    "bank_code", "bank_name",
)  # fmt: skip
_CONTRACT: Final = ("contract_kind", "contract_starts_on", "contract_ends_on", "wage_form", "unit_price")
_TRAINING: Final = ("training_on", "training_hours", "training_kind")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong under one heading: the cause as a code, and a sentence that repeats no number."""

    column: str
    cause: str
    sentence: str


@dataclass(slots=True)
class Judged:
    """A row after judging: what is wrong with it, or whom it takes on; what becomes of it."""

    cells: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    taking: Taking | None = None
    index: bytes | None = None
    outcome: str = ""
    changes: list[str] = field(default_factory=list)
    engagement: Engagement | None = None

    def __repr__(self) -> str:
        return f"<Judged {self.outcome}>"


def given_index(text: str) -> bytes:
    """By which equal cells of a roster are found without opening them."""
    return blind_index("roster_cell", text)


class Judge:
    """Judges rows for one actor and project: with that actor's teams, and the standard of place and day."""

    def __init__(self, actor: Actor, project: Project, today: date) -> None:
        self.actor, self.project, self.today = actor, project, today
        self.columns = columns(project, today)
        self.by_code = {column.code: column for column in self.columns}
        found = teams_to_enrol_into(actor, project).filter(exited_on=None, participation__exited_on=None)
        self.teams = {str(team.public_id): team for team in found}
        self.lists: dict[str, Named] = lists(self.columns, offered(self.teams.values()))

    def judge(self, rows: Sequence[dict[str, str]]) -> list[Judged]:
        """Every row with all its faults, and what becomes of it; a few questions however many rows."""
        found = [self.read(cells) for cells in rows]
        self._compare(found)
        return found

    def read(self, cells: dict[str, str]) -> Judged:
        """One row by itself: its values, or everything that is wrong with them."""
        return _Reading(self, cells).judged()

    def _compare(self, rows: Sequence[Judged]) -> None:
        """With who is known already, and who is on this project's roster."""
        indexes = [row.index for row in rows if row.index is not None]
        known = {
            bytes(person.id_index): person
            for person in Person.all_rows.filter(id_type=CITIZEN_CARD, id_index__in=indexes).defer(
                "id_number"
            )
        }
        here = Engagement.all_rows.filter(project=self.project, ended_at=None, person__in=known.values())
        works = {work.person_id: work for work in here}
        own = Engagement.objects.visible_to(self.actor, "workers.enrol")
        kept = {one.engagement_id: one for one in Particulars.all_rows.filter(engagement__in=works.values())}
        within = set(own.filter(pk__in=[work.pk for work in works.values()]).values_list("pk", flat=True))
        for row in rows:
            person = known.get(row.index) if row.index is not None else None
            if person is not None:
                work = works.get(person.pk)
                self._compare_one(row, person, work, within, kept.get(work.pk) if work else None)
            if row.faults:
                row.outcome, row.taking = Outcome.FAULTY, None
            elif not row.outcome:
                row.outcome = Outcome.NEW

    def _compare_one(
        self,
        row: Judged,
        person: Person,
        work: Engagement | None,
        within: set[int],
        kept: Particulars | None,
    ) -> None:
        named = plain(row.cells.get("name", ""))
        if named and person.name != named:
            refusal = IdentityNameDiffers()
            row.faults.append(Fault("name", refusal.code, refusal.message))
        elif work is not None and work.pk not in within:
            refused = AlreadyEngaged("", is_within_reach=False)
            row.faults.append(Fault("id_number", refused.code, refused.message))
        elif work is not None:
            row.engagement = work
            facts = own_facts(row) if row.taking else None
            row.changes = changed(work, facts, kept) if facts else []
            row.outcome = Outcome.CHANGED if row.changes else Outcome.SAME


def offered(teams: Iterable[Team]) -> list[TeamChoice]:
    """Teams as a list offers them: with the firm where two bear one name; the form's words mean them too."""
    rows = list(teams)
    names = [team.name for team in rows]
    found = []
    for team in rows:
        whole = f"{team.name}（{team.participation.enterprise.name}）"
        label = team.name if names.count(team.name) == 1 else whole
        found.append(TeamChoice(str(team.public_id), label, (team.name, whole)))
    return found


def own_facts(row: Judged) -> OwnFacts | None:
    """What the row says of somebody who is on the roster already; what it leaves out stays."""
    if row.taking is None:
        return None
    said = {code for code in _OWN if plain(row.cells.get(code, ""))}
    work = row.taking.work
    own = {code: getattr(work, code) for code in said}
    return OwnFacts(**own, more=work.more, extras=work.extras or None)


def changed(work: Engagement, facts: OwnFacts, kept: Particulars | None) -> list[str]:
    """Which of these facts read otherwise now."""
    own = [code for code in _OWN if _differs(getattr(facts, code), _standing(work, code))]
    said = [one.name for one in fields(facts.more)] if facts.more else []
    more = [name for name in said if _differs(getattr(facts.more, name), getattr(kept, name, None))]
    standing = extras_of(work)
    added = [
        code for code, value in (facts.extras or {}).items() if str(standing.get(code, "")) != _as_kept(value)
    ]
    return [*own, *more, *added]


def _differs(said: Any, stands: Any) -> bool:
    return said is not None and said != stands


def _as_kept(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _standing(work: Engagement, code: str) -> Any:
    value = getattr(work, code)
    return "" if value is None else value


class _Reading:
    """One row on its way from cells to facts."""

    def __init__(self, judge: Judge, cells: dict[str, str]) -> None:
        self.by = judge
        self.cells = {code: plain(text) for code, text in cells.items()}
        self.found = Judged(cells)
        self.values: dict[str, Any] = {}
        self.bad: set[str] = set()

    def judged(self) -> Judged:
        for column in self.by.columns:
            self._read(column)
        self.more = self._added()
        person = self._person()
        contract, training = self._contract(), self._training()
        entered_on = self.values.get("entered_on")
        if entered_on is not None:
            self._rule(
                "entered_on", require_day_of_entry, self.by.project, self.by.actor, entered_on, self.by.today
            )
        work = self._work()
        self._by_standard(person or PersonFacts(name=self.values.get("name", ""), number=""), work)
        if not self.found.faults and person is not None:
            team: Team = self.by.teams[self.values["team"]]
            self.found.taking = Taking(person, work, team, contract, training, entered_on)
        return self.found

    def _fault(self, column: str, cause: str, sentence: str) -> None:
        self.bad.add(column)
        self.found.faults.append(Fault(column, cause, sentence))

    def _rule(self, column: str, rule: Callable[..., Any], *facts: Any) -> Any:
        """Ask a rule of the services; its refusal is a fault at its own field, or here."""
        try:
            return rule(*facts)
        except DomainError as refusal:
            at = refusal.field if refusal.field in self.by.by_code else column
            self._fault(at or column, refusal.code, refusal.message)
            return None

    def _read(self, column: Column) -> None:
        text = self.cells.get(column.code, "")
        if not text:
            if column.is_required:
                self._fault(column.code, "missing", f"没有填{column.heading}，必须填写。")
            return
        if len(text) > column.longest:
            self._fault(column.code, "too_long", f"{column.heading}最多 {column.longest} 个字，请缩短。")
            return
        try:
            require_whole(text, column.heading)
            value = _READERS[column.kind](self.by, column, text)
        except BadCell as fault:
            self._fault(column.code, fault.code, str(fault))
        except DomainError as refusal:
            self._fault(column.code, refusal.code, refusal.message)
        else:
            self.values[column.code] = value

    def _person(self) -> PersonFacts | None:
        if "id_number" not in self.values:
            return None
        number = self.values["id_number"]
        self.found.index = identity_index(CITIZEN_CARD, number)
        facts = PersonFacts(name=self.values.get("name", ""), number=number)
        self._rule("id_number", require_age, facts, self.by.project, self.by.today)
        return replace(facts, **self.more["person"])

    def _work(self) -> WorkFacts:
        said = {code: self.values[code] for code in _OWN if code in self.values}
        more = ParticularFacts(**self.more["more"]) if self.more["more"] else None
        work: dict[str, Any] = self.more["work"] | said
        return WorkFacts(**work, more=more, extras=self.more["extras"])

    def _added(self) -> dict[str, dict[str, Any]]:
        """What the standard asks beyond the platform's columns, sorted into facts."""
        added = [one.code for one in self.by.columns if one.is_added]
        said = {code: self.values[code] for code in added if code in self.values}
        return more_of_worker(self.by.project, said, self.by.today)

    def _by_standard(self, person: PersonFacts, work: WorkFacts) -> None:
        """What the standard of the place refuses; a cell that is wrong already says so once."""
        said = {"person": person, "work": work, "more": work.more}
        try:
            judged_worker(self.by.project, said, work.extras, channel=FILE, on=self.by.today)
        except BreaksStandard as broken:
            for finding in broken.findings:
                if finding.element not in self.bad:
                    self._fault(finding.element, f"standard_{finding.rule}", finding.sentence)

    def _contract(self) -> ContractFacts | None:
        said = [code for code in _CONTRACT if self.cells.get(code)]
        kind = self.values.get("contract_kind")
        if kind == NO_CONTRACT or not said:
            return None
        for code in ("contract_kind", "contract_starts_on"):
            if code not in self.values and code not in self.bad:
                heading = self.by.by_code[code].heading
                self._fault(
                    code,
                    "paper_incomplete",
                    f"填了合同的其他内容，就要填{heading}；没有签合同的，合同各列都不填。",
                )
        if self.bad & set(_CONTRACT):
            return None
        facts = ContractFacts(
            kind=str(kind),
            starts_on=self.values["contract_starts_on"],
            ends_on=self.values.get("contract_ends_on"),
            wage_form=self.values.get("wage_form", ""),
            unit_price=self.values.get("unit_price"),
            period_type=FIXED_TERM if "contract_ends_on" in self.values else UNTIL_DONE,
        )
        self._rule("contract_starts_on", require_sensible_contract, facts)
        self._rule("contract_starts_on", require_contract_first, facts, self.values.get("entered_on"))
        return facts

    def _training(self) -> TrainingFacts | None:
        if not any(self.cells.get(code) for code in _TRAINING):
            return None
        for code in ("training_on", "training_hours"):
            if code not in self.values and code not in self.bad:
                heading = self.by.by_code[code].heading
                self._fault(
                    code,
                    "paper_incomplete",
                    f"填了安全教育的其他内容，就要填{heading}；还没有教育的，这几列都不填。",
                )
        if self.bad & set(_TRAINING):
            return None
        kind = self.values.get("training_kind") or next(iter(training_kinds()))
        hours: Decimal = self.values["training_hours"]
        facts = TrainingFacts(kind=kind, held_on=self.values["training_on"], hours=hours)
        self._rule("training_on", require_sensible_training, facts, self.by.today)
        return facts


def _read_number(by: Judge, column: Column, text: str) -> str:
    facts = PersonFacts(name="", number=text)
    return checked_number(facts, by.today, is_practice=by.project.region.is_sandbox)[0]


def _read_named(by: Judge, column: Column, text: str) -> str:
    found = by.lists[column.code].read(text)
    if found is None:
        told = "班组" if column.kind == "team" else column.heading
        remedy = (
            "请先登记这个班组，或改为列表里的班组；不是您管理的班组，不能登记进去。"
            if column.kind == "team"
            else "请从列表中选，或填列表里的名称。"
        )
        raise BadCell("not_in_list", f"列表里没有这样的{told}。{remedy}")
    return found


Reader = Callable[[Judge, Column, str], Any]
_READERS: dict[str, Reader] = {
    "name": lambda _by, _column, text: checked_name(text),
    "id_number": _read_number,
    "phone": lambda _by, _column, text: checked_phone(text),
    "card": lambda _by, _column, text: checked_card(text),
    "team": _read_named,
    "code": _read_named,
    "contract_kind": _read_named,
    "wage_form": _read_named,
    "training_kind": _read_named,
    "yes_no": lambda _by, _column, text: read_yes(text),
    "text": lambda _by, _column, text: text,
    "day": lambda _by, _column, text: read_day(text),
    "number": lambda _by, column, text: read_number(text, places=column.places),
    "any_number": lambda _by, _column, text: read_number(text, places=6),
    # Numbers of people that the standard adds: tidied here, judged by the standard.
    "number_text": lambda _by, _column, text: compact(text),
}
