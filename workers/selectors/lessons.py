"""Reads of training sessions, of who sat in them, and of trainings that run out."""

import re
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Participation, Project
from standards.selectors import parameter
from workers.models import Engagement, SessionAttendance, Training, TrainingFile, TrainingSession
from workers.selectors import on_site_on, people_to_file_for

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)

VIEW = "workers.view"

STANDS = {
    "valid": ("green", "有效"),
    "expiring": ("amber", "即将到期"),
    "expired": ("red", "已到期"),
    "failed": ("grey", "不合格"),
    "withdrawn": ("grey", "已撤回"),
}


def training_list(actor: Actor, day: date) -> QuerySet[Training]:
    """Every training within scope with how it stands on `day`, the last held first."""
    soon = day + timedelta(days=parameter("training.warn_days", on=day))
    rows = Training.objects.visible_to(actor).annotate(
        stands=Case(
            When(withdrawn_at__isnull=False, then=Value("withdrawn")),
            When(is_passed=False, then=Value("failed")),
            When(valid_to__lt=day, then=Value("expired")),
            When(valid_to__lte=soon, then=Value("expiring")),
            default=Value("valid"),
            output_field=CharField(),
        )
    )
    return rows.select_related("engagement__person", "engagement__project", "engagement__team").order_by(
        "-held_on", "-pk"
    )


def not_retrained(rows: QuerySet[Training], day: date) -> QuerySet[Training]:
    """Basic trainings that count and after whose end none of the same work's is valid."""
    kinds = parameter("training.basic_types", on=day)
    counted = Q(is_passed=True, withdrawn_at=None, kind__in=kinds)
    later = Training.all_rows.filter(
        counted, engagement=OuterRef("engagement"), valid_to__gt=OuterRef("valid_to")
    )
    return rows.filter(counted, ~Exists(later), valid_to__gte=day)


def trainings_running_out(actor: Actor, permission: str, day: date) -> QuerySet[Training]:
    """Basic trainings that end within the days of the parameter, of people on site, not followed up."""
    until = day + timedelta(days=parameter("training.warn_days", on=day))
    rows = Training.objects.visible_to(actor, permission).filter(on_site_on(day, "engagement"))
    return not_retrained(rows.filter(valid_to__lte=until), day)


def sessions(actor: Actor) -> QuerySet[TrainingSession]:
    """Sessions to read, the latest first, with how many came and how many passed, as far as they are seen."""
    came, passed = Q(), Q(attended__is_passed=True, attended__withdrawn_at=None)
    if actor.reach(VIEW).participations:
        came = Q(attendance__in=SessionAttendance.objects.visible_to(actor).values("pk"))
        passed &= Q(attended__in=Training.objects.visible_to(actor).values("pk"))
    rows = _to_read(actor).annotate(
        came=Count("attendance", filter=came, distinct=True),
        passed=Count("attended", filter=passed, distinct=True),
    )
    return rows.select_related("project__region").order_by("-held_on", "-pk")


def _to_read(actor: Actor) -> QuerySet[TrainingSession]:
    """Sessions within scope, and for one firm's clerk those of others in which the own people sat."""
    rows, reach = TrainingSession.objects.visible_to(actor), actor.reach(VIEW)
    if not reach.participations:
        return rows
    sat = SessionAttendance.objects.within(reach).filter(session=OuterRef("pk"))
    return TrainingSession.all_rows.filter(TrainingSession.scope(reach) | Q(Exists(sat)))


def may_run(actor: Actor, of: TrainingSession) -> bool:
    """Whether somebody notes, judges and ends a session, and does not only read how the own people did."""
    return TrainingSession.objects.visible_to(actor, "workers.file").filter(pk=of.pk).exists()


def sessions_left_open(actor: Actor, permission: str, day: date) -> QuerySet[TrainingSession]:
    """Sessions whose day is over and whose results are not in, where the actor may bring them in."""
    rows = TrainingSession.objects.visible_to(actor, permission)
    return rows.filter(state=TrainingSession.State.OPEN, held_on__lt=day)


def session_to(actor: Actor, permission: str, public_id: UUID) -> TrainingSession:
    """One session for what `permission` names; to read, one in which own people sat too. Raises NotFound."""
    rows = _to_read(actor) if permission == VIEW else TrainingSession.objects.visible_to(actor, permission)
    found = rows.select_related("project__region").filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def attendance_of(actor: Actor, of: TrainingSession) -> QuerySet[SessionAttendance]:
    """Who sat in a session, by team and name, as far as the actor may see them."""
    rows = SessionAttendance.objects.visible_to(actor).filter(session=of)
    return rows.select_related("engagement__person", "engagement__team", "training").order_by(
        "engagement__team__number", "engagement__person__name", "pk"
    )


def all_attendance(actor: Actor) -> QuerySet[SessionAttendance]:
    """Everybody at every session within scope, the latest session first."""
    rows = SessionAttendance.objects.visible_to(actor).select_related("session", "engagement__person")
    return rows.order_by("-session__held_on", "session", "pk")


def attendance_to(actor: Actor, permission: str, public_id: UUID) -> SessionAttendance:
    """One place in a session for what `permission` names. Raises NotFound beyond it."""
    rows = SessionAttendance.objects.visible_to(actor, permission).filter(public_id=public_id)
    found = rows.select_related("session__project__region", "engagement__person", "engagement__team").first()
    if found is None:
        raise NotFound
    return found


def files_of_session(actor: Actor, of: TrainingSession) -> QuerySet[TrainingFile]:
    """The evidence of a session, in order."""
    return TrainingFile.objects.visible_to(actor).filter(session=of).order_by("position")


def session_file(actor: Actor, public_id: UUID) -> TrainingFile:
    """One piece of evidence. Raises NotFound outside the actor's scope."""
    rows = TrainingFile.objects.visible_to(actor).select_related("session__project__region")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def people_to_train(actor: Actor, of: TrainingSession) -> QuerySet[Engagement]:
    """Who may sit in a session: those of its project, or of its participation, that the actor files for."""
    rows = people_to_file_for(actor, of.project)
    return rows.filter(participation=of.participation_id) if of.participation_id else rows


def badge_holder(actor: Actor, of: TrainingSession, text: str) -> Engagement | None:
    """Whose badge was read: the code of the work (an address that holds it will do) or the gate card."""
    rows = people_to_train(actor, of)
    if key := _ID.search(text):
        return rows.filter(public_id=key[0]).first()
    card = text.strip()
    found = list(rows.filter(gate_card=card)[:2]) if card else []
    return found[0] if len(found) == 1 else None


def participations_to_file_for(actor: Actor, of: Project) -> QuerySet[Participation]:
    """The parts in a project for which the actor files papers."""
    rows = Participation.objects.visible_to(actor, "workers.file").filter(project=of, exited_on=None)
    return rows.select_related("enterprise", "project").order_by("kind", "pk")
