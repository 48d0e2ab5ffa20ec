"""Yesterday at this time of day: what grows through the day is compared with nothing else."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from attendance.models import AttendanceDay, ProjectDay
from attendance.selectors.figures import Share
from kernel.scoping import Actor
from regions.models import Region
from standards.selectors import parameter


@dataclass(frozen=True, slots=True)
class SameTime:
    """Who had come, and which key posts were filled, by this time yesterday."""

    attended: int
    posts: Share

    def moved(self, now: Share) -> float | None:
        """The difference of the on-post rate to then; None where one of the two has no data."""
        if now.rate is None or self.posts.rate is None:
            return None
        return now.rate - self.posts.rate


def same_time_yesterday(actor: Actor, of: Region, day: date, now: datetime) -> SameTime:
    """The counts of the day before `day` as they stood 24 hours before `now`. Three queries."""
    yesterday = day - timedelta(days=1)
    came = AttendanceDay.objects.visible_to(actor).filter(
        engagement__project__region__path__startswith=of.path,
        day=yesterday,
        first_at__lte=now - timedelta(days=1),
    )
    held = Q(engagement__key_posts__ends_on=None) | Q(engagement__key_posts__ends_on__gte=yesterday)
    filled = came.filter(
        held,
        engagement__key_posts__starts_on__lte=yesterday,
        engagement__key_posts__post__in=parameter("key_posts.required", of, yesterday),
    )
    present = (
        filled.order_by().values("engagement__project", "engagement__key_posts__post").distinct().count()
    )
    return SameTime(came.count(), Share(present, _required(actor, of, yesterday)))


def _required(actor: Actor, of: Region, day: date) -> int:
    rows = ProjectDay.objects.visible_to(actor).filter(
        project__region__path__startswith=of.path, day=day, key_posts_required__gt=0
    )
    return sum(rows.values_list("key_posts_required", flat=True))
