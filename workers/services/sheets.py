"""What is printed for a training: the sheet to sign, and the badges by which people sign in."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from projects.models import Project
from standards.selectors import code_name, parameter
from web import pdf
from workers.errors import BadPaper
from workers.models import Engagement, SessionAttendance, TrainingSession
from workers.selectors.lessons import attendance_of, people_to_train, session_to

_BLANKS = 12


@transaction.atomic
def print_session(*, actor: Actor, session: TrainingSession) -> bytes:
    """The attendance sheet on A4: who came, or all who may come while nobody has; and places for signatures.

    Raises NotPermitted, NotFound, FaceMissing.
    """
    require(actor, "workers.file", on=session)
    held = session_to(actor, "workers.file", session.public_id)
    rows = list(attendance_of(actor, held))
    people = [row.engagement for row in rows] or list(people_to_train(actor, held))
    scores = {row.engagement_id: _score(row) for row in rows}
    lines = [
        [
            str(place),
            one.person.name,
            one.team.name,
            code_name("trade", one.trade) or code_name("worker_kind", one.kind),
            "",
            scores.get(one.pk, ""),
        ]
        for place, one in enumerate(people, 1)
    ]
    lines += [[""] * 6 for _blank in range(_BLANKS)]
    record(actor, "workers.training_sheet_printed", held, number=len(people))
    title = f"{held.name}签到表"
    paper = pdf.Paper(
        [
            pdf.Line(title, "title"),
            _head(held),
            pdf.Gap(3),
            pdf.Grid(
                [["序号", "姓名", "班组", "工种", "签到（本人签字）", "成绩"], *lines],
                (13, 26, 40, 32, 40, 15),
                heads=1,
                height=9,
            ),
            pdf.Together(
                [
                    pdf.Gap(6),
                    pdf.Line(
                        "授课人（签字）：　　　　　　　　　　记录人（签字）：　　　　　　　　　　", "plain"
                    ),
                ]
            ),
        ],
        foot=f"{held.project.name} {title}",
    )
    return pdf.press([paper], title=title)


@transaction.atomic
def print_badges(
    *,
    actor: Actor,
    project: Project,
    engagements: Sequence[Engagement],
    address_of: Callable[[Engagement], str],
) -> bytes:
    """Badges to cut out: name, team, trade, firm, and the code by which somebody signs in at a training.

    `address_of` gives the page of the person, which asks to sign in. Raises NotPermitted, NotFound, BadPaper.
    """
    require(actor, "workers.file", on=project)
    most = int(parameter("roster.most_at_once"))
    if not 0 < len(engagements) <= most:
        told = _("一次打印 1 至 {most} 人的人员码，请按班组分次打印。")
        raise BadPaper(told.format(most=most), field="people")
    keys = {one.pk for one in engagements}
    rows = Engagement.objects.visible_to(actor, "workers.file").filter(pk__in=keys, project=project)
    found = list(rows.select_related("person", "team", "participation__enterprise").order_by("team", "pk"))
    if len(found) != len(keys):
        raise NotFound
    record(actor, "workers.badges_printed", project, number=len(found))
    cards = [pdf.Card(address_of(one), _badge(one)) for one in found]
    title = f"{project.name}人员码"
    return pdf.press([pdf.Paper([pdf.Cards(cards)], foot=title)], title=title)


def _badge(work: Engagement) -> list[str]:
    trade = code_name("trade", work.trade) or code_name("worker_kind", work.kind)
    return [work.person.name, work.team.name, trade, work.participation.enterprise.name]


def _head(session: TrainingSession) -> pdf.Grid:
    return pdf.Grid(
        [
            ["项目", session.project.name, "类型", code_name("training_type", session.kind)],
            ["日期", session.held_on.isoformat(), "学时", str(session.hours)],
            ["地点", session.place_name, "授课人", session.trainer],
        ],
        (20, 72, 20, 54),
    )


def _score(row: SessionAttendance) -> str:
    if row.score is not None:
        return f"{row.score.normalize():f}"
    return {True: "合格", False: "不合格"}.get(row.is_passed, "") if row.is_passed is not None else ""
