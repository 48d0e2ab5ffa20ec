"""A roster of the demo world that its clerk has brought and not written yet, with mistakes to mend."""

import csv
from datetime import date, datetime
from io import StringIO
from itertools import islice
from random import Random

from accounts.actors import UserActor
from accounts.models import User
from attendance.demo.script import WUCHANG_CODE
from projects.models import Project
from workers.models import RosterImport
from workers.selectors import teams_to_enrol_into
from workers.services import carry_on, keep_roster_file
from workers.synthetic import SyntheticPerson, people

_HEADINGS = ("姓名", "身份证号", "手机号", "班组", "工种", "文化程度", "工资卡号")
_PEOPLE, _SEED = 16, 5
# Row by row what is wrong: an old name of a trade, a digit that was read wrongly, a phone cut short.
_OLD_TRADES, _WRONG_DIGIT, _SHORT_PHONE = (2, 5, 9), (7, 11), (12,)
_OLD_TRADE = "钢筋工(旧写法)"


def write_roster_file(as_of: datetime) -> None:
    """Bring the roster for the demo clerk, unless there is one already."""
    clerk = User.objects.filter(username="clerk").first()
    if clerk is None or RosterImport.objects.filter(owner=clerk).exists():
        return
    actor = UserActor.of(clerk, as_of)
    own = Project.objects.visible_to(actor, "workers.enrol").select_related("region")
    project = own.filter(code=WUCHANG_CODE).first()
    if project is None or not project.is_open:
        return
    team = teams_to_enrol_into(actor, project).filter(exited_on=None).first()
    if team is None:
        return
    content = _table(team.name, as_of.date()).encode("utf-8-sig")
    roster = keep_roster_file(
        actor=actor,
        project=project,
        name="新进场钢筋工花名册.csv",
        pieces=[content],
        size=len(content),
        now=as_of,
    )
    carry_on(roster.pk, lambda: as_of)


def _table(team: str, today: date) -> str:
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow(_HEADINGS)
    for step, who in enumerate(islice(people(Random(_SEED), today=today), _PEOPLE)):
        lines.writerow(_row(step, who, team))
    return text.getvalue()


def _row(step: int, who: SyntheticPerson, team: str) -> tuple[str, ...]:
    last = who.id_number[-1]
    number = who.id_number[:-1] + ("1" if last != "1" else "2") if step in _WRONG_DIGIT else who.id_number
    phone = who.phone[:-3] if step in _SHORT_PHONE else who.phone
    trade = _OLD_TRADE if step in _OLD_TRADES else "钢筋工"
    return who.name, number, phone, team, trade, "初中", who.bank_card
