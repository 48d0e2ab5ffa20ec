"""Yesterday at this time of day: what grows through the day is compared with nothing else."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Func, IntegerField, SmallIntegerField, Sum, Value
from django.db.models.functions import Cast

from attendance.models import ProjectDay
from attendance.rules import window
from attendance.selectors.cells import is_hub
from attendance.selectors.clock import cutoff_hour
from attendance.selectors.figures import Share
from kernel.scoping import Actor
from regions.models import Region


@dataclass(frozen=True, slots=True)
class SameTime:
    """Who had come, and which key posts were filled, by this time yesterday; None where nobody knows."""

    attended: int | None
    posts: Share

    def moved(self, now: Share) -> float | None:
        """The difference of the on-post rate to then; None where one of the two has no data."""
        if now.rate is None or self.posts.rate is None:
            return None
        return now.rate - self.posts.rate


def same_time_yesterday(actor: Actor, of: Region, day: date, now: datetime) -> SameTime:
    """The counts of the day before `day` as they stood 24 hours before `now`, to the minute. One query.

    Cells send sums of days to the hub, not minutes of arrival: there nothing is compared.
    """
    if is_hub():
        return SameTime(None, Share(0, 0))
    yesterday = day - timedelta(days=1)
    begins, _ends = window(yesterday, cutoff_hour(of))
    minute = max(0, (now - timedelta(days=1) - begins) // timedelta(minutes=1))
    then = ProjectDay.objects.visible_to(actor).filter(
        project__region__path__startswith=of.path, day=yesterday
    )
    found = then.aggregate(
        attended=Sum(_until(minute, "arrivals")),
        present=Sum(_until(minute, "post_arrivals")),
        required=Sum("key_posts_required"),
    )
    return SameTime(found["attended"] or 0, Share(found["present"] or 0, found["required"] or 0))


def _until(minute: int, arrivals: str) -> Func:
    """How many of the sorted minutes in a column are not after `minute`."""
    at = Cast(Value(minute), SmallIntegerField())
    return Func(at, F(arrivals), function="width_bucket", output_field=IntegerField())
