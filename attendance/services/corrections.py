"""Correcting an attendance day (S3): one asks, another answers, and the day is concluded anew.

No punch is made or changed (I-08, I-09): an applied correction stands beside the punches.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import UserActor
from accounts.models import User
from attendance.errors import (
    AlreadyAnswered,
    AlreadyAsked,
    NothingWrong,
    NotPresentThen,
    OwnRequest,
    TimeWrong,
    TooLate,
    WordsMissing,
)
from attendance.models import AttendanceDay, CorrectionRequest
from attendance.models.corrections import FILLS, STRIKES, State, Wrong
from attendance.rules import instant_on, moved
from attendance.selectors.clock import current_day, cutoff_hour
from attendance.services.corrected import corrected_days
from attendance.services.counters import mark_days
from attendance.services.days import conclude_days, lock_project
from audit.services import record
from kernel.permits import require
from kernel.scoping import Actor
from kernel.versions import require_version
from outbox.services import announce
from standards.selectors import parameter
from web.messages import Audience, tell
from workers.models import Engagement, Person, Presence

ASKED, APPLIED = "attendance.correction_submitted.v1", "attendance.correction_applied.v1"
LEAST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said to be wrong. Times are those on the wall; `note` is free text and is sealed."""

    wrong: str
    day: date | None = None
    in_time: time | None = None
    out_time: time | None = None
    note: str = ""
    photo: str = ""
    photo_name: str = ""

    def __repr__(self) -> str:
        return f"<Claim {self.wrong}>"


@transaction.atomic
def ask_correction(*, actor: Actor, engagement: Engagement, claim: Claim, now: datetime) -> CorrectionRequest:
    """Ask for a day, or for what the record says, to be corrected: a worker for the own, a clerk for one.

    Raises NotPermitted, NotFound, TooLate, NotPresentThen, NothingWrong, TimeWrong, WordsMissing,
    AlreadyAsked. Source: product 5.3 S3; 4.2 K4; 4.5 W1, W6.
    """
    is_by_worker = actor.kind == "worker"
    require(actor, "own.dispute" if is_by_worker else "workers.enter", on=engagement)
    # One at a time per person, so that two taps cannot both be the first.
    Person.all_rows.select_for_update(of=("self",)).get(pk=engagement.person_id)
    day = None if claim.wrong == Wrong.RECORD else claim.day
    if CorrectionRequest.all_rows.filter(engagement=engagement, day=day, state=State.SUBMITTED).exists():
        raise AlreadyAsked
    in_at, out_at = _judged(engagement, claim, now)
    if (not is_by_worker or claim.wrong in (Wrong.OTHER, Wrong.RECORD)) and len(
        claim.note.strip()
    ) < LEAST_WORDS:
        raise WordsMissing(_("请写明情况（至少 4 个字），例如“闸机坏了，没刷上”。"), field="note")
    request = CorrectionRequest.objects.create(
        engagement=engagement,
        day=day,
        wrong=claim.wrong,
        in_at=in_at,
        out_at=out_at,
        note=claim.note.strip() or None,
        photo=claim.photo,
        photo_name=claim.photo_name,
        state=moved(State.DRAFT, "submit") or State.DRAFT.value,
        is_by_worker=is_by_worker,
        asked_by=actor.label,
        asked_by_key=actor.key,
        asked_at=now,
    )
    record(actor, "attendance.correction_submitted", request, wrong=claim.wrong)
    announce(ASKED, key=request.public_id)
    _tell_site(request, besides=actor.user if isinstance(actor, UserActor) else None)
    return request


@transaction.atomic
def answer_correction(
    *,
    actor: Actor,
    request: CorrectionRequest,
    is_accepted: bool,
    reason: str,
    now: datetime,
    expected_version: int | None = None,
) -> CorrectionRequest:
    """Accept a correction, which is then applied at once, or reject it with a reason.

    Raises NotPermitted, NotFound, OwnRequest, AlreadyAnswered, Stale, WordsMissing.
    Source: product 5.3 S3 (approver ≠ requester).
    """
    require(actor, "attendance.answer_correction", on=request)
    request = CorrectionRequest.all_rows.select_for_update(of=("self",)).get(pk=request.pk)
    state = moved(request.state, "approve" if is_accepted else "reject")
    if state is None:
        raise AlreadyAnswered(request.answered_by)
    require_version(request, expected_version, {})
    if actor.key == request.asked_by_key:
        raise OwnRequest
    needs_words = not is_accepted or request.wrong in (Wrong.OTHER, Wrong.RECORD)
    if needs_words and len(reason.strip()) < LEAST_WORDS:
        raise WordsMissing(_("请写明理由（至少 4 个字），申请人看得到。"), field="reason")
    request.state, request.answer = state, reason.strip()[:200]
    request.answered_by, request.answered_by_key, request.answered_at = actor.label, actor.key, now
    record(actor, f"attendance.correction_{'approved' if is_accepted else 'rejected'}", request)
    if is_accepted:
        _apply(request, now)
    request.version += 1
    request.save()
    _tell_asker(request)
    return request


def _apply(request: CorrectionRequest, now: datetime) -> None:
    """Let the correction stand beside the punches and conclude its day from both."""
    request.state = moved(request.state, "apply") or request.state
    request.applied_at = now
    request.save()
    announce(APPLIED, key=request.public_id)
    if request.day is None or request.wrong not in (*FILLS, *STRIKES):
        return
    project = request.engagement.project
    lock_project(project)
    conclude_days(project, corrected_days(request.engagement))
    mark_days(project.pk, [request.day])


def _judged(engagement: Engagement, claim: Claim, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The instants of the claim. Raises TooLate, NotPresentThen, NothingWrong, TimeWrong."""
    if claim.wrong == Wrong.RECORD:
        return None, None
    region = engagement.project.region
    today, hour = current_day(region, now), cutoff_hour(region)
    days = int(parameter("correction.window_days", region, today))
    if claim.day is None or not today - timedelta(days=days) <= claim.day <= today:
        raise TooLate(claim.day or today, days)
    _require_present(engagement, claim.day)
    standing = AttendanceDay.all_rows.filter(engagement=engagement, day=claim.day).first()
    if claim.wrong == Wrong.NOT_ME and standing is None:
        raise NothingWrong(_("这一天没有打卡记录，没有可以去掉的。"), field="day")
    if claim.wrong not in FILLS:
        return None, None
    return _times(claim, claim.day, hour, standing, now)


def _require_present(engagement: Engagement, day: date) -> None:
    covers = Q(exited_on=None) | Q(exited_on__gte=day)
    if not Presence.all_rows.filter(covers, engagement=engagement, entered_on__lte=day).exists():
        raise NotPresentThen(day)


def _times(
    claim: Claim, day: date, hour: int, standing: AttendanceDay | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    wants_in = claim.wrong in (Wrong.MISSING_IN, Wrong.MISSING_BOTH)
    wants_out = claim.wrong in (Wrong.MISSING_OUT, Wrong.MISSING_BOTH)
    in_at = _instant(claim.in_time, day, hour, now, "in_time") if wants_in else None
    out_at = _instant(claim.out_time, day, hour, now, "out_time") if wants_out else None
    has_in, has_out = (standing.first_in_at, standing.last_out_at) if standing else (None, None)
    if in_at and has_in:
        raise NothingWrong(_("这一天已有进场记录，不用补进场。"), field="wrong")
    if out_at and has_out:
        raise NothingWrong(_("这一天已有出场记录，不用补出场。"), field="wrong")
    began, ended = in_at or has_in, out_at or has_out
    if began and ended and began >= ended:
        raise TimeWrong(
            _("出场时间要晚于进场时间。请核对后重填。"), field="out_time" if out_at else "in_time"
        )
    return in_at, out_at


def _instant(at: time | None, day: date, hour: int, now: datetime, field: str) -> datetime:
    what = _("进场") if field == "in_time" else _("出场")
    if at is None:
        raise TimeWrong(_("请填{what}时间，例如 07:00。").format(what=what), field=field)
    instant = instant_on(day, at, hour)
    if instant > now:
        raise TimeWrong(_("{what}时间还没到，请填已经发生的时间。").format(what=what), field=field)
    return instant


def _tell_site(request: CorrectionRequest, besides: User | None) -> None:
    engagement = request.engagement
    tell(
        Audience(
            permission="attendance.answer_correction",
            project=engagement.project.public_id,
            enterprises=frozenset({engagement.project.contractor.public_id}),
        ),
        kind="attendance.correction",
        text=_("{project} 有一条考勤更正待处理。").format(project=engagement.project.name),
        url=reverse("correction", args=[request.public_id]),
        about=str(request.public_id),
        besides=besides,
    )


def _tell_asker(request: CorrectionRequest) -> None:
    try:
        asker = User.objects.filter(public_id=UUID(request.asked_by_key)).first()
    except ValueError:  # a vendor's system, or the node itself: nobody reads there
        asker = None
    if asker is None:
        return
    outcome = _("已通过") if request.state == State.APPLIED else _("没有通过")
    place = "own_correction" if request.is_by_worker else "correction"
    tell(
        Audience(users=[asker]),
        kind="attendance.correction",
        text=_("您报的更正{outcome}。").format(outcome=outcome),
        url=reverse(place, args=[request.public_id]),
        about=str(request.public_id),
    )
