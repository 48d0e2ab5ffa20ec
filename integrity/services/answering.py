"""The addressee's answer: what was done about each item, with photographs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from integrity.errors import AnswerMissing, TooManyFiles
from integrity.models import AnswerFile, NoticeAnswer, NoticeReply, SupervisionNotice
from integrity.rules import LATE, Act, State
from integrity.selectors.notices import ADDRESSEE, REPLY
from integrity.steps import locked, looked, move, require_edge
from integrity.telling import tell_sides
from kernel.scoping import Actor
from standards.selectors import parameter
from web.uploads import Kept


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What was done about one item, and the files that show it."""

    text: str
    files: Sequence[Kept] = field(default_factory=tuple)


@transaction.atomic
def reply_notice(
    *, actor: Actor, notice: SupervisionNotice, answers: Mapping[int, AnswerFacts], now: datetime
) -> NoticeReply:
    """Answer every item of a notice, by its position; the deadline stops until the answer is judged.

    An answer after the deadline is kept and shown as late; the notice stays overdue until it is accepted.
    Whoever answers has opened the notice. Raises NotPermitted, NotFound, NotNow, AnswerMissing, TooManyFiles.
    Source: 鄂建文〔2019〕27号 一(六); product 4.2 K7.
    """
    held = locked(actor, REPLY, notice, now)
    if held.state == State.ISSUED:
        held.delivered_at = now
        move(actor, held, Act.DELIVER, now, is_announced=False)
    require_edge(held, Act.REPLY)
    _require_complete(held, answers)
    is_late = State(held.state) in LATE
    _withdraw_waiting(held)
    reply = NoticeReply.objects.create(
        notice=held, round=held.replies.count() + 1, at=now, by=actor.label, is_late=is_late
    )
    for item in held.items.all():
        given = answers[item.position]
        answer = NoticeAnswer.objects.create(reply=reply, item=item, text=given.text.strip())
        AnswerFile.objects.bulk_create(
            AnswerFile(answer=answer, address=one.address, media=one.kind, name=one.name)
            for one in given.files
        )
    move(actor, held, Act.REPLY, now)
    looked(held, ADDRESSEE, actor, now)
    tell_sides(held, "replied", ADDRESSEE)
    return reply


def _require_complete(notice: SupervisionNotice, answers: Mapping[int, AnswerFacts]) -> None:
    most = int(parameter("notices.most_files", notice.project.region))
    for item in notice.items.all():
        given = answers.get(item.position)
        if given is None or len(given.text.strip()) < 2:
            raise AnswerMissing(item.position)
        if len(given.files) > most:
            raise TooManyFiles(item.position, most)


def _withdraw_waiting(notice: SupervisionNotice) -> None:
    """A late answer that nobody has judged gives way to a better one."""
    notice.replies.filter(verdict=NoticeReply.Verdict.WAITING).update(
        verdict=NoticeReply.Verdict.RETURNED, reason="由后一次回复代替"
    )
