"""The counters every dashboard shows, and how they add up: arithmetic over roll-ups."""

from dataclasses import dataclass, field, fields
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from attendance.models import ProjectDay


@dataclass(frozen=True, slots=True)
class Share:
    """A rate with both numbers behind it; without a denominator there is no rate, which is not 0."""

    part: int
    whole: int

    @property
    def rate(self) -> float | None:
        """0 to 1, four decimals; None where nothing is there to be measured."""
        return round(self.part / self.whole, 4) if self.whole else None


@dataclass(frozen=True, slots=True)
class Figures:
    """One day of a place in counters. All count engagements, so that parts sum to the whole.

    `on_site`: entered, neither exited nor on leave. `attended`: at least one counted punch. `attended_left`:
    of these, no longer on site at the day's end; a rate counts them with those who could come (decision 46).
    `unmatched`: punches that count for nobody. Source: ground decisions, "Numbers on dashboards".
    """

    projects: int = 0
    on_site: int = 0
    attended: int = 0
    attended_left: int = 0
    contracted: int = 0
    trained: int = 0
    posts_required: int = 0
    posts_present: int = 0
    unmatched: int = 0
    attendance: Share = field(init=False)
    contract: Share = field(init=False)
    training: Share = field(init=False)
    on_post: Share = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "attendance", Share(self.attended, self.on_site + self.attended_left))
        object.__setattr__(self, "contract", Share(self.contracted, self.on_site))
        object.__setattr__(self, "training", Share(self.trained, self.on_site))
        object.__setattr__(self, "on_post", Share(self.posts_present, self.posts_required))

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(**{name: getattr(self, name) + getattr(other, name) for name in COUNTERS})


COUNTERS = tuple(entry.name for entry in fields(Figures) if entry.init)
# Sums are named apart from the columns they add up.
_SUMS = {
    "projects": Count("pk", filter=Q(is_in_progress=True)),
    "on_site": Sum("on_site"),
    "attended": Sum("attended"),
    "attended_left": Sum("attended_left"),
    "contracted": Sum("contracted"),
    "trained": Sum("trained"),
    "posts_required": Sum("key_posts_required"),
    "posts_present": Sum("key_posts_present"),
    "unmatched": Sum("unmatched"),
}


def figures_by(days: QuerySet[ProjectDay], *keys: str) -> dict[tuple[Any, ...], Figures]:
    """Project-days added up, for each combination of `keys` (lookups of ProjectDay), in one query."""
    rows = days.order_by().values_list(*keys).annotate(**{f"sum_{name}": one for name, one in _SUMS.items()})
    width = len(keys)
    return {
        tuple(row[:width]): Figures(**dict(zip(_SUMS, (number or 0 for number in row[width:]), strict=True)))
        for row in rows
    }
