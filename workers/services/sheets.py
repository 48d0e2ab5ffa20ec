"""The sheet that hangs at a training: everybody by name, with a place to sign."""

from django.db import transaction

from audit.services import record
from kernel.permits import require
from kernel.scoping import Actor
from standards.selectors import code_name
from web import pdf
from workers.models import SessionAttendance, TrainingSession
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
                    pdf.Line("授课人（签字）：　　　　　　　　　　记录人（签字）：　　　　　　　　　　", "plain"),
                ]
            ),
        ],
        foot=f"{held.project.name} {title}",
    )
    return pdf.press([paper], title=title)


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
