"""Who holds the key posts of a project. Source: 鄂建文〔2019〕27号 一(七); invariant I-06."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from audit.services import record
from kernel.models import require_own
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from standards.selectors import code_name, parameter
from workers.errors import BadDate, EngagementEnded, NotHeld, PostOfOthers, PostsElsewhere
from workers.models import Engagement, KeyPostAssignment, Person

ASSIGNED = "workers.key_post_assigned.v1"


@transaction.atomic
def assign_key_post(*, actor: Actor, engagement: Engagement, post: str, starts_on: date) -> KeyPostAssignment:
    """Name who holds a key post from a day on; whoever held it before is relieved the day before.

    Raises NotPermitted, NotFound, EngagementEnded, PostOfOthers, PostsElsewhere; HeldElsewhere where another
    node keeps who held it before.
    Source: 鄂建文〔2019〕27号 一(七).
    """
    require(actor, "workers.enrol", on=engagement)
    if engagement.ended_at is not None:
        raise EngagementEnded
    _require_own_party(engagement, post, starts_on)
    Person.all_rows.select_for_update(of=("self",)).get(pk=engagement.person_id)
    _require_room(engagement, post, starts_on)
    _relieve_before(engagement, post, starts_on)
    assignment = KeyPostAssignment.objects.create(engagement=engagement, post=post, starts_on=starts_on)
    record(actor, "workers.key_post_assigned", engagement, post=post)
    announce(ASSIGNED, key=engagement.public_id, since=starts_on.isoformat())
    return assignment


@transaction.atomic
def relieve_key_post(*, actor: Actor, assignment: KeyPostAssignment, ends_on: date, today: date) -> None:
    """Let a key post end on a day, its last; the post is vacant from the next day on.

    Raises NotPermitted, NotFound, NotHeld, BadDate.
    """
    require(actor, "workers.enrol", on=assignment)
    rows = KeyPostAssignment.all_rows.select_for_update(of=("self",)).select_related("engagement")
    row = rows.get(pk=assignment.pk)
    if row.ends_on is not None and row.ends_on < today:
        raise NotHeld(_("该任职已于 {day} 结束，无需重复办理。").format(day=row.ends_on.isoformat()))
    if ends_on < row.starts_on:
        told = _("最后任职日不能早于任职起始日 {day}。").format(day=row.starts_on.isoformat())
        raise BadDate(told, field="date", code="before_last")
    if ends_on > today:
        raise BadDate(
            _("日期 {day} 晚于今天，请填写实际发生的日期。").format(day=ends_on),
            field="date",
            code="in_future",
        )
    row.ends_on = ends_on
    row.version += 1
    row.save(update_fields=["ends_on", "version", "updated_at"])
    record(actor, "workers.key_post_relieved", row.engagement, post=row.post, on=ends_on.isoformat())
    announce(ASSIGNED, key=row.engagement.public_id, since=ends_on.isoformat())


def vacated_by(posts: Iterable[KeyPostAssignment], on: date) -> list[KeyPostAssignment]:
    """Which of somebody's assignments an exit on this day brings to an end."""
    return [row for row in posts if row.ends_on is None or row.ends_on > on]


def vacate(actor: Actor, posts: Iterable[KeyPostAssignment], on: date) -> list[dict[str, str]]:
    """Whoever leaves holds no key post from the next day on; what was ended is told, to be given back.

    A post that begins after that day ends on its first one. Source: 鄂建文〔2019〕27号 一(七).
    """
    told = []
    for row in vacated_by(posts, on):
        told.append(
            {"assignment": str(row.public_id), "ends_on": row.ends_on.isoformat() if row.ends_on else ""}
        )
        row.ends_on = max(on, row.starts_on)
        row.version += 1
        row.save(update_fields=["ends_on", "version", "updated_at"])
        record(actor, "workers.key_post_relieved", row.engagement, post=row.post, on=row.ends_on.isoformat())
        announce(ASSIGNED, key=row.engagement.public_id, since=row.ends_on.isoformat())
    return told


def resume(actor: Actor, told: Iterable[Mapping[str, str]]) -> None:
    """Give back what a mistaken exit ended, unless the post is in other hands by now."""
    before = {one["assignment"]: one["ends_on"] for one in told}
    rows = KeyPostAssignment.all_rows.select_related("engagement__project").filter(public_id__in=before)
    for row in rows.select_for_update(of=("self",)):
        if _is_taken(row):
            continue
        since, ended = row.ends_on, before[str(row.public_id)]
        row.ends_on = date.fromisoformat(ended) if ended else None
        row.version += 1
        row.save(update_fields=["ends_on", "version", "updated_at"])
        record(actor, "workers.key_post_assigned", row.engagement, post=row.post)
        announce(ASSIGNED, key=row.engagement.public_id, since=(since or row.starts_on).isoformat())


def _holders(engagement: Engagement, post: str) -> QuerySet[KeyPostAssignment]:
    """Everybody who was ever given this post on the project of the engagement."""
    return KeyPostAssignment.all_rows.filter(engagement__project=engagement.project_id, post=post)


def _relieve_before(engagement: Engagement, post: str, starts_on: date) -> None:
    before = _holders(engagement, post).filter(ends_on=None, starts_on__lt=starts_on)
    for row in before.select_related("engagement__person").select_for_update(of=("self",)):
        named = _("{post}“{name}”的任职").format(
            post=code_name("key_post", post), name=row.engagement.person.name
        )
        require_own(row, named)
        row.ends_on = starts_on - timedelta(days=1)
        row.version += 1
        row.save(update_fields=["ends_on", "version", "updated_at"])


def _is_taken(row: KeyPostAssignment) -> bool:
    """Whether somebody else has come to hold the post since, or the person one too many elsewhere."""
    later = Q(ends_on=None) | Q(ends_on__gte=row.ends_on)
    if _holders(row.engagement, row.post).filter(later).exclude(pk=row.pk).exists():
        return True
    try:
        _require_room(row.engagement, row.post, row.ends_on or row.starts_on)
    except PostsElsewhere:
        return True
    return False


def _require_own_party(engagement: Engagement, post: str, day: date) -> None:
    """Some posts are for the staff of one kind of party: the chief supervisor's for the supervisor's."""
    kinds = parameter("key_posts.of_kinds", engagement.project.region, day).get(post)
    if kinds and engagement.participation.kind not in kinds:
        named = "、".join(code_name("participation_kind", kind) for kind in kinds)
        raise PostOfOthers(code_name("key_post", post), f"{named}单位" if named == "监理" else named)


def _require_room(engagement: Engagement, post: str, day: date) -> None:
    """A person holds some posts on so many projects and no more (I-06)."""
    most = parameter("key_posts.most_projects", engagement.project.region, day).get(post)
    if most is None:
        return
    held = KeyPostAssignment.all_rows.filter(
        Q(ends_on=None) | Q(ends_on__gte=day), engagement__person=engagement.person_id, post=post
    )
    elsewhere = held.exclude(engagement__project=engagement.project_id)
    if elsewhere.values("engagement__project").distinct().count() >= most:
        raise PostsElsewhere(post=code_name("key_post", post), most=most)
