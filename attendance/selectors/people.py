"""People on site with their day."""

from datetime import date

from django.db.models import Count, Exists, F, FilteredRelation, Max, OuterRef, Q, QuerySet, Subquery

from attendance.models import AttendanceDay
from kernel.scoping import Actor
from projects.models import Project
from workers.models import Engagement, KeyPostAssignment
from workers.selectors import engagements, key_posts, on_site_on, verified_on, with_state_on


def people(actor: Actor, day: date) -> QuerySet[Engagement]:
    """Engagements with their state on `day` and that day's first and last punch."""
    # A list shows no phone, address or card, so it does not open their seals.
    rows = with_state_on(engagements(actor), day).defer(
        "phone", "phone_index", "address", "card_number", "card_index"
    )
    return rows.annotate(today=FilteredRelation("days", condition=Q(days__day=day))).annotate(
        first_at=F("today__first_at"), last_at=F("today__last_at")
    )


def attended_on(day: date) -> Exists:
    """Has a counted punch on `day`."""
    return Exists(AttendanceDay.all_rows.filter(engagement=OuterRef("pk"), day=day))


def team_sizes(actor: Actor, project: Project, day: date) -> dict[int, int]:
    """How many people of each team are on site on `day`, by the team's key."""
    rows = Engagement.objects.visible_to(actor).filter(on_site_on(day), project=project)
    return dict(rows.order_by().values_list("team").annotate(number=Count("pk")))


def key_post_holders(actor: Actor, project: Project, day: date) -> dict[str, KeyPostAssignment]:
    """Who holds each key post, with `came_at` (that day), `last_day` of attendance and `is_verified`."""
    that_day = AttendanceDay.all_rows.filter(engagement=OuterRef("engagement"), day=day)
    rows = (
        key_posts(actor, day)
        .filter(engagement__project=project)
        .annotate(came_at=Subquery(that_day.values("first_at")[:1]), last_day=Max("engagement__days__day"))
        .annotate(is_verified=verified_on(day, "engagement"))
    )
    return {row.post: row for row in rows}
