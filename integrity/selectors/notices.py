"""Reads of supervision notices: the inbox, one notice with all that hangs on it, and its evidence."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from integrity.models import (
    AnswerFile,
    NoticeAnswer,
    NoticeEvent,
    NoticeItem,
    NoticeReading,
    NoticeReply,
    SupervisionNotice,
)
from integrity.rules import LATE, OPEN, RUNNING, State
from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Participation, Project
from projects.services import OWNER as OWNER_KIND
from projects.services import SUPERVISOR as SUPERVISOR_KIND
from workers.models import Engagement

ADDRESSEE, SUPERVISOR, OWNER, REGULATOR = "addressee", "supervisor", "owner", "regulator"
ISSUE, REPLY = "integrity.issue_notice", "integrity.reply_notice"
# Whoever neither supervises nor owns may be told to cure something.
NOT_BUILDERS = (SUPERVISOR_KIND, OWNER_KIND)
_RUNNING, _LATE, _OPEN = (sorted(str(state) for state in states) for states in (RUNNING, LATE, OPEN))


def standing_now(now: datetime) -> Case:
    """`integrity.rules.standing` as SQL: where a notice truly stands at `now`."""
    running = Q(state__in=_RUNNING) | Q(state=State.ISSUED, delivery_due_at__lte=now)
    return Case(
        When(running & Q(deadline_at__lte=now), then=Value(str(State.OVERDUE))),
        When(Q(state=State.ISSUED, delivery_due_at__lte=now), then=Value(str(State.DELIVERED))),
        default=F("state"),
    )


def notices(actor: Actor, now: datetime) -> QuerySet[SupervisionNotice]:
    """The notices that `actor` may see, with `stands` (their state at `now`) and `is_late`; newest first.

    A draft is seen by whoever may issue it, and by nobody else.
    """
    seen = SupervisionNotice.objects.visible_to(actor)
    own = SupervisionNotice.objects.visible_to(actor, ISSUE).filter(state=State.DRAFT)
    return (
        seen.filter(~Q(state=State.DRAFT) | Q(pk__in=own.values("pk")))
        .annotate(stands=standing_now(now))
        .annotate(
            is_late=Case(When(stands__in=_LATE, then=Value(True)), default=Value(False)),
            waits_since=Coalesce("issued_at", "created_at"),
        )
        .select_related("project__region", "addressee__enterprise")
        .order_by("-waits_since", "-pk")
    )


def open_notices(actor: Actor, now: datetime) -> QuerySet[SupervisionNotice]:
    """Those that are issued and not closed, the nearest deadline first."""
    return notices(actor, now).filter(state__in=_OPEN).order_by("deadline_at", "pk")


def with_counts(rows: QuerySet[SupervisionNotice]) -> QuerySet[SupervisionNotice]:
    """Notices with the number of their items and of the answers so far."""
    return rows.annotate(
        item_count=Count("items", distinct=True), reply_count=Count("replies", distinct=True)
    )


def notice_head(actor: Actor, public_id: UUID, now: datetime) -> SupervisionNotice:
    """One notice by itself. Raises NotFound outside the actor's scope."""
    found = notices(actor, now).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def notice(actor: Actor, public_id: UUID, now: datetime) -> SupervisionNotice:
    """One notice with items, answers, files, steps and readings. Raises NotFound outside the scope."""
    answers = NoticeAnswer.objects.visible_to(actor).select_related("item")
    files = AnswerFile.objects.visible_to(actor)
    replies = NoticeReply.objects.visible_to(actor)
    found = (
        notices(actor, now)
        .filter(public_id=public_id)
        .prefetch_related(
            Prefetch("items", NoticeItem.objects.visible_to(actor)),
            Prefetch("events", NoticeEvent.objects.visible_to(actor)),
            Prefetch("readings", NoticeReading.objects.visible_to(actor)),
            Prefetch("replies", replies),
            Prefetch("replies__answers", answers),
            Prefetch("replies__answers__files", files),
        )
        .first()
    )
    if found is None:
        raise NotFound
    return found


def draft(actor: Actor, project: Project) -> SupervisionNotice | None:
    """The draft that `actor` has begun on a project."""
    rows = SupervisionNotice.objects.visible_to(actor, ISSUE).filter(
        project=project, state=State.DRAFT, drafted_by=actor.key
    )
    return rows.first()


def unread(actor: Actor, now: datetime) -> int:
    """In how many open notices something has happened since the actor's side last looked.

    For a regulator, who stands beside the exchange: how many are late.
    """
    side = side_of(actor)
    rows: QuerySet[Any] = notices(actor, now).exclude(state=State.DRAFT)
    if side == REGULATOR:
        return rows.filter(state__in=_OPEN, is_late=True).count()
    looked = NoticeReading.objects.visible_to(actor).filter(
        notice=OuterRef("pk"), side=side, last_at__gte=OuterRef("moved_at")
    )
    return rows.filter(~Exists(looked)).count()


def side_of(actor: Actor, of: SupervisionNotice | None = None) -> str:
    """On which side of a notice (or of notices in general) somebody stands."""
    for side, permission in ((SUPERVISOR, ISSUE), (ADDRESSEE, REPLY)):
        if not actor.may(permission):
            continue
        rows = SupervisionNotice.objects.visible_to(actor, permission)
        if of is None or rows.filter(pk=of.pk).exists():
            return side
    return REGULATOR if actor.reach("integrity.view").region_paths else OWNER


def may_issue_on(actor: Actor, project: Project) -> bool:
    """Whether `actor` may issue notices on this project."""
    return actor.may(ISSUE) and Project.objects.visible_to(actor, ISSUE).filter(pk=project.pk).exists()


def may_act(actor: Actor, of: SupervisionNotice, permission: str) -> bool:
    """Whether a post of `actor` carries `permission` on this very notice."""
    return (
        actor.may(permission)
        and SupervisionNotice.objects.visible_to(actor, permission).filter(pk=of.pk).exists()
    )


def answer_file(actor: Actor, public_id: UUID) -> AnswerFile:
    """One file of an answer. Raises NotFound outside the scope."""
    found = AnswerFile.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def people_named(actor: Actor, items: Iterable[NoticeItem]) -> dict[UUID, Engagement]:
    """The people whom items name as evidence, as far as `actor` may see them, by the engagement's id."""
    wanted = {key for item in items for key in item.facts.get("engagements", ())}
    rows = (
        Engagement.objects.visible_to(actor)
        .filter(public_id__in=wanted)
        .select_related("person", "team")
        .prefetch_related("participation__enterprise")
        .defer("phone", "address", "card_number", "card_index")
        .order_by("team__number", "person__name", "pk")
    )
    return {row.public_id: row for row in rows}


def builders(actor: Actor, project: Project) -> QuerySet[Participation]:
    """The firms that may be addressed: the general contractor first, then its subcontractors."""
    rows = Participation.objects.visible_to(actor).filter(project=project).exclude(kind__in=NOT_BUILDERS)
    first = Case(When(enterprise=project.contractor_id, then=Value(0)), default=Value(1))
    return rows.select_related("enterprise").order_by(first, "kind", "pk")


def parties(actor: Actor, project: Project) -> dict[str, str]:
    """The names of owner and supervisor on a project, where they are registered."""
    rows = Participation.objects.visible_to(actor).filter(project=project, kind__in=NOT_BUILDERS)
    found = dict(rows.values_list("kind", "enterprise__name"))
    return {SUPERVISOR: found.get(SUPERVISOR_KIND, ""), OWNER: found.get(OWNER_KIND, "")}
