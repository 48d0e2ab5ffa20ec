"""Completed quantities of the demo accounts' projects: of teams and people, accepted, waiting, returned."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from attendance.demo.script import WUCHANG_CODE, XIANTAO_CODE
from attendance.selectors.clock import current_day
from kernel.errors import DomainError
from ledgers.demo.hands import BECAUSE, CONTRACTOR, SUB, projects
from projects.models import Team
from workers.models import Engagement, WorkQuantity
from workers.selectors import present_on
from workers.services import QuantityFacts, accept_quantity, enter_quantity, return_quantity

# By the trade of the team: what it does, in which unit, how much a week.
_WORK = {
    "020": ("二层梁板钢筋绑扎", "90", "18.6"),
    "050": ("二层梁板模板安装", "81", "860"),
    "040": ("二层梁板混凝土浇筑", "82", "240.5"),
    "030": ("外架搭设", "81", "1200"),
    "010": ("一层填充墙砌筑", "82", "64.25"),
    "191": ("一层内墙抹灰", "81", "430"),
}
_OF_ONE = ("楼梯间抹灰", "81", "38.5")


def write_quantities(as_of: datetime) -> None:
    """Three weeks of the teams' work, once."""
    if WorkQuantity.objects.unscoped(because=BECAUSE).exists():
        return
    for project in projects():
        if project.code not in (WUCHANG_CODE, XIANTAO_CODE):
            continue
        day = current_day(project.region, as_of)
        teams = Team.objects.unscoped(because=BECAUSE).filter(
            participation__project=project, is_management=False, exited_on=None
        )
        asked = [
            (team, day - timedelta(days=7 * week), number + week)
            for number, team in enumerate(teams.select_related("participation__project").order_by("number"))
            for week in (1, 2, 3)
        ]
        entered = [row for one in asked if (row := _enter(*one, as_of)) is not None]
        for place, row in enumerate(entered):
            _answer(row, place, as_of)


def _enter(team: Team, last: date, number: int, as_of: datetime) -> WorkQuantity | None:
    people = Engagement.objects.unscoped(because=BECAUSE).filter(present_on(last), team=team).order_by("pk")
    who = people.select_related("person").first()
    work = _WORK.get(who.trade if who else "")
    if who is None or work is None:
        return None
    of_one = number % 3 == 0
    item, unit, amount = _OF_ONE if of_one else work
    facts = QuantityFacts(
        item, last - timedelta(days=6), last, Decimal(amount), unit, "2" if number % 4 else "1"
    )
    try:
        return enter_quantity(
            actor=SUB,
            team=team,
            engagement=who if of_one else None,
            facts=facts,
            today=last,
            now=as_of - timedelta(days=1),
        )
    except DomainError:  # the person came later
        return None


def _answer(row: WorkQuantity, place: int, as_of: datetime) -> None:
    """Of five, the first waits, the last comes back, and the others are accepted."""
    if place % 5 == 4:
        reason = "工程量与计量单不符，请核对。"
        return_quantity(actor=CONTRACTOR, quantity=row, reason=reason, now=as_of)
    elif place % 5:
        accept_quantity(actor=CONTRACTOR, quantity=row, now=as_of)
