"""What was found out about a file of permits: what becomes of its rows, and its faults by cause."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from projects.permit_file import Fault

# What becomes of a row.
NEW_PROJECT, FURTHER_PERMIT, KNOWN = "new_project", "further_permit", "known"


@dataclass(frozen=True, slots=True)
class Row:
    """A good row: its line in the file, what becomes of it, and what it says."""

    line: int
    outcome: str
    permit_number: str
    project_code: str
    project_name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Faults of one cause under one heading."""

    heading: str
    cause: str
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The kept result of a trial."""

    rows: Sequence[Row]
    faults: Sequence[Fault]
    number: int

    @classmethod
    def read(cls, text: str | None) -> "Judgement":
        """What Trial.as_text wrote; nothing of nothing."""
        if not text:
            return cls((), (), 0)
        held = json.loads(text)
        rows = [Row(**row) for row in held["rows"]]
        return cls(rows, [Fault(**fault) for fault in held["faults"]], held["number"])

    @property
    def faulty(self) -> int:
        """How many rows have a fault."""
        return self.number - len(self.rows)

    def count(self, outcome: str) -> int:
        """How many good rows come to this."""
        return sum(row.outcome == outcome for row in self.rows)

    @property
    def fresh(self) -> int:
        """How many rows change anything."""
        return len(self.rows) - self.count(KNOWN)

    @property
    def groups(self) -> list[Group]:
        """Faults by heading and cause, the commonest first."""
        found: dict[tuple[str, str], list[Fault]] = {}
        for fault in self.faults:
            found.setdefault((fault.heading, fault.cause), []).append(fault)
        groups = [Group(heading, cause, faults) for (heading, cause), faults in found.items()]
        return sorted(groups, key=lambda group: (-len(group.faults), group.faults[0].line))

    def faults_as_csv(self) -> str:
        """Every fault as a table, for whoever mends the file beside it."""
        text = StringIO()
        table = csv.writer(text)
        table.writerow(["行号", "列名", "填的是", "原因", "怎么改"])
        for fault in self.faults:
            table.writerow(
                [
                    fault.line,
                    *(_harmless(cell) for cell in (fault.heading, fault.given)),
                    fault.cause,
                    _harmless(fault.sentence),
                ]
            )
        return text.getvalue()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
