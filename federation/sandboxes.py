"""What a vendor finds in its sandbox: an invented contractor, a firm to name, people to enrol."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from federation.models import Sandbox
from projects.synthetic import uscc
from workers.synthetic import SyntheticPerson, people

PEOPLE = 8
# The channel of its one gate, by which the JSON door knows it.
GATE = "1号门"
# Old enough for any trade on any day of the sandbox.
_BORN_BY = timedelta(days=365 * 3)


@dataclass(frozen=True, slots=True)
class Firm:
    """An invented enterprise."""

    uscc: str
    name: str


@dataclass(frozen=True, slots=True)
class Kit:
    """The invented parties of one sandbox; the same whenever it is asked for."""

    contractor: Firm
    labour: Firm
    people: list[SyntheticPerson]


def kit(appid: str, opened_on: date) -> Kit:
    """What belongs to a sandbox, derived from its appid, so that two sandboxes share nobody."""
    chance = Random(f"sandbox:{appid}")  # noqa: S311  # invented people, no secret
    mark = appid[-6:]
    contractor = Firm(uscc(chance), f"联调总承包{mark}公司")
    labour = Firm(uscc(chance), f"联调劳务{mark}公司")
    born = people(chance, today=opened_on - _BORN_BY)
    return Kit(contractor, labour, [next(born) for _ in range(PEOPLE)])


def kit_of(sandbox: Sandbox) -> Kit:
    """The kit of a sandbox."""
    return kit(sandbox.appid, sandbox.opened_at.date())
