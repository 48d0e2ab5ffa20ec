"""Training sessions that a site holds itself: opened, attended, judged, closed; a second try for who failed.

Source: 鄂建文〔2019〕27号 一(八); 建市〔2019〕18号 第八条、第十二条; 安全生产法 第二十八条.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from kernel.cipher import keyring
from kernel.errors import NotFound
from kernel.files import NamedFile
from kernel.ids import new_id
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.models import Participation, Project
from standards.selectors import parameter
from workers.errors import BadPaper, NobodyThere, NotAtThatStep
from workers.models import Engagement, SessionAttendance, TrainingFile, TrainingSession
from workers.services.papers import TrainingFacts, kept_training, require_sensible_training
from workers.services.reasons import checked_reason
from workers.services.sessions import SessionFacts

State = TrainingSession.State
CHANGED = "workers.training_session_changed.v1"


@dataclass(frozen=True, slots=True)
class Result:
    """How it went: a score, by which the parameter decides, or only passed or not; or not judged yet."""

    score: Decimal | None = None
    is_passed: bool | None = None


@transaction.atomic
def open_session(
    *,
    actor: Actor,
    project: Project,
    facts: SessionFacts,
    today: date,
    participation: Participation | None = None,
) -> TrainingSession:
    """Set a session up, today or within the days the parameter allows; a subcontractor's is its own.

    Raises NotPermitted, NotFound, BadPaper.
    """
    require(actor, "workers.file", on=participation or project)
    if participation is None and not reaches_whole(actor, project):
        raise NotFound
    if participation is not None and participation.project_id != project.pk:
        raise NotFound
    _require_sensible(facts, today)
    key = new_id()
    session = TrainingSession.objects.create(
        public_id=key,
        project=project,
        participation=participation,
        kind=facts.kind,
        name=facts.name.strip(),
        held_on=facts.held_on,
        hours=facts.hours,
        trainer=facts.trainer.strip(),
        organisation=facts.organisation.strip(),
        place_name=facts.place_name.strip(),
        description=facts.description.strip(),
        state=State.OPEN,
        digest=keyring().blind_index("training_session", str(key)),
        recorded_by=actor.label,
    )
    record(actor, "workers.training_session_opened", session, training_kind=facts.kind)
    announce(CHANGED, key=session.public_id)
    return session


def reaches_whole(actor: Actor, project: Project) -> bool:
    """Whether the actor files for everybody on a project, not for one participation of it."""
    reach = actor.reach("workers.file")
    return project.public_id in reach.projects or any(
        project.region.path.startswith(path) for path in reach.region_paths
    )


@transaction.atomic
def note_attendance(
    *,
    actor: Actor,
    session: TrainingSession,
    engagements: Sequence[Engagement],
    how: str,
    today: date,
) -> list[SessionAttendance]:
    """Note who sat in an open session; whoever is noted already stays so. Returns those that are new.

    Raises NotPermitted, NotFound, NotAtThatStep, BadPaper, NobodyThere.
    """
    held = _open(actor, session)
    if held.held_on > today:
        raise NotAtThatStep(_("培训定在 {day}，当天才能签到。").format(day=held.held_on))
    keys = {one.pk for one in engagements}
    rows = Engagement.objects.visible_to(actor, "workers.file").filter(pk__in=keys, project=held.project)
    if held.participation_id is not None:
        rows = rows.filter(participation=held.participation_id)
    own = list(rows.order_by("pk"))
    if not keys or len(own) != len(keys):
        raise NotFound
    _require_room(held, len(keys))
    there = set(SessionAttendance.all_rows.filter(session=held).values_list("engagement", flat=True))
    new = [
        SessionAttendance.objects.create(session=held, engagement=one, how=how, noted_by=actor.label)
        for one in own
        if one.pk not in there
    ]
    if new:
        record(actor, "workers.training_attended", held, number=len(new), how=how)
        announce(CHANGED, key=held.public_id)
    return new


@transaction.atomic
def strike_attendance(*, actor: Actor, attendance: SessionAttendance) -> None:
    """Take somebody off an open session who was noted by mistake.

    Raises NotPermitted, NotFound, NotAtThatStep, HeldElsewhere.
    """
    require(actor, "workers.file", on=attendance)
    held = _open(actor, attendance.session)
    rows = SessionAttendance.objects.visible_to(actor, "workers.file").filter(pk=attendance.pk)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound
    row.delete()
    record(actor, "workers.training_struck", attendance.engagement)
    announce(CHANGED, key=held.public_id)


@transaction.atomic
def score_session(
    *, actor: Actor, session: TrainingSession, results: Mapping[UUID, Result]
) -> list[SessionAttendance]:
    """Keep results by the public id of each attendance; what is not named stays as it is.

    Raises NotPermitted, NotFound, NotAtThatStep, BadPaper.
    """
    held = _open(actor, session)
    rows = SessionAttendance.objects.visible_to(actor, "workers.file").filter(session=held)
    found = {row.public_id: row for row in rows.filter(public_id__in=results).select_for_update(of=("self",))}
    if len(found) != len(results):
        raise NotFound
    for key, row in found.items():
        row.score, row.is_passed = results[key].score, _passed(held, results[key])
        row.version += 1
        row.save(update_fields=["score", "is_passed", "version", "updated_at"])
    record(actor, "workers.training_scored", held, number=len(found))
    announce(CHANGED, key=held.public_id)
    return list(found.values())


@transaction.atomic
def close_session(
    *, actor: Actor, session: TrainingSession, files: Sequence[NamedFile], today: date
) -> TrainingSession:
    """End a session whose results are all in; whoever passed has a training from now on.

    Raises NotPermitted, NotFound, NotAtThatStep, BadPaper, NobodyThere.
    """
    held = _open(actor, session)
    if held.held_on > today:
        raise NotAtThatStep(_("培训定在 {day}，还没有举行，不能结束。").format(day=held.held_on))
    rows = list(SessionAttendance.all_rows.filter(session=held).select_related("engagement__project__region"))
    _require_judged(rows)
    if not files:
        raise BadPaper(_("请上传签到表、试卷或现场照片，至少一份。"), field="evidence")
    TrainingFile.objects.bulk_create(
        TrainingFile(session=held, position=position, name=one.name[:200], address=one.address)
        for position, one in enumerate(files)
    )
    for row in rows:
        if row.is_passed:
            _train(actor, row, held, held.held_on, files[0].address)
    _move(actor, held, State.CLOSED, "workers.training_session_closed")
    return held


@transaction.atomic
def cancel_session(*, actor: Actor, session: TrainingSession, reason: str) -> TrainingSession:
    """Give an open session up; it stays readable and gives nobody a training.

    Raises NotPermitted, NotFound, NotAtThatStep, WhyMissing, WhyHoldsNumber.
    """
    why = checked_reason(reason)
    held = _open(actor, session)
    _move(actor, held, State.CANCELLED, "workers.training_session_cancelled", why)
    return held


@transaction.atomic
def make_up(
    *,
    actor: Actor,
    attendance: SessionAttendance,
    on: date,
    result: Result,
    today: date,
    evidence: str = "",
) -> SessionAttendance:
    """A second try of somebody who failed a closed session; a pass counts from its own day.

    Raises NotPermitted, NotFound, NotAtThatStep, BadPaper.
    """
    require(actor, "workers.file", on=attendance)
    rows = SessionAttendance.objects.visible_to(actor, "workers.file").select_related(
        "session", "engagement__project__region"
    )
    held = rows.select_for_update(of=("self",)).get(pk=attendance.pk)
    if held.session.state != State.CLOSED or held.is_passed is not False:
        raise NotAtThatStep(_("只有已结束的培训中考核不合格的人可以补考。请刷新页面再看。"))
    _require_in_time(held, on, today)
    if (passed := _passed(held.session, result)) is None:
        raise BadPaper(_("请填写补考的成绩，或选择合格、不合格。"), field="score")
    held.made_up_on, held.score, held.is_passed = on, result.score, passed
    held.version += 1
    held.save()
    if passed:
        _train(actor, held, held.session, on, evidence)
    record(actor, "workers.training_made_up", held.engagement, on=on.isoformat(), passed=passed)
    announce(CHANGED, key=held.session.public_id)
    return held


def _require_sensible(facts: SessionFacts, today: date) -> None:
    if not facts.name.strip():
        raise BadPaper(_("请填写培训的主题，例如“进场安全教育”。"), field="name")
    ahead = int(parameter("training.most_days_ahead"))
    if facts.held_on > today + timedelta(days=ahead):
        told = _("培训日期最多提前 {days} 天安排，请核对日期。")
        raise BadPaper(told.format(days=ahead), field="training_on")
    # The kind and the hours are judged as those of a training that was held.
    held_on = min(facts.held_on, today)
    require_sensible_training(TrainingFacts(facts.kind, held_on, facts.hours), today)


def _open(actor: Actor, session: TrainingSession) -> TrainingSession:
    """The session, held, while it is open. Raises NotPermitted, NotFound, NotAtThatStep."""
    require(actor, "workers.file", on=session)
    rows = TrainingSession.objects.visible_to(actor, "workers.file").select_related("project__region")
    held = rows.select_for_update(of=("self",)).get(pk=session.pk)
    if held.state != State.OPEN:
        raise NotAtThatStep(_("这次培训已结束或已取消，不能再改。请刷新页面再看。"))
    return held


def _require_room(session: TrainingSession, number: int) -> None:
    most = int(parameter("training.most_people_at_once"))
    there = SessionAttendance.all_rows.filter(session=session).count()
    if there + number > most:
        told = _("一次培训最多 {most} 人，请分几次举行。")
        raise NobodyThere(told.format(most=most), field="people")


def _passed(session: TrainingSession, result: Result) -> bool | None:
    if result.score is None:
        return result.is_passed
    if not 0 <= result.score <= 100:
        raise BadPaper(_("成绩应在 0 至 100 分之间，请核对后再填。"), field="score")
    return result.score >= Decimal(parameter("training.pass_score", session.project.region, session.held_on))


def _require_judged(rows: Sequence[SessionAttendance]) -> None:
    if not rows:
        raise NobodyThere(_("还没有人签到，不能结束。没有举行的，请取消这次培训。"))
    if waiting := sum(row.is_passed is None for row in rows):
        raise BadPaper(_("还有 {number} 人没有成绩，请先登记成绩再结束。").format(number=waiting))


def _require_in_time(attendance: SessionAttendance, on: date, today: date) -> None:
    held_on, days = attendance.session.held_on, int(parameter("training.make_up_days"))
    if not held_on <= on <= min(today, held_on + timedelta(days=days)):
        told = _("补考日期应在培训当天（{day}）之后 {days} 天内，并且不晚于今天；超过的请重新培训。")
        raise BadPaper(told.format(day=held_on, days=days), field="date")


def _train(actor: Actor, row: SessionAttendance, session: TrainingSession, on: date, evidence: str) -> None:
    facts = TrainingFacts(session.kind, on, session.hours, True, session.trainer, evidence)
    row.training = kept_training(actor, row.engagement, facts, session=session, score=row.score)
    row.save(update_fields=["training", "updated_at"])


def _move(actor: Actor, session: TrainingSession, state: str, action: str, why: str = "") -> None:
    session.state, session.state_reason = state, why
    session.version += 1
    session.save(update_fields=["state", "state_reason", "version", "updated_at"])
    record(actor, action, session, reason=why)
    announce(CHANGED, key=session.public_id, version=session.version)
