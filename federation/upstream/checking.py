"""Before anything is sent: every record of a project as it would travel, read as a server reads it.

The same table of fields that our own server judges by says what is missing, too long or in no dictionary;
what the other platform asks beyond it, only that platform can say.
Source: 鄂建文〔2019〕27号 二(一) (the national data standard); the interface: open.api 1.0, field tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from federation.models import UpstreamProject
from federation.open_api import schema
from federation.open_api.dispatcher import method
from federation.open_api.fieldcipher import KEY_LENGTH
from federation.upstream.comparing import view_of
from federation.upstream.items import Item, Number
from federation.upstream.kinds import KINDS, every_item
from federation.upstream.verdicts import clean
from federation.upstream.writing import Pen, codes_of, data_of
from standards.effective import standard_of
from standards.selectors import parameter

# Stand-ins for what only the other side can give: nothing is sent with them.
A_NUMBER, A_SECRET = "1500000000", "0" * KEY_LENGTH


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """One element of one record that the interface would refuse."""

    kind: str
    label: str
    key: str
    element: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many records were written and read, and what was found."""

    number: int
    found: list[Shortcoming]


def checked(access: UpstreamProject, now: datetime, most: int) -> Checked:
    """Every record of a project against the interface's own tables; at most so many shortcomings."""
    context = _context(access, now)
    number = 0
    found: list[Shortcoming] = []
    for item in every_item(view_of(access)):
        number += 1
        if len(found) < most:
            found += list(_shortcomings(access, item, context))
    return Checked(number, found[:most])


def _context(access: UpstreamProject, now: datetime) -> schema.Context:
    region = access.project.region
    standard = standard_of(region, timezone.localdate(now))
    theirs: dict[str, dict[str, str]] = {}
    for (key, _ours), code in codes_of(access.upstream).items():
        theirs.setdefault(key, {})[code] = code

    def codes(key: str) -> Mapping[str, str]:
        return {**standard.accepted(key), **theirs.get(key, {})}

    return schema.Context(A_SECRET, now, codes, lambda key: parameter(key, region))


def _shortcomings(access: UpstreamProject, item: Item, context: schema.Context) -> Iterator[Shortcoming]:
    kind = KINDS[item.kind]
    teams = {value.team for value in item.outer.values() if isinstance(value, Number)}
    pen = Pen(
        A_SECRET,
        access.remote_code or access.project.code,
        dict.fromkeys(teams, A_NUMBER),
        codes_of(access.upstream),
        keeps_addresses=True,
    )
    data = data_of(kind.add, kind.rows, [item], pen)
    for fault in schema.read(method(kind.add).fields, data, context).faults:
        element = fault.path.rpartition("[")[2].rstrip("]")
        yield Shortcoming(kind.label, item.label, str(item.key), element, clean(fault.text))
