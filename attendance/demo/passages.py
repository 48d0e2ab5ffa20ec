"""Who passes which gate when: a day of a site, made anew from the seed whenever it is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from attendance.demo.ids import born
from attendance.demo.people import MANAGER
from attendance.demo.plan import SitePlan
from attendance.demo.script import RAIN, SATURDAY, SUNDAY
from attendance.rules import window

IN, OUT = "in", "out"
CHANNELS = ("南门闸机1号", "南门闸机2号", "北门闸机1号")
# Minutes from the cut of the day, 04:00.
_CUT_HOUR = 4
_ARRIVES, _LEAVES, _LUNCH_FROM, _LUNCH_TO, _NIGHT_IN, _NIGHT_OUT = 130, 790, 455, 540, 900, 1290
_LUNCHES_OUT, _FORGETS_TO_LEAVE, _NIGHT_SHARE, _STRANGER_COMES = 0.04, 0.03, 0.15, 0.75
# The great rain of every demo world, and how often others fall on a unit.
_GREAT_RAIN_DAYS_AGO, _RAIN_CHANCE = 9, 0.05


@dataclass(frozen=True, slots=True)
class Passage:
    """One punch to be: `who` counts the people of the site, then its strangers."""

    public_id: UUID
    who: int
    at: datetime
    direction: str
    gate: int
    token: str


def passages(seed: int, planned: SitePlan, day: date, made_at: datetime) -> Iterator[Passage]:
    """Every passage of one attendance day at one site.

    Each person draws the same number of chances whether they come or not, so that one who leaves does not
    change everybody else's day.
    """
    if not planned.site.gates:
        return
    rng = Random(f"{seed}/day/{planned.number}/{day}")
    share = _share_of(seed, planned, day)
    begins = window(day, _CUT_HOUR)[0]
    for who in range(len(planned.people) + len(planned.strangers)):
        chances = [rng.random() for _chance in range(6)]
        bits = rng.getrandbits(32)
        if chances[0] >= _chance_of(planned, who, day, share):
            continue
        for order, (minutes, direction) in enumerate(_moves(planned, who, chances)):
            at = begins + timedelta(minutes=minutes, seconds=bits % 60)
            gate = _gate(planned, bits, order, at, made_at)
            if gate is not None:
                token = f"{day:%y%m%d}{who:05d}{order}"
                yield Passage(born(rng, at), who, at, direction, gate, token)


def _share_of(seed: int, planned: SitePlan, day: date) -> float:
    """What weekday and weather leave of a working day."""
    rains = Random(f"{seed}/rain/{planned.site.county}/{day}").random() < _RAIN_CHANCE
    rains = rains or day == planned.base - timedelta(days=_GREAT_RAIN_DAYS_AGO)
    return (RAIN if rains else 1.0) * {5: SATURDAY, 6: SUNDAY}.get(day.weekday(), 1.0)


def _chance_of(planned: SitePlan, who: int, day: date, share: float) -> float:
    if who >= len(planned.people):
        stranger = planned.strangers[who - len(planned.people)]
        return _STRANGER_COMES if day >= stranger.since else 0.0
    one = planned.people[who]
    if not one.comes_on(day):
        return 0.0
    # Managers keep their post in the rain and on Sundays, but for the odd one.
    return one.diligence * (max(share, 0.97) if one.kind == MANAGER else share)


def _moves(planned: SitePlan, who: int, chances: list[float]) -> Iterator[tuple[float, str]]:
    """Minutes from the cut of the day and direction, in order."""
    _comes, early, late, lunch, forgets, night = chances
    yield _ARRIVES + 80 * (early + lunch) / 2, IN
    if lunch < _LUNCHES_OUT:
        yield _LUNCH_FROM + 20 * late, OUT
        yield _LUNCH_TO + 25 * early, IN
    if forgets >= _FORGETS_TO_LEAVE:
        yield _LEAVES + 90 * (late + night) / 2, OUT
    if planned.site.has_nights and night < _NIGHT_SHARE and _pours(planned, who):
        yield _NIGHT_IN + 30 * early, IN
        yield _NIGHT_OUT + 60 * late, OUT


def _pours(planned: SitePlan, who: int) -> bool:
    """Concrete and tunnels are worked at night; those who do may leave after midnight."""
    night_trades = ("040", "415", "151")
    return who < len(planned.people) and planned.people[who].trade in night_trades


def _gate(planned: SitePlan, bits: int, order: int, at: datetime, made_at: datetime) -> int | None:
    """Through which gate, counted from 0; a silent one sends its people to the next, if there is any."""
    gates = planned.site.gates
    silent = {number - 1 for number, hours in planned.site.silent if at > made_at - timedelta(hours=hours)}
    first = (bits >> 8 + order) % gates
    return next((gate for gate in (*range(first, gates), *range(first)) if gate not in silent), None)
